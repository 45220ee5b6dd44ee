// One mount of rockpool.v1: hands what happens on its carriers to their sessions.
#include "core/dialects/native/server.h"

#include "core/base/text.h"
#include "core/dialect/deadlines.h"
#include "core/dialect/frames.h"
#include "core/dialects/native/accounts.h"
#include "core/dialects/native/codec.h"
#include "core/dialects/native/http.h"
#include "core/dialects/native/session.h"

namespace rockpool::dialects::native {
namespace {

constexpr std::string_view own_paths = "/v1/";

class Server final : public dialect::ServerDialect {
 public:
  Server(const dialect::MountOptions& options, base::Prng prng)
      : desk_{.options = options, .prng = prng, .asked = {}}, http_(desk_), accounts_(desk_) {}

  bool claims(const wire::RequestHead& head) const override { return head.path.starts_with(own_paths); }
  void receive(Instant now, CarrierId from, dialect::Arrival arrival, ServerSteps& out) override;
  void answer(Instant now, Ticket ticket, model::Reply reply, ServerSteps& out) override;
  void identified(Instant now, Ticket ticket, dialect::Identity identity, ServerSteps& out) override;
  void drain(Instant now, ServerSteps& out) override;
  void review(Instant now, const dialect::Standing& standing, ServerSteps& out) override;
  void wake(Instant now, ServerSteps& out) override;
  std::optional<Instant> next_wake() const override;
  void deliver(Instant now, CarrierId kept, const dialect::Shared& bytes, ServerSteps& out) override {
    http_.tell(now, kept, bytes, out);
  }
  dialect::Census census() const override;
  void count_limits(dialect::LimitsMet& met) const override {
    for (const auto& [limit, count] : desk_.traffic.met()) met[limit] += count;
  }

 private:
  void hear(Instant now, CarrierId from, dialect::Arrival arrival, ServerSteps& out);
  void arrive(Instant now, CarrierId from, const dialect::Arrived& arrived, ServerSteps& out);
  // Whose question that is; 0: nobody's any more.
  CarrierId asker(Ticket ticket, bool stays_open);
  // After each word to a session: it may be over, or its deadline may have come nearer.
  void look_after(CarrierId carrier, const Session& session);
  void end_replaced(Instant now, ServerSteps& out);

  Desk desk_;
  Http http_;
  Accounts accounts_;
  std::map<CarrierId, Session> sessions_;
  dialect::Deadlines deadlines_;
};

// What a page offers, in its order of preference (RFC 6455 section 11.3.4).
bool offers_us(std::string_view list) {
  for (std::string_view name : base::split(list, ',')) {
    const std::size_t from = name.find_first_not_of(" \t");
    if (from == std::string_view::npos) continue;
    if (name.substr(from, name.find_last_not_of(" \t") + 1 - from) == subprotocol) return true;
  }
  return false;
}

void Server::arrive(Instant now, CarrierId from, const dialect::Arrived& arrived, ServerSteps& out) {
  const wire::RequestHead& head = arrived.head;
  if (Http::serves(head.path)) return http_.arrive(now, from, arrived, out);
  if (Accounts::serves(head.path)) return accounts_.arrive(from, arrived, out);
  if (head.path != connect_path) {
    out.push_back(dialect::text_response(
        from, 404,
        "nothing is served here: there are /v1/connect, /v1/messages, /v1/events, /v1/poll and /v1/session"));
    return;
  }
  if (!head.upgrade) {
    auto respond = dialect::text_response(from, 426, "/v1/connect is a WebSocket, sub-protocol rockpool.v1");
    respond.head.headers.emplace_back("Upgrade", "websocket");
    respond.head.headers.emplace_back("Connection", "Upgrade");
    out.push_back(std::move(respond));
    return;
  }
  const std::string* offered = wire::find_header(head.headers, "Sec-WebSocket-Protocol");
  if (offered != nullptr && !offers_us(*offered)) {
    out.push_back(dialect::text_response(from, 400, "the sub-protocol of /v1/connect is rockpool.v1"));
    return;
  }
  out.push_back(dialect::AcceptStream{
      .carrier = from, .subprotocol = offered == nullptr ? "" : std::string(subprotocol), .headers = {}});
  const auto [held, is_new] = sessions_.try_emplace(from, now, from, visitor_of(arrived), desk_);
  look_after(from, held->second);
}

void Server::look_after(CarrierId carrier, const Session& session) {
  if (!session.is_over()) return deadlines_.set(carrier, session.deadline());
  deadlines_.forget(carrier);
  sessions_.erase(carrier);
}

void Server::receive(Instant now, CarrierId from, dialect::Arrival arrival, ServerSteps& out) {
  hear(now, from, std::move(arrival), out);
  end_replaced(now, out);
}

void Server::end_replaced(Instant now, ServerSteps& out) {
  for (const CarrierId carrier : std::exchange(desk_.replaced, {})) {
    const auto held = sessions_.find(carrier);
    if (held == sessions_.end()) {
      http_.replaced(now, carrier, out);
      continue;
    }
    held->second.replaced(out);
    look_after(carrier, held->second);
  }
}

void Server::hear(Instant now, CarrierId from, dialect::Arrival arrival, ServerSteps& out) {
  if (const auto* arrived = std::get_if<dialect::Arrived>(&arrival)) return arrive(now, from, *arrived, out);
  if (accounts_.receive(now, from, arrival, out)) return;
  const auto held = sessions_.find(from);
  if (held == sessions_.end()) return http_.receive(now, from, std::move(arrival), out);
  if (std::holds_alternative<dialect::Closed>(arrival)) {
    deadlines_.forget(from);
    sessions_.erase(held);
    return;
  }
  if (const auto* frame = std::get_if<dialect::Frame>(&arrival)) held->second.receive(now, *frame, out);
  if (std::holds_alternative<dialect::Drained>(arrival)) held->second.drained(now, 0, out);
  if (std::holds_alternative<dialect::Stalled>(arrival)) held->second.stalled(now, out);
  look_after(from, held->second);
}

CarrierId Server::asker(Ticket ticket, bool stays_open) {
  const auto asked = desk_.asked.find(ticket);
  if (asked == desk_.asked.end()) return 0;
  const CarrierId carrier = asked->second;
  if (!stays_open) desk_.asked.erase(asked);
  return carrier;
}

void Server::answer(Instant now, Ticket ticket, model::Reply reply, ServerSteps& out) {
  if (accounts_.answer(now, ticket, reply, out)) return;
  const CarrierId carrier = asker(ticket, dialect::stays_open(reply));
  const auto held = sessions_.find(carrier);
  if (held == sessions_.end()) {
    http_.answer(now, carrier, ticket, std::move(reply), out);
  } else {
    held->second.answer(now, ticket, std::move(reply), out);
    look_after(carrier, held->second);
  }
  end_replaced(now, out);
}

void Server::identified(Instant now, Ticket ticket, dialect::Identity identity, ServerSteps& out) {
  if (accounts_.identified(now, ticket, identity, out)) return;
  const CarrierId carrier = asker(ticket, false);
  const auto held = sessions_.find(carrier);
  if (held == sessions_.end()) return http_.identified(now, carrier, ticket, std::move(identity), out);
  held->second.identified(now, ticket, std::move(identity), out);
  look_after(carrier, held->second);
}

void Server::drain(Instant now, ServerSteps& out) {
  desk_.draining = true;
  for (auto& [carrier, session] : sessions_) session.drain(out);
  http_.drain(now, out);
}

void Server::review(Instant now, const dialect::Standing& standing, ServerSteps& out) {
  for (auto next = sessions_.begin(); next != sessions_.end();) {
    auto& [carrier, session] = *next++;
    session.review(standing, out);
    look_after(carrier, session);
  }
  http_.review(now, standing, out);
}

void Server::wake(Instant now, ServerSteps& out) {
  for (const CarrierId carrier : deadlines_.take(now)) {
    const auto held = sessions_.find(carrier);
    if (held == sessions_.end()) continue;
    held->second.wake(now, out);
    look_after(carrier, held->second);
  }
  http_.wake(now, out);
}

std::optional<Instant> Server::next_wake() const {
  const auto at = deadlines_.next();
  const auto of_http = http_.next_wake();
  return at && of_http ? std::min(at, of_http) : at ? at : of_http;
}

dialect::Census Server::census() const {
  dialect::Census census{.websocket = sessions_.size()};
  http_.count(census);
  return census;
}

}  // namespace

base::Result<std::unique_ptr<dialect::ServerDialect>> make_server(const dialect::MountOptions& options,
                                                                  base::Prng prng) {
  return std::unique_ptr<dialect::ServerDialect>(std::make_unique<Server>(options, prng));
}

std::string encode_notice(const model::Topic& topic, const model::Notice& notice) {
  if (const auto* changed = std::get_if<model::Changed>(&notice)) {
    if (topic.kind != model::Topic::Kind::collection) return "";
    return encode_changes(topic_of(topic.name), changed->changes, changed->cursor, false);
  }
  if (const auto* emitted = std::get_if<model::Emitted>(&notice)) return event_text(topic.name, *emitted);
  if (const auto* called = std::get_if<model::Called>(&notice)) return rpc_text(*called);
  const auto* moved = std::get_if<model::PresenceMoved>(&notice);
  if (moved == nullptr || topic.kind != model::Topic::Kind::presence) return "";
  return encode_down(PresenceList{.room = topic.name, .members = {moved->member}});
}

}  // namespace rockpool::dialects::native
