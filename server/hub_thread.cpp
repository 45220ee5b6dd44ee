#include "server/hub_thread.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "core/base/text.h"
#include "server/clock.h"
#include "server/config/rules.h"
#include "server/hub_metrics.h"
#include "server/process.h"

namespace rockpool::server {
namespace {

constexpr std::int64_t turn_ms_max = 1000;
// How often who brought a request looks for what came meanwhile, such as that its write is stored. The rest
// is for the hub's own thread.
constexpr int lent_turns_max = 4;
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
constexpr base::Duration trouble_every = base::seconds(10);

std::map<std::string, hooks::Guard> guards_of(const config::Config& config) {
  std::map<std::string, hooks::Guard> guards;
  for (const auto& [name, space] : config.spaces) {
    if (space.webhook) guards.emplace(name, *space.webhook);
  }
  return guards;
}

}  // namespace

HubThread::HubThread(const Parts& parts)
    : parts_(parts),
      gatekeeper_(
          std::make_shared<const config::Config>(parts.config),
          [&hub = parts.hub](const model::Key& key) { return hub.find(own_space, key); },
          [this](const auth::Gatekeeper::Checked& result) {
            post([&](Mail& mail) { mail.checked.push_back(result); });
          }),
      guards_(guards_of(parts.config)) {}

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
  // Otherwise somebody rang already, or looks again at the end of the turn.
  const bool first = mailbox_.size() == 0 && !turning_;
  put(mailbox_);
  lock.unlock();
  if (first) news_.notify_one();
}

void HubThread::happened(hub::Event event) {
  post([&](Mail& mail) { mail.events.push_back(std::move(event)); });
}

void HubThread::later(std::function<void()> errand) {
  post([&](Mail& mail) { mail.errands.push_back(std::move(errand)); });
}

void HubThread::receive(net::CarrierId carrier, dialect::Arrival arrival) {
  post([&](Mail& mail) { mail.arrivals.push_back({carrier, std::move(arrival)}); });
}

void HubThread::receive_whole(net::CarrierId carrier, dialect::Arrived arrived, std::string body) {
  std::unique_lock lock(mutex_);
  const bool at_rest = mailbox_.size() == 0 && !turning_ && running_ && !draining_;
  const bool first = mailbox_.size() == 0 && !turning_;
  mailbox_.arrivals.push_back({carrier, std::move(arrived), std::move(body)});
  if (at_rest) return lend(lock);
  lock.unlock();
  if (first) news_.notify_one();
}

// The calling thread has the turn for a moment.
void HubThread::lend(std::unique_lock<std::mutex>& lock) {
  turning_ = true;
  for (int turns = 0; turns < lent_turns_max && mailbox_.size() > 0; ++turns) {
    Mail mail = std::exchange(mailbox_, {});
    lock.unlock();
    work(std::move(mail));
    lock.lock();
  }
  const base::Instant until = sleeps_until();
  const bool is_due = mailbox_.size() > 0 || draining_ || until < asleep_until_;
  asleep_until_ = std::min(asleep_until_, until);
  turning_ = false;
  lock.unlock();
  if (is_due) news_.notify_one();
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
  {
    std::unique_lock lock(mutex_);
    news_.wait(lock, [this] { return !turning_; });
    turning_ = true;
  }
  do work(wait());
  while (!may_end(now()));
}

void HubThread::work(Mail mail) {
  for (hub::Event& event : mail.events) take(std::move(event));
  if (mail.config != nullptr) configure(std::move(mail.config));
  for (const auto& result : mail.checked) {
    auto answered = gatekeeper_.checked(now(), result);
    if (answered) parts_.gateway.identified(now(), answered->ticket, std::move(answered->identity));
    auto worked = gatekeeper_.finished(result);
    if (worked) parts_.gateway.worked(now(), worked->ticket, std::move(worked->result));
  }
  for (Mail::Came& came : mail.arrivals) take(std::move(came));
  for (const auto& errand : mail.errands) errand();
  turn(now());
}

void HubThread::configure(std::shared_ptr<const config::Config> config) {
  guards_ = guards_of(*config);
  parts_.gateway.set_rights(config::rights_of(*config));
  parts_.hub.set_schemas(std::make_shared<const schema::Schemas>(config->schemas));
  gatekeeper_.configure(std::move(config));
  review_due_ = true;
}

void HubThread::turn(base::Instant at) {
  const auto wake = parts_.gateway.next_wake();
  if (wake && *wake <= at) parts_.gateway.wake(at);
  if (is_asked_to_drain(at) && !drain_said_) {
    drain_said_ = true;
    drain_until_ = at + drain_time_max;
    parts_.gateway.drain(at);
    parts_.hooks.drain(at);
  }
  pump();
  parts_.hooks.turn(at);
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

std::optional<base::Instant> HubThread::next_wake() const {
  const auto of_gateway = parts_.gateway.next_wake();
  const auto of_hooks = parts_.hooks.next_wake();
  return of_gateway && of_hooks ? std::min(*of_gateway, *of_hooks) : of_gateway ? of_gateway : of_hooks;
}

// When there is something to do even if nothing comes.
base::Instant HubThread::sleeps_until() const {
  const base::Instant at = now();
  std::int64_t wait_ms = turn_ms_max;
  if (const auto wake = next_wake()) wait_ms = std::clamp((*wake - at).ms, std::int64_t{0}, wait_ms);
  if (review_due_) wait_ms = std::min(wait_ms, review_pause_min.ms / 4);
  if (drain_said_) wait_ms = std::min(wait_ms, std::int64_t{50});
  return at + base::milliseconds(wait_ms);
}

// Gives the turn away for as long as there is nothing to do.
HubThread::Mail HubThread::wait() {
  const base::Instant until = sleeps_until();
  std::unique_lock lock(mutex_);
  asleep_until_ = until;
  turning_ = false;
  for (;;) {
    const std::int64_t left_ms = (asleep_until_ - now()).ms;
    if (!turning_ && (mailbox_.size() > 0 || left_ms <= 0 || (draining_ && !drain_said_))) break;
    // Who borrowed the turn calls at its end, unless there is nothing to call for.
    news_.wait_for(lock, std::chrono::milliseconds(std::clamp<std::int64_t>(left_ms, 1, turn_ms_max)));
  }
  turning_ = true;
  return std::exchange(mailbox_, {});
}

// Troubles of the store come once for every try: they are said at most once in a while.
void HubThread::report(const hub::Event& event) {
  const auto* appended = std::get_if<hub::Appended>(&event);
  const auto* read = std::get_if<hub::LogRead>(&event);
  const bool is_stored = appended != nullptr && appended->what == hub::Appended::What::ok;
  const bool is_usual = appended != nullptr && appended->what == hub::Appended::What::stale;
  if (is_stored && std::exchange(in_trouble_, false)) parts_.log.info("the store takes writes again");
  if (is_stored || is_usual || (read != nullptr && read->problem.empty())) return;
  in_trouble_ = in_trouble_ || appended != nullptr;
  const base::Instant at = server::now();
  if (at - trouble_said_ < trouble_every) return;
  trouble_said_ = at;
  parts_.log.error(appended != nullptr
                       ? "the store did not take an entry; writes are answered `storage` meanwhile"
                       : "the log could not be read",
                   {{"problem", appended != nullptr ? appended->problem : read->problem}});
}

void HubThread::take(hub::Event event) {
  if (parts_.hooks.take(now(), event)) return;
  if (std::holds_alternative<hub::Appended>(event)) --appends_open_;
  report(event);
  parts_.gateway.happened(now(), std::move(event));
  pump();
}

void HubThread::take(Mail::Came came) {
  const auto* frame = std::get_if<dialect::Frame>(&came.arrival);
  if (frame != nullptr) steps_.emplace_back(net::Handled{came.carrier, frame->bytes.size()});
  if (came.body) bodies_[came.carrier] = std::move(*came.body);
  if (std::holds_alternative<dialect::Closed>(came.arrival)) bodies_.erase(came.carrier);
  parts_.gateway.receive(now(), came.carrier, std::move(came.arrival));
  pump();
  if (steps_.size() > steps_held_max) flush();
}

void HubThread::pump() {
  while (auto effect = parts_.gateway.poll()) perform(std::move(*effect));
}

void HubThread::perform(gateway::Effect effect) {
  if (auto* question = std::get_if<dialect::Identify>(&effect)) {
    auto identity = gatekeeper_.identify(now(), *question);
    if (!identity) return;
    if (const auto* denied = std::get_if<dialect::Denied>(&*identity)) {
      parts_.log.debug("a client was not let in", {{"code", std::string(base::name_of(denied->error.code))},
                                                   {"space", question->space}});
    }
    return parts_.gateway.identified(now(), question->ticket, std::move(*identity));
  }
  if (const auto* work = std::get_if<dialect::SecretWork>(&effect)) {
    auto result = gatekeeper_.work(now(), *work);
    if (result) parts_.gateway.worked(now(), work->ticket, std::move(*result));
    return;
  }
  if (std::holds_alternative<gateway::Review>(effect)) {
    review_due_ = true;
    return;
  }
  if (const auto* question = std::get_if<gateway::Authorize>(&effect)) return authorize(*question);
  if (auto* wanted = std::get_if<dialect::Fetch>(&effect)) return fetch(std::move(*wanted));
  if (const auto* step = std::get_if<dialect::ReadBody>(&effect)) return read_body(*step);
  if (const auto* respond = std::get_if<dialect::Respond>(&effect)) bodies_.erase(respond->carrier);
  if (const auto* respond = std::get_if<dialect::RespondFile>(&effect)) bodies_.erase(respond->carrier);
  if (auto* drop = std::get_if<dialect::DropFiles>(&effect)) return parts_.shelf.drop(std::move(drop->files));
  if (const auto* answer = std::get_if<hub::Answer>(&effect)) {
    parts_.hooks.take(now(), *answer);
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

// A body that is here already costs no way to the network and back.
void HubThread::read_body(const dialect::ReadBody& step) {
  auto held = bodies_.extract(step.carrier);
  if (held.empty() || held.mapped().size() > step.bytes_max) return void(steps_.emplace_back(step));
  parts_.gateway.receive(now(), step.carrier, dialect::Body{0, std::move(held.mapped())});
}

void HubThread::authorize(const gateway::Authorize& question) {
  const auto guard = guards_.find(question.space);
  if (guard == guards_.end()) {
    const base::Error error{base::Code::forbidden, "nobody decides who may do what in this space", ""};
    return parts_.gateway.authorized(now(), question.ticket, error);
  }
  const auto authorized = [this, ticket = question.ticket](base::Result<gateway::Permitted> answer) {
    later([this, ticket, answer = std::move(answer)] {
      if (!answer.ok()) parts_.log.warn(answer.error().message);
      parts_.gateway.authorized(now(), ticket, answer);
    });
  };
  hooks::ask(parts_.client, guard->second, question, authorized);
}

void HubThread::fetch(dialect::Fetch wanted) {
  auto url = net::read_url(wanted.url);
  if (!url) return parts_.gateway.fetched(now(), wanted.ticket, url.error());
  const model::Ticket ticket = wanted.ticket;
  const auto fetched = [this, ticket](base::Result<net::Reply> reply) {
    later([this, ticket, reply = std::move(reply)] {
      if (!reply.ok()) parts_.log.warn(reply.error().message);
      parts_.gateway.fetched(now(), ticket,
                             reply.ok() ? base::Result<dialect::Fetched>({reply->status, reply->body})
                                        : base::Result<dialect::Fetched>(reply.error()));
    });
  };
  const auto call = [url = std::move(*url), wanted = std::move(wanted)] {
    return net::Call{.url = url, .headers = wanted.headers, .body = wanted.body, .ms_max = wanted.ms_max};
  };
  parts_.client.post(call, fetched);
}

void HubThread::flush() {
  if (!steps_.empty()) carriers_->perform(std::exchange(steps_, {}));
}

void HubThread::publish() {
  const hub::Figures hub_figures = parts_.hub.figures();
  const gateway::Gateway::Figures gateway_figures = parts_.gateway.figures();
  hooks::Hooks::Figures hook_figures = parts_.hooks.figures();
  published_ = now();
  const std::lock_guard lock(mutex_);
  hub_figures_ = hub_figures;
  gateway_figures_ = gateway_figures;
  log_ins_ = gatekeeper_.figures();
  hook_figures_ = std::move(hook_figures);
  epoch_ = parts_.hub.epoch();
  seen_ = published_;
}

bool HubThread::ready() const {
  const std::lock_guard lock(mutex_);
  return running_;
}

std::vector<std::pair<std::string_view, std::uint64_t>> HubThread::limits_met() const {
  const std::lock_guard lock(mutex_);
  std::vector<std::pair<std::string_view, std::uint64_t>> met = {
      {"space_bytes", hub_figures_.space_full}, {"waiting_writes", hub_figures_.waiting_full}};
  met.insert(met.end(), gateway_figures_.limits_met.begin(), gateway_figures_.limits_met.end());
  return met;
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
  write_metrics(hub_figures_, text);
  write_metrics(gateway_figures_, text);
  hooks::write_metrics(hook_figures_, text);
  parts_.shelf.write_metrics(text);
  write_process_metrics(text);
  text.counter("rockpool_log_ins_total", "Passwords that were right.", log_ins_.log_ins);
  text.counter("rockpool_log_ins_failed_total", "Passwords that were wrong, or of nobody.", log_ins_.failed);
  text.counter("rockpool_log_ins_throttled_total", "Log-ins refused after too many failures.",
               log_ins_.throttled);
  text.counter("rockpool_log_ins_overloaded_total", "Log-ins refused because too many waited.",
               log_ins_.overloaded);
  return text.take();
}

}  // namespace rockpool::server
