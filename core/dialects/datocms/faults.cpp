#include "core/dialects/datocms/faults.h"

#include <array>

#include "core/base/hash.h"
#include "core/base/text.h"
#include "core/dialect/frames.h"
#include "core/dialect/object_text.h"

namespace rockpool::dialects::datocms {
namespace {

using base::Code;
using dialect::ObjectText;

struct Row {
  int status;
  std::string_view code;
  std::string_view message;
};

constexpr std::array<Row, 15> rows = {{
    {401, "INVALID_AUTHORIZATION_HEADER", "send Authorization: Bearer with a token that is known here"},
    {403, "INSUFFICIENT_PERMISSIONS", "the token may not do that"},
    {404, "INVALID_ENVIRONMENT", "there is no such environment"},
    {400, "INVALID_JSON_BODY", "send a JSON object with the query as its member query"},
    {400, "INVALID_X_INCLUDE_DRAFTS_HEADER", "X-Include-Drafts is true, or it is not sent"},
    {400, "INVALID_X_EXCLUDE_INVALID_HEADER", "X-Exclude-Invalid is true, or it is not sent"},
    {429, "RATE_LIMIT_EXCEEDED", "there are too many requests; try again later"},
    {503, "TOO_MANY_CONNECTIONS", "there are too many channels; try again later"},
    {413, "BODY_TOO_LARGE", "the body is longer than 1 MiB"},
    {404, "NOT_FOUND", "there is nothing at this address"},
    {405, "METHOD_NOT_ALLOWED", "the method is not for this address"},
    {404, "NOT_FOUND", "there is no such record"},
    {422, "INVALID_FIELD", "a field is wrong"},
    {503, "TEMPORARY_FAILURE", "the server cannot do that now; try again later"},
    {412, "STALE_ITEM_VERSION", "the newest version of the record is another one"},
}};

dialect::Respond refuse_with(dialect::CarrierId carrier, int status, std::string_view code,
                             std::string_view message) {
  constexpr int id_digits = 6;
  std::string details, attributes, error, body;
  ObjectText(details).text("message", message).end();
  ObjectText(attributes).text("code", code).raw("details", details).end();
  const std::uint32_t id = base::crc32c(message, base::crc32c(code)) & 0xffffff;
  ObjectText(error)
      .text("id", base::hex(id, id_digits))
      .text("type", "api_error")
      .raw("attributes", attributes)
      .end();
  ObjectText(body).raw("data", '[' + error + ']').end();
  return answer(carrier, status, dialect::share(std::move(body)));
}

}  // namespace

Words words_of(Fault fault) {
  const Row& row = rows[static_cast<std::size_t>(fault)];
  return {row.code, row.message, row.status == 503 || row.status == 429};
}

dialect::Respond answer(dialect::CarrierId carrier, int status, dialect::Shared body) {
  dialect::Respond respond{
      .carrier = carrier, .head = {.status = status, .headers = {}}, .body = std::move(body)};
  if (respond.body) respond.head.headers.emplace_back("Content-Type", json_type);
  respond.head.headers.emplace_back("Cache-Control", "no-store");
  respond.head.headers.emplace_back("Access-Control-Expose-Headers",
                                    "Rockpool-Cursor, X-RateLimit-Reset, Retry-After");
  return respond;
}

dialect::Respond refuse(dialect::CarrierId carrier, Fault fault, std::string_view detail) {
  const Row& row = rows[static_cast<std::size_t>(fault)];
  auto respond = refuse_with(carrier, row.status, row.code, detail.empty() ? row.message : detail);
  wire::Headers& headers = respond.head.headers;
  if (fault == Fault::denied) headers.emplace_back("WWW-Authenticate", "Bearer");
  if (fault == Fault::too_often) headers.emplace_back("X-RateLimit-Reset", "1");
  if (row.status == 503 || fault == Fault::too_often) headers.emplace_back("Retry-After", "1");
  return respond;
}

dialect::Respond refuse(dialect::CarrierId carrier, const base::Error& error) {
  switch (error.code) {
    case Code::auth: return refuse(carrier, Fault::denied);
    case Code::forbidden: return refuse(carrier, Fault::forbidden, error.message);
    case Code::too_large:
    case Code::quota: return refuse(carrier, Fault::too_large, error.message);
    case Code::overloaded: return refuse(carrier, Fault::too_often);
    case Code::not_found: return refuse(carrier, Fault::not_found);
    case Code::refused:
    case Code::invalid: return refuse(carrier, Fault::invalid_field, error.message);
    default: return refuse(carrier, Fault::unavailable, error.message);
  }
}

dialect::Respond refuse_at_edge(const wire::RequestHead&, int status, std::string_view sentence) {
  if (status == 413) return refuse(0, Fault::too_large);
  return refuse_with(0, status, status == 408 ? "TEMPORARY_FAILURE" : "INVALID_JSON_BODY", sentence);
}

}  // namespace rockpool::dialects::datocms
