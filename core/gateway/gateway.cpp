#include "core/gateway/gateway_impl.h"

namespace rockpool::gateway {

// A mount makes fewer kept carriers than this has numbers while the process lives.
constexpr unsigned kept_bits = 44;

namespace {

// Accounts have not changed, but what a service says of them.
class AsTheyAre final : public dialect::Standing {
 public:
  base::Result<model::Principal> renew(const model::Principal& principal) const override { return principal; }
};

}  // namespace

base::Status Gateway::Impl::mount(const Mount& mount) {
  if (auto fine = mounts_.check(mount); !fine) return fine;
  const dialect::MountOptions options{
      .mount = mount.path,
      .space = mount.space,
      .server = server_,
      .settings = mount.settings,
      .public_url = mount.public_url,
      .is_secure = mount.is_secure,
      .kept = dialect::kept_carriers | std::uint64_t{mounts_.size()} << kept_bits,
      .limits = mount.limits,
      .sharing = mount.sharing};
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
  arrived.prefix = arrived.head.path.substr(0, arrived.head.path.size() - route->path.size());
  arrived.head.path = std::move(route->path);
  ServerSteps steps;
  mounts_[route->mount].server->receive(now, id, std::move(arrived), steps);
  run(now, route->mount, std::move(steps));
}

void Gateway::Impl::receive(Instant now, CarrierId id, dialect::Arrival arrival) {
  if (auto* arrived = std::get_if<dialect::Arrived>(&arrival)) return arrive(now, id, std::move(*arrived));
  const auto held = carriers_.find(id);
  if (held == carriers_.end()) return drop_unwanted(arrival);
  const std::size_t mount = held->second.mount;
  const bool is_closed = std::holds_alternative<dialect::Closed>(arrival);
  if (held->second.is_closing && !is_closed) return drop_unwanted(arrival);
  figures_.frames_in += std::holds_alternative<dialect::Frame>(arrival) ? 1 : 0;
  ServerSteps steps;
  mounts_[mount].server->receive(now, id, std::move(arrival), steps);
  if (is_closed) {
    withdraw(now, id, mount);
    carriers_.erase(held);
  }
  run(now, mount, std::move(steps));
}

// Nobody is there who would give the files a record.
void Gateway::Impl::drop_unwanted(const dialect::Arrival& arrival) {
  const auto* uploaded = std::get_if<dialect::Uploaded>(&arrival);
  if (uploaded == nullptr) return;
  dialect::DropFiles drop;
  for (const dialect::StoredFile& file : uploaded->files) drop.files.push_back(file.id);
  effects_.push_back(std::move(drop));
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

void Gateway::Impl::fetched(Instant now, Ticket ticket, base::Result<dialect::Fetched> answer) {
  const auto asker = take_ticket(ticket, false);
  if (!asker) return;
  ServerSteps steps;
  mounts_[asker->mount].server->fetched(now, asker->ticket, std::move(answer), steps);
  run(now, asker->mount, std::move(steps));
}

void Gateway::Impl::worked(Instant now, Ticket ticket, dialect::SecretResult result) {
  const auto asker = take_ticket(ticket, false);
  if (!asker) return;
  ServerSteps steps;
  mounts_[asker->mount].server->worked(now, asker->ticket, std::move(result), steps);
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

void Gateway::Impl::act_one(Instant, std::size_t, dialect::ReadFiles& step) {
  if (carriers_.contains(step.carrier)) effects_.push_back(std::move(step));
}

void Gateway::Impl::act_one(Instant, std::size_t, dialect::DropFiles& step) {
  effects_.push_back(std::move(step));
}

void Gateway::Impl::act_one(Instant, std::size_t, dialect::Respond& step) {
  answer_exchange(step.carrier, std::move(step));
}

void Gateway::Impl::act_one(Instant, std::size_t, dialect::RespondFile& step) {
  answer_exchange(step.carrier, std::move(step));
}

// An exchange is over with its answer.
void Gateway::Impl::answer_exchange(CarrierId carrier, Effect effect) {
  const auto held = carriers_.find(carrier);
  if (held == carriers_.end()) return;
  if (!held->second.is_stream) carriers_.erase(held);
  effects_.push_back(std::move(effect));
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

void Gateway::Impl::act_one(Instant, std::size_t mount, dialect::Fetch& step) {
  step.ticket = open_ticket(mount, step.ticket);
  effects_.push_back(std::move(step));
}

void Gateway::Impl::act_one(Instant, std::size_t mount, dialect::SecretWork& step) {
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
void Gateway::fetched(Instant now, Ticket ticket, base::Result<dialect::Fetched> answer) {
  impl_->fetched(now, ticket, std::move(answer));
}
void Gateway::worked(Instant now, Ticket ticket, dialect::SecretResult result) {
  impl_->worked(now, ticket, std::move(result));
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
