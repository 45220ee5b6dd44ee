#include "core/dialects/deepstream/admission.h"

#include <algorithm>

#include "core/dialect/object_text.h"
#include "core/model/names.h"
#include "core/model/value.h"

namespace rockpool::dialects::deepstream {
namespace {

using Strategy = Settings::Strategy;
using dialect::Denied;
using dialect::ObjectText;

constexpr base::Duration pass_time = base::seconds(24 * 3600);
// How long what the webhook said of a token is not asked again.
constexpr base::Duration webhook_time = base::seconds(60);
constexpr std::size_t passes_max = 10'000;

Denied denied(base::Code code, std::string_view why) {
  return {base::Error{.code = code, .message = std::string(why), .path = ""}};
}

std::string text_in(const base::Result<model::Value>& value, std::string_view name) {
  const std::string* held = value ? model::text_member(*value, name) : nullptr;
  return held == nullptr ? std::string() : *held;
}

// What is understood of the credentials.
struct Said {
  std::string token, user, password;
  bool nothing = true;
};

Said read_said(const Credentials& credentials) {
  Said said{.token = credentials.token};
  const bool is_empty = credentials.auth_data.empty() || credentials.auth_data == "{}";
  if (!is_empty) {
    const auto value = model::read(credentials.auth_data);
    said = {.token = text_in(value, "token"),
            .user = text_in(value, "username"),
            .password = text_in(value, "password")};
    if (!said.user.empty()) said.token.clear();
  }
  said.nothing = is_empty && said.token.empty();
  return said;
}

std::string webhook_body(const Visitor& visitor, std::string_view auth_data) {
  std::string body;
  ObjectText whole(body);
  ObjectText connection(whole.member("connectionData"));
  ObjectText headers(connection.member("headers"));
  for (const auto& [name, value] : visitor.headers) {
    const bool is_plain = name.find_first_of("\"\\") == std::string::npos;
    if (is_plain && wire::find_header({{name, ""}}, "Cookie") == nullptr) headers.text(name, value);
  }
  headers.end();
  connection.text("url", visitor.url).end();
  whole.raw("authData", auth_data).end();
  return body;
}

// Whom the webhook vouches for: JSON, or the name alone.
std::optional<Caller> read_vouched(const std::string& body, Instant now) {
  const auto value = model::read(body);
  Caller caller;
  const auto* bare = value ? value->get_ptr<const std::string*>() : nullptr;
  if (value && value->is_object()) {
    caller.name = text_in(value, "id");
    if (caller.name.empty()) caller.name = text_in(value, "username");
    caller.token = text_in(value, "token");
    const model::Value* data = model::member(*value, "clientData");
    if (data != nullptr && data->is_object()) caller.client_data = model::write(*data);
    const model::Value* server = model::member(*value, "serverData");
    if (server != nullptr && server->is_object()) {
      caller.server_data = std::make_shared<const model::Value>(*server);
    }
    const model::Value* roles = server == nullptr ? nullptr : model::member(*server, "roles");
    for (const model::Value& role : roles == nullptr ? model::Value() : *roles)
      if (const auto* text = role.get_ptr<const std::string*>()) caller.principal.roles.push_back(*text);
  } else {
    caller.name = bare != nullptr ? *bare : body;
  }
  if (!caller.name.empty() && !model::check_event(caller.name)) return std::nullopt;
  caller.principal.user = caller.name;
  if (!caller.name.empty()) caller.principal.credential = "dialect:deepstream";
  caller.principal.issued_ms = now.ms;
  return caller;
}

}  // namespace

// ---- asking -----------------------------------------------------------------------------------------------

std::optional<Admission::Answer> Admission::ask(Instant now, CarrierId who, Credentials credentials,
                                                Visitor visitor, ServerSteps& out) {
  Said said = read_said(credentials);
  const Settings& settings = desk_.settings;
  const bool is_asked_elsewhere = settings.strategy == Strategy::webhook;
  if (const Pass* pass = pass_of(now, said.token); pass != nullptr && now < pass->fresh_until) {
    Caller caller = pass->caller;
    caller.token = said.token;
    return Answer{who, std::move(caller)};
  }
  const bool may_be_nobody = settings.strategy == Strategy::open || settings.anonymous;
  if (said.nothing && !may_be_nobody && !is_asked_elsewhere)
    return Answer{who, denied(base::Code::auth, "nobody comes in without credentials")};

  dialect::Identify step{.token = said.token, .issue = credentials.begins};
  Question question{.who = who, .credentials = std::move(credentials), .visitor = std::move(visitor)};
  question.credentials.token = said.token;
  if (!said.token.empty() || (said.nothing && may_be_nobody))
    return identify(std::move(question), std::move(step), out);
  if (is_asked_elsewhere) {
    std::string data = question.credentials.auth_data;
    return fetch(std::move(question), data.empty() ? "{}" : std::move(data), out);
  }
  if (settings.strategy == Strategy::jwt) return Answer{who, denied(base::Code::auth, "a token is needed")};
  step.by_password = settings.strategy == Strategy::users;
  step.user = step.by_password ? said.user : "";
  step.password = std::move(said.password);
  if (!step.by_password) question.claimed = std::move(said.user);
  return identify(std::move(question), std::move(step), out);
}

std::optional<Admission::Answer> Admission::identify(Question question, dialect::Identify step,
                                                     ServerSteps& out) {
  step.ticket = ++desk_.last_ticket;
  step.origin = question.visitor.origin;
  step.address = question.visitor.address;
  step.space = desk_.options.space;
  questions_.emplace(step.ticket, std::move(question));
  out.push_back(std::move(step));
  return std::nullopt;
}

std::optional<Admission::Answer> Admission::fetch(Question question, std::string auth_data,
                                                  ServerSteps& out) {
  const Settings::Webhook& webhook = desk_.settings.webhook;
  out.push_back(dialect::Fetch{.ticket = ++desk_.last_ticket,
                               .url = webhook.url,
                               .headers = {},
                               .body = webhook_body(question.visitor, auth_data),
                               .ms_max = webhook.ms_max});
  questions_.emplace(desk_.last_ticket, std::move(question));
  return std::nullopt;
}

// ---- hearing ----------------------------------------------------------------------------------------------

std::optional<Admission::Answer> Admission::identified(Instant now, Ticket ticket, dialect::Identity identity,
                                                       ServerSteps& out) {
  Question question = std::move(questions_.extract(ticket).mapped());
  const CarrierId who = question.who;
  if (auto* known = std::get_if<dialect::Identified>(&identity)) {
    if (!question.caller) return let_in(now, std::move(question), std::move(*known), out);
    question.caller->token = give_pass(now, *question.caller, std::move(known->secret), pass_time);
    return Answer{who, std::move(*question.caller)};
  }
  const std::string token = std::exchange(question.credentials.token, {});
  if (token.empty() || question.caller) return Answer{who, std::move(*std::get_if<Denied>(&identity))};
  if (desk_.settings.strategy == Strategy::webhook) {
    std::string data;
    ObjectText(data).text("token", token).end();
    question.credentials.token = token;
    return fetch(std::move(question), std::move(data), out);
  }
  // Where everybody is let in, a token that says nothing stands in nobody's way.
  if (desk_.settings.strategy == Strategy::open) {
    const bool begins = question.credentials.begins;
    return identify(std::move(question), {.issue = begins}, out);
  }
  return Answer{who, std::move(*std::get_if<Denied>(&identity))};
}

std::optional<Admission::Answer> Admission::let_in(Instant now, Question question, dialect::Identified known,
                                                   ServerSteps& out) {
  Caller caller{.principal = std::move(known.principal)};
  caller.name = question.claimed.empty() ? caller.principal.user : question.claimed;
  const auto held = desk_.settings.client_data.find(caller.name);
  if (held != desk_.settings.client_data.end()) caller.client_data = held->second;
  const auto data = desk_.settings.server_data.find(caller.name);
  if (data != desk_.settings.server_data.end()) caller.server_data = data->second;
  if (!question.credentials.begins) return Answer{question.who, std::move(caller)};
  if (caller.principal.user.empty() || !known.issued) {
    caller.token = give_pass(now, caller, std::move(known.secret), pass_time);
    return Answer{question.who, std::move(caller)};
  }
  caller.token = known.issued->token;
  question.caller = std::move(caller);
  model::Mutation record{.number = 1,
                         .key = {std::string(dialect::sessions_collection), known.issued->id},
                         .op = model::Op::put,
                         .data = std::move(known.issued->record)};
  model::Write write;
  write.groups.push_back({std::move(record)});
  out.push_back(dialect::Asked{.ticket = ++desk_.last_ticket,
                               .principal = {.system = true, .roles = {}},
                               .space = std::string(dialect::sessions_space),
                               .command = std::move(write)});
  questions_.emplace(desk_.last_ticket, std::move(question));
  return std::nullopt;
}

std::optional<Admission::Answer> Admission::answer(Instant now, Ticket ticket, const model::Reply& reply,
                                                   ServerSteps& out) {
  if (sweep_.answer(now, ticket, reply, out)) return std::nullopt;
  const auto* written = std::get_if<model::Written>(&reply);
  if (written != nullptr && written->outcomes.empty()) return std::nullopt;  // the rest is still to come
  Question question = std::move(questions_.extract(ticket).mapped());
  const bool is_stored =
      written != nullptr && std::holds_alternative<model::Acked>(written->outcomes.front());
  if (is_stored) {
    sweep_.begin(now, out);
    return Answer{question.who, std::move(*question.caller)};
  }
  return Answer{question.who, denied(base::Code::overloaded, "the log-in could not be stored; try again")};
}

std::optional<Admission::Answer> Admission::fetched(Instant now, Ticket ticket,
                                                    const base::Result<dialect::Fetched>& fetched,
                                                    ServerSteps& out) {
  Question question = std::move(questions_.extract(ticket).mapped());
  const CarrierId who = question.who;
  if (!fetched) {
    const Pass* pass = pass_of(now, question.credentials.token);
    if (pass == nullptr)
      return Answer{who, denied(base::Code::overloaded, "who you are cannot be found out now; try again")};
    Caller caller = pass->caller;
    caller.token = question.credentials.token;
    return Answer{who, std::move(caller)};
  }
  const auto& ok = desk_.settings.webhook.ok;
  if (std::find(ok.begin(), ok.end(), fetched->status) == ok.end())
    return Answer{who, denied(base::Code::auth, "the webhook does not let this in")};
  return vouched(now, std::move(question), fetched->body, out);
}

std::optional<Admission::Answer> Admission::vouched(Instant now, Question question, const std::string& body,
                                                    ServerSteps& out) {
  auto caller = read_vouched(body, now);
  if (!caller)
    return Answer{question.who, denied(base::Code::auth, "the webhook's name for this is no name")};
  // A token that it knows again is as good as one that it makes.
  if (caller->token.empty()) caller->token = question.credentials.token;
  if (!caller->token.empty()) {
    give_pass(now, *caller, caller->token, webhook_time);
    return Answer{question.who, std::move(*caller)};
  }
  if (!question.credentials.begins) return Answer{question.who, std::move(*caller)};
  // The token is a secret, which only the edge can make.
  question.caller = std::move(caller);
  return identify(std::move(question), {}, out);
}

// ---- passes -----------------------------------------------------------------------------------------------

const Admission::Pass* Admission::pass_of(Instant now, const std::string& token) const {
  const auto held = token.empty() ? passes_.end() : passes_.find(token);
  return held == passes_.end() || now >= held->second.until ? nullptr : &held->second;
}

std::string Admission::give_pass(Instant now, const Caller& caller, std::string token, base::Duration fresh) {
  const bool is_new = !passes_.contains(token);
  passes_[token] = {.caller = caller, .fresh_until = now + fresh, .until = now + pass_time};
  if (is_new) pass_order_.push_back(token);
  if (pass_order_.size() > passes_max) {
    passes_.erase(pass_order_.front());
    pass_order_.pop_front();
  }
  return token;
}

}  // namespace rockpool::dialects::deepstream
