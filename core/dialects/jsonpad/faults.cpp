#include "core/dialects/jsonpad/faults.h"

#include <array>

#include "core/dialect/frames.h"
#include "core/dialect/object_text.h"

namespace rockpool::dialects::jsonpad {
namespace {

using base::Code;
using dialect::ObjectText;

struct Row {
  int status;
  std::uint64_t code;
  std::string_view message;
  bool is_fixed = false;  // the message is the contract's
};

constexpr std::array<Row, 22> rows = {{
    {401, 1000, "Access denied", true},
    {403, 1001, "Access denied", true},
    {404, 1002, "Unknown request", true},
    {405, 1003, "the method is not allowed here"},
    {415, 1004, "send the body as Content-Type: application/json"},
    {429, 1005, "too many requests; try again later"},
    {400, 1006, "a parameter of the address makes no sense"},
    {503, 1007, "the server cannot do that now; try again later"},
    {400, 3000, "data is not valid JSON"},
    {413, 3001, "data size is too large", true},
    {404, 3002, "the specified list does not exist", true},
    {404, 3003, "the list does not exist"},
    {404, 3005, "the item does not exist"},
    {412, 3006, "the item has another version"},
    {400, 4000, "give name: 1 to 64 letters, digits, - and _"},
    {400, 4001, "a list of that name exists already"},
    {404, 4002, "the list does not exist"},
    {400, 4003, "lists have no schema or indexes of their own here; leave them out"},
    {400, 7000, "events holds a name that is no event"},
    {404, 7001, "the list does not exist"},
    {404, 7002, "the item does not exist"},
    {400, 7003, "since is a cursor of ours, batch a number from 1 to 500"},
}};

dialect::Respond refuse_with(dialect::CarrierId carrier, Fault fault, int status, std::string_view message,
                             std::string_view validation_errors) {
  std::string body;
  ObjectText object(body);
  object.integer("status_code", status).count("error_code", rows[static_cast<std::size_t>(fault)].code);
  object.text("message", message);
  if (!validation_errors.empty()) object.raw("validation_errors", validation_errors);
  object.end();
  return answer(carrier, status, dialect::share(std::move(body)));
}

}  // namespace

dialect::Respond answer(dialect::CarrierId carrier, int status, dialect::Shared body) {
  dialect::Respond respond{
      .carrier = carrier, .head = {.status = status, .headers = {}}, .body = std::move(body)};
  if (respond.body) respond.head.headers.emplace_back("Content-Type", "application/json");
  respond.head.headers.emplace_back("Cache-Control", "no-store");
  return respond;
}

dialect::Respond refuse(dialect::CarrierId carrier, Fault fault, std::string_view detail,
                        std::string_view validation_errors) {
  const Row& row = rows[static_cast<std::size_t>(fault)];
  const std::string_view message = detail.empty() || row.is_fixed ? row.message : detail;
  auto respond = refuse_with(carrier, fault, row.status, message, validation_errors);
  wire::Headers& headers = respond.head.headers;
  if (fault == Fault::denied) headers.emplace_back("WWW-Authenticate", "Basic realm=\"jsonpad\"");
  if (fault == Fault::too_often || fault == Fault::not_now) headers.emplace_back("Retry-After", "1");
  return respond;
}

dialect::Respond refuse_at_edge(const wire::RequestHead&, int status, std::string_view sentence) {
  if (status == 413) return refuse(0, Fault::too_large);
  return refuse_with(0, status == 408 ? Fault::not_now : Fault::not_json, status, sentence, {});
}

dialect::Respond refuse(dialect::CarrierId carrier, const base::Error& error) {
  switch (error.code) {
    case Code::forbidden:
    case Code::auth: return refuse(carrier, Fault::wrong_token);
    case Code::too_large:
    case Code::quota: return refuse(carrier, Fault::too_large);
    case Code::overloaded: return refuse(carrier, Fault::too_often);
    case Code::refused:
    case Code::invalid: {
      std::string errors = "[";
      ObjectText(errors).text("path", error.path).text("message", error.message).end();
      return refuse(carrier, Fault::not_json, error.message, errors += ']');
    }
    default: return refuse(carrier, Fault::not_now, error.message);
  }
}

}  // namespace rockpool::dialects::jsonpad
