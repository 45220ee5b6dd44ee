// One mount of RESTED: lets in, and hands on to the API, the sockets and the management API.
#include "core/dialects/rested/server.h"

#include "core/dialects/rested/api.h"
#include "core/dialects/rested/files.h"
#include "core/dialects/rested/manage.h"
#include "core/dialects/rested/sockets.h"

namespace rockpool::dialects::rested {
namespace {

class Server final : public dialect::ServerDialect {
 public:
  Server(const dialect::MountOptions& options, Settings settings, base::Prng prng)
      : desk_{{options}, std::move(settings), prng} {}

  // At the root only what is ours, so that pages may stand beside it.
  bool claims(const wire::RequestHead& head) const override {
    return !desk_.options.mount.empty() || head.path == "/api" || head.path.starts_with("/api/");
  }
  void receive(Instant now, CarrierId from, dialect::Arrival arrival, ServerSteps& out) override;
  void answer(Instant now, Ticket ticket, model::Reply reply, ServerSteps& out) override;
  void identified(Instant now, Ticket ticket, dialect::Identity identity, ServerSteps& out) override {
    manage_.identified(now, ticket, identity, out);
  }
  void worked(Instant now, Ticket ticket, dialect::SecretResult result, ServerSteps& out) override;
  bool watches() const override { return true; }
  void watch(Instant now, const Notices& notices, ServerSteps& out) override {
    if (auto drop = drop_of(notices); !drop.files.empty()) out.push_back(std::move(drop));
    const auto happened = registry_.watch(notices);
    api_.happened(happened);
    users_.happened(happened);
    if (!is_ready_) return;
    sockets_.happened(now, happened, notices, out);
    if (!happened.endpoints.empty()) manage_.remove_orphans(out);
  }
  void review(Instant, const dialect::Standing&, ServerSteps& out) override { sockets_.review(out); }
  void drain(Instant, ServerSteps&) override {}
  void wake(Instant now, ServerSteps& out) override {
    sockets_.wake(now, out);
    api_.wake(out);
    manage_.wake(now, out);
    if (!std::exchange(is_begun_, true) || !waiting_.empty()) registry_.load(out);
  }
  // The registry is read at once: what was to be deleted goes on without anybody asking.
  std::optional<Instant> next_wake() const override {
    if (!is_begun_) return Instant();
    std::optional<Instant> first;
    for (const auto at : {sockets_.next_wake(), api_.next_wake(), manage_.next_wake()})
      if (at && (!first || *at < *first)) first = at;
    return first;
  }
  void deliver(Instant, CarrierId, const Shared&, ServerSteps&) override {}
  dialect::Census census() const override { return {.websocket = sockets_.size(), .commands = requests_}; }
  void count_limits(dialect::LimitsMet& met) const override {
    for (const auto* one : {&sockets_.met(), &api_.met()})
      for (const auto& [limit, count] : *one) met[limit] += count;
  }

 private:
  void arrive(Instant now, CarrierId from, Request request, ServerSteps& out);
  void judged(Instant now, CarrierId from, Request request, Door::Verdict verdict, ServerSteps& out);
  void judged(Instant now, Door::Judged judged, ServerSteps& out);

  Desk desk_;
  Registry registry_{desk_};
  Door door_{desk_, registry_};
  Users users_{desk_, registry_, door_};
  Api api_{desk_, registry_, door_, users_};
  Sockets sockets_{desk_, registry_, door_};
  Manage manage_{desk_, registry_};
  std::map<CarrierId, Request> waiting_;   // for the registry to be read
  std::map<CarrierId, Request> knocking_;  // who they are is being found out
  bool is_begun_ = false;                  // to read the registry
  bool is_ready_ = false;
  std::uint64_t requests_ = 0;
};

void Server::receive(Instant now, CarrierId from, dialect::Arrival arrival, ServerSteps& out) {
  if (const auto* arrived = std::get_if<dialect::Arrived>(&arrival)) {
    Request request = read_request(*arrived);
    if (!request.upgrade) ++requests_;
    if (is_ready_) return arrive(now, from, std::move(request), out);
    waiting_.emplace(from, std::move(request));
    is_begun_ = true;
    return registry_.load(out);
  }
  if (std::holds_alternative<dialect::Closed>(arrival)) {
    knocking_.erase(from);
    waiting_.erase(from);
  }
  if (sockets_.receive(now, from, arrival, out) || api_.receive(now, from, arrival, out)) return;
  if (!users_.receive(now, from, arrival, out)) manage_.receive(from, arrival, out);
}

void Server::arrive(Instant now, CarrierId from, Request request, ServerSteps& out) {
  if (request.route.kind == Route::Kind::manage && !request.upgrade)
    return manage_.ask(now, from, std::move(request), out);
  auto verdict = door_.knock(from, request, out);
  if (verdict) return judged(now, from, std::move(request), std::move(*verdict), out);
  knocking_.emplace(from, std::move(request));
}

void Server::judged(Instant now, CarrierId from, Request request, Door::Verdict verdict, ServerSteps& out) {
  if (const auto* refusal = std::get_if<Refusal>(&verdict)) {
    if (request.upgrade) return sockets_.refuse(from, refusal->reason, out);
    return out.push_back(refuse(from, request, *refusal));
  }
  Caller caller = std::move(std::get<Caller>(verdict));
  if (request.upgrade) return sockets_.open(from, std::move(caller), std::move(request), out);
  api_.ask(now, from, std::move(request), std::move(caller), out);
}

void Server::judged(Instant now, Door::Judged judged, ServerSteps& out) {
  auto node = knocking_.extract(judged.who);
  if (node.empty()) return;
  Request request = std::move(node.mapped());
  if (auto* caller = std::get_if<Caller>(&judged.verdict))
    if (auto refused = door_.look_again(now, request, *caller)) judged.verdict = std::move(*refused);
  this->judged(now, judged.who, std::move(request), std::move(judged.verdict), out);
}

void Server::worked(Instant now, Ticket ticket, dialect::SecretResult result, ServerSteps& out) {
  if (users_.worked(now, ticket, result, out) || manage_.worked(now, ticket, result, out)) return;
  if (auto done = door_.worked(now, ticket, result, out)) judged(now, std::move(*done), out);
}

void Server::answer(Instant now, Ticket ticket, model::Reply reply, ServerSteps& out) {
  if (api_.answer(now, ticket, reply, out) || users_.answer(now, ticket, reply, out)) return;
  if (sockets_.answer(now, ticket, reply, out) || manage_.answer(now, ticket, reply, out)) return;
  if (auto done = door_.answer(ticket, reply)) return judged(now, std::move(*done), out);
  registry_.answer(ticket, reply, out);
  if (is_ready_ || !registry_.is_loaded()) return;
  is_ready_ = true;
  sockets_.begin();
  manage_.resume(out);
  for (auto& [carrier, request] : std::exchange(waiting_, {})) arrive(now, carrier, std::move(request), out);
}

}  // namespace

base::Result<std::unique_ptr<dialect::ServerDialect>> make_server(const dialect::MountOptions& options,
                                                                  base::Prng prng) {
  auto settings = read_settings(options.settings);
  if (!settings) return settings.error();
  return std::unique_ptr<dialect::ServerDialect>(
      std::make_unique<Server>(options, std::move(*settings), prng));
}

}  // namespace rockpool::dialects::rested
