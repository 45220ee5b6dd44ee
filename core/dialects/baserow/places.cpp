#include "core/dialects/baserow/places.h"

#include <algorithm>

#include "core/base/text.h"

namespace rockpool::dialects::baserow {
namespace {

using model::Position;
using model::Record;

constexpr std::size_t moved_max = 200;  // on either side, to make room
constexpr int tries_max = 4;

bool spread(const Position& low, const Position& high, std::span<Position> into) {
  if (into.empty()) return true;
  const std::size_t middle = into.size() / 2;
  into[middle] = Position::between(low, high);
  if (into[middle] <= low || into[middle] >= high) return false;
  return spread(low, into[middle], into.first(middle)) &&
         spread(into[middle], high, into.subspan(middle + 1));
}

// Those up to that position, the last one first, or from there on.
std::string neighbours(const Position& position, bool upwards) {
  std::string query = upwards ? R"({"where":{"position":{"$gte":")" : R"({"where":{"position":{"$lte":")";
  query.append(position.sortable()).append(R"("}},"orderBy":[)");
  return query.append(upwards ? R"("position","num"]})"
                              : R"({"by":"position","desc":true},{"by":"num","desc":true}]})");
}

std::pair<Position, std::uint64_t> place_of(const Record& row) { return {model::position_of(row), row.num}; }

}  // namespace

std::string meta_with(const std::string& meta, const Position& position) {
  auto value = model::read(meta.empty() ? "{}" : meta);
  model::Value object = value && value->is_object() ? std::move(*value) : model::Value::object();
  object["order"] = position.text();
  return model::write(object);
}

std::optional<std::vector<Position>> spread(const Position& low, const Position& high, std::size_t count) {
  std::vector<Position> positions(count);
  return spread(low, high, std::span(positions)) ? std::optional(std::move(positions)) : std::nullopt;
}

void Places::find(RowDesk::Step step, Wanted wanted, Found found, int tries) {
  if (wanted.before == 0) return find_end(step, wanted, std::move(found));
  if (tries >= tries_max)
    return step.out.push_back(refuse(step.visit->carrier, {.wrong = Wrong::not_now, .retry_after_ms = 1000}));
  find_between(step, wanted, found, tries);
}

void Places::find_end(RowDesk::Step step, const Wanted& wanted, Found found) {
  std::string query = R"({"orderBy":[{"by":"position","desc":true},{"by":"num","desc":true}]})";
  rows_.list(step, {.collection = wanted.collection, .query = std::move(query), .records_max = 2},
             [wanted, next = std::move(found)](const model::Listed& listed, ServerSteps& out) {
               std::uint64_t last = 0;
               for (const Record& row : listed.records)
                 if (row.num != wanted.moved) last = std::max(last, model::position_of(row).whole());
               std::vector<Position> positions;
               for (std::size_t i = 0; i < wanted.count; ++i)
                 positions.push_back(Position::of_whole(last + 1 + i));
               next(std::move(positions), out);
             });
}

void Places::find_between(RowDesk::Step step, const Wanted& wanted, const Found& found, int tries) {
  rows_.find(step, wanted.collection, wanted.before,
             [=, this, visit = step.visit](const Record* at, ServerSteps& out) {
               if (at == nullptr) return out.push_back(refuse(visit->carrier, {.wrong = Wrong::no_row}));
               const Record behind = *at;
               model::Query query{.collection = wanted.collection,
                                  .query = neighbours(model::position_of(behind), false),
                                  .records_max = moved_max};
               rows_.list({visit, out}, std::move(query),
                          [=, this](const model::Listed& listed, ServerSteps& steps) {
                            Position low;
                            for (const Record& row : listed.records) {
                              if (place_of(row) >= place_of(behind) || row.num == wanted.moved) continue;
                              low = model::position_of(row);
                              break;
                            }
                            if (auto positions = spread(low, model::position_of(behind), wanted.count))
                              return found(std::move(*positions), steps);
                            make_room({visit, steps}, behind, wanted.collection,
                                      [=, this](ServerSteps& later) {
                                        find({visit, later}, wanted, found, tries + 1);
                                      });
                          });
             });
}

void Places::make_room(RowDesk::Step step, const Record& at, const std::string& collection,
                       std::function<void(ServerSteps&)> then) {
  const Position here = model::position_of(at);
  const auto ask = [collection, here](bool upwards) {
    return model::Query{
        .collection = collection, .query = neighbours(here, upwards), .records_max = moved_max};
  };
  rows_.list(step, ask(false), [=, this, visit = step.visit](const model::Listed& below, ServerSteps& out) {
    rows_.list({visit, out}, ask(true), [=, this](const model::Listed& above, ServerSteps& steps) {
      std::map<std::pair<Position, std::uint64_t>, Record> around;
      for (const auto* rows : {&below.records, &above.records})
        for (const Record& row : *rows) around.emplace(place_of(row), row);
      // The outermost ones stay, where there may be more behind them.
      Position low, high = Position::of_whole(here.whole() + 1);
      if (!around.empty())
        high = Position::of_whole(std::max(high.whole(), around.rbegin()->first.first.whole() + 1));
      if (below.records.size() == moved_max) low = around.extract(around.begin()).key().first;
      if (above.records.size() == moved_max) high = around.extract(std::prev(around.end())).key().first;
      const auto positions = spread(low, high, around.size());
      if (!positions)
        return steps.push_back(refuse(visit->carrier, {.wrong = Wrong::not_now, .retry_after_ms = 1000}));
      RowDesk::Change change{.group = {},
                             .is_told_to_author = true,
                             .done = [then](const Rows&, ServerSteps& later) { then(later); },
                             .again = then};
      for (std::size_t i = 0; const auto& [place, row] : around)
        change.group.push_back({.key = row.key,
                                .op = model::Op::put,
                                .data = row.data,
                                .base = row.version,
                                .meta = meta_with(row.meta, (*positions)[i++])});
      rows_.write({visit, steps}, std::move(change));
    });
  });
}

}  // namespace rockpool::dialects::baserow
