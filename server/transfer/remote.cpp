#include "server/transfer/remote.h"

#include <utility>

#include "core/base/limits.h"
#include "server/clock.h"

namespace rockpool::transfer {
namespace {

constexpr std::int64_t turn_ms = 100;
constexpr std::int64_t answer_ms_max = 60'000;
constexpr std::size_t envelope_bytes_max = 4 << 10;

base::Error failed(base::Code code, std::string what) { return {code, std::move(what), ""}; }

}  // namespace

RemoteTarget::~RemoteTarget() {
  if (socket_ != nullptr) socket_->close();
}

base::Result<std::unique_ptr<RemoteTarget>> RemoteTarget::open(const dialect::Dialect& dialect,
                                                               const Options& options) {
  std::unique_ptr<RemoteTarget> target(new RemoteTarget());
  base::Prng prng(server::random_seed());
  dialect::Greeting greeting;
  greeting.client = "transfer-" + prng.hex(12);
  greeting.token = options.token;
  target->session_ = dialect.client({.url = options.url,
                                     .space = options.space,
                                     .client = greeting.client,
                                     .sdk = "rockpool/" ROCKPOOL_VERSION,
                                     .version = 0},
                                    prng.fork());
  dialect::ClientSteps steps;
  target->session_->open(server::now(), dialect::Carrier::websocket, greeting, steps);
  if (const auto done = target->perform(std::move(steps)); !done.ok()) return done.error();
  target->quiet_since_ms_ = server::now().ms;
  while (!target->ready_) {
    if (const auto done = target->turn(); !done.ok()) return done.error();
  }
  return target;
}

base::Status RemoteTarget::perform(dialect::ClientSteps steps) {
  for (dialect::ClientStep& step : steps) {
    if (const auto done = perform(std::move(step)); !done.ok()) return done;
  }
  return base::done();
}

base::Status RemoteTarget::perform(dialect::ClientStep step) {
  if (auto* open = std::get_if<dialect::OpenStream>(&step)) {
    auto socket = net::ClientSocket::connect(open->url, open->subprotocol, open->headers);
    if (!socket.ok()) return socket.error();
    socket_ = std::move(*socket);
    carrier_ = open->carrier;
    dialect::ClientSteps steps;
    session_->receive(server::now(), carrier_, dialect::Opened{}, steps);
    return perform(std::move(steps));
  }
  if (auto* send = std::get_if<dialect::SendFrame>(&step)) {
    if (send->bytes->size() > base::limits::message_bytes_max) {
      return failed(base::Code::too_large, "a message would be over 1 MiB");
    }
    socket_->send(std::move(send->bytes));
  }
  if (std::holds_alternative<dialect::Ready>(step)) ready_ = true;
  if (auto* settled = std::get_if<dialect::Settled>(&step)) {
    open_.erase(std::visit([](const auto& one) { return one.number; }, settled->outcome));
    outcomes_.push_back(std::move(settled->outcome));
  }
  if (auto* part = std::get_if<dialect::Part>(&step)) {
    std::move(part->records.begin(), part->records.end(), std::back_inserter(records_));
    if (part->done) live_ = part->collection;
  }
  if (auto* trouble = std::get_if<dialect::Trouble>(&step)) return trouble->error;
  if (auto* ended = std::get_if<dialect::Ended>(&step)) {
    return failed(base::Code::offline,
                  "the connection is over" + (ended->reason.empty() ? "" : ": " + ended->reason));
  }
  return base::done();
}

base::Status RemoteTarget::turn() {
  auto message = socket_->receive(turn_ms);
  if (!message.ok()) return message.error();
  const base::Instant at = server::now();
  dialect::ClientSteps steps;
  if (*message) {
    quiet_since_ms_ = at.ms;
    session_->receive(at, carrier_, dialect::Frame{std::move(**message), false}, steps);
  } else if (at.ms - quiet_since_ms_ > answer_ms_max) {
    return failed(base::Code::timeout, "the server does not answer");
  }
  if (const auto wake = session_->next_wake(); wake && *wake <= at) session_->wake(at, steps);
  return perform(std::move(steps));
}

base::Status RemoteTarget::push(std::vector<model::Group> groups) {
  for (const model::Group& group : groups) {
    for (const model::Mutation& mutation : group) {
      open_.insert(mutation.number);
      highest_ = mutation.number;
    }
  }
  const std::uint64_t settled = (open_.empty() ? highest_ + 1 : *open_.begin()) - 1;
  dialect::ClientSteps steps;
  session_->ask(server::now(), dialect::Push{settled, {}, std::move(groups)}, steps);
  return perform(std::move(steps));
}

base::Result<std::vector<model::Outcome>> RemoteTarget::wait() {
  quiet_since_ms_ = server::now().ms;
  while (outcomes_.empty()) {
    if (const auto done = turn(); !done.ok()) return done.error();
  }
  return std::exchange(outcomes_, {});
}

std::size_t RemoteTarget::row_bytes_max() const {
  return base::limits::message_bytes_max - envelope_bytes_max;
}

base::Status RemoteTarget::read(const std::string& collection,
                                const std::function<base::Status(const model::Record&)>& take) {
  dialect::ClientSteps steps;
  session_->ask(server::now(), dialect::Subscribe{collection, "", ""}, steps);
  if (const auto done = perform(std::move(steps)); !done.ok()) return done;
  quiet_since_ms_ = server::now().ms;
  while (live_ != collection || !records_.empty()) {
    for (const model::Record& record : std::exchange(records_, {})) {
      if (!record.exists()) continue;
      if (const auto taken = take(record); !taken.ok()) return taken;
    }
    if (live_ == collection) break;
    if (const auto done = turn(); !done.ok()) return done;
  }
  return base::done();
}

}  // namespace rockpool::transfer
