#include "tests/sim/mounts.h"

#include "core/dialect/facets.h"
#include "core/dialects/deepstream/deepstream.h"
#include "core/dialects/jsonpad/jsonpad.h"
#include "core/dialects/jsonpad/resources.h"
#include "core/dialects/native/native.h"
#include "core/dialects/rested/registry.h"
#include "core/dialects/rested/rested.h"

namespace rockpool::sim {
namespace {

namespace jsonpad = dialects::jsonpad;
namespace rested = dialects::rested;

constexpr const char* account = "sim";
constexpr base::Instant set_up_at{1'750'000'000'000};
const std::string project_id(32, 'b');
const std::string api_key(32, 'e');

model::Change set_up(std::uint64_t num, std::string_view collection, std::string id, std::string data) {
  model::Change change;
  change.record = {.key = {std::string(collection), std::move(id)}, .version = 1, .num = num};
  change.record.data = std::move(data);
  change.record.created = change.record.updated = set_up_at;
  return change;
}

std::string facets_text(const std::string& collection, std::uint64_t number) {
  const jsonpad::List list{.collection = collection,
                           .name = collection,
                           .realtime = true,
                           .created = set_up_at,
                           .updated = set_up_at};
  const rested::Endpoint endpoint{.id = std::string(31, 'd') + std::to_string(number),
                                  .project = project_id,
                                  .name = collection,
                                  .description = {},
                                  .collection = collection};
  return R"({"name":")" + collection + R"(","facets":{"jsonpad:)" + account + R"(":)" + facet_text(list) +
         R"(,"rested:)" + project_id + R"(":)" + stored_text(endpoint) + "}}";
}

}  // namespace

const dialect::Dialect& spoken(Dialect dialect) {
  switch (dialect) {
    case Dialect::deepstream: return dialects::deepstream::dialect;
    case Dialect::jsonpad: return jsonpad::dialect;
    case Dialect::rested: return rested::dialect;
    case Dialect::native: break;
  }
  return dialects::native::dialect;
}

std::string mount_of(Dialect dialect) {
  return dialect == Dialect::native ? ""
                                    : "/" + std::string(dialect_names[static_cast<std::size_t>(dialect)]);
}

std::string settings_of(Dialect dialect, const Scenario& scenario) {
  const bool is_told_less = scenario.told_events_max > 0;
  const std::string log =
      is_told_less ? R"("logEvents":)" + std::to_string(scenario.told_events_max) : R"("logSeconds":600)";
  if (dialect == Dialect::rested) return "{" + log + "}";
  return R"({"accounts":{"sim":{"tokens":["good-api"],"realtimeTokens":["good-live"]}},)" + log + "}";
}

std::string token_of(Dialect dialect, bool is_good) {
  const std::string word = is_good ? "good-" : "bad-";
  if (dialect == Dialect::rested) return api_key;
  if (dialect != Dialect::jsonpad) return word + "1";
  return R"({"user":"sim","token":")" + word + R"(api","realtimeToken":"good-live"})";
}

std::optional<hub::Batch> facets_of(const Scenario& scenario) {
  if (!scenario.speaks(Dialect::jsonpad) && !scenario.speaks(Dialect::rested)) return std::nullopt;
  const rested::Project project{
      .id = project_id, .name = "sim", .api_key = api_key, .secret = std::string(64, 'a')};
  hub::Batch batch{.space = "default",
                   .write_id = "set-up",
                   .time = set_up_at,
                   .changes = {},
                   .marks = {},
                   .outcomes = {}};
  std::uint64_t num = 0;
  const auto add = [&](std::string_view collection, std::string id, std::string data) {
    batch.changes.push_back(set_up(++num, collection, std::move(id), std::move(data)));
  };
  add(rested::own_collection, "project/" + project_id, stored_text(project));
  for (const CollectionPlan& plan : scenario.collections) {
    add(rested::own_collection, "name/" + plan.name, "{}");
    add(dialect::collections_collection, plan.name, facets_text(plan.name, num));
  }
  return batch;
}

}  // namespace rockpool::sim
