#include "core/dialects/deepstream/http.h"

#include <algorithm>

#include "core/base/text.h"
#include "core/dialect/object_text.h"
#include "core/dialects/deepstream/http_answers.h"

namespace rockpool::dialects::deepstream {
namespace {

constexpr std::string_view batch_path = "/api/v1";
constexpr std::string_view auth_path = "/api/v1/auth";
constexpr std::string_view batch_alias = "/api";
constexpr std::string_view auth_alias = "/api/auth";
constexpr std::string_view health_path = "/health-check";
constexpr std::string_view methods = "GET, POST, OPTIONS";
constexpr std::size_t body_bytes_max = 1 << 20;

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return out;
}

bool is_under(std::string_view path, std::string_view place) {
  return path.starts_with(place) && (path.size() == place.size() || path[place.size()] == '/');
}
bool is_exactly(std::string_view path, std::string_view place) {
  return is_under(path, place) && path.size() <= place.size() + 1;
}

// What is wrong with the media type; empty: nothing.
struct Refusal {
  int status = 0;
  std::string text;
};
Refusal judge_type(const wire::RequestHead& head) {
  const std::string* field = wire::find_header(head.headers, "Content-Type");
  const auto parts = base::split(field == nullptr ? std::string_view() : *field, ';');
  if (lower(trimmed(parts.front())) != "application/json")
    return {415, "Invalid \"Content-Type\" header. Supported media types: \"application/json\""};
  for (const std::string_view part : std::span(parts).subspan(1)) {
    const std::string parameter = lower(trimmed(part));
    if (!parameter.starts_with("charset=")) continue;
    std::string_view charset = std::string_view(parameter).substr(8);
    if (charset.starts_with('"')) charset.remove_prefix(1);
    if (!charset.starts_with("utf-"))
      return {400, "Failed to parse body of request: unsupported charset " + std::string(charset) + "."};
  }
  return {};
}

// Of a scheme that is not known it is a token that nobody knows.
std::string token_of(const wire::RequestHead& head) {
  const std::string* field = wire::find_header(head.headers, "Authorization");
  if (field == nullptr) return "";
  const std::string_view all = trimmed(*field);
  const bool is_bearer = lower(all.substr(0, 7)) == "bearer ";
  return std::string(is_bearer ? trimmed(all.substr(7)) : all);
}

Visitor visitor_of(const dialect::Arrived& arrived, bool is_told_elsewhere) {
  const std::string* origin = wire::find_header(arrived.head.headers, "Origin");
  return {.origin = origin == nullptr ? "" : *origin,
          .address = arrived.peer,
          .headers = is_told_elsewhere ? arrived.head.headers : wire::Headers(),
          .url = arrived.head.path};
}

}  // namespace

// ---- requests ---------------------------------------------------------------------------------------------

// The longest place wins.
Http::Place Http::place_of(std::string_view path) {
  if (is_under(path, auth_path) || is_exactly(path, auth_alias)) return Place::auth;
  if (is_under(path, batch_path) || is_exactly(path, batch_alias)) return Place::batch;
  return path == health_path ? Place::health : Place::none;
}

bool Http::serves(std::string_view path) { return place_of(path) != Place::none; }

dialect::Respond Http::not_found(CarrierId request) const {
  std::string text = "Endpoint not found. There are";
  for (const std::string_view path : {batch_path, auth_path, batch_alias, auth_alias, health_path}) {
    text += path == batch_path ? " " : ", ";
    text += desk_.options.mount;
    text += path;
  }
  return text_answer(request, 404, text);
}

void Http::arrive(CarrierId request, const dialect::Arrived& arrived, ServerSteps& out) {
  const wire::RequestHead& head = arrived.head;
  const Place place = place_of(head.path);
  const bool is_get = head.method == "GET" || (head.method == "HEAD" && place == Place::health);
  if (is_get && place == Place::health) return out.push_back(text_answer(request, 200, "OK"));
  if (is_get) {
    return out.push_back(text_answer(
        request, 400, "Reading records via HTTP GET is not possible, use POST with a JSON body instead."));
  }
  if (head.method != "POST" || place == Place::health) {
    auto answer = text_answer(request, 405, "Unsupported method. Supported methods: " + std::string(methods));
    answer.head.headers.emplace_back("Allow", methods);
    return out.push_back(std::move(answer));
  }
  if (Refusal refusal = judge_type(head); refusal.status != 0)
    return out.push_back(text_answer(request, refusal.status, std::move(refusal.text)));
  const bool has_webhook = desk_.settings.strategy == Settings::Strategy::webhook;
  requests_[request] = {.place = place, .visitor = visitor_of(arrived, has_webhook), .token = token_of(head)};
  out.push_back(dialect::ReadBody{.carrier = request, .bytes_max = body_bytes_max});
}

bool Http::receive(Instant now, CarrierId request, dialect::Arrival& arrival, ServerSteps& out) {
  const bool is_closed = std::holds_alternative<dialect::Closed>(arrival);
  const auto held = requests_.find(request);
  if (held == requests_.end()) return batches_.forsake(request, is_closed);
  if (is_closed) requests_.erase(held);
  if (const auto* body = std::get_if<dialect::Body>(&arrival)) {
    held->second.place == Place::auth ? take_log_in(now, request, held->second, body->bytes, out)
                                      : take_batch(now, request, held->second, body->bytes, out);
  }
  return true;
}

void Http::take_batch(Instant now, CarrierId request, Request& asked, const std::string& body,
                      ServerSteps& out) {
  auto batch = read_batch(body, desk_.settings.auth_data, desk_.settings.json_depth);
  if (!batch) return refuse_body(request, batch.error(), out);
  asked.commands = std::move(batch->commands);
  admit(now, request, asked,
        {.token = batch->token.value_or(asked.token), .auth_data = std::move(batch->auth_data)}, out);
}

void Http::take_log_in(Instant now, CarrierId request, Request& asked, const std::string& body,
                       ServerSteps& out) {
  auto data = read_log_in(body, desk_.settings.json_depth);
  if (!data) return refuse_body(request, data.error(), out);
  admit(now, request, asked, {.token = asked.token, .auth_data = std::move(*data), .begins = true}, out);
}

// ---- who it is --------------------------------------------------------------------------------------------

void Http::admit(Instant now, CarrierId request, const Request& asked, Credentials credentials,
                 ServerSteps& out) {
  if (auto answer = admission_.ask(now, request, std::move(credentials), asked.visitor, out))
    admitted(now, std::move(*answer), out);
}

bool Http::answer(Ticket ticket, model::Reply& reply, ServerSteps& out) {
  return batches_.answer(ticket, reply, out);
}

void Http::admitted(Instant now, Admission::Answer answer, ServerSteps& out) {
  const auto held = requests_.find(answer.who);
  if (held == requests_.end()) return;
  Request& asked = held->second;
  if (const auto* denied = std::get_if<dialect::Denied>(&answer.verdict))
    return refuse(answer.who, asked, *denied, out);
  Caller& caller = *std::get_if<Caller>(&answer.verdict);
  if (asked.place == Place::auth) {
    std::string body;
    dialect::ObjectText(body)
        .flag("success", true)
        .text("token", caller.token)
        .raw("clientData", caller.client_data)
        .end();
    return respond(json_answer(answer.who, std::move(body)), out);
  }
  if (!asked.commands) return respond(text_answer(answer.who, 400, asked.commands.error().message), out);
  std::vector<Command> commands = std::move(*asked.commands);
  requests_.erase(held);
  batches_.begin(now, answer.who, std::move(caller), std::move(commands), out);
}

void Http::refuse(CarrierId request, const Request& asked, const dialect::Denied& denied, ServerSteps& out) {
  const bool is_overloaded = denied.error.code == base::Code::overloaded;
  if (is_overloaded || denied.error.code == base::Code::forbidden) {
    const bool is_throttled = is_overloaded && denied.retry_after_ms > 0;
    auto answer = text_answer(request, is_throttled ? 429 : is_overloaded ? 503 : 403, denied.error.message);
    const std::int64_t seconds = (std::max<std::int64_t>(denied.retry_after_ms, 1) + 999) / 1000;
    if (is_overloaded) answer.head.headers.emplace_back("Retry-After", base::decimal(seconds));
    return respond(std::move(answer), out);
  }
  const bool is_log_in = asked.place == Place::auth;
  respond(text_answer(request, 401,
                      is_log_in ? "Invalid authentication data." : "Unsuccessful authentication attempt."),
          out);
}

void Http::refuse_body(CarrierId request, const base::Error& error, ServerSteps& out) {
  if (error.code == base::Code::too_large) traffic_.count("json");
  respond(text_answer(request, 400, error.message), out);
}

void Http::respond(dialect::Respond answer, ServerSteps& out) {
  requests_.erase(answer.carrier);
  out.push_back(std::move(answer));
}

}  // namespace rockpool::dialects::deepstream
