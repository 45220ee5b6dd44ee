#include "core/dialects/baserow/answers.h"

#include "core/base/text.h"
#include "core/dialect/frames.h"

namespace rockpool::dialects::baserow {

dialect::Respond answer(dialect::CarrierId carrier, int status, std::string body) {
  dialect::Respond respond{.carrier = carrier, .head = {.status = status, .headers = {}}, .body = {}};
  if (!body.empty()) {
    respond.head.headers.emplace_back("Content-Type", "application/json");
    respond.body = dialect::share(std::move(body));
  }
  respond.head.headers.emplace_back("Cache-Control", "no-store");
  return respond;
}

dialect::Respond answer(dialect::CarrierId carrier, std::string body) {
  const int status = body.empty() ? 204 : 200;
  return answer(carrier, status, std::move(body));
}

dialect::Respond refuse(dialect::CarrierId carrier, const Fault& fault) {
  auto respond = answer(carrier, status_of(fault), text_of(fault));
  wire::Headers& headers = respond.head.headers;
  const std::int64_t seconds = (fault.retry_after_ms + 999) / 1000;
  if (seconds > 0) headers.emplace_back("Retry-After", base::decimal(seconds));
  if (status_of(fault) == 401) headers.emplace_back("WWW-Authenticate", "JWT realm=\"api\"");
  return respond;
}

dialect::Respond refuse_at_edge(const wire::RequestHead&, int status, std::string_view sentence) {
  const Wrong wrong = status == 413 ? Wrong::too_large : status < 500 ? Wrong::body : Wrong::not_now;
  auto respond = refuse(0, {.wrong = wrong, .detail = std::string(sentence)});
  respond.head.status = status;
  return respond;
}

}  // namespace rockpool::dialects::baserow
