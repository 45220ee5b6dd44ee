#include "core/dialects/rested/manage.h"

#include <algorithm>

#include "core/base/limits.h"
#include "core/dialects/rested/bodies.h"

namespace rockpool::dialects::rested {
namespace {

constexpr std::size_t body_bytes_max = 64 << 10;
constexpr int tries_max = 16;
constexpr base::Duration retry_time = base::seconds(5);

bool has_body(const std::string& method) { return method == "POST" || method == "PATCH"; }

Refusal no_project() { return {404, "there is no project of that id"}; }
Refusal no_endpoint() { return {404, "the project has no endpoint of that id"}; }
Refusal being_cleared() { return {409, "what was there before is being deleted still; try again later"}; }
Refusal unknown_path() {
  return {404, "nothing is at this address of the management API; there are /projects and its parts"};
}

Refusal made_by_post(const std::string& things) {
  return {.status = 405, .sentence = things + " are made by POST", .allow = "POST"};
}
Refusal unknown_method(const std::string& thing) {
  return {.status = 405, .sentence = thing + " knows GET, PATCH and DELETE", .allow = "GET, PATCH, DELETE"};
}

model::Mutation clear_of(const std::string& collection) {
  return {.key = {collection, ""}, .op = model::Op::remove, .all = true};
}

}  // namespace

// ---- who asks ---------------------------------------------------------------------------------------------

void Manage::ask(Instant now, CarrierId carrier, Request request, ServerSteps& out) {
  if (!request.bearer.empty() && is_same_secret(request.bearer, desk_.settings.admin_token))
    return admit(now, carrier, std::move(request), out);
  if (request.bearer.empty())
    return out.push_back(rested::refuse(
        carrier, request, {401, "the management API needs Authorization: Bearer with the admin token"}));
  out.push_back(dialect::Identify{.ticket = ++desk_.last_ticket,
                                  .token = request.bearer,
                                  .origin = request.origin,
                                  .space = {},
                                  .user = {},
                                  .password = {},
                                  .address = request.address});
  knocking_.emplace(desk_.last_ticket, std::pair(carrier, std::move(request)));
}

bool Manage::identified(Instant now, Ticket ticket, const dialect::Identity& identity, ServerSteps& out) {
  auto node = knocking_.extract(ticket);
  if (node.empty()) return false;
  auto& [carrier, request] = node.mapped();
  const auto* known = std::get_if<dialect::Identified>(&identity);
  if (known != nullptr && known->principal.admin)
    admit(now, carrier, std::move(request), out);
  else
    out.push_back(rested::refuse(carrier, request, {401, "the token is not the admin token"}));
  return true;
}

void Manage::admit(Instant, CarrierId carrier, Request request, ServerSteps& out) {
  Work work{.carrier = carrier, .asked = std::move(request)};
  if (!has_body(work.asked.method)) return begin(std::move(work), out);
  if (work.asked.content_type != "application/json")
    return refuse(work, {400, "send the body as Content-Type: application/json"}, out);
  if (work.asked.content_length > body_bytes_max)
    return refuse(work, {413, "the body is larger than 64 KiB"}, out);
  reading_.emplace(carrier, std::move(work));
  out.push_back(dialect::ReadBody{.carrier = carrier, .bytes_max = body_bytes_max});
}

bool Manage::receive(CarrierId carrier, const dialect::Arrival& arrival, ServerSteps& out) {
  if (std::holds_alternative<dialect::Closed>(arrival))
    std::erase_if(knocking_, [&](const auto& one) { return one.second.first == carrier; });
  auto node = reading_.extract(carrier);
  if (node.empty()) return false;
  const auto* body = std::get_if<dialect::Body>(&arrival);
  if (body == nullptr) return true;  // it broke off
  node.mapped().body = body->bytes;
  begin(std::move(node.mapped()), out);
  return true;
}

// ---- what it wants ----------------------------------------------------------------------------------------

void Manage::begin(Work work, ServerSteps& out) {
  const std::vector<std::string>& parts = work.asked.route.parts;
  if (parts.empty() || parts[0] != "projects" || parts.size() > 4) return refuse(work, unknown_path(), out);
  if (parts.size() > 2 && parts[2] != "endpoints") return refuse(work, unknown_path(), out);
  parts.size() > 2 ? begin_endpoint(std::move(work), out) : begin_project(std::move(work), out);
}

void Manage::begin_project(Work work, ServerSteps& out) {
  const std::string& method = work.asked.method;
  const bool is_list = work.asked.route.parts.size() == 1;
  const bool is_known =
      is_list ? method == "POST" : method == "GET" || method == "PATCH" || method == "DELETE";
  if (!is_known) return refuse(work, is_list ? made_by_post("projects") : unknown_method("a project"), out);
  const auto project = is_list ? nullptr : registry_.project(work.asked.route.parts[1]);
  if (!is_list && !project) return refuse(work, no_project(), out);
  if (method == "GET") return respond(work, 200, shown_text(*project), out);
  if (method == "DELETE") return remove_project(std::move(work), *project, out);
  const auto body = model::read(work.body);
  if (!body) return refuse(work, {400, "the body is not JSON: " + body.error().message}, out);
  is_list ? create_project(std::move(work), *body, out)
          : patch_project(std::move(work), *project, *body, out);
}

void Manage::begin_endpoint(Work work, ServerSteps& out) {
  const std::string& method = work.asked.method;
  const auto project = registry_.project(work.asked.route.parts[1]);
  if (!project) return refuse(work, no_project(), out);
  const bool is_list = work.asked.route.parts.size() == 3;
  const bool is_known =
      is_list ? method == "POST" : method == "GET" || method == "PATCH" || method == "DELETE";
  if (!is_known)
    return refuse(work, is_list ? made_by_post("endpoints") : unknown_method("an endpoint"), out);
  const auto endpoint = is_list ? nullptr : registry_.endpoint(work.asked.route.parts[3]);
  if (!is_list && (!endpoint || endpoint->project != project->id)) return refuse(work, no_endpoint(), out);
  if (method == "GET") return respond(work, 200, shown_text(*endpoint), out);
  if (method == "DELETE") return remove_endpoint(std::move(work), *endpoint, out);
  const auto body = model::read(work.body);
  if (!body) return refuse(work, {400, "the body is not JSON: " + body.error().message}, out);
  is_list ? create_endpoint(std::move(work), *project, *body, out)
          : patch_endpoint(std::move(work), *endpoint, *body, out);
}

// ---- projects ---------------------------------------------------------------------------------------------

void Manage::create_project(Work work, const model::Value& body, ServerSteps& out) {
  Project project;
  WantedKeys keys;
  if (auto wrong = read_project_body(body, true, project, keys)) return refuse(work, {400, *wrong}, out);
  if (!has_secrets(work, 5, out)) return;
  project.id = work.secrets[0];
  project.api_key = work.secrets[1];
  project.secret = work.secrets[2] + work.secrets[3];
  if (keys.master.value_or(false)) project.master_key = work.secrets[4];
  work.result = shown_text(project);
  write(std::move(work), {registry_.put_project(project)}, out);
}

void Manage::patch_project(Work work, Project project, const model::Value& body, ServerSteps& out) {
  WantedKeys keys;
  if (auto wrong = read_project_body(body, false, project, keys)) return refuse(work, {400, *wrong}, out);
  if (!has_secrets(work, 2, out)) return;
  if (keys.api) project.api_key = work.secrets[0];
  if (keys.master && !*keys.master) project.master_key.clear();
  if (keys.master && *keys.master && project.master_key.empty()) project.master_key = work.secrets[1];
  project.revision += 1;
  work.result = shown_text(project);
  write(std::move(work), {registry_.put_project(project)}, out);
}

// Endpoint by endpoint, and then the project itself.
void Manage::remove_project(Work work, const Project& project, ServerSteps& out) {
  const auto endpoints = registry_.endpoints_of(project.id);
  if (!endpoints.empty()) return remove_endpoint(std::move(work), *endpoints.front(), out);
  work.removes.clear();
  write(std::move(work), {registry_.remove_project(project)}, out);
}

// ---- endpoints --------------------------------------------------------------------------------------------

void Manage::create_endpoint(Work work, const Project& project, const model::Value& body, ServerSteps& out) {
  Endpoint endpoint{.id = {}, .project = project.id, .name = {}, .description = {}, .collection = {}};
  std::optional<std::string> collection;
  if (auto wrong = read_endpoint_body(body, true, endpoint, collection))
    return refuse(work, {400, *wrong}, out);
  if (registry_.endpoint_named(endpoint.name))
    return refuse(work, {409, "an endpoint of that name exists already; choose another one"}, out);
  if (!has_secrets(work, 1, out)) return;
  endpoint.id = work.secrets[0];
  endpoint.collection = registry_.collection_for(endpoint, collection.value_or(endpoint.name));
  for (const auto& other : registry_.endpoints_over(collection.value_or("")))
    if (other->project == project.id)
      return refuse(work, {409, "the project has an endpoint over that collection already"}, out);
  if (registry_.is_cleared(endpoint.collection)) return refuse(work, being_cleared(), out);
  work.result = shown_text(endpoint);
  write(std::move(work), registry_.put_endpoint(endpoint, nullptr), out);
}

void Manage::patch_endpoint(Work work, const Endpoint& before, const model::Value& body, ServerSteps& out) {
  Endpoint endpoint = before;
  std::optional<std::string> collection;
  if (auto wrong = read_endpoint_body(body, false, endpoint, collection))
    return refuse(work, {400, *wrong}, out);
  const auto taken = registry_.endpoint_named(endpoint.name);
  if (taken && taken->id != before.id)
    return refuse(work, {409, "an endpoint of that name exists already; choose another one"}, out);
  // What is secure is shared with other dialects only where the space says so in full.
  const bool becomes_secure = endpoint.needs_token() && !before.needs_token();
  const bool is_own = before.collection.starts_with("rested:");
  if (becomes_secure && !is_own && !registry_.is_shared_in_full(before.collection)) {
    if (!work.is_surveyed) {
      const Ticket ticket = desk_.ask(model::Survey{.collections = {before.collection}}, out);
      working_.emplace(ticket, std::move(work));
      return;
    }
    if (!work.clears.empty())
      return refuse(work,
                    {409,
                     "its records are shared with other dialects, which a secure endpoint's may not be; "
                     "make another endpoint, or name the collection in spaces.<space>.share"},
                    out);
    endpoint.collection = registry_.collection_for(endpoint, endpoint.name);
    if (registry_.is_cleared(endpoint.collection)) return refuse(work, being_cleared(), out);
  }
  endpoint.revision += 1;
  work.result = shown_text(endpoint);
  write(std::move(work), registry_.put_endpoint(endpoint, &before), out);
}

void Manage::remove_endpoint(Work work, const Endpoint& endpoint, ServerSteps& out) {
  work.clears.clear();
  if (registry_.remove_endpoint(endpoint).takes_data) work.clears.push_back(endpoint.collection);
  if (endpoint.authentication) work.clears.push_back(users_collection(endpoint));
  if (std::exchange(work.removes, endpoint.id) != endpoint.id) work.tries = 0;
  // A question about no collection would be one about all of them.
  if (work.clears.empty()) return surveyed(std::move(work), {}, out);
  const Ticket ticket = desk_.ask(model::Survey{.collections = work.clears}, out);
  working_.emplace(ticket, std::move(work));
}

void Manage::surveyed(Work work, const model::Surveyed& surveyed, ServerSteps& out) {
  if (work.asked.method == "PATCH") {
    work.is_surveyed = true;
    work.clears.clear();
    if (!surveyed.totals.empty() && surveyed.totals.front().records > 0) work.clears = surveyed.collections;
    return begin(std::move(work), out);
  }
  const auto endpoint = registry_.endpoint(work.removes);
  if (!endpoint) {
    work.removes.clear();
    return begin(std::move(work), out);
  }
  auto [group, takes_data] = registry_.remove_endpoint(*endpoint);
  std::uint64_t records = 0;
  work.clears.clear();
  for (std::size_t i = 0; i < surveyed.collections.size(); ++i) {
    // Somebody else may have a facet over it since.
    if (surveyed.collections[i] == endpoint->collection && !takes_data) continue;
    const std::uint64_t more = surveyed.totals[i].records;
    if (records + more <= base::limits::clear_records_max) {
      records += more;
      group.push_back(clear_of(surveyed.collections[i]));
    } else {
      work.clears.push_back(surveyed.collections[i]);
      group.push_back(registry_.begin_clearing(surveyed.collections[i]));
    }
  }
  write(std::move(work), std::move(group), out);
}

// ---- what came of it --------------------------------------------------------------------------------------

bool Manage::answer(Instant now, Ticket ticket, const model::Reply& reply, ServerSteps& out) {
  auto node = working_.extract(ticket);
  if (node.empty()) return false;
  Work work = std::move(node.mapped());
  if (work.stage != Stage::main) clearing_.erase(work.clears.back());
  if (const auto* result = std::get_if<model::Written>(&reply)) {
    written(now, std::move(work), *result, out);
  } else if (const auto* totals = std::get_if<model::Surveyed>(&reply)) {
    surveyed(std::move(work), *totals, out);
  } else if (const auto* failed = std::get_if<model::Failed>(&reply)) {
    fail(now, work, refusal_of(failed->error), out);
  }
  return true;
}

void Manage::written(Instant now, Work work, const model::Written& written, ServerSteps& out) {
  bool is_late = false;
  for (const model::Outcome& outcome : written.outcomes) {
    if (const auto* declined = std::get_if<model::Declined>(&outcome);
        declined != nullptr && declined->error.code != base::Code::depends)
      return fail(now, work, refusal_of(declined->error), out);
    is_late = is_late || !std::holds_alternative<model::Acked>(outcome);
  }
  if (is_late) {
    // Somebody else was first: the same again, on what there is now.
    if (++work.tries > tries_max)
      return fail(now, work, {503, "too many others write this at once; try again", {}, 1000}, out);
    return work.stage == Stage::main ? begin(std::move(work), out) : clear_on(std::move(work), out);
  }
  if (work.stage != Stage::main) work.tries = 0;
  if (work.stage == Stage::main) {
    if (work.removes.empty()) work.clears.clear();
  } else if (work.stage == Stage::ending) {
    work.clears.pop_back();
    work.stage = Stage::clearing;
  } else {
    const auto* cleared = std::get_if<model::Acked>(&written.outcomes.front());
    if (cleared->version < base::limits::clear_records_max) work.stage = Stage::ending;
  }
  work.clears.empty() ? finish(std::move(work), out) : clear_on(std::move(work), out);
}

void Manage::finish(Work work, ServerSteps& out) {
  const std::string& method = work.asked.method;
  if (method != "DELETE") return respond(work, method == "POST" ? 201 : 200, std::move(work.result), out);
  const bool is_of_project = work.asked.route.parts.size() == 2;
  // Its other endpoints, and then itself.
  if (is_of_project && !work.removes.empty()) {
    work.stage = Stage::main;
    // What was removed just now may not be told yet.
    if (++work.tries <= tries_max) return begin(std::move(work), out);
    return refuse(work, {503, "not all of it could be removed; try again", {}, 1000}, out);
  }
  respond(work, 204, {}, out);
}

// The next piece of a collection that goes; when nothing is left, the record goes that says so.
void Manage::clear_on(Work work, ServerSteps& out) {
  const std::string collection = work.clears.back();
  if (work.stage == Stage::main) work.stage = Stage::clearing;
  clearing_.insert(collection);
  const bool is_ending = work.stage == Stage::ending;
  write(std::move(work), {is_ending ? registry_.end_clearing(collection) : clear_of(collection)}, out);
}

void Manage::resume(ServerSteps& out) {
  retry_at_.reset();
  for (const std::string& collection : registry_.to_clear()) {
    if (clearing_.contains(collection)) continue;
    clear_on({.carrier = 0,
              .asked = {.method = "DELETE"},
              .clears = {collection},
              // Unless it is somebody's again.
              .stage = registry_.has_facets(collection) ? Stage::ending : Stage::clearing},
             out);
  }
}

void Manage::remove_orphans(ServerSteps& out) {
  for (const auto& endpoint : registry_.orphans())
    remove_endpoint({.carrier = 0, .asked = {.method = "DELETE"}}, *endpoint, out);
}

void Manage::wake(Instant now, ServerSteps& out) {
  if (retry_at_ && *retry_at_ <= now) resume(out);
}

bool Manage::has_secrets(Work& work, std::size_t count, ServerSteps& out) {
  if (work.secrets.size() >= count) return true;
  const Ticket ticket = desk_.work({.what = dialect::SecretWork::What::random}, out);
  waiting_.emplace(ticket, std::move(work));
  return false;
}

bool Manage::worked(Instant, Ticket ticket, const dialect::SecretResult& result, ServerSteps& out) {
  auto node = waiting_.extract(ticket);
  if (node.empty()) return false;
  Work work = std::move(node.mapped());
  const auto* secret = std::get_if<std::string>(&result);
  if (secret == nullptr) {
    refuse(work, {503, "no keys can be made now; try again", {}, 1000}, out);
  } else {
    work.secrets.push_back(*secret);
    begin(std::move(work), out);
  }
  return true;
}

void Manage::write(Work work, model::Group group, ServerSteps& out) {
  model::Write write{.client = {}, .owns = true};
  write.groups.push_back(std::move(group));
  working_.emplace(desk_.ask(std::move(write), out), std::move(work));
}

void Manage::respond(const Work& work, int status, std::string body, ServerSteps& out) {
  const std::string_view type = body.empty() ? "" : "application/json";
  out.push_back(rested::answer(work.carrier, work.asked, status, std::move(body), type));
}

void Manage::fail(Instant now, const Work& work, const Refusal& refusal, ServerSteps& out) {
  if (work.stage != Stage::main) retry_at_ = now + retry_time;
  refuse(work, refusal, out);
}

void Manage::refuse(const Work& work, const Refusal& refusal, ServerSteps& out) {
  out.push_back(rested::refuse(work.carrier, work.asked, refusal));
}

}  // namespace rockpool::dialects::rested
