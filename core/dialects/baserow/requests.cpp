#include "core/dialects/baserow/requests.h"

#include "core/base/text.h"
#include "core/dialect/heads.h"

namespace rockpool::dialects::baserow {
namespace {

std::string_view trimmed(std::string_view text) {
  while (text.starts_with(' ')) text.remove_prefix(1);
  while (text.ends_with(' ')) text.remove_suffix(1);
  return text;
}

std::string read_token(const std::string& field) {
  constexpr std::string_view scheme = "jwt ";
  if (lower_case(std::string_view(field).substr(0, scheme.size())) != scheme) return {};
  return std::string(trimmed(std::string_view(field).substr(scheme.size())));
}

}  // namespace

Request read_request(const dialect::Arrived& arrived, const dialect::MountOptions& options) {
  const wire::RequestHead& head = arrived.head;
  const std::string type = dialect::header_of(head, "Content-Type");
  return {.method = head.method,
          .base = dialect::base_url(arrived, options),
          .path = head.path,
          .query = head.query,
          .address = arrived.peer,
          .upgrade = head.upgrade,
          .content_length = base::read_decimal(dialect::header_of(head, "Content-Length")).value_or(0),
          .content_type = lower_case(trimmed(std::string_view(type).substr(0, type.find(';')))),
          .token = read_token(dialect::header_of(head, "Authorization")),
          .web_socket_id = dialect::header_of(head, "WebSocketId")};
}

}  // namespace rockpool::dialects::baserow
