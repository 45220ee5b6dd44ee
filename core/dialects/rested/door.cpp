#include "core/dialects/rested/door.h"

#include <algorithm>

#include "core/dialect/object_text.h"
#include "core/wire/http.h"

namespace rockpool::dialects::rested {
namespace {

std::string lower(std::string text) {
  for (char& c : text)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + 32);
  return text;
}

std::string first_of(const Request& request, std::string_view name) {
  return wire::query_value(request.query, name).value_or("");
}

Refusal unknown_place() {
  return {404, "nothing is at this address; endpoints are at /api/1/ce/<endpoint>", not_valid};
}
Refusal wrong_key() { return {400, "the endpoint or the API key is not valid", not_valid}; }
Refusal without_token(std::string sentence) { return {401, std::move(sentence), no_token}; }

// Of an authentication endpoint what anybody may do.
bool is_for_strangers(const Request& request) {
  return !request.upgrade && request.method == "POST" && !is_set(request.query, "logout");
}

bool needs_token(const Caller& caller, const Request& request) {
  if (caller.is_master || !caller.endpoint->needs_token() || request.method == "OPTIONS") return false;
  return !caller.endpoint->authentication || !is_for_strangers(request);
}

std::string token_of(const Request& request) {
  const std::string said = request.upgrade ? first_of(request, "accessToken") : std::string();
  if (!said.empty()) return said;
  return request.bearer.empty() ? request.cookie : request.bearer;
}

}  // namespace

std::string claims_text(const Claims& claims) {
  std::string text;
  dialect::ObjectText(text)
      .text("sub", claims.user)
      .text("prj", claims.project)
      .text("ept", claims.endpoint)
      .integer("exp", claims.expires_ms / 1000)
      .text("jti", claims.jti)
      .end();
  return text;
}

std::optional<Claims> read_claims(std::string_view text) {
  const auto value = model::read(text);
  if (!value) return std::nullopt;
  const auto expires = model::count_member(*value, "exp");
  const auto member = [&](std::string_view name) { return model::text_member(*value, name); };
  if (!expires || !member("sub") || !member("prj") || !member("ept") || !member("jti")) return std::nullopt;
  return Claims{.user = *member("sub"),
                .project = *member("prj"),
                .endpoint = *member("ept"),
                .jti = *member("jti"),
                .expires_ms = static_cast<std::int64_t>(*expires) * 1000};
}

std::optional<Refusal> Door::check_origin(const Project& project, const Request& request) const {
  if (!request.has_origin && project.needs_origin)
    return Refusal{403, "requests without an origin are not allowed by the project", wrong_origin};
  if (!request.has_origin || project.origins.empty()) return std::nullopt;
  const std::string origin = lower(request.origin);
  const bool is_listed = std::any_of(project.origins.begin(), project.origins.end(),
                                     [&](const std::string& one) { return lower(one) == origin; });
  if (is_listed && origin != "null") return std::nullopt;
  return Refusal{403, "pages of this origin are not allowed by the project", wrong_origin, 0, true};
}

Door::Verdict Door::admit(const Request& request) const {
  if (request.route.kind != Route::Kind::endpoint) return unknown_place();
  Caller caller{.project = {}, .endpoint = registry_.endpoint_named(request.route.endpoint)};
  if (!caller.endpoint) return wrong_key();
  std::string key = first_of(request, "key");
  if (key.empty()) key = first_of(request, "apiKey");
  if (key.empty() && request.method != "OPTIONS")
    return Refusal{403, "the API key is missing; send it as key=", not_valid};
  caller.project = registry_.project(caller.endpoint->project);
  if (!caller.project || (!key.empty() && !is_same_secret(key, caller.project->api_key))) return wrong_key();
  const std::string master = first_of(request, "masterKey");
  caller.is_master = !master.empty() && is_same_secret(master, caller.project->master_key);
  if (caller.is_master) return caller;
  if (auto refused = check_origin(*caller.project, request)) return std::move(*refused);
  if (!master.empty()) return without_token("the masterKey is not the project's");
  return caller;
}

std::optional<Door::Verdict> Door::knock(CarrierId who, const Request& request, ServerSteps& out) {
  auto verdict = admit(request);
  auto* caller = std::get_if<Caller>(&verdict);
  if (caller == nullptr || !needs_token(*caller, request)) return verdict;
  std::string token = token_of(request);
  if (token.empty()) return without_token("the endpoint is secure and the access token is missing");
  const Ticket ticket = desk_.work(
      {.what = dialect::SecretWork::What::open, .text = std::move(token), .key = caller->project->secret},
      out);
  questions_[ticket] = {.who = who, .caller = std::move(*caller)};
  return std::nullopt;
}

Registry::EndpointPointer Door::users_of(const Claims& claims) const {
  auto users = registry_.endpoint(claims.endpoint);
  return users && users->authentication && users->project == claims.project ? users : nullptr;
}

std::optional<Refusal> Door::check_claims(Instant now, const Claims& claims, const Project& project) const {
  if (claims.project != project.id) return without_token("the access token is not valid");
  if (claims.expires_ms <= now.ms) return without_token("the access token has expired; log in again");
  if (registry_.is_revoked(claims.jti)) return without_token("the access token was logged out; log in again");
  if (!users_of(claims)) return without_token("no user is found for the access token");
  return std::nullopt;
}

std::optional<Door::Judged> Door::worked(Instant now, Ticket ticket, const dialect::SecretResult& result,
                                         ServerSteps& out) {
  auto node = questions_.extract(ticket);
  if (node.empty()) return std::nullopt;
  Question question = std::move(node.mapped());
  const auto* text = std::get_if<std::string>(&result);
  auto claims = text == nullptr ? std::nullopt : read_claims(*text);
  if (!claims) return Judged{question.who, without_token("the access token is not valid")};
  if (auto refused = check_claims(now, *claims, *question.caller.project))
    return Judged{question.who, std::move(*refused)};
  const Ticket read = desk_.ask(model::Read{.key = {users_of(*claims)->collection, claims->user}}, out);
  question.caller.claims = std::move(claims);
  questions_[read] = std::move(question);
  return std::nullopt;
}

std::optional<Door::Judged> Door::answer(Ticket ticket, const model::Reply& reply) {
  auto node = questions_.extract(ticket);
  if (node.empty()) return std::nullopt;
  Question question = std::move(node.mapped());
  const auto* found = std::get_if<model::Found>(&reply);
  if (found == nullptr)
    return Judged{question.who, Refusal{503, "the user cannot be looked up now; try again", no_token, 1000}};
  if (!found->record || !found->record->exists())
    return Judged{question.who, without_token("no user is found for the access token")};
  return Judged{question.who, std::move(question.caller)};
}

std::optional<Refusal> Door::look_again(Instant now, const Request& request, Caller& caller) const {
  const bool is_same = registry_.endpoint(caller.endpoint->id) == caller.endpoint &&
                       registry_.project(caller.project->id) == caller.project;
  if (!is_same) {
    auto verdict = admit(request);
    if (auto* refused = std::get_if<Refusal>(&verdict)) return std::move(*refused);
    Caller fresh = std::move(std::get<Caller>(verdict));
    // Another one of the same name is not what was asked for.
    if (fresh.endpoint->id != caller.endpoint->id) return wrong_key();
    fresh.claims = std::move(caller.claims);
    fresh.is_deleted = caller.is_deleted;
    caller = std::move(fresh);
  }
  if (!needs_token(caller, request)) return std::nullopt;
  if (!caller.claims) return without_token("the endpoint is secure by now; send the access token again");
  if (caller.is_deleted) return without_token("no user is found for the access token");
  return check_claims(now, *caller.claims, *caller.project);
}

bool Door::ends(const Registry::Happened& happened, const Claims& claims) const {
  return happened.revoked.contains(claims.jti) ||
         happened.gone_users.contains({claims.endpoint, claims.user}) || !users_of(claims);
}

void Door::mark_deleted(const Registry::Happened& happened, Caller& caller) {
  if (caller.claims && happened.gone_users.contains({caller.claims->endpoint, caller.claims->user}))
    caller.is_deleted = true;
}

// A key lets everybody in who has it. Where the space lets nobody in without a name, it has one.
model::Principal Door::principal_of(const Caller& caller) const {
  model::Principal principal{.user = {}, .roles = {}, .credential = {}};
  if (caller.claims)
    principal.user = "rested:" + caller.claims->user;
  else if (!desk_.options.sharing.is_open)
    principal.user = "rested:" + caller.project->id;
  return principal;
}

}  // namespace rockpool::dialects::rested
