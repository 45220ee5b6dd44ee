#include "core/gateway/gateway.h"

#include <algorithm>
#include <deque>

#include "core/dialect/frames.h"
#include "core/gateway/audience.h"
#include "core/gateway/mounts.h"

namespace rockpool::gateway {

using base::Instant;
using dialect::CarrierId;
using dialect::ServerSteps;
using dialect::Shared;
using model::Ticket;

// A mount makes fewer kept carriers than this has numbers while the process lives.
constexpr unsigned kept_bits = 44;

// The server's own collections, and the one that logs-in only add to.
constexpr std::string_view own_collections = "$";
constexpr std::string_view sessions_collection = "$sessions";

namespace {

// Accounts have not changed, but what a service says of them.
class AsTheyAre final : public dialect::Standing {
 public:
  base::Result<model::Principal> renew(const model::Principal& principal) const override { return principal; }
};

}  // namespace

class Gateway::Impl {
 public:
  Impl(hub::Hub& hub, base::Prng prng, std::string server)
      : hub_(hub), prng_(prng), server_(std::move(server)) {}

  base::Status mount(const Mount& mount);
  void receive(Instant now, CarrierId carrier, dialect::Arrival arrival);
  void identified(Instant now, Ticket ticket, dialect::Identity identity);
  void happened(Instant now, hub::Event event);
  void set_rights(std::shared_ptr<const rights::Rights> rights);
  void authorized(Instant now, Ticket ticket, base::Result<Permitted> answer);
  void review(Instant now, const dialect::Standing& standing);
  void ask(Instant now, hub::Ask ask);
  void drain(Instant now);
  void wake(Instant now);
  std::optional<Instant> next_wake() const;
  Figures figures() const;

  Mounts mounts_;
  std::deque<Effect> effects_;

 private:
  struct Carrier {
    std::size_t mount = 0;
    bool is_stream = false;
    bool is_closing = false;  // by us; its Closed is still to come
  };
  struct Asker {
    std::size_t mount = 0;
    Ticket ticket = 0;
  };

  void arrive(Instant now, CarrierId id, dialect::Arrived arrived);
  // Hands over what a dialect wants, and everything that follows from it.
  void run(Instant now, std::size_t mount, ServerSteps steps);
  void settle(Instant now);

  void act(Instant now, std::size_t mount, dialect::ServerStep& step);
  void act_one(Instant now, std::size_t mount, dialect::SendFrame& step);
  void act_one(Instant now, std::size_t mount, dialect::CloseStream& step);
  void act_one(Instant now, std::size_t mount, dialect::AcceptStream& step);
  void act_one(Instant now, std::size_t mount, dialect::ReadBody& step);
  void act_one(Instant now, std::size_t mount, dialect::Respond& step);
  void act_one(Instant now, std::size_t mount, dialect::Asked& step);
  void act_one(Instant now, std::size_t mount, dialect::Identify& step);
  void act_one(Instant now, std::size_t mount, dialect::Join& step);
  void act_one(Instant now, std::size_t mount, dialect::Leave& step);

  void permit(Instant now, Permits::Turn turn);
  void answer(Instant now, Ticket ticket, model::Reply reply);
  Ticket open_ticket(std::size_t mount, Ticket ticket);
  std::optional<Asker> take_ticket(Ticket ticket, bool stays_open);
  void withdraw(Instant now, CarrierId id, std::size_t mount);

  void tell(Instant now, const hub::Tell& tell);
  void tell_one(Instant now, const std::pair<model::Topic, model::Notice>& told);
  void tell_all(Instant now, const hub::Tell& tell);
  Shared encode(std::size_t mount, const std::pair<model::Topic, model::Notice>& told);
  void deliver(Instant now, std::size_t mount, CarrierId carrier, const Shared& bytes);

  hub::Hub& hub_;
  std::shared_ptr<const rights::Rights> rights_ = std::make_shared<rights::Rights>();
  Permits permits_{hub_};
  base::Prng prng_;
  std::string server_;
  std::map<CarrierId, Carrier> carriers_;
  std::map<Ticket, Asker> askers_;  // of hub and edge
  Ticket last_ticket_ = 0;
  Audience audience_;
  // What dialects want for their kept carriers while all are being told; done when all have been.
  std::vector<std::pair<std::size_t, ServerSteps>> following_;
  Figures figures_;
};

base::Status Gateway::Impl::mount(const Mount& mount) {
  if (auto fine = mounts_.check(mount); !fine) return fine;
  const dialect::MountOptions options{
      .mount = mount.path,
      .space = mount.space,
      .server = server_,
      .settings = mount.settings,
      .kept = dialect::kept_carriers | std::uint64_t{mounts_.size()} << kept_bits,
      .limits = mount.limits};
  auto server = mount.dialect->server(options, prng_.fork());
  if (!server) return server.error();
  mounts_.add({.mount = mount, .server = std::move(*server)});
  return base::done();
}

// ---- what happened ----------------------------------------------------------------------------------------

void Gateway::Impl::arrive(Instant now, CarrierId id, dialect::Arrived arrived) {
  auto route = mounts_.find(arrived.head);
  if (!route) {
    effects_.push_back(dialect::text_response(id, 404, "nothing is served at this address"));
    return;
  }
  if (!carriers_.emplace(id, Carrier{.mount = route->mount}).second) return;
  arrived.head.path = std::move(route->path);
  ServerSteps steps;
  mounts_[route->mount].server->receive(now, id, std::move(arrived), steps);
  run(now, route->mount, std::move(steps));
}

void Gateway::Impl::receive(Instant now, CarrierId id, dialect::Arrival arrival) {
  if (auto* arrived = std::get_if<dialect::Arrived>(&arrival)) return arrive(now, id, std::move(*arrived));
  const auto held = carriers_.find(id);
  if (held == carriers_.end()) return;
  const std::size_t mount = held->second.mount;
  const bool is_closed = std::holds_alternative<dialect::Closed>(arrival);
  if (held->second.is_closing && !is_closed) return;
  figures_.frames_in += std::holds_alternative<dialect::Frame>(arrival) ? 1 : 0;
  ServerSteps steps;
  mounts_[mount].server->receive(now, id, std::move(arrival), steps);
  if (is_closed) {
    withdraw(now, id, mount);
    carriers_.erase(held);
  }
  run(now, mount, std::move(steps));
}

// The carrier hears nothing more, and whoever was present through it has left.
void Gateway::Impl::withdraw(Instant now, CarrierId id, std::size_t mount) {
  audience_.leave_all(mount, id);
  hub_.handle(now, hub::Gone{dialect::member_prefix(id)});
}

void Gateway::Impl::identified(Instant now, Ticket ticket, dialect::Identity identity) {
  const auto asker = take_ticket(ticket, false);
  if (!asker) return;
  ServerSteps steps;
  mounts_[asker->mount].server->identified(now, asker->ticket, std::move(identity), steps);
  run(now, asker->mount, std::move(steps));
}

void Gateway::Impl::happened(Instant now, hub::Event event) {
  hub_.handle(now, std::move(event));
  settle(now);
}

void Gateway::Impl::set_rights(std::shared_ptr<const rights::Rights> rights) {
  rights_ = std::move(rights);
  hub_.set_rights(rights_);
  permits_.reset(rights_->decisions());
}

void Gateway::Impl::authorized(Instant now, Ticket ticket, base::Result<Permitted> answer) {
  permit(now, permits_.answered(now, ticket, std::move(answer)));
  settle(now);
}

void Gateway::Impl::review(Instant now, const dialect::Standing& standing) {
  for (std::size_t mount = 0; mount < mounts_.size(); ++mount) {
    ServerSteps steps;
    mounts_[mount].server->review(now, standing, steps);
    run(now, mount, std::move(steps));
  }
}

void Gateway::Impl::ask(Instant now, hub::Ask ask) {
  hub_.handle(now, std::move(ask));
  settle(now);
}

void Gateway::Impl::drain(Instant now) {
  for (std::size_t mount = 0; mount < mounts_.size(); ++mount) {
    ServerSteps steps;
    mounts_[mount].server->drain(now, steps);
    run(now, mount, std::move(steps));
  }
}

void Gateway::Impl::wake(Instant now) {
  hub_.handle(now, hub::Woke{});
  permit(now, permits_.wake(now));
  settle(now);
  for (std::size_t mount = 0; mount < mounts_.size(); ++mount) {
    ServerSteps steps;
    mounts_[mount].server->wake(now, steps);
    run(now, mount, std::move(steps));
  }
}

std::optional<Instant> Gateway::Impl::next_wake() const {
  auto earliest = hub_.next_wake();
  if (const auto at = permits_.next_wake(); at && (!earliest || *at < *earliest)) earliest = at;
  for (std::size_t mount = 0; mount < mounts_.size(); ++mount) {
    const auto at = mounts_[mount].server->next_wake();
    if (at && (!earliest || *at < *earliest)) earliest = at;
  }
  return earliest;
}

// ---- what dialects want -----------------------------------------------------------------------------------

void Gateway::Impl::run(Instant now, std::size_t mount, ServerSteps steps) {
  for (dialect::ServerStep& step : steps) act(now, mount, step);
  settle(now);
}

// In the hub's order, each with all that follows from it before the next: an answer that makes a session join
// a topic takes effect before the next thing is told on that topic.
void Gateway::Impl::settle(Instant now) {
  while (auto output = hub_.poll()) {
    if (auto* told = std::get_if<hub::Tell>(&*output)) {
      tell(now, *told);
    } else if (auto* request = std::get_if<hub::Request>(&*output)) {
      effects_.push_back(std::move(*request));
    } else if (auto* answered = std::get_if<hub::Answer>(&*output)) {
      answer(now, answered->ticket, std::move(answered->reply));
    }
  }
}

void Gateway::Impl::answer(Instant now, Ticket ticket, model::Reply reply) {
  if (ticket >= edge_tickets) {
    effects_.push_back(hub::Answer{.ticket = ticket, .reply = std::move(reply)});
    return;
  }
  const auto asker = take_ticket(ticket, dialect::stays_open(reply));
  if (!asker) return;
  ServerSteps steps;
  mounts_[asker->mount].server->answer(now, asker->ticket, std::move(reply), steps);
  for (dialect::ServerStep& step : steps) act(now, asker->mount, step);
}

void Gateway::Impl::act(Instant now, std::size_t mount, dialect::ServerStep& step) {
  std::visit([&](auto& one) { act_one(now, mount, one); }, step);
}

void Gateway::Impl::act_one(Instant, std::size_t, dialect::SendFrame& step) {
  const auto held = carriers_.find(step.carrier);
  if (held == carriers_.end() || held->second.is_closing) return;
  figures_.frames_out += 1;
  effects_.push_back(std::move(step));
}

void Gateway::Impl::act_one(Instant now, std::size_t mount, dialect::CloseStream& step) {
  if (dialect::is_kept(step.carrier)) return withdraw(now, step.carrier, mount);
  const auto held = carriers_.find(step.carrier);
  if (held == carriers_.end() || held->second.is_closing) return;
  held->second.is_closing = true;
  withdraw(now, step.carrier, mount);
  effects_.push_back(std::move(step));
}

void Gateway::Impl::act_one(Instant, std::size_t, dialect::AcceptStream& step) {
  const auto held = carriers_.find(step.carrier);
  if (held == carriers_.end()) return;
  held->second.is_stream = true;
  effects_.push_back(std::move(step));
}

void Gateway::Impl::act_one(Instant, std::size_t, dialect::ReadBody& step) {
  if (carriers_.contains(step.carrier)) effects_.push_back(std::move(step));
}

// An exchange is over with its answer.
void Gateway::Impl::act_one(Instant, std::size_t, dialect::Respond& step) {
  const auto held = carriers_.find(step.carrier);
  if (held == carriers_.end()) return;
  if (!held->second.is_stream) carriers_.erase(held);
  effects_.push_back(std::move(step));
}

void Gateway::Impl::act_one(Instant now, std::size_t mount, dialect::Asked& step) {
  hub::Ask ask{.ticket = open_ticket(mount, step.ticket),
               .principal = std::move(step.principal),
               .space = std::move(step.space),
               .command = std::move(step.command)};
  const bool needs_nobody = ask.principal.admin || ask.principal.system;
  if (needs_nobody || !rights_->is_asked(ask.space)) return hub_.handle(now, std::move(ask));
  permit(now, permits_.take(now, std::move(ask)));
}

// Lets go on what has its permits; what waited for a service that did not answer fails.
void Gateway::Impl::permit(Instant now, Permits::Turn turn) {
  for (Authorize& question : turn.questions) effects_.push_back(std::move(question));
  for (Permits::Ready& ready : turn.ready) {
    if (ready.error) {
      answer(now, ready.ask.ticket, model::Failed{.error = std::move(*ready.error), .retry_after_ms = 1000});
    } else {
      hub_.handle(now, std::move(ready.ask));
    }
  }
  if (turn.turned) review(now, AsTheyAre());
}

void Gateway::Impl::act_one(Instant, std::size_t mount, dialect::Identify& step) {
  step.ticket = open_ticket(mount, step.ticket);
  effects_.push_back(std::move(step));
}

void Gateway::Impl::act_one(Instant, std::size_t mount, dialect::Join& step) {
  const auto held = carriers_.find(step.carrier);
  const bool gone = held == carriers_.end() || held->second.is_closing;
  if (gone && !dialect::is_kept(step.carrier)) return;
  audience_.join(mount, step.carrier, step.topic);
}

void Gateway::Impl::act_one(Instant, std::size_t mount, dialect::Leave& step) {
  audience_.leave(mount, step.carrier, step.topic);
}

Ticket Gateway::Impl::open_ticket(std::size_t mount, Ticket ticket) {
  askers_.emplace(++last_ticket_, Asker{.mount = mount, .ticket = ticket});
  return last_ticket_;
}

std::optional<Gateway::Impl::Asker> Gateway::Impl::take_ticket(Ticket ticket, bool stays_open) {
  const auto held = askers_.find(ticket);
  if (held == askers_.end()) return std::nullopt;
  const Asker asker = held->second;
  if (!stays_open) askers_.erase(held);
  return asker;
}

// ---- telling ----------------------------------------------------------------------------------------------

namespace {

// Whoever comes new to `$sessions` takes nothing from anybody.
bool takes_away(const std::pair<model::Topic, model::Notice>& told) {
  const auto* changed = std::get_if<model::Changed>(&told.second);
  if (changed == nullptr || told.first.kind != model::Topic::Kind::collection) return false;
  if (!told.first.name.starts_with(own_collections)) return false;
  return std::any_of(changed->changes.begin(), changed->changes.end(), [&](const model::Change& change) {
    return told.first.name != sessions_collection || !change.record.exists();
  });
}

}  // namespace

void Gateway::Impl::tell(Instant now, const hub::Tell& tell) {
  if (std::any_of(tell.notices.begin(), tell.notices.end(), takes_away)) effects_.push_back(Review{});
  if (tell.notices.size() == 1) {
    tell_one(now, tell.notices.front());
  } else {
    tell_all(now, tell);
  }
  for (auto& [mount, steps] : std::exchange(following_, {})) {
    for (dialect::ServerStep& step : steps) act(now, mount, step);
  }
}

Shared Gateway::Impl::encode(std::size_t mount, const std::pair<model::Topic, model::Notice>& told) {
  const auto encode = mounts_[mount].mount.dialect->encode;
  std::string bytes = encode == nullptr ? std::string() : encode(told.first, told.second);
  if (bytes.empty()) return nullptr;
  figures_.encoded += 1;
  return dialect::share(std::move(bytes));
}

void Gateway::Impl::deliver(Instant now, std::size_t mount, CarrierId carrier, const Shared& bytes) {
  figures_.delivered += 1;
  if (dialect::is_kept(carrier)) {
    if (following_.empty() || following_.back().first != mount) following_.emplace_back(mount, ServerSteps());
    return mounts_[mount].server->deliver(now, carrier, bytes, following_.back().second);
  }
  figures_.frames_out += 1;
  effects_.push_back(dialect::SendFrame{.carrier = carrier, .bytes = bytes});
}

void Gateway::Impl::tell_one(Instant now, const std::pair<model::Topic, model::Notice>& told) {
  const Audience::ByMount* audience = audience_.listeners(told.first);
  if (audience == nullptr) return;
  for (const auto& [mount, listeners] : *audience) {
    const Shared bytes = encode(mount, told);
    if (!bytes) continue;
    for (const CarrierId carrier : listeners) deliver(now, mount, carrier, bytes);
  }
}

// Who listens to several of the topics gets all of it in one frame, made once for all who listen to the same
// ones.
void Gateway::Impl::tell_all(Instant now, const hub::Tell& tell) {
  using Heard = std::vector<Shared>;
  std::map<std::pair<std::size_t, CarrierId>, Heard> heard;  // by mount
  for (const auto& told : tell.notices) {
    const Audience::ByMount* audience = audience_.listeners(told.first);
    if (audience == nullptr) continue;
    for (const auto& [mount, listeners] : *audience) {
      const Shared bytes = encode(mount, told);
      if (!bytes) continue;
      for (const CarrierId carrier : listeners) heard[{mount, carrier}].push_back(bytes);
    }
  }
  std::map<Heard, Shared> joined;
  for (const auto& [listener, messages] : heard) {
    const auto [mount, carrier] = listener;
    const auto join = mounts_[mount].mount.dialect->join;
    if (messages.size() == 1 || join == nullptr) {
      for (const Shared& message : messages) deliver(now, mount, carrier, message);
      continue;
    }
    Shared& frame = joined[messages];
    if (!frame) frame = dialect::share(join(messages));
    deliver(now, mount, carrier, frame);
  }
}

Gateway::Figures Gateway::Impl::figures() const {
  Figures figures = figures_;
  figures.carriers = carriers_.size();
  figures.joined = audience_.size();
  for (std::size_t mount = 0; mount < mounts_.size(); ++mount) {
    const dialect::Census census = mounts_[mount].server->census();
    figures.by_dialect.emplace_back(mounts_[mount].mount.dialect->name, census);
    figures.sessions.websocket += census.websocket;
    figures.sessions.sse += census.sse;
    figures.sessions.poll += census.poll;
    mounts_[mount].server->count_limits(figures.limits_met);
  }
  return figures;
}

// ---- the outside ------------------------------------------------------------------------------------------

Gateway::Gateway(hub::Hub& hub, base::Prng prng, std::string server)
    : impl_(std::make_unique<Impl>(hub, prng, std::move(server))) {}
Gateway::~Gateway() = default;

base::Status Gateway::mount(const Mount& mount) { return impl_->mount(mount); }
const Mount* Gateway::mount_of(const wire::RequestHead& head) const {
  const auto route = impl_->mounts_.find(head);
  return route ? &impl_->mounts_[route->mount].mount : nullptr;
}
void Gateway::receive(Instant now, CarrierId carrier, dialect::Arrival arrival) {
  impl_->receive(now, carrier, std::move(arrival));
}
void Gateway::identified(Instant now, Ticket ticket, dialect::Identity identity) {
  impl_->identified(now, ticket, std::move(identity));
}
void Gateway::happened(Instant now, hub::Event event) { impl_->happened(now, std::move(event)); }
void Gateway::set_rights(std::shared_ptr<const rights::Rights> rights) {
  impl_->set_rights(std::move(rights));
}
void Gateway::authorized(Instant now, Ticket ticket, base::Result<Permitted> answer) {
  impl_->authorized(now, ticket, std::move(answer));
}
void Gateway::review(Instant now, const dialect::Standing& standing) { impl_->review(now, standing); }
void Gateway::ask(Instant now, hub::Ask ask) { impl_->ask(now, std::move(ask)); }
void Gateway::drain(Instant now) { impl_->drain(now); }
void Gateway::wake(Instant now) { impl_->wake(now); }
std::optional<Instant> Gateway::next_wake() const { return impl_->next_wake(); }
Gateway::Figures Gateway::figures() const { return impl_->figures(); }

std::optional<Effect> Gateway::poll() {
  if (impl_->effects_.empty()) return std::nullopt;
  Effect effect = std::move(impl_->effects_.front());
  impl_->effects_.pop_front();
  return effect;
}

}  // namespace rockpool::gateway
