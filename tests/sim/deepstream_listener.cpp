#include "tests/sim/deepstream_listener.h"

#include "core/dialects/deepstream/names.h"
#include "core/dialects/deepstream/paths.h"
#include "core/model/place.h"
#include "core/model/value.h"

namespace rockpool::sim {
namespace {

namespace deepstream = dialects::deepstream;
using deepstream::Topic;

constexpr std::int64_t ping_ms = 25'000;
constexpr std::int64_t dead_ms = 65'000;
constexpr int session_bits = 32;

bool is_same(const std::string& left, const std::string& right) {
  if (left == right) return true;
  const auto one = model::read(left);
  const auto other = model::read(right);
  return one.ok() && other.ok() && model::same(*one, *other);
}

}  // namespace

DeepstreamListener::DeepstreamListener(Setting& setting, Network& network, int index,
                                       std::vector<std::string> names)
    : setting_(setting), network_(network), index_(index), name_("listener"), names_(std::move(names)) {}

void DeepstreamListener::start() { open(); }

void DeepstreamListener::leave() {
  gone_ = true;
  network_.close_by_client(index_, session_ << session_bits);
}

// ---- the link ---------------------------------------------------------------------------------------------

void DeepstreamListener::open() {
  if (gone_) return;
  ++session_;
  records_.clear();
  connected_ = false;
  heard_at_ = setting_.now();
  note("connects");
  network_.open(index_, {.carrier = session_ << session_bits,
                         .kind = dialect::Carrier::websocket,
                         .url = "ws://sim.example/deepstream/deepstream",
                         .subprotocol = "",
                         .headers = {}});
  look_after(session_);
}

void DeepstreamListener::come_back() {
  connected_ = false;
  const std::uint64_t ended = session_++;  // of which nothing is heard any more
  network_.close_by_client(index_, ended << session_bits);
  setting_.schedule.in(200 + setting_.some_ms(setting_.calm ? 200 : 5'000),
                       [this, session = session_] { session == session_ ? open() : void(); });
}

void DeepstreamListener::look_after(std::uint64_t session) {
  setting_.schedule.in(ping_ms, [this, session] {
    if (session != session_ || gone_) return;
    if (setting_.now() - heard_at_ >= dead_ms || !connected_) return come_back();
    say({.topic = Topic::connection, .action = deepstream::connection_action::ping});
    look_after(session);
  });
}

void DeepstreamListener::say(Message message) {
  network_.send_up(index_, session_ << session_bits, deepstream::encode(message));
}

void DeepstreamListener::follow(std::vector<std::string> names) {
  say({.topic = Topic::record,
       .action = deepstream::record_action::subscribe_and_read,
       .correlation_id = std::to_string(++correlation_),
       .names = std::move(names)});
}

bool DeepstreamListener::is_in_doubt() const {
  constexpr std::int64_t slack_ms = 5'000;
  return connected_ && setting_.now() - heard_at_ > ping_ms + slack_ms;
}

// ---- hearing ----------------------------------------------------------------------------------------------

void DeepstreamListener::hears(const Link& link, const dialect::Arrival& arrival) {
  if (gone_ || link.client_carrier != session_ << session_bits) return;
  heard_at_ = setting_.now();
  if (std::holds_alternative<dialect::Closed>(arrival)) {
    note("is cut off");
    return come_back();
  }
  if (std::holds_alternative<dialect::Opened>(arrival)) {
    return say({.topic = Topic::connection,
                .action = deepstream::connection_action::challenge,
                .url = "ws://sim.example/deepstream/deepstream",
                .protocol_version = "0.1a",
                .sdk_version = "1",
                .sdk_type = "sim"});
  }
  const auto* frame = std::get_if<dialect::Frame>(&arrival);
  if (frame == nullptr) return;
  note("hears", frame->bytes);
  const auto messages = deepstream::decode(frame->bytes);
  // npm's client reads the first of a frame and drops the others.
  if (!messages.ok() || messages->size() != 1)
    return fail(invariant::contract, "hears a frame that does not hold one message");
  on_message(messages->front());
}

void DeepstreamListener::on_message(const Message& message) {
  using namespace deepstream;
  if (message.topic == Topic::connection && message.action == connection_action::accept) {
    const char* credentials =
        setting_.scenario.tokens ? R"({"token":"good-l"})" : R"({"username":"listener"})";
    return say({.topic = Topic::auth, .action = auth_action::request, .data = credentials});
  }
  if (message.topic == Topic::auth) {
    if (message.action != auth_action::successful) return fail(invariant::contract, "is not let in");
    connected_ = true;
    return follow(names_);
  }
  if (message.topic == Topic::record && !message.is_ack) on_record(message);
}

void DeepstreamListener::on_record(const Message& message) {
  using namespace deepstream::record_action;
  Held& held = records_[message.name];
  if (message.action == read_response) {
    held = {.subscribed = true, .version = message.version.value_or(0), .data = message.data};
    return;
  }
  if (!held.subscribed) {
    return fail(invariant::feed, "is told of " + message.name + " before it was told what it is");
  }
  if (message.action == removed) {
    if (held.version < 0) fail(invariant::feed, message.name + " is removed, and was not there");
    held = {};
    return follow({message.name});
  }
  on_change(message, held);
}

void DeepstreamListener::on_change(const Message& message, Held& held) {
  using namespace deepstream::record_action;
  const std::int32_t version = message.version.value_or(0);
  const bool is_next = held.version < 0 ? version <= 1 : version == held.version + 1;
  if (!is_next) {
    return fail(invariant::feed, message.name + " goes from version " + std::to_string(held.version) +
                                     " to version " + std::to_string(version));
  }
  if (message.action == update) {
    held.data = message.data;
  } else {
    const auto steps = deepstream::steps_of(message.path);
    const bool is_known = message.action == patch || message.action == erase;
    if (!is_known || !steps) return fail(invariant::contract, "is told what it cannot understand");
    model::Mutation mutation{.key = {}, .op = message.action == patch ? model::Op::place : model::Op::erase};
    mutation.path = *steps;
    mutation.data = message.data;
    auto made = model::apply_place(mutation, held.version < 0 ? "" : held.data);
    if (!made)
      return fail(invariant::contract, "is told a change that does not fit: " + made.error().message);
    held.data = std::move(*made);
  }
  held.version = version;
}

// ---- at rest ----------------------------------------------------------------------------------------------

std::string DeepstreamListener::disagreement(const Lineage& lineage) const {
  if (!connected_) return "is not connected";
  for (const std::string& name : names_) {
    const auto held = records_.find(name);
    if (held == records_.end() || !held->second.subscribed) return "was never told what " + name + " is";
    const auto record = lineage.records.find(deepstream::key_of(name));
    const bool exists = record != lineage.records.end() && record->second.exists();
    const std::int64_t age =
        exists ? static_cast<std::int64_t>(record->second.version - record->second.born) : -1;
    if (held->second.version == age && (!exists || is_same(held->second.data, record->second.data))) continue;
    return "was told that " + name + " is version " + std::to_string(held->second.version) + " " +
           held->second.data.substr(0, 200) + ", the server has version " + std::to_string(age) + " " +
           (exists ? record->second.data.substr(0, 200) : "");
  }
  return "";
}

}  // namespace rockpool::sim
