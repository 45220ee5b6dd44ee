// The requests of a page's session: some at a time, the others wait. For dialects that ask by HTTP.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/base/text.h"
#include "core/dialect/dialect.h"

namespace rockpool::dialect {

// Answers that say "not now" rather than "no", as that there is no room left.
inline bool is_passing(int status) {
  return status == 408 || status == 429 || (status >= 500 && status != 507);
}
inline std::string said_by(int status) {
  return "the server answered " + base::decimal(std::int64_t{status});
}

// `What` is the dialect's own: what the answer is for.
template <typename What>
class Requests {
 public:
  struct Request {
    What what;
    std::string method, url;
    std::string body = {};
    wire::Headers headers = {};  // of this one alone
    std::int64_t ms_max = 20'000;
    bool waits = false;  // for something to happen: it takes no place from the others
  };

  // `at_once`: how many are under way, apart from those that wait. A browser has six connections to a host.
  // `before`: of a session's carriers those after it are these.
  Requests(std::size_t at_once, CarrierId before) : at_once_(at_once), last_carrier_(before) {}

  wire::Headers headers;  // of each, beside its content type

  void add(Request request) { queue_.push_back(std::move(request)); }
  void flush(Instant now, ClientSteps& out) {
    for (Request& request : std::exchange(queue_, {})) {
      if (!request.waits && busy_ >= at_once_)
        queue_.push_back(std::move(request));
      else
        send(now, std::move(request), out);
    }
  }
  // What the carrier was asked; nothing: it is none of these.
  std::optional<Request> answered(CarrierId carrier) {
    const auto sent = sent_.find(carrier);
    if (sent == sent_.end()) return std::nullopt;
    Request request = std::move(sent->second.request);
    sent_.erase(sent);
    if (!request.waits) --busy_;
    return request;
  }
  // When the first of them will have taken too long.
  std::optional<Instant> late_at() const {
    std::optional<Instant> at;
    for (const auto& [carrier, sent] : sent_)
      if (!at || sent.until < *at) at = sent.until;
    return at;
  }
  void close(ClientSteps& out) {
    for (const auto& [carrier, sent] : sent_)
      out.push_back(CloseStream{.carrier = carrier, .code = wire::CloseCode::normal, .reason = ""});
    sent_.clear();
    queue_.clear();
  }

 private:
  struct Sent {
    Request request;
    Instant until;
  };

  void send(Instant now, Request request, ClientSteps& out) {
    Exchange exchange{.carrier = ++last_carrier_, .url = request.url, .head = {}, .body = request.body};
    exchange.head.method = request.method;
    exchange.head.headers = headers;
    exchange.head.headers.insert(exchange.head.headers.end(), request.headers.begin(), request.headers.end());
    if (!request.body.empty()) exchange.head.headers.emplace_back("Content-Type", "application/json");
    out.push_back(std::move(exchange));
    if (!request.waits) ++busy_;
    const Instant until = now + base::milliseconds(request.ms_max);
    sent_.emplace(last_carrier_, Sent{std::move(request), until});
  }

  std::size_t at_once_;
  std::size_t busy_ = 0;
  std::vector<Request> queue_;
  std::map<CarrierId, Sent> sent_;
  CarrierId last_carrier_;
};

}  // namespace rockpool::dialect
