#include "server/hub_thread.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "core/base/text.h"
#include "server/clock.h"
#include "server/config/rules.h"
#include "server/net/metrics.h"

namespace rockpool::server {
namespace {

constexpr std::int64_t turn_ms_max = 1000;
constexpr base::Duration drain_time_max = base::seconds(5);
// Whoever has no stream open comes for the good-bye within this time, if it comes at all.
constexpr base::Duration good_bye_time = base::seconds(1);
constexpr base::Duration publish_every = base::milliseconds(250);
// Where the server keeps its own collections.
constexpr std::string_view own_space = "default";
// Between two looks at whether everybody still may be there; below the second within which they are gone.
constexpr base::Duration review_pause_min = base::milliseconds(200);
constexpr base::Duration review_pause_max = base::milliseconds(800);
constexpr std::size_t steps_held_max = 512;
// A hub that has not turned for so long is said to be busy; it still is healthy.
constexpr base::Duration busy_after = base::seconds(3);

}  // namespace

HubThread::HubThread(const Parts& parts)
    : parts_(parts),
      gatekeeper_(
          std::make_shared<const config::Config>(parts.config),
          [&hub = parts.hub](const model::Key& key) { return hub.find(own_space, key); },
          [this](const auth::Gatekeeper::Checked& result) {
            post([&](Mail& mail) { mail.checked.push_back(result); });
          }) {}

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

template <typename Put>
void HubThread::post(const Put& put) {
  std::unique_lock lock(mutex_);
  const bool first = mailbox_.size() == 0;  // otherwise somebody rang already
  put(mailbox_);
  lock.unlock();
  if (first) news_.notify_one();
}

void HubThread::happened(hub::Event event) {
  post([&](Mail& mail) { mail.events.push_back(std::move(event)); });
}

void HubThread::receive(net::CarrierId carrier, dialect::Arrival arrival) {
  post([&](Mail& mail) { mail.arrivals.emplace_back(carrier, std::move(arrival)); });
}

base::Result<std::function<void()>> HubThread::prepare(std::shared_ptr<const config::Config> config) {
  return std::function<void()>(
      [this, config = std::move(config)] { post([&](Mail& mail) { mail.config = config; }); });
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
    Mail mail = wait();
    for (hub::Event& event : mail.events) take(std::move(event));
    if (mail.config != nullptr) {
      parts_.hub.set_rights(config::rights_of(*mail.config));
      gatekeeper_.configure(std::move(mail.config));
      review_due_ = true;
    }
    for (const auto& result : mail.checked) {
      auto answered = gatekeeper_.checked(now(), result);
      if (answered) parts_.gateway.identified(now(), answered->ticket, std::move(answered->identity));
    }
    for (auto& [carrier, arrival] : mail.arrivals) take(carrier, std::move(arrival));
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
  review(at);
  flush();
  if (at - published_ > publish_every) publish();
}

// All that changed meanwhile counts for one look at everybody, which takes a tenth of the time at the most. A
// clock that was set back puts nothing off.
void HubThread::review(base::Instant at) {
  if (!review_due_ || (at < review_at_ && review_at_ - at <= review_pause_max)) return;
  review_due_ = false;
  parts_.gateway.review(at, gatekeeper_);
  pump();
  const base::Instant done = now();
  const std::int64_t took_ms = (done - at).ms;
  review_at_ = done + base::milliseconds(std::clamp(10 * took_ms, review_pause_min.ms, review_pause_max.ms));
}

bool HubThread::is_asked_to_drain(base::Instant at) {
  const std::lock_guard lock(mutex_);
  seen_ = at;
  running_ = !draining_;
  return draining_;
}

bool HubThread::may_end(base::Instant at) const {
  if (!drain_said_ || at >= drain_until_) return drain_said_;
  const base::Duration left = drain_until_ - at;
  const bool all_know =
      left.ms <= (drain_time_max.ms - good_bye_time.ms) || parts_.gateway.figures().sessions.poll == 0;
  return appends_open_ == 0 && all_know;
}

HubThread::Mail HubThread::wait() {
  std::int64_t wait_ms = turn_ms_max;
  if (const auto wake = parts_.gateway.next_wake()) {
    wait_ms = std::clamp((*wake - now()).ms, std::int64_t{0}, wait_ms);
  }
  if (review_due_) wait_ms = std::min(wait_ms, review_pause_min.ms / 4);
  if (drain_said_) wait_ms = std::min(wait_ms, std::int64_t{50});
  std::unique_lock lock(mutex_);
  news_.wait_for(lock, std::chrono::milliseconds(wait_ms),
                 [this] { return mailbox_.size() > 0 || (draining_ && !drain_said_); });
  return std::exchange(mailbox_, {});
}

void HubThread::take(hub::Event event) {
  if (std::holds_alternative<hub::Appended>(event)) --appends_open_;
  parts_.gateway.happened(now(), std::move(event));
  pump();
}

void HubThread::take(net::CarrierId carrier, dialect::Arrival arrival) {
  const auto* frame = std::get_if<dialect::Frame>(&arrival);
  if (frame != nullptr) steps_.emplace_back(net::Handled{carrier, frame->bytes.size()});
  parts_.gateway.receive(now(), carrier, std::move(arrival));
  pump();
  if (steps_.size() > steps_held_max) flush();
}

void HubThread::pump() {
  while (auto effect = parts_.gateway.poll()) perform(std::move(*effect));
}

void HubThread::perform(gateway::Effect effect) {
  if (auto* question = std::get_if<dialect::Identify>(&effect)) {
    auto identity = gatekeeper_.identify(now(), *question);
    if (identity) parts_.gateway.identified(now(), question->ticket, std::move(*identity));
    return;
  }
  if (std::holds_alternative<gateway::Review>(effect)) {
    review_due_ = true;
    return;
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
  log_ins_ = gatekeeper_.figures();
  epoch_ = parts_.hub.epoch();
  seen_ = published_;
}

bool HubThread::ready() const {
  const std::lock_guard lock(mutex_);
  return running_;
}

std::vector<std::pair<std::string_view, std::uint64_t>> HubThread::limits_met() const {
  const std::lock_guard lock(mutex_);
  const auto& met = gateway_figures_.limits_met;
  return {met.begin(), met.end()};
}

std::string HubThread::health() const {
  const std::lock_guard lock(mutex_);
  const base::Duration silent = now() - seen_;
  const auto truth = [](bool value) { return value ? "true" : "false"; };
  std::string text = R"({"status":"ok","version":)";
  text.append(json_text(ROCKPOOL_VERSION)).append(R"(,"ready":)").append(truth(running_));
  text.append(R"(,"busy":)").append(truth(silent > busy_after));
  text.append(R"(,"backplane":)").append(parts_.config.in_memory() ? R"("memory")" : R"("sqlite")");
  text.append(R"(,"epoch":)").append(json_text(base::hex(epoch_, 16)));
  text.append(R"(,"seq":)").append(base::decimal(hub_figures_.last_seq)).append("}\n");
  return text;
}

std::string HubThread::metrics() const {
  const std::lock_guard lock(mutex_);
  net::MetricsText text;
  text.gauge("rockpool_records", "Records, tombstones included.", hub_figures_.records);
  text.gauge("rockpool_record_bytes", "Their bytes.", hub_figures_.record_bytes);
  text.gauge("rockpool_log_seq", "Last entry of the log.", hub_figures_.last_seq);
  text.gauge("rockpool_log_recent_entries", "Entries of the log held in memory.",
             hub_figures_.recent_entries);
  text.gauge("rockpool_writes_waiting", "Writes that wait for the log.", hub_figures_.waiting);
  text.gauge("rockpool_clients", "Clients in the books.", hub_figures_.clients);
  text.gauge("rockpool_presences", "Members present in rooms.", hub_figures_.presences);
  text.gauge("rockpool_calls", "Calls that wait for an answer.", hub_figures_.calls);
  text.gauge("rockpool_providers", "Procedures provided, once for each who does.", hub_figures_.providers);
  text.counter("rockpool_appends_total", "Entries appended.", hub_figures_.appends);
  text.counter("rockpool_changes_total", "Changes stored.", hub_figures_.changes);
  text.counter("rockpool_conflicts_total", "Mutations answered conflict.", hub_figures_.conflicts);
  text.counter("rockpool_held_total", "Mutations answered held.", hub_figures_.held);
  text.counter("rockpool_refusals_total", "Mutations refused.", hub_figures_.refusals);
  text.counter("rockpool_repeats_total", "Mutations sent again and answered from the books.",
               hub_figures_.repeats);
  text.counter("rockpool_appends_stale_total", "Appends that another writer overtook.", hub_figures_.stale);
  text.counter("rockpool_appends_unknown_total", "Appends whose outcome had to be looked up.",
               hub_figures_.unknown);
  text.counter("rockpool_appends_failed_total", "Appends the store refused.", hub_figures_.failed);
  text.gauge("rockpool_carriers", "Carriers known to the gateway.", gateway_figures_.carriers);
  const dialect::Census& sessions = gateway_figures_.sessions;
  text.gauge("rockpool_sessions_websocket", "Sessions over a WebSocket.", sessions.websocket);
  text.gauge("rockpool_sessions_sse", "Sessions over requests with an event stream open.", sessions.sse);
  text.gauge("rockpool_sessions_poll", "Sessions over requests without one.", sessions.poll);
  text.gauge("rockpool_joined", "Subscriptions to topics.", gateway_figures_.joined);
  text.counter("rockpool_frames_in_total", "Frames handed to dialects.", gateway_figures_.frames_in);
  text.counter("rockpool_frames_out_total", "Frames dialects and topics sent.", gateway_figures_.frames_out);
  text.counter("rockpool_notices_encoded_total", "Notices turned into bytes, once for all.",
               gateway_figures_.encoded);
  text.counter("rockpool_notices_delivered_total", "Notices handed to carriers.", gateway_figures_.delivered);
  text.counter("rockpool_log_ins_total", "Passwords that were right.", log_ins_.log_ins);
  text.counter("rockpool_log_ins_failed_total", "Passwords that were wrong, or of nobody.", log_ins_.failed);
  text.counter("rockpool_log_ins_throttled_total", "Log-ins refused after too many failures.",
               log_ins_.throttled);
  text.counter("rockpool_log_ins_overloaded_total", "Log-ins refused because too many waited.",
               log_ins_.overloaded);
  return text.take();
}

}  // namespace rockpool::server
