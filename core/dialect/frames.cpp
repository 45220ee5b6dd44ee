#include "core/dialect/frames.h"

#include "core/base/text.h"

namespace rockpool::dialect {

std::string join_json(const std::vector<Shared>& messages) {
  std::size_t bytes = messages.size() + 2;
  for (const Shared& message : messages) bytes += message->size();
  std::string out;
  out.reserve(bytes);
  out += '[';
  for (const Shared& message : messages) {
    if (out.size() > 1) out += ',';
    out += *message;
  }
  out += ']';
  return out;
}

std::string member_prefix(CarrierId carrier) { return base::hex(carrier, 16) + '.'; }

bool stays_open(const model::Reply& reply) {
  if (std::holds_alternative<model::Accepted>(reply)) return true;
  const auto* written = std::get_if<model::Written>(&reply);
  return written != nullptr && written->more;
}

Respond text_response(CarrierId carrier, int status, std::string_view text) {
  Respond respond{.carrier = carrier, .head = {.status = status, .headers = {}}, .body = nullptr};
  respond.head.headers.emplace_back("Content-Type", "text/plain; charset=utf-8");
  respond.body = share(std::string(text) + '\n');
  return respond;
}

}  // namespace rockpool::dialect
