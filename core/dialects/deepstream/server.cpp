// One mount of deepstream: hands what happens to its sockets and its HTTP API.
#include "core/dialects/deepstream/server.h"

#include "core/dialect/deadlines.h"
#include "core/dialect/frames.h"
#include "core/dialect/heads.h"
#include "core/dialects/deepstream/http.h"
#include "core/dialects/deepstream/names.h"
#include "core/dialects/deepstream/session.h"

namespace rockpool::dialects::deepstream {
namespace {

constexpr std::string_view socket_path = "/deepstream";

class Server final : public dialect::ServerDialect {
 public:
  Server(const dialect::MountOptions& options, Settings settings, base::Prng prng)
      : desk_{{options}, std::move(settings), prng} {}

  // What is sent to a wrong place below the mount is told so; pages are got from elsewhere.
  bool claims(const wire::RequestHead& head) const override {
    const bool is_got = head.method == "GET" || head.method == "HEAD";
    return head.path == socket_path || Http::serves(head.path) || (!is_got && !desk_.options.mount.empty());
  }
  void receive(Instant now, CarrierId from, dialect::Arrival arrival, ServerSteps& out) override;
  void answer(Instant now, Ticket ticket, model::Reply reply, ServerSteps& out) override;
  void identified(Instant now, Ticket ticket, dialect::Identity identity, ServerSteps& out) override;
  void fetched(Instant now, Ticket ticket, base::Result<dialect::Fetched> fetched, ServerSteps& out) override;
  void review(Instant now, const dialect::Standing& standing, ServerSteps& out) override;
  void drain(Instant now, ServerSteps& out) override;
  void wake(Instant now, ServerSteps& out) override;
  std::optional<Instant> next_wake() const override;
  void deliver(Instant, CarrierId, const dialect::Shared& bytes, ServerSteps& out) override {
    users_.deliver(*bytes, out);
  }
  void ended(Instant now, const model::Topic& topic, const std::vector<CarrierId>& carriers,
             ServerSteps& out) override;
  dialect::Census census() const override {
    return {.websocket = sessions_.size(), .commands = desk_.http_commands};
  }
  void count_limits(dialect::LimitsMet& met) const override {
    for (const auto& [limit, count] : traffic_.met()) met[limit] += count;
  }

 private:
  void arrive(Instant now, CarrierId from, const dialect::Arrived& arrived, ServerSteps& out);
  void admitted(Instant now, std::optional<Admission::Answer> answer, ServerSteps& out);
  // After each word to a session: it may be over, or its deadline may have come nearer.
  void look_after(CarrierId carrier, const Session& session);

  Desk desk_;
  Admission admission_{desk_};
  Users users_{desk_};
  dialect::Traffic traffic_{desk_.options.limits};
  House house_{.desk = desk_, .admission = admission_, .users = users_, .traffic = traffic_};
  Http http_{desk_, admission_, traffic_};
  std::map<CarrierId, Session> sessions_;
  dialect::Deadlines deadlines_;
};

void Server::arrive(Instant now, CarrierId from, const dialect::Arrived& arrived, ServerSteps& out) {
  const wire::RequestHead& head = arrived.head;
  if (Http::serves(head.path)) return http_.arrive(from, arrived, out);
  if (head.path != socket_path) return out.push_back(http_.not_found(from));
  if (!head.upgrade) {
    auto respond = dialect::text_response(from, 426, "this is deepstream's WebSocket");
    respond.head.headers.emplace_back("Upgrade", "websocket");
    respond.head.headers.emplace_back("Connection", "Upgrade");
    return out.push_back(std::move(respond));
  }
  out.push_back(dialect::AcceptStream{.carrier = from, .subprotocol = {}, .headers = {}});
  Visitor visitor{.origin = dialect::header_of(head, "Origin"),
                  .address = arrived.peer,
                  .headers = head.headers,
                  .url = head.path};
  const auto [held, is_new] = sessions_.try_emplace(from, now, from, std::move(visitor), house_);
  look_after(from, held->second);
}

void Server::look_after(CarrierId carrier, const Session& session) {
  if (session.is_over()) return deadlines_.forget(carrier);
  deadlines_.set(carrier, session.deadline());
}

void Server::receive(Instant now, CarrierId from, dialect::Arrival arrival, ServerSteps& out) {
  desk_.now = now;
  if (const auto* arrived = std::get_if<dialect::Arrived>(&arrival)) return arrive(now, from, *arrived, out);
  const auto held = sessions_.find(from);
  if (held == sessions_.end()) {
    http_.receive(now, from, arrival, out);
    return;
  }
  if (std::holds_alternative<dialect::Closed>(arrival)) {
    held->second.gone(now, out);
    deadlines_.forget(from);
    sessions_.erase(held);
    return;
  }
  if (const auto* frame = std::get_if<dialect::Frame>(&arrival)) held->second.receive(now, *frame, out);
  look_after(from, held->second);
}

void Server::answer(Instant now, Ticket ticket, model::Reply reply, ServerSteps& out) {
  desk_.now = now;
  if (users_.answer(ticket, reply, out)) return;
  if (admission_.owns(ticket)) return admitted(now, admission_.answer(now, ticket, reply, out), out);
  const auto asked = house_.asked.find(ticket);
  if (asked == house_.asked.end()) {
    http_.answer(ticket, reply, out);
    return;
  }
  const CarrierId carrier = asked->second;
  if (!dialect::stays_open(reply)) house_.asked.erase(asked);
  const auto held = sessions_.find(carrier);
  if (held == sessions_.end()) return;
  held->second.answer(now, ticket, reply, out);
  look_after(carrier, held->second);
}

void Server::admitted(Instant now, std::optional<Admission::Answer> answer, ServerSteps& out) {
  if (!answer) return;
  const auto held = sessions_.find(answer->who);
  if (held == sessions_.end()) return http_.admitted(now, std::move(*answer), out);
  held->second.admitted(now, std::move(answer->verdict), out);
  look_after(held->first, held->second);
}

void Server::identified(Instant now, Ticket ticket, dialect::Identity identity, ServerSteps& out) {
  desk_.now = now;
  if (admission_.owns(ticket))
    admitted(now, admission_.identified(now, ticket, std::move(identity), out), out);
}

void Server::fetched(Instant now, Ticket ticket, base::Result<dialect::Fetched> fetched, ServerSteps& out) {
  desk_.now = now;
  if (admission_.owns(ticket)) admitted(now, admission_.fetched(now, ticket, fetched, out), out);
}

void Server::ended(Instant, const model::Topic& topic, const std::vector<CarrierId>& carriers,
                   ServerSteps& out) {
  const std::size_t line = topic.name.find('\n');
  const auto name = name_of({.collection = topic.name.substr(0, line), .id = topic.name.substr(line + 1)});
  for (const CarrierId carrier : carriers) {
    const auto held = sessions_.find(carrier);
    if (held == sessions_.end() || !name) continue;
    held->second.ended(*name, out);
    look_after(carrier, held->second);
  }
}

void Server::review(Instant, const dialect::Standing& standing, ServerSteps& out) {
  for (auto& [carrier, session] : sessions_) {
    session.review(standing, out);
    look_after(carrier, session);
  }
}

void Server::drain(Instant, ServerSteps&) { desk_.draining = true; }

void Server::wake(Instant now, ServerSteps& out) {
  desk_.now = now;
  for (const CarrierId carrier : deadlines_.take(now)) {
    const auto held = sessions_.find(carrier);
    if (held == sessions_.end()) continue;
    held->second.wake(now, out);
    look_after(carrier, held->second);
  }
  house_.records.wake(now, out);
  house_.events.wake(now, out);
  http_.wake(now, out);
}

std::optional<Instant> Server::next_wake() const {
  std::optional<Instant> earliest = deadlines_.next();
  for (const auto& at : {house_.records.next_wake(), house_.events.next_wake(), http_.next_wake()}) {
    if (at && (!earliest || *at < *earliest)) earliest = at;
  }
  return earliest;
}

}  // namespace

base::Result<std::unique_ptr<dialect::ServerDialect>> make_server(const dialect::MountOptions& options,
                                                                  base::Prng prng) {
  auto settings = read_settings(options.settings);
  if (!settings) return settings.error();
  return std::unique_ptr<dialect::ServerDialect>(
      std::make_unique<Server>(options, std::move(*settings), prng));
}

}  // namespace rockpool::dialects::deepstream
