#include "core/dialects/native/accounts.h"

#include "core/base/text.h"
#include "core/dialect/frames.h"
#include "core/dialect/members.h"
#include "core/dialect/object_text.h"
#include "core/dialects/native/http_session.h"

namespace rockpool::dialects::native {
namespace {

using base::Code;
using dialect::ObjectText;

constexpr std::string_view own_space = dialect::sessions_space;
constexpr std::string_view sessions = dialect::sessions_collection;
constexpr std::string_view revocations = "$revocations";
constexpr std::size_t body_bytes_max = 16 << 10;

model::Mutation put(std::string_view collection, std::string id, std::string data) {
  return {.key = {std::string(collection), std::move(id)}, .op = model::Op::put, .data = std::move(data)};
}
model::Mutation removal(const model::Key& key, std::optional<model::Version> base = std::nullopt) {
  return {.key = key, .op = model::Op::remove, .base = base};
}

std::string cookie(std::string_view token, std::int64_t seconds) {
  std::string text(cookie_name);
  text.append("=").append(token).append("; Path=/; Max-Age=").append(base::decimal(seconds));
  return text.append("; Secure; HttpOnly; SameSite=Lax");
}

bool is_json(const wire::RequestHead& head) {
  const std::string* type = wire::find_header(head.headers, "Content-Type");
  return type != nullptr && (*type == "application/json" || type->starts_with("application/json;"));
}

void tell_principal(ObjectText& text, const model::Principal& principal, std::int64_t expires_in_ms) {
  text.text("user", principal.user);
  std::string& roles = text.member("roles");
  dialect::append_list(roles, principal.roles, [&](const std::string& role) { roles += model::write(role); });
  if (principal.admin) text.flag("admin", true);
  if (principal.read_only) text.flag("readOnly", true);
  if (principal.realtime) text.flag("realtime", true);
  if (expires_in_ms > 0) text.integer("expiresIn", expires_in_ms);
}

dialect::Respond bad_request(CarrierId request, std::string_view what) {
  return refusal(request, 400, Code::bad_message, what);
}

}  // namespace

// ---- requests ---------------------------------------------------------------------------------------------

void Accounts::arrive(CarrierId request, const dialect::Arrived& arrived, ServerSteps& out) {
  const wire::RequestHead& head = arrived.head;
  const bool is_session = head.path == session_path;
  const bool is_post = head.method == "POST";
  if (!is_post && (!is_session || (head.method != "GET" && head.method != "DELETE"))) {
    return out.push_back(wrong_method(request, is_session ? "GET, POST, DELETE" : "POST"));
  }
  Request asked{.visitor = visitor_of(arrived)};
  // A form of another page can send neither this type nor an Authorization.
  if (is_post && !asked.visitor.credentials.by_password && !is_json(head)) {
    return out.push_back(refusal(request, 415, Code::bad_message, "the body must be application/json"));
  }
  asked.act = !is_session            ? Act::revoke
              : is_post              ? Act::log_in
              : head.method == "GET" ? Act::tell
                                     : Act::log_out;
  Request& held = requests_[request] = std::move(asked);
  if (is_post) {
    return out.push_back(dialect::ReadBody{.carrier = request, .bytes_max = body_bytes_max});
  }
  identify(request, held, {}, out);
}

bool Accounts::receive(Instant, CarrierId request, dialect::Arrival& arrival, ServerSteps& out) {
  const auto held = requests_.find(request);
  if (held == requests_.end()) return false;
  if (std::holds_alternative<dialect::Closed>(arrival)) requests_.erase(held);
  if (const auto* body = std::get_if<dialect::Body>(&arrival))
    take_body(request, held->second, body->bytes, out);
  return true;
}

void Accounts::take_body(CarrierId request, Request& asked, const std::string& body, ServerSteps& out) {
  dialect::Identify question;
  if (body.empty() && asked.act == Act::log_in && asked.visitor.credentials.by_password) {
    question.issue = true;
    return identify(request, asked, std::move(question), out);
  }
  const auto value = model::read(body, {.bytes_max = body_bytes_max});
  if (!value || !value->is_object()) {
    return respond(request, bad_request(request, "the body must be a JSON object"), out);
  }
  dialect::Members members(*value, "body");
  if (asked.act == Act::revoke) {
    asked.user = members.text_or("user", "");
    asked.session = members.text_or("session", "");
    if (!members.error() && asked.user.empty() == asked.session.empty())
      return respond(request, bad_request(request, "name a user or a session whose tokens end"), out);
  } else {
    asked.wants_cookie = members.flag_or("cookie", false);
    question.issue = true;
    question.by_password = !asked.visitor.credentials.by_password || members.has("user");
    question.user = question.by_password ? members.text("user") : "";
    question.password = question.by_password ? members.text("password") : "";
  }
  if (members.error()) return respond(request, bad_request(request, members.error()->message), out);
  identify(request, asked, std::move(question), out);
}

void Accounts::identify(CarrierId request, const Request& asked, dialect::Identify question,
                        ServerSteps& out) {
  question.ticket = ++desk_.last_ticket;
  question.origin = asked.visitor.origin;
  question.address = asked.visitor.address;
  asked.visitor.credentials.fill(question);
  if (question.token.empty() && !question.by_password) {
    return refuse(request, asked, {{Code::auth, "nobody is logged in here", ""}}, out);
  }
  questions_.emplace(question.ticket, Question{request, About::identity});
  out.push_back(std::move(question));
}

bool Accounts::identified(Instant now, Ticket ticket, dialect::Identity& identity, ServerSteps& out) {
  const auto asked = questions_.find(ticket);
  if (asked == questions_.end()) return false;
  const CarrierId request = asked->second.request;
  questions_.erase(asked);
  const auto held = requests_.find(request);
  if (held == requests_.end()) return true;
  if (const auto* denied = std::get_if<dialect::Denied>(&identity)) {
    refuse(request, held->second, *denied, out);
  } else {
    let_in(now, request, held->second, std::move(*std::get_if<dialect::Identified>(&identity)), out);
  }
  return true;
}

void Accounts::let_in(Instant now, CarrierId request, Request& asked, dialect::Identified known,
                      ServerSteps& out) {
  asked.known = std::move(known);
  const model::Principal& principal = asked.known->principal;
  switch (asked.act) {
    case Act::log_in: {
      const dialect::Issued& issued = *asked.known->issued;
      return write(request, About::write, {{put(sessions, issued.id, issued.record)}}, out);
    }
    case Act::tell: {
      std::string body;
      ObjectText text(body);
      tell_principal(text, principal, principal.expires_ms == 0 ? 0 : principal.expires_ms - now.ms);
      text.end();
      return respond(request, json_response(request, 200, std::move(body)), out);
    }
    case Act::log_out:
      if (asked.known->session.empty()) {
        return respond(request, bad_request(request, "this token is no session's; it ends when it runs out"),
                       out);
      }
      return write(request, About::write, {{removal({std::string(sessions), asked.known->session})}}, out);
    case Act::revoke: {
      if (!principal.admin) {
        return respond(request, refusal(request, 403, Code::forbidden, "only an admin may revoke"), out);
      }
      std::string before;
      ObjectText(before).integer("before", now.ms).end();
      return write(request, About::write,
                   {{asked.user.empty() ? removal({std::string(sessions), asked.session})
                                        : put(revocations, asked.user, before)}},
                   out);
    }
  }
}

// ---- answers ----------------------------------------------------------------------------------------------

void Accounts::respond(CarrierId request, dialect::Respond response, ServerSteps& out) {
  requests_.erase(request);
  out.push_back(std::move(response));
}

void Accounts::refuse(CarrierId request, const Request& asked, const dialect::Denied& denied,
                      ServerSteps& out) {
  const bool is_overloaded = denied.error.code == Code::overloaded;
  const int status = denied.retry_after_ms > 0              ? 429
                     : is_overloaded                        ? 503
                     : denied.error.code == Code::forbidden ? 403
                                                            : 401;
  auto response = refusal(request, status, denied.error.code, denied.error.message);
  for (auto& [name, value] : response.head.headers) {
    if (name == "Retry-After" && denied.retry_after_ms > 0) {
      value = base::decimal((denied.retry_after_ms + 999) / 1000);
    }
  }
  if (status == 401) response.head.headers.emplace_back("WWW-Authenticate", "Bearer");
  // A cookie that lets nobody in only stands in the way of the next log-in.
  if (status == 401 && asked.visitor.credentials.by_cookie) {
    response.head.headers.emplace_back("Set-Cookie", cookie("", 0));
  }
  respond(request, std::move(response), out);
}

bool Accounts::answer(Instant now, Ticket ticket, model::Reply& reply, ServerSteps& out) {
  if (sweep_.answer(now, ticket, reply, out)) return true;
  const auto asked = questions_.find(ticket);
  if (asked == questions_.end()) return false;
  const Question question = asked->second;
  if (!dialect::stays_open(reply)) questions_.erase(asked);
  const auto held = requests_.find(question.request);
  if (held != requests_.end()) written(now, question.request, held->second, reply, out);
  return true;
}

void Accounts::written(Instant now, CarrierId request, const Request& asked, const model::Reply& reply,
                       ServerSteps& out) {
  const auto* done = std::get_if<model::Written>(&reply);
  if (done != nullptr && done->outcomes.empty()) return;  // the rest is still to come
  const bool is_stored = done != nullptr && std::holds_alternative<model::Acked>(done->outcomes.front());
  // What was to be removed may be gone already.
  const bool was_gone = done != nullptr && std::holds_alternative<model::Conflicted>(done->outcomes.front());
  if (!is_stored && !(was_gone && asked.act != Act::log_in)) {
    return respond(request,
                   refusal(request, 503, Code::overloaded, "it could not be stored: try again later"), out);
  }
  if (asked.act != Act::log_in) {
    dialect::Respond response{.carrier = request, .head = {.status = 204, .headers = {}}, .body = nullptr};
    response.head.headers.emplace_back("Cache-Control", "no-store");
    if (asked.act == Act::log_out && asked.visitor.credentials.by_cookie) {
      response.head.headers.emplace_back("Set-Cookie", cookie("", 0));
    }
    return respond(request, std::move(response), out);
  }
  const dialect::Issued& issued = *asked.known->issued;
  const std::int64_t left_ms = issued.expires_ms - now.ms;
  std::string body;
  ObjectText text(body);
  // A page that asks for a cookie shall not have what scripts could steal.
  if (!asked.wants_cookie) text.text("token", issued.token);
  text.text("session", issued.id);
  tell_principal(text, asked.known->principal, left_ms);
  text.end();
  auto response = json_response(request, 200, std::move(body));
  if (asked.wants_cookie) {
    response.head.headers.emplace_back("Set-Cookie", cookie(issued.token, left_ms / 1000));
  }
  respond(request, std::move(response), out);
  sweep_.begin(now, out);
}

// ---- the books --------------------------------------------------------------------------------------------

void Accounts::ask(CarrierId request, About about, model::Command command, ServerSteps& out) {
  questions_.emplace(++desk_.last_ticket, Question{request, about});
  out.push_back(dialect::Asked{.ticket = desk_.last_ticket,
                               .principal = {.system = true},
                               .space = std::string(own_space),
                               .command = std::move(command)});
}

void Accounts::write(CarrierId request, About about, std::vector<model::Group> groups, ServerSteps& out) {
  model::Write command;
  command.groups = std::move(groups);
  ask(request, about, std::move(command), out);
}

}  // namespace rockpool::dialects::native
