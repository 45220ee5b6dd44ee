#include "core/dialects/rested/registry.h"

#include <algorithm>

#include "core/base/text.h"
#include "core/dialect/object_text.h"

namespace rockpool::dialects::rested {
namespace {

constexpr std::size_t page_records = 1000;
constexpr std::size_t page_bytes = 4 << 20;
constexpr std::string_view project_prefix = "project/";
constexpr std::string_view name_prefix = "name/";
constexpr std::string_view revoked_prefix = "revoked/";
constexpr std::string_view clearing_prefix = "clearing/";

std::string with(std::string_view prefix, const std::string& rest) { return std::string(prefix) + rest; }

}  // namespace

std::string users_collection(const Endpoint& endpoint) {
  return std::string(own_collection) + "." + endpoint.id;
}

// ---- the beginning ----------------------------------------------------------------------------------------

void Registry::load(ServerSteps& out) {
  facets_.load(out);
  if (!own_loaded_ && !scan_) read_own(out);
}

void Registry::read_own(ServerSteps& out) {
  scan_ = desk_.ask(model::Scan{.collection = std::string(own_collection),
                                .after = read_to_,
                                .records_max = page_records,
                                .bytes_max = page_bytes},
                    out);
}

bool Registry::answer(Ticket ticket, const model::Reply& reply, ServerSteps& out) {
  if (facets_.answer(ticket, reply, out)) {
    seq_ = std::max(seq_, facets_.loaded_seq());
    if (facets_.is_loaded() && !std::exchange(facets_taken_, true)) {
      for (const auto& [project, collection, facet] : facets_.all())
        if (auto endpoint = read_endpoint(project, collection, facet)) add_endpoint(std::move(*endpoint));
    }
    return true;
  }
  if (scan_ != ticket) return false;
  scan_.reset();
  const auto* page = std::get_if<model::Page>(&reply);
  if (page == nullptr) return true;  // it is asked again with the next load()
  for (const model::Record& record : page->records) take_own(record, nullptr);
  if (!page->records.empty()) read_to_ = page->records.back().key.id;
  if (const auto cursor = model::read_cursor(page->cursor)) {
    seq_ = std::max(seq_, cursor->seq);
    epoch_ = cursor->epoch;
  }
  own_loaded_ = page->done;
  if (!page->done) read_own(out);
  return true;
}

// ---- what happens -----------------------------------------------------------------------------------------

void Registry::take_own(const model::Record& record, Happened* happened) {
  Own& own = own_[record.key.id];
  if (record.version <= own.version) return;
  own = {.version = record.version, .exists = record.exists()};
  const std::string_view id = record.key.id;
  if (id.starts_with(project_prefix)) {
    take_project(std::string(id.substr(project_prefix.size())), record, happened);
  } else if (id.starts_with(revoked_prefix)) {
    const std::string jti(id.substr(revoked_prefix.size()));
    if (!record.exists()) {
      revoked_.erase(jti);
    } else {
      const auto value = model::read(record.data);
      revoked_[jti] = static_cast<std::int64_t>(value ? model::count_member(*value, "until").value_or(0) : 0);
      if (happened != nullptr) happened->revoked.insert(jti);
    }
  } else if (id.starts_with(clearing_prefix)) {
    std::string collection(id.substr(clearing_prefix.size()));
    record.exists() ? void(clearing_.insert(std::move(collection))) : void(clearing_.erase(collection));
  }
  // What comes and goes by itself is not to be remembered for ever.
  if (!record.exists() && id.starts_with(revoked_prefix)) own_.erase(record.key.id);
}

void Registry::take_project(const std::string& id, const model::Record& record, Happened* happened) {
  auto project = record.exists() ? read_project(id, record.data) : std::nullopt;
  if (project)
    projects_[id] = std::make_shared<const Project>(std::move(*project));
  else
    projects_.erase(id);
  if (happened == nullptr) return;
  for (const auto& [endpoint_id, endpoint] : endpoints_)
    if (endpoint->project == id) happened->endpoints.insert(endpoint_id);
}

void Registry::add_endpoint(Endpoint endpoint) {
  names_[endpoint.name] = endpoint.id;
  const std::string id = endpoint.id;
  endpoints_[id] = std::make_shared<const Endpoint>(std::move(endpoint));
}

void Registry::take_endpoint(const dialect::Facets::Moved& moved, Happened& happened) {
  const auto before =
      moved.before ? read_endpoint(moved.owner, moved.collection, *moved.before) : std::nullopt;
  auto after = moved.after ? read_endpoint(moved.owner, moved.collection, *moved.after) : std::nullopt;
  if (before) {
    happened.endpoints.insert(before->id);
    const auto held = endpoints_.find(before->id);
    // One that was moved to another collection is there already.
    if (held != endpoints_.end() && held->second->collection == moved.collection) {
      const auto name = names_.find(before->name);
      if (name != names_.end() && name->second == before->id) names_.erase(name);
      endpoints_.erase(held);
    }
  }
  if (!after) return;
  happened.endpoints.insert(after->id);
  // One of other options may have been moved here from another collection.
  if (!before && after->revision == 0) happened.made.insert(after->id);
  add_endpoint(std::move(*after));
}

void Registry::take_users(const std::string& collection, const model::Changed& changed,
                          Happened& happened) const {
  if (collection.starts_with('$')) return;
  for (const auto& endpoint : endpoints_over(collection)) {
    if (!endpoint->authentication) continue;
    for (const model::Change& change : changed.changes)
      if (!change.record.exists()) happened.gone_users.emplace(endpoint->id, change.record.key.id);
  }
}

Registry::Happened Registry::watch(const dialect::ServerDialect::Notices& notices) {
  Happened happened;
  for (const auto& one : facets_.watch(notices)) take_endpoint(one, happened);
  for (const auto& [topic, notice] : notices) {
    const auto* changed = std::get_if<model::Changed>(&notice);
    if (changed == nullptr) continue;
    if (!changed->changes.empty()) seq_ = std::max(seq_, changed->changes.front().seq);
    take_users(topic.name, *changed, happened);
    if (topic.name != own_collection) continue;
    for (const model::Change& change : changed->changes) take_own(change.record, &happened);
  }
  return happened;
}

// ---- looking ----------------------------------------------------------------------------------------------

Registry::ProjectPointer Registry::project(const std::string& id) const {
  const auto held = projects_.find(id);
  return held == projects_.end() ? nullptr : held->second;
}

Registry::EndpointPointer Registry::endpoint(const std::string& id) const {
  const auto held = endpoints_.find(id);
  return held == endpoints_.end() ? nullptr : held->second;
}

Registry::EndpointPointer Registry::endpoint_named(const std::string& name) const {
  const auto held = names_.find(name);
  return held == names_.end() ? nullptr : endpoint(held->second);
}

std::vector<Registry::EndpointPointer> Registry::endpoints_of(const std::string& project) const {
  std::vector<EndpointPointer> found;
  for (const auto& [id, endpoint] : endpoints_)
    if (endpoint->project == project) found.push_back(endpoint);
  return found;
}

std::vector<Registry::EndpointPointer> Registry::endpoints_over(const std::string& collection) const {
  std::vector<EndpointPointer> found;
  for (const std::string& project : facets_.owners(collection)) {
    const std::string* facet = facets_.find(collection, project);
    const auto read = facet == nullptr ? std::nullopt : read_endpoint(project, collection, *facet);
    if (auto held = read ? endpoint(read->id) : nullptr) found.push_back(std::move(held));
  }
  return found;
}

std::vector<Registry::EndpointPointer> Registry::orphans() const {
  std::vector<EndpointPointer> found;
  for (const auto& [id, endpoint] : endpoints_) {
    const auto project = own_.find(with(project_prefix, endpoint->project));
    if (project != own_.end() && !project->second.exists) found.push_back(endpoint);
  }
  return found;
}

std::vector<std::string> Registry::to_clear() const { return {clearing_.begin(), clearing_.end()}; }

// ---- writing ----------------------------------------------------------------------------------------------

model::Mutation Registry::write(const std::string& id, std::string data) const {
  const auto held = own_.find(id);
  return {.key = {std::string(own_collection), id},
          .op = model::Op::put,
          .data = std::move(data),
          .base = held != own_.end() && held->second.exists ? held->second.version : 0};
}

model::Mutation Registry::remove(const std::string& id) const {
  const auto held = own_.find(id);
  return {.key = {std::string(own_collection), id},
          .op = model::Op::remove,
          .base = held == own_.end() ? 0 : held->second.version};
}

model::Mutation Registry::put_project(const Project& project) const {
  return write(with(project_prefix, project.id), stored_text(project));
}

model::Mutation Registry::remove_project(const Project& project) const {
  return remove(with(project_prefix, project.id));
}

std::string Registry::collection_for(const Endpoint& endpoint, const std::string& wanted) const {
  return facets_.collection_for(endpoint.project, wanted, endpoint.needs_token());
}

model::Group Registry::put_endpoint(const Endpoint& endpoint, const Endpoint* before) const {
  model::Group group;
  if (before == nullptr || before->name != endpoint.name) {
    std::string data;
    dialect::ObjectText(data).text("endpointId", endpoint.id).text("projectId", endpoint.project).end();
    group.push_back(write(with(name_prefix, endpoint.name), std::move(data)));
    if (before != nullptr) group.push_back(remove(with(name_prefix, before->name)));
  }
  if (before != nullptr && before->collection != endpoint.collection)
    group.push_back(facets_.detach(before->collection, endpoint.project).mutation);
  group.push_back(facets_.put(endpoint.collection, endpoint.project, stored_text(endpoint)));
  return group;
}

Registry::Removal Registry::remove_endpoint(const Endpoint& endpoint) const {
  auto detached = facets_.detach(endpoint.collection, endpoint.project);
  Removal removal{.group = {std::move(detached.mutation), remove(with(name_prefix, endpoint.name))},
                  .takes_data = detached.is_last};
  return removal;
}

model::Mutation Registry::revoke(const std::string& jti, std::int64_t until_ms) const {
  std::string data;
  dialect::ObjectText(data).integer("until", until_ms).end();
  return {.key = {std::string(own_collection), with(revoked_prefix, jti)},
          .op = model::Op::put,
          .data = std::move(data)};
}

model::Mutation Registry::begin_clearing(const std::string& collection) const {
  return {.key = {std::string(own_collection), with(clearing_prefix, collection)},
          .op = model::Op::put,
          .data = "{}"};
}

model::Mutation Registry::end_clearing(const std::string& collection) const {
  return remove(with(clearing_prefix, collection));
}

model::Group Registry::forget_revoked(Instant now, std::size_t count_max) const {
  model::Group group;
  for (const auto& [jti, until_ms] : revoked_) {
    if (group.size() >= count_max) break;
    if (until_ms < now.ms) group.push_back(remove(with(revoked_prefix, jti)));
  }
  return group;
}

}  // namespace rockpool::dialects::rested
