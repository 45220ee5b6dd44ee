#include "wasm/queries.h"

#include <utility>

#include "wasm/views.h"

namespace rockpool::wasm {
namespace {

void put_row_of(const sync::Engine& engine, const std::string& collection, std::string_view id,
                JsonOut& out) {
  const auto row = engine.row({collection, std::string(id)});
  put_row(out, id, row ? row->data : std::string_view());
}

std::string_view name_of(query::Step::Kind kind) {
  switch (kind) {
    case query::Step::Kind::enter: return "enter";
    case query::Step::Kind::leave: return "leave";
    case query::Step::Kind::change: return "change";
  }
  return "";
}

}  // namespace

base::Status Queries::watch(const sync::Engine& engine, int id, const std::string& collection,
                            const std::string& spec) {
  auto parsed = query::parse(spec);
  if (!parsed) return parsed.error();
  watched_.erase(id);
  auto& watched =
      watched_.emplace(id, Watched{collection, query::LiveQuery(std::move(*parsed))}).first->second;
  watched.query.fill([&](const query::LiveQuery::Visit& visit) {
    engine.each(collection, [&](std::string_view row, const sync::RowView& view) { visit(row, view.data); });
  });
  return base::done();
}

void Queries::more(int id, std::size_t rows) {
  const auto found = watched_.find(id);
  if (found == watched_.end()) return;
  found->second.query.more(rows);
  found->second.dirty = true;
}

void Queries::moved(const sync::Engine& engine, const std::string& collection,
                    const std::set<std::string>& ids) {
  for (auto& [id, watched] : watched_) {
    if (watched.collection != collection) continue;
    for (const std::string& row : ids) {
      const auto view = engine.row({collection, row});
      watched.query.changed(row, view ? view->data : std::string_view());
    }
    watched.dirty = true;
  }
}

void Queries::put_events(const sync::Engine& engine, JsonOut& out) {
  for (auto& [id, watched] : watched_) {
    if (!watched.dirty) continue;
    watched.dirty = false;
    if (watched.told) {
      put_steps(engine, id, watched, out);
    } else {
      put_all(engine, id, watched, out);
    }
  }
}

void Queries::put_all(const sync::Engine& engine, int id, Watched& watched, JsonOut& out) {
  watched.told = true;
  watched.query.drain();
  out.open('[').text("all").number(id).boolean(watched.query.has_more()).open('[');
  for (std::size_t i = 0; i < watched.query.size(); ++i) {
    put_row_of(engine, watched.collection, watched.query.id_at(i), out);
  }
  out.close(']').close(']');
}

void Queries::put_steps(const sync::Engine& engine, int id, Watched& watched, JsonOut& out) {
  out.open('[').text("steps").number(id).boolean(watched.query.has_more()).open('[');
  for (const query::Step& step : watched.query.drain()) {
    out.open('[').text(name_of(step.kind)).number(step.index);
    if (step.kind != query::Step::Kind::leave) put_row_of(engine, watched.collection, step.id, out);
    if (step.moved) out.boolean(true);
    out.close(']');
  }
  out.close(']').close(']');
}

base::Result<std::size_t> Queries::count(const sync::Engine& engine, const std::string& collection,
                                         const std::string& where) {
  if (where.empty()) return engine.count(collection);
  auto parsed = query::parse("{\"where\":" + where + "}");
  if (!parsed) return parsed.error();
  query::Judge judge(std::move(*parsed));
  std::size_t fitting = 0;
  engine.each(collection,
              [&](std::string_view id, const sync::RowView& row) { fitting += judge.fits(id, row.data); });
  return fitting;
}

}  // namespace rockpool::wasm
