#include "core/dialects/baserow/sweeper.h"

#include <algorithm>

#include "core/base/text.h"
#include "core/dialect/frames.h"
#include "core/dialects/baserow/reach.h"

namespace rockpool::dialects::baserow {
namespace {

constexpr std::size_t removals_max = 500;  // in one step
constexpr std::int64_t rest_ms = 1000;

// Calls `each` with a null pointer of every kind's type.
template <typename Each>
void for_each_kind(const Each& each) {
  std::apply([&](auto... of) { (each(of), ...); }, OfEachKind<std::add_pointer_t>());
}

}  // namespace

template <typename T>
void Sweeper::track(const Pointer<T>& thing, bool is_there) {
  if constexpr (requires { thing->trashed_ms; }) {
    if (!thing || thing->trashed_ms == 0) return;
    const Due due{thing->trashed_ms, T::kind, thing->id};
    is_there ? void(trash_.insert(due)) : void(trash_.erase(due));
  }
}

void Sweeper::begin() {
  for_each_kind([&](auto* of) {
    for (const auto& thing : office_.books.all<std::remove_pointer_t<decltype(of)>>()) track(thing, true);
  });
}

void Sweeper::happened(const Happened& happened) {
  for_each_kind([&](auto* of) {
    for (const auto& moved : happened.of<std::remove_pointer_t<decltype(of)>>()) {
      track(moved.before, false);
      track(moved.after, true);
      if (moved.before && moved.before->kind == Kind::table && !moved.after) left_.erase(moved.before->id);
    }
  });
}

std::optional<Instant> Sweeper::next_wake() const {
  if (is_busy_ || trash_.empty()) return std::nullopt;
  const std::int64_t due = std::get<0>(*trash_.begin()) + office_.desk.settings.trash_grace_ms;
  return Instant{std::max(due, rests_until_.ms)};
}

void Sweeper::wake(Instant now, ServerSteps& out) {
  const auto due = next_wake();
  if (due && *due <= now) step(now, out);
}

// ---- one step ---------------------------------------------------------------------------------------------

Pointer<Table> Sweeper::table_to_leave(Kind kind, Id id) const {
  const Books& books = office_.books;
  const auto is_done = [&](const Pointer<Table>& table) { return left_.contains(table->id); };
  std::vector<Pointer<Table>> tables;
  if (kind == Kind::table) tables.push_back(books.find<Table>(id));
  if (kind == Kind::application) tables = books.below<Table>(Kind::application, id);
  if (kind == Kind::group)
    for (const auto& application : books.below<Application>(Kind::group, id))
      for (auto& table : books.below<Table>(Kind::application, application->id))
        tables.push_back(std::move(table));
  std::erase_if(tables, is_done);
  return tables.empty() ? nullptr : tables.front();
}

void Sweeper::step(Instant now, ServerSteps& out) {
  is_busy_ = true;
  const auto [since, kind, id] = *trash_.begin();
  while (const auto table = table_to_leave(kind, id)) {
    if (leave(now, *table, out)) return;
    left_.insert(table->id);
  }
  const std::int64_t last = now.ms - office_.desk.settings.trash_grace_ms;
  const auto remove_due = [this, last](Plan& plan) {
    std::size_t left = removals_max;
    for (const auto& [trashed_ms, due_kind, due_id] : trash_) {
      if (trashed_ms > last || table_to_leave(due_kind, due_id)) return;
      if (!remove_all(plan, due_kind, due_id, left)) return;
    }
  };
  change(now, remove_due, out);
}

void Sweeper::change(Instant now, std::function<void(Plan&)> plan, ServerSteps& out) {
  office_.clerk.change(now,
                       {.author = 0,
                        .plan = [made = std::move(plan)](Plan& into) -> MaybeFault {
                          made(into);
                          return std::nullopt;
                        },
                        .done = [this](ServerSteps&) { is_busy_ = false; },
                        .refuse =
                            [this, now](const Fault&, ServerSteps&) {
                              is_busy_ = false;
                              rests_until_ = {now.ms + rest_ms};
                            }},
                       out);
}

bool Sweeper::remove_all(Plan& plan, Kind kind, Id id, std::size_t& left) const {
  bool fits = true;
  for_each_kind([&](auto* of) {
    using Below = std::remove_pointer_t<decltype(of)>;
    if (!fits) return;
    for (const auto& thing : office_.books.below<Below>(kind, id))
      if (!(fits = remove_all(plan, Below::kind, thing->id, left))) return;
  });
  for_each_kind([&](auto* of) {
    using Thing = std::remove_pointer_t<decltype(of)>;
    if (Thing::kind != kind || !fits) return;
    const auto thing = office_.books.find<Thing>(id);
    if constexpr (Thing::kind == Kind::trashed_row)
      for (const auto& comment : office_.books.comments_on(thing->table, thing->row)) plan.remove(*comment);
    if (!(fits = left > 0)) return;
    plan.remove(*thing);
    --left;
  });
  return fits;
}

// ---- rows -------------------------------------------------------------------------------------------------

// The facet goes first, so that whoever takes the collection from now on keeps what is in it.
bool Sweeper::leave(Instant now, const Table& table, ServerSteps& out) {
  const dialect::Facets& facets = office_.books.facets();
  const std::string owner = base::decimal(group_above(office_.books, Kind::table, table.id));
  if (facets.find(table.collection, owner) != nullptr) {
    const auto detach = [this, id = table.id, owner](Plan& plan) {
      const Pointer<Table> before = office_.books.find<Table>(id);
      if (!before || office_.books.facets().find(before->collection, owner) == nullptr) return;
      Table left = *before;
      auto detached = office_.books.facets().detach(left.collection, owner);
      left.takes_data = detached.is_last;
      plan.put(left);
      plan.add(std::move(detached.mutation));
    };
    change(now, detach, out);
    return true;
  }
  if (!table.takes_data || facets.is_faceted(table.collection)) return false;
  clear(table, out);
  return true;
}

void Sweeper::clear(const Table& table, ServerSteps& out) {
  cleared_ = table.id;
  model::Write write{.client = {}, .owns = true};
  write.groups.push_back({{.key = {table.collection, ""}, .op = model::Op::remove, .all = true}});
  clearing_ = office_.desk.ask(std::move(write), out);
}

// Of a long list some go at a time.
bool Sweeper::answer(Instant now, Ticket ticket, const model::Reply& reply, ServerSteps&) {
  if (clearing_ != ticket) return false;
  if (dialect::stays_open(reply)) return true;
  clearing_.reset();
  is_busy_ = false;
  const auto* written = std::get_if<model::Written>(&reply);
  const model::Acked* acked = nullptr;
  if (written != nullptr && !written->outcomes.empty())
    acked = std::get_if<model::Acked>(&written->outcomes.front());
  if (acked == nullptr)
    rests_until_ = {now.ms + rest_ms};
  else if (acked->version < base::limits::clear_records_max)
    left_.insert(cleared_);
  return true;
}

}  // namespace rockpool::dialects::baserow
