#include "core/dialects/rested/answers.h"

#include "core/base/text.h"
#include "core/dialect/frames.h"
#include "core/dialect/object_text.h"

namespace rockpool::dialects::rested {
namespace {

using base::Code;

constexpr std::string_view methods = "GET, POST, PUT, PATCH, DELETE, OPTIONS";
constexpr std::string_view fields_taken = "content-type, authorization, if-match, if-none-match, range";
constexpr std::string_view fields_shown =
    "Authorization, ETag, Rockpool-Cursor, Content-Range, Accept-Ranges, Content-Disposition, Retry-After";

void add_cors(wire::Headers& headers, const Request& request) {
  headers.emplace_back("Vary", "Origin");
  if (!request.has_origin || request.route.kind == Route::Kind::manage) return;
  headers.emplace_back("Access-Control-Allow-Origin", request.origin);
  headers.emplace_back("Access-Control-Allow-Credentials", "true");
}

}  // namespace

dialect::Respond answer(dialect::CarrierId carrier, const Request& request, int status, std::string body,
                        std::string_view type) {
  dialect::Respond respond{.carrier = carrier, .head = {.status = status, .headers = {}}, .body = {}};
  wire::Headers& headers = respond.head.headers;
  if (!type.empty()) {
    respond.body = dialect::share(std::move(body));
    headers.emplace_back("Content-Type", type);
  }
  headers.emplace_back("Cache-Control", "no-store");
  headers.emplace_back("Referrer-Policy", "no-referrer");
  add_cors(headers, request);
  if (request.has_origin) headers.emplace_back("Access-Control-Expose-Headers", fields_shown);
  return respond;
}

dialect::Respond refuse(dialect::CarrierId carrier, const Request& request, const Refusal& refusal) {
  std::string body;
  dialect::ObjectText(body).text("error", refusal.sentence).end();
  Request seen = request;
  seen.has_origin = seen.has_origin && !refusal.shows_nothing;
  auto respond = answer(carrier, seen, refusal.status, std::move(body));
  wire::Headers& headers = respond.head.headers;
  const std::int64_t seconds = (refusal.retry_after_ms + 999) / 1000;
  if (seconds > 0) headers.emplace_back("Retry-After", base::decimal(seconds));
  if (refusal.status == 401) headers.emplace_back("WWW-Authenticate", "Bearer realm=\"rested\"");
  if (refusal.status == 405) headers.emplace_back("Allow", refusal.allow.empty() ? methods : refusal.allow);
  return respond;
}

dialect::Respond refuse_at_edge(const wire::RequestHead& head, int status, std::string_view sentence) {
  Request request = read_request({.head = head, .peer = {}});
  if (head.path.find("/api/1/ce/") != std::string::npos) request.route.kind = Route::Kind::endpoint;
  return refuse(0, request, {status, std::string(sentence)});
}

dialect::Respond preflight(dialect::CarrierId carrier, const Request& request) {
  auto respond = answer(carrier, request, 204, {}, {});
  wire::Headers& headers = respond.head.headers;
  headers.emplace_back("Access-Control-Allow-Methods", methods);
  headers.emplace_back("Access-Control-Allow-Headers", fields_taken);
  headers.emplace_back("Access-Control-Max-Age", "600");
  return respond;
}

Refusal refusal_of(const base::Error& error) {
  switch (error.code) {
    case Code::forbidden:
    case Code::auth: return {403, "this is not allowed: " + error.message};
    case Code::quota: return {507, error.message};
    case Code::too_large: return {413, "the record is too large: " + error.message};
    case Code::invalid:
    case Code::refused: return {400, "the data is not taken: " + error.message};
    case Code::overloaded: return {503, error.message, {}, 1000};
    default: return {503, "this cannot be done now: " + error.message, {}, 1000};
  }
}

}  // namespace rockpool::dialects::rested
