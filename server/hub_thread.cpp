#include "server/hub_thread.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "core/base/text.h"
#include "server/auth/access.h"
#include "server/clock.h"
#include "server/net/metrics.h"

namespace rockpool::server {
namespace {

constexpr std::int64_t turn_ms_max = 1000;
constexpr base::Duration drain_time_max = base::seconds(5);
constexpr base::Duration publish_every = base::milliseconds(250);
constexpr std::size_t steps_held_max = 512;
// A hub that has not turned for so long is said to be busy; it still is healthy.
constexpr base::Duration busy_after = base::seconds(3);

}  // namespace

HubThread::HubThread(const Parts& parts) : parts_(parts) {}

HubThread::~HubThread() {
  if (thread_.joinable()) drain();
}

void HubThread::start(net::Carriers& carriers) {
  carriers_ = &carriers;
  publish();
  {
    const std::lock_guard lock(mutex_);
    running_ = true;
  }
  thread_ = std::thread([this] { run(); });
}

void HubThread::post(Message message) {
  {
    const std::lock_guard lock(mutex_);
    mailbox_.push_back(std::move(message));
    if (mailbox_.size() > 1) return;  // whoever put the first one rang
  }
  news_.notify_one();
}

void HubThread::happened(hub::Event event) { post(std::move(event)); }

void HubThread::receive(net::CarrierId carrier, dialect::Arrival arrival) {
  post(Arrival{carrier, std::move(arrival)});
}

void HubThread::drain() {
  {
    const std::lock_guard lock(mutex_);
    draining_ = true;
  }
  news_.notify_one();
  thread_.join();
}

void HubThread::run() {
  do {
    for (Message& message : wait()) {
      take(std::move(message));
      pump();
      if (steps_.size() > steps_held_max) flush();
    }
    turn(now());
  } while (!may_end(now()));
}

void HubThread::turn(base::Instant at) {
  const auto wake = parts_.gateway.next_wake();
  if (wake && *wake <= at) parts_.gateway.wake(at);
  if (is_asked_to_drain(at) && !drain_said_) {
    drain_said_ = true;
    drain_until_ = at + drain_time_max;
    parts_.gateway.drain(at);
  }
  pump();
  flush();
  if (at - published_ > publish_every) publish();
}

bool HubThread::is_asked_to_drain(base::Instant at) {
  const std::lock_guard lock(mutex_);
  seen_ = at;
  running_ = !draining_;
  return draining_;
}

bool HubThread::may_end(base::Instant at) const {
  return drain_said_ && (appends_open_ == 0 || at >= drain_until_);
}

std::vector<HubThread::Message> HubThread::wait() {
  std::int64_t wait_ms = turn_ms_max;
  if (const auto wake = parts_.gateway.next_wake()) wait_ms = std::clamp((*wake - now()).ms, std::int64_t{0}, wait_ms);
  if (drain_said_) wait_ms = std::min(wait_ms, std::int64_t{50});
  std::unique_lock lock(mutex_);
  news_.wait_for(lock, std::chrono::milliseconds(wait_ms),
                 [this] { return !mailbox_.empty() || (draining_ && !drain_said_); });
  return std::exchange(mailbox_, {});
}

void HubThread::take(Message message) {
  if (auto* event = std::get_if<hub::Event>(&message)) {
    if (std::holds_alternative<hub::Appended>(*event)) --appends_open_;
    return parts_.gateway.happened(now(), std::move(*event));
  }
  Arrival& arrival = std::get<Arrival>(message);
  const auto* frame = std::get_if<dialect::Frame>(&arrival.what);
  if (frame != nullptr) steps_.push_back(net::Handled{arrival.carrier, frame->bytes.size()});
  parts_.gateway.receive(now(), arrival.carrier, std::move(arrival.what));
}

void HubThread::pump() {
  while (auto effect = parts_.gateway.poll()) perform(std::move(*effect));
}

void HubThread::perform(gateway::Effect effect) {
  if (auto* question = std::get_if<dialect::Identify>(&effect)) {
    auto identity = auth::identify(parts_.config, question->token, question->space, now());
    return parts_.gateway.identified(now(), question->ticket, std::move(identity));
  }
  if (auto* request = std::get_if<hub::Request>(&effect)) {
    if (std::holds_alternative<hub::Append>(*request)) ++appends_open_;
    return parts_.backplane.submit(std::move(*request));
  }
  std::visit(
      [this](auto&& step) {
        using Step = std::decay_t<decltype(step)>;
        if constexpr (std::is_constructible_v<net::CarrierStep, Step>) steps_.emplace_back(std::move(step));
      },
      std::move(effect));
}

void HubThread::flush() {
  if (!steps_.empty()) carriers_->perform(std::exchange(steps_, {}));
}

void HubThread::publish() {
  const hub::Figures hub_figures = parts_.hub.figures();
  const gateway::Gateway::Figures gateway_figures = parts_.gateway.figures();
  published_ = now();
  const std::lock_guard lock(mutex_);
  hub_figures_ = hub_figures;
  gateway_figures_ = gateway_figures;
  epoch_ = parts_.hub.epoch();
  seen_ = published_;
}

bool HubThread::ready() const {
  const std::lock_guard lock(mutex_);
  return running_;
}

std::string HubThread::health() const {
  const std::lock_guard lock(mutex_);
  const base::Duration silent = now() - seen_;
  std::string text = "{\"status\":\"ok\",\"version\":" + quoted(ROCKPOOL_VERSION);
  text += std::string(",\"ready\":") + (running_ ? "true" : "false");
  text += std::string(",\"busy\":") + (silent > busy_after ? "true" : "false");
  text += std::string(",\"backplane\":") + (parts_.config.in_memory() ? "\"memory\"" : "\"sqlite\"");
  text += ",\"epoch\":" + quoted(base::hex(epoch_, 16)) + ",\"seq\":" + base::decimal(hub_figures_.last_seq);
  return text + "}\n";
}

std::string HubThread::metrics() const {
  const std::lock_guard lock(mutex_);
  net::MetricsText text;
  text.gauge("rockpool_records", "Records, tombstones included.", hub_figures_.records);
  text.gauge("rockpool_record_bytes", "Their bytes.", hub_figures_.record_bytes);
  text.gauge("rockpool_log_seq", "Last entry of the log.", hub_figures_.last_seq);
  text.gauge("rockpool_log_recent_entries", "Entries of the log held in memory.", hub_figures_.recent_entries);
  text.gauge("rockpool_writes_waiting", "Writes that wait for the log.", hub_figures_.waiting);
  text.gauge("rockpool_clients", "Clients in the books.", hub_figures_.clients);
  text.gauge("rockpool_presences", "Members present in rooms.", hub_figures_.presences);
  text.counter("rockpool_appends_total", "Entries appended.", hub_figures_.appends);
  text.counter("rockpool_changes_total", "Changes stored.", hub_figures_.changes);
  text.counter("rockpool_conflicts_total", "Mutations answered conflict.", hub_figures_.conflicts);
  text.counter("rockpool_held_total", "Mutations answered held.", hub_figures_.held);
  text.counter("rockpool_refusals_total", "Mutations refused.", hub_figures_.refusals);
  text.counter("rockpool_repeats_total", "Mutations sent again and answered from the books.", hub_figures_.repeats);
  text.counter("rockpool_appends_stale_total", "Appends that another writer overtook.", hub_figures_.stale);
  text.counter("rockpool_appends_unknown_total", "Appends whose outcome had to be looked up.", hub_figures_.unknown);
  text.counter("rockpool_appends_failed_total", "Appends the store refused.", hub_figures_.failed);
  text.gauge("rockpool_carriers", "Carriers known to the gateway.", gateway_figures_.carriers);
  text.gauge("rockpool_joined", "Subscriptions to topics.", gateway_figures_.joined);
  text.counter("rockpool_frames_in_total", "Frames handed to dialects.", gateway_figures_.frames_in);
  text.counter("rockpool_frames_out_total", "Frames dialects and topics sent.", gateway_figures_.frames_out);
  text.counter("rockpool_notices_encoded_total", "Notices turned into bytes, once for all.", gateway_figures_.encoded);
  text.counter("rockpool_notices_delivered_total", "Notices handed to carriers.", gateway_figures_.delivered);
  return text.take();
}

}  // namespace rockpool::server
