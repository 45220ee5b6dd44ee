#include "core/dialects/rested/users.h"

#include <algorithm>
#include <array>

#include "core/base/text.h"
#include "core/dialect/object_text.h"

namespace rockpool::dialects::rested {
namespace {

constexpr std::size_t body_bytes_max = 64 << 10;
constexpr std::size_t password_bytes_max = 1024;
constexpr std::size_t name_bytes_max = 256;
constexpr std::array<std::string_view, 2> name_members = {"username", "email"};
constexpr std::size_t forgotten_at_once = 100;
constexpr int tries_max = 16;

std::string text_in(const model::Value& value, std::string_view name) {
  const std::string* text = model::text_member(value, name);
  return text == nullptr ? std::string() : *text;
}

std::string text_in(const std::string& json, std::string_view name) {
  const auto value = model::read(json.empty() ? "{}" : json);
  return value ? text_in(*value, name) : std::string();
}

// What is wrong with the names and the password of a user, if anything is.
std::optional<std::string> fault_in(const model::Value& body, bool needs_password) {
  if (!body.is_object()) return "send a JSON object with username or email, and password";
  bool has_name = false;
  for (const std::string_view member : name_members) {
    const model::Value* said = model::member(body, member);
    if (said == nullptr) continue;
    const std::string name = text_in(body, member);
    const bool is_plain = std::none_of(
        name.begin(), name.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
    if (name.empty() || name.size() > name_bytes_max || !is_plain)
      return std::string(member) + " must be a text of 1 to 256 bytes without control characters";
    has_name = true;
  }
  if (!has_name) return "username or email is missing";
  const model::Value* password = model::member(body, "password");
  if (password == nullptr)
    return needs_password ? std::optional<std::string>("password is missing") : std::nullopt;
  const std::string text = text_in(body, "password");
  if (text.empty() || text.size() > password_bytes_max) return "password must be a text of 1 to 1024 bytes";
  return std::nullopt;
}

std::string without_password(const model::Value& body) {
  model::Value::object_t rest;
  for (const auto& member : body.members())
    if (member.name != "password") rest.push_back(member);
  return model::write(std::move(rest));
}

model::Key name_key(const Endpoint& endpoint, std::string_view member, const std::string& value) {
  return {users_collection(endpoint), std::string(member) + '/' + value};
}

std::string cookie_text(std::string_view token, std::int64_t seconds) {
  std::string text(cookie_name);
  text.append("=").append(token).append("; Path=/; Max-Age=").append(base::decimal(seconds));
  return text.append("; HttpOnly; Secure; SameSite=None");
}

Refusal taken(std::string_view member) {
  return {400, "the " + std::string(member) + " is taken; choose another one"};
}

Refusal wrong_credentials() { return {401, "the credentials are not right"}; }

}  // namespace

std::string tag_of(const model::Record& record) { return '"' + base::decimal(record.version) + '"'; }

dialect::Respond record_answer(CarrierId carrier, const Request& request, const model::Record& record) {
  std::string body;
  std::string_view type = "application/json";
  if (!is_set(request.query, "dataOnly")) {
    body = record_text(record, is_set(request.query, "versions"));
  } else if (read_beside(record.meta).is_text && record.data.starts_with('"')) {
    const auto value = model::read(record.data);
    const auto* text = value ? value->get_ptr<const std::string*>() : nullptr;
    body = text == nullptr ? std::string() : *text;
    type = "text/plain; charset=utf-8";
  } else {
    body = record.data;
  }
  auto respond = answer(carrier, request, 200, std::move(body), type);
  respond.head.headers.emplace_back("ETag", tag_of(record));
  return respond;
}

// ---- what is wanted ---------------------------------------------------------------------------------------

void Users::post(Visit visit, ServerSteps& out) {
  Work work{.visit = std::move(visit), .user = {}};
  const Request& asked = work.visit.asked;
  if (is_set(asked.query, "logout")) return log_out(std::move(work), out);
  work.logs_in = is_set(asked.query, "login");
  if (asked.content_type != "application/json")
    return refuse(work, {400, "send users as Content-Type: application/json"}, out);
  if (asked.content_length > body_bytes_max)
    return refuse(work, {413, "the body is larger than 64 KiB"}, out);
  const CarrierId carrier = work.visit.carrier;
  reading_.emplace(carrier, std::move(work));
  out.push_back(dialect::ReadBody{.carrier = carrier, .bytes_max = body_bytes_max});
}

bool Users::receive(Instant now, CarrierId carrier, const dialect::Arrival& arrival, ServerSteps& out) {
  auto node = reading_.extract(carrier);
  if (node.empty()) return false;
  const auto* body = std::get_if<dialect::Body>(&arrival);
  if (body != nullptr && stands(now, node.mapped(), out)) begin(std::move(node.mapped()), body->bytes, out);
  return true;
}

void Users::begin(Work work, const std::string& body, ServerSteps& out) {
  if (body.empty()) return refuse(work, {400, "the body is empty"}, out);
  const auto value = model::read(body);
  if (!value) return refuse(work, {400, "the body is not JSON: " + value.error().message}, out);
  if (auto wrong = fault_in(*value, true)) return refuse(work, {400, *wrong}, out);
  work.password = text_in(*value, "password");
  for (const std::string_view member : name_members) {
    std::string name = text_in(*value, member);
    if (!name.empty() && (!work.logs_in || work.names.empty()))
      work.names.push_back({.member = std::string(member), .value = std::move(name), .holder = {}});
  }
  if (!work.logs_in) {
    work.data = without_password(*value);
    work.user.key = {work.visit.caller.endpoint->collection, new_unique_id(desk_.prng)};
  }
  look_up(std::move(work), out);
}

void Users::change(Visit visit, const model::Record& user, std::string data, ServerSteps& out) {
  Work work{.visit = std::move(visit), .user = user};
  work.hash = read_beside(user.meta).password;
  if (!data.empty()) {
    const auto value = model::read(data);
    if (auto wrong = value ? fault_in(*value, false) : std::optional<std::string>("the user is not JSON"))
      return refuse(work, {400, *wrong}, out);
    work.password = text_in(*value, "password");
    work.data = without_password(*value);
  }
  for (const std::string_view member : name_members) {
    const std::string before = text_in(user.data, member);
    const std::string after = text_in(work.data, member);
    if (before == after) continue;
    if (!after.empty()) work.names.push_back({.member = std::string(member), .value = after, .holder = {}});
    if (!before.empty())
      work.names.push_back(
          {.member = std::string(member), .value = before, .is_claimed = false, .holder = {}});
  }
  look_up(std::move(work), out);
}

// ---- names ------------------------------------------------------------------------------------------------

void Users::look_up(Work work, ServerSteps& out) {
  if (work.name == work.names.size()) return prepare(std::move(work), out);
  work.step = Step::names;
  const Name& name = work.names[work.name];
  model::Read read{.key = name_key(*work.visit.caller.endpoint, name.member, name.value)};
  ask(std::move(work), std::move(read), out);
}

void Users::name_found(Work work, const model::Found& found, ServerSteps& out) {
  Name& name = work.names[work.name];
  const bool is_there = found.record && found.record->exists();
  if (is_there) {
    name.version = found.record->version;
    name.holder = text_in(found.record->data, "uniqueId");
  }
  const bool is_own = name.holder == work.user.key.id;
  if (work.logs_in || (is_there && name.is_claimed && !is_own)) {
    work.step = Step::holder;
    model::Key key{work.visit.caller.endpoint->collection, name.holder.empty() ? "-" : name.holder};
    return ask(std::move(work), model::Read{.key = std::move(key)}, out);
  }
  if (!is_own && !name.is_claimed) name.holder.clear();  // it is somebody else's by now
  ++work.name;
  look_up(std::move(work), out);
}

// The user that the name is stored for: has it that name still?
void Users::holder_found(Work work, const model::Found& found, ServerSteps& out) {
  const Name& name = work.names[work.name];
  const bool is_there =
      found.record && found.record->exists() && text_in(found.record->data, name.member) == name.value;
  if (!work.logs_in) {
    if (is_there) return refuse(work, taken(name.member), out);
    ++work.name;
    return look_up(std::move(work), out);
  }
  if (is_there) {
    work.user = *found.record;
    work.hash = read_beside(work.user.meta).password;
  }
  work.step = Step::check;
  dialect::SecretWork check{.what = dialect::SecretWork::What::check_password,
                            .text = std::exchange(work.password, {}),
                            .key = work.hash,
                            .account = "rested:" + work.visit.caller.endpoint->id + '/' + name.value,
                            .address = work.visit.asked.address};
  secret_work(std::move(work), std::move(check), out);
}

// ---- writing ----------------------------------------------------------------------------------------------

void Users::prepare(Work work, ServerSteps& out) {
  if (work.password.empty()) return write(std::move(work), out);
  work.step = Step::hash;
  dialect::SecretWork hash{.what = dialect::SecretWork::What::hash_password,
                           .text = std::exchange(work.password, {})};
  secret_work(std::move(work), std::move(hash), out);
}

void Users::write(Work work, ServerSteps& out) {
  work.step = Step::write;
  const std::string& id = work.user.key.id;
  model::Mutation mutation{
      .key = work.user.key, .op = model::Op::put, .data = work.data, .base = work.user.version};
  if (work.data.empty()) mutation.op = model::Op::remove;
  Beside beside = read_beside(work.user.meta);
  beside.owner = id;
  beside.password = work.hash;
  if (!work.data.empty()) mutation.meta = write_beside(work.user.meta, beside);
  model::Group group = {std::move(mutation)};
  for (const Name& name : work.names) {
    if (!name.is_claimed && name.holder != id) continue;
    model::Mutation one{.key = name_key(*work.visit.caller.endpoint, name.member, name.value),
                        .op = name.is_claimed ? model::Op::put : model::Op::remove,
                        .base = name.version};
    if (name.is_claimed) dialect::ObjectText(one.data).text("uniqueId", id).end();
    group.push_back(std::move(one));
  }
  model::Write write{.client = {}, .owns = true, .tells = true};
  write.groups.push_back(std::move(group));
  ask(std::move(work), std::move(write), out);
}

void Users::written(Work work, const model::Written& written, ServerSteps& out) {
  for (const model::Outcome& outcome : written.outcomes) {
    if (const auto* declined = std::get_if<model::Declined>(&outcome);
        declined != nullptr && declined->error.code != base::Code::depends)
      return refuse(work, refusal_of(declined->error), out);
  }
  const bool is_done = std::all_of(written.outcomes.begin(), written.outcomes.end(), [](const auto& outcome) {
    return std::holds_alternative<model::Acked>(outcome);
  });
  if (work.step == Step::revoke) return revoked(work, is_done, out);
  if (is_done) return show(work, work.data.empty() ? work.user : written.made.front(), out);
  if (work.user.version == 0 && ++work.tries <= tries_max) {
    // Somebody else was first with one of the names: which is found out by looking again.
    work.name = 0;
    for (Name& name : work.names) name = {.member = name.member, .value = name.value, .holder = {}};
    return look_up(std::move(work), out);
  }
  const Request& asked = work.visit.asked;
  if (!asked.if_match.empty() || !values_of(asked.query, "version").empty())
    return refuse(work, {412, "the record has changed meanwhile"}, out);
  refuse(work, {503, "somebody else changes this user just now; try again", {}, 1000}, out);
}

void Users::revoked(const Work& work, bool is_done, ServerSteps& out) {
  if (!is_done) return refuse(work, {503, "the token cannot be withdrawn now; try again", {}, 1000}, out);
  auto respond = rested::answer(work.visit.carrier, work.visit.asked, 200, "{}");
  respond.head.headers.emplace_back("Set-Cookie", cookie_text("", 0));
  out.push_back(std::move(respond));
}

// ---- tokens -----------------------------------------------------------------------------------------------

void Users::log_out(Work work, ServerSteps& out) {
  const Request& asked = work.visit.asked;
  const std::string token = asked.bearer.empty() ? asked.cookie : asked.bearer;
  if (token.empty()) return refuse(work, {401, "the access token is missing; nobody is logged in"}, out);
  work.step = Step::open;
  dialect::SecretWork open{
      .what = dialect::SecretWork::What::open, .text = token, .key = work.visit.caller.project->secret};
  secret_work(std::move(work), std::move(open), out);
}

bool Users::worked(Instant now, Ticket ticket, const dialect::SecretResult& result, ServerSteps& out) {
  auto node = working_.extract(ticket);
  if (node.empty()) return false;
  if (const auto* refused = std::get_if<dialect::Denied>(&result))
    denied(node.mapped(), *refused, out);
  else if (stands(now, node.mapped(), out))
    worked(now, std::move(node.mapped()), std::get<std::string>(result), out);
  return true;
}

void Users::worked(Instant now, Work work, const std::string& text, ServerSteps& out) {
  switch (work.step) {
    case Step::hash: work.hash = text; return write(std::move(work), out);
    case Step::check:
      // No password is that of nobody.
      if (work.hash.empty()) return refuse(work, wrong_credentials(), out);
      work.step = Step::jti;
      return secret_work(std::move(work), {.what = dialect::SecretWork::What::random}, out);
    case Step::jti: return sign(now, std::move(work), text, out);
    case Step::sign: return welcome(work, text, out);
    default: break;
  }
  auto claims = read_claims(text);
  const bool is_good = claims && claims->project == work.visit.caller.project->id &&
                       claims->expires_ms > now.ms && !registry_.is_revoked(claims->jti);
  if (!is_good) return refuse(work, {401, "the access token is not valid any more"}, out);
  work.step = Step::revoke;
  model::Write write{.client = {}, .owns = true};
  write.groups.push_back({registry_.revoke(claims->jti, claims->expires_ms)});
  ask(std::move(work), std::move(write), out);
  // What comes of this is nobody's affair: another server of the log may have done it already.
  model::Write forget{.client = {}, .owns = true};
  for (model::Mutation& old : registry_.forget_revoked(now, forgotten_at_once))
    forget.groups.push_back({old});
  if (!forget.groups.empty()) desk_.ask(std::move(forget), out);
}

void Users::denied(const Work& work, const dialect::Denied& denied, ServerSteps& out) {
  if (denied.error.code != base::Code::overloaded) {
    return refuse(
        work, work.step == Step::open ? Refusal{401, "the access token is not valid"} : wrong_credentials(),
        out);
  }
  const bool is_throttled = denied.retry_after_ms > 0;
  refuse(work,
         {is_throttled ? 429 : 503, denied.error.message, {}, is_throttled ? denied.retry_after_ms : 1000},
         out);
}

void Users::sign(Instant now, Work work, const std::string& jti, ServerSteps& out) {
  work.step = Step::sign;
  const Project& project = *work.visit.caller.project;
  const std::int64_t expires = now.ms / 1000 + project.token_seconds;
  const Claims claims{.user = work.user.key.id,
                      .project = project.id,
                      .endpoint = work.visit.caller.endpoint->id,
                      .jti = jti,
                      .expires_ms = expires * 1000};
  dialect::SecretWork sign{
      .what = dialect::SecretWork::What::sign, .text = claims_text(claims), .key = project.secret};
  secret_work(std::move(work), std::move(sign), out);
}

void Users::welcome(const Work& work, const std::string& token, ServerSteps& out) {
  if (is_set(work.visit.asked.query, "noATCookie"))
    return show(work, work.user, out, {{"Authorization", "Bearer " + token}});
  show(work, work.user, out, {{"Set-Cookie", cookie_text(token, work.visit.caller.project->token_seconds)}});
}

// ---- questions and answers --------------------------------------------------------------------------------

// Who asks may have lost the right to it, while a password was hashed for example. False: it was refused.
bool Users::stands(Instant now, Work& work, ServerSteps& out) {
  const auto refused = door_.look_again(now, work.visit.asked, work.visit.caller);
  if (refused) refuse(work, *refused, out);
  return !refused;
}

void Users::happened(const Registry::Happened& happened) {
  for (auto& [carrier, work] : reading_) Door::mark_deleted(happened, work.visit.caller);
  for (auto& [ticket, work] : working_) Door::mark_deleted(happened, work.visit.caller);
}

bool Users::answer(Instant now, Ticket ticket, const model::Reply& reply, ServerSteps& out) {
  auto node = working_.extract(ticket);
  if (node.empty()) return false;
  Work work = std::move(node.mapped());
  if (const auto* one = std::get_if<model::Found>(&reply)) {
    if (!stands(now, work, out)) return true;
    work.step == Step::names ? name_found(std::move(work), *one, out)
                             : holder_found(std::move(work), *one, out);
  } else if (const auto* result = std::get_if<model::Written>(&reply)) {
    written(std::move(work), *result, out);
  } else if (const auto* failed = std::get_if<model::Failed>(&reply)) {
    refuse(work, refusal_of(failed->error), out);
  }
  return true;
}

void Users::ask(Work work, model::Command command, ServerSteps& out) {
  const Ticket ticket = desk_.ask(std::move(command), out);
  working_.emplace(ticket, std::move(work));
}

void Users::secret_work(Work work, dialect::SecretWork wanted, ServerSteps& out) {
  const Ticket ticket = desk_.work(std::move(wanted), out);
  working_.emplace(ticket, std::move(work));
}

void Users::show(const Work& work, const model::Record& user, ServerSteps& out, wire::Headers headers) {
  auto respond = record_answer(work.visit.carrier, work.visit.asked, user);
  for (auto& header : headers) respond.head.headers.push_back(std::move(header));
  out.push_back(std::move(respond));
}

void Users::refuse(const Work& work, const Refusal& refusal, ServerSteps& out) {
  out.push_back(rested::refuse(work.visit.carrier, work.visit.asked, refusal));
}

}  // namespace rockpool::dialects::rested
