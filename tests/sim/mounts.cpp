#include "tests/sim/mounts.h"

#include "core/dialect/facets.h"
#include "core/dialects/baserow/baserow.h"
#include "core/dialects/baserow/tokens.h"
#include "core/dialects/datocms/datocms.h"
#include "core/dialects/deepstream/deepstream.h"
#include "core/dialects/jsonpad/jsonpad.h"
#include "core/dialects/jsonpad/resources.h"
#include "core/dialects/native/native.h"
#include "core/dialects/rested/registry.h"
#include "core/dialects/rested/rested.h"
#include "core/gateway/secrets_test.h"

namespace rockpool::sim {
namespace {

namespace jsonpad = dialects::jsonpad;
namespace rested = dialects::rested;

constexpr const char* account = "sim";
constexpr base::Instant set_up_at{1'750'000'000'000};
const std::string project_id(32, 'b');
const std::string api_key(32, 'e');
const std::string jwt_secret(32, '9');

model::Change set_up(std::uint64_t num, std::string_view collection, std::string id, std::string data) {
  model::Change change;
  change.record = {.key = {std::string(collection), std::move(id)}, .version = 1, .num = num};
  change.record.data = std::move(data);
  change.record.created = change.record.updated = set_up_at;
  return change;
}

// `data`: what the collection has besides.
std::string facets_text(const std::string& data, const std::string& collection, std::uint64_t number) {
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
  model::Value all = model::read(data).value();
  all["name"] = collection;
  if (model::member(all, "facets") == nullptr) all["facets"] = model::Value::object();
  model::Value& facets = all["facets"];
  facets["jsonpad:" + std::string(account)] = model::read(facet_text(list)).value();
  facets["rested:" + project_id] = model::read(stored_text(endpoint)).value();
  return model::write(all);
}

// Every other page has its access tokens made by the app, which makes them for good.
std::string baserow_token(int client, bool is_good) {
  const std::string email = email_of(client);
  if (client % 2 == 0)
    return R"({"email":")" + email + R"(","password":")" + (is_good ? "good-" : "bad-") + email + "\"}";
  const baserow::Claims claims{
      .user = static_cast<baserow::Id>(client) + 1, .jti = {}, .expires_ms = set_up_at.ms * 10};
  return base::base64url(claims_text(claims)) +
         gateway::open_signature(is_good ? jwt_secret : std::string(32, '6'));
}

}  // namespace

const dialect::Dialect& spoken(Dialect dialect) {
  switch (dialect) {
    case Dialect::deepstream: return dialects::deepstream::dialect;
    case Dialect::jsonpad: return jsonpad::dialect;
    case Dialect::rested: return rested::dialect;
    case Dialect::baserow: return baserow::dialect;
    case Dialect::datocms: return datocms::dialect;
    case Dialect::native: break;
  }
  return dialects::native::dialect;
}

std::string mount_of(Dialect dialect) {
  return dialect == Dialect::native ? ""
                                    : "/" + std::string(dialect_names[static_cast<std::size_t>(dialect)]);
}

std::string url_of(Dialect dialect) {
  const std::string url = "http://sim.example" + mount_of(dialect);
  return dialect == Dialect::datocms ? url + "/preview" : url;  // what is published is not written
}

std::string settings_of(Dialect dialect, const Scenario& scenario) {
  if (dialect == Dialect::datocms) return Models::settings(scenario);
  const bool is_told_less = scenario.told_events_max > 0;
  const std::string log =
      is_told_less ? R"("logEvents":)" + std::to_string(scenario.told_events_max) : R"("logSeconds":600)";
  if (dialect == Dialect::rested) return "{" + log + "}";
  if (dialect == Dialect::baserow) return R"({"jwtSecret":")" + jwt_secret + R"(",)" + log + "}";
  return R"({"accounts":{"sim":{"tokens":["good-api"],"realtimeTokens":["good-live"]}},)" + log + "}";
}

std::string token_of(Dialect dialect, int client, bool is_good) {
  const std::string word = is_good ? "good-" : "bad-";
  if (dialect == Dialect::rested) return api_key;
  if (dialect == Dialect::baserow) return baserow_token(client, is_good);
  if (dialect != Dialect::jsonpad) return word + "1";
  return R"({"user":"sim","token":")" + word + R"(api","realtimeToken":"good-live"})";
}

std::optional<hub::Batch> facets_of(const Setting& setting) {
  const Scenario& scenario = setting.scenario;
  if (!scenario.speaks(Dialect::jsonpad) && !scenario.speaks(Dialect::rested) && !scenario.has_tables())
    return std::nullopt;
  Tables::Records made = setting.tables ? setting.tables->records() : Tables::Records();
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
    const auto node = made.extract({std::string(dialect::collections_collection), plan.name});
    add(dialect::collections_collection, plan.name,
        facets_text(node.empty() ? "{}" : node.mapped(), plan.name, num));
  }
  for (const auto& [key, data] : made) add(key.collection, key.id, data);
  return batch;
}

}  // namespace rockpool::sim
