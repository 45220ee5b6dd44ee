#include "server/hooks/hooks.h"

#include "core/base/text.h"
#include "core/model/value.h"
#include "server/clock.h"

namespace rockpool::hooks {
namespace {

using base::Instant;

constexpr int status_good = 200;
constexpr int status_past_good = 300;

model::Key key_of(const Hook& hook) { return {.collection = "$hooks", .id = hook.name}; }

std::string text_of(const hub::LogEnd& point) {
  return R"({"seq":)" + base::decimal(point.seq) + R"(,"chain":")" + base::hex(point.chain, 16) + "\"}";
}

// Nothing for a hook that is new, and for what is no place in a log.
std::optional<hub::LogEnd> point_of(const model::Record* record) {
  if (record == nullptr || !record->exists()) return std::nullopt;
  const auto value = model::read(record->data);
  if (!value) return std::nullopt;
  const auto seq = model::count_member(*value, "seq");
  const std::string* text = model::text_member(*value, "chain");
  const auto chain = text == nullptr ? std::nullopt : base::read_hex(*text);
  if (!seq || !chain) return std::nullopt;
  return hub::LogEnd{.seq = *seq, .chain = *chain};
}

net::Call call_of(const Hook& hook, const Delivery& delivery) {
  net::Call call{.url = hook.url, .headers = {}, .body = body_of(delivery), .ms_max = 0};
  call.ms_max = static_cast<std::int64_t>(hook.ms_max);
  const std::int64_t seconds = server::now().ms / 1000;
  call.headers.emplace_back("Rockpool-Signature", signature_of(hook.secret, seconds, call.body));
  return call;
}

}  // namespace

Hooks::Hooks(Parts parts, const std::vector<Hook>& hooks, base::Prng prng) : parts_(std::move(parts)) {
  for (const Hook& hook : hooks) {
    const auto saved = point_of(parts_.hub.find("default", key_of(hook)));
    couriers_.emplace_back(hook, prng.fork(), parts_.hub.epoch(), parts_.hub.end(), saved);
  }
}

bool Hooks::take(Instant now, hub::Event& event) {
  auto* read = std::get_if<hub::LogRead>(&event);
  if (read == nullptr || read->ticket < hook_tickets) return false;
  const std::size_t index = read->ticket - hook_tickets;
  couriers_[index].read(now, std::move(*read));
  pump(now, index);
  return true;
}

bool Hooks::take(Instant now, const hub::Answer& answer) {
  if (answer.ticket < hook_tickets) return false;
  const std::size_t index = answer.ticket - hook_tickets;
  const auto* written = std::get_if<model::Written>(&answer.reply);
  const bool stored = written != nullptr && written->outcomes.size() == 1 &&
                      std::holds_alternative<model::Acked>(written->outcomes[0]);
  couriers_[index].saved(now, stored);
  pump(now, index);
  return true;
}

void Hooks::turn(Instant now) {
  const hub::LogEnd end = parts_.hub.end();
  for (std::size_t i = 0; i < couriers_.size(); ++i) {
    couriers_[i].log_ends(now, end);
    const auto wake = couriers_[i].next_wake();
    if (wake && *wake <= now) couriers_[i].wake(now);
    pump(now, i);
  }
}

void Hooks::drain(Instant now) {
  for (std::size_t i = 0; i < couriers_.size(); ++i) {
    couriers_[i].drain(now);
    pump(now, i);
  }
}

std::optional<Instant> Hooks::next_wake() const {
  std::optional<Instant> earliest;
  for (const Courier& courier : couriers_) {
    const auto at = courier.next_wake();
    if (at && (!earliest || *at < *earliest)) earliest = at;
  }
  return earliest;
}

void Hooks::pump(Instant now, std::size_t index) {
  while (auto want = couriers_[index].poll()) perform(now, index, std::move(*want));
}

void Hooks::perform(Instant now, std::size_t index, Courier::Want want) {
  if (const auto* read = std::get_if<Courier::Read>(&want)) {
    parts_.backplane.submit(
        hub::ReadLog{.ticket = hook_tickets + index, .after = read->after, .bytes_max = Courier::read_bytes});
  } else if (const auto* delivery = std::get_if<Courier::Send>(&want)) {
    send(index, *delivery);
  } else {
    save(now, index, std::get<Courier::Save>(want).point);
  }
}

void Hooks::send(std::size_t index, const Courier::Send& delivery) {
  const Hook& hook = couriers_[index].hook();
  parts_.client.post(
      [&hook, delivery] { return call_of(hook, *delivery); },
      [this, index](base::Result<net::Reply> result) {
        parts_.post([this, index, result = std::move(result)] { sent(server::now(), index, result); });
      });
}

void Hooks::sent(Instant now, std::size_t index, const base::Result<net::Reply>& result) {
  Courier& courier = couriers_[index];
  const bool taken = result.ok() && result->status >= status_good && result->status < status_past_good;
  const std::uint64_t failed_before = courier.figures().failed_in_a_row;
  courier.sent(now, taken);
  if (!taken) {
    const auto level = failed_before == 0 ? server::LogLevel::warn : server::LogLevel::debug;
    const std::string why =
        result.ok() ? "it answered " + base::decimal(std::int64_t{result->status}) : result.error().message;
    parts_.log.write(level, "a change webhook does not take its delivery; it is tried again until it does",
                     {{"hook", courier.hook().name}, {"problem", why}});
  } else if (failed_before > 0) {
    parts_.log.info("a change webhook takes deliveries again",
                    {{"hook", courier.hook().name}, {"failures", base::decimal(failed_before)}});
  }
  pump(now, index);
}

void Hooks::save(Instant now, std::size_t index, hub::LogEnd point) {
  model::Principal principal;
  principal.system = true;
  model::Mutation put{.number = 0,
                      .key = key_of(couriers_[index].hook()),
                      .op = model::Op::put,
                      .path = {},
                      .data = text_of(point),
                      .base = std::nullopt,
                      .after = std::nullopt};
  model::Write write;
  write.groups.push_back({std::move(put)});
  parts_.gateway.ask(now, hub::Ask{.ticket = hook_tickets + index,
                                   .principal = std::move(principal),
                                   .space = "default",
                                   .command = std::move(write)});
}

Hooks::Figures Hooks::figures() const {
  Figures figures;
  for (const Courier& courier : couriers_) figures.emplace_back(courier.hook().name, courier.figures());
  return figures;
}

void write_metrics(const Hooks::Figures& figures, net::MetricsText& text) {
  using Type = net::MetricsText::Type;
  struct Family {
    std::string_view name, help;
    Type type;
    std::uint64_t Courier::Figures::*figure;
  };
  static constexpr Family families[] = {
      {"rockpool_hook_lag", "Entries of the log that a change webhook is behind.", Type::gauge,
       &Courier::Figures::lag},
      {"rockpool_hook_failing", "Deliveries of a change webhook that failed since the last that was taken.",
       Type::gauge, &Courier::Figures::failed_in_a_row},
      {"rockpool_hook_deliveries_total", "Deliveries taken by a change webhook.", Type::counter,
       &Courier::Figures::deliveries},
      {"rockpool_hook_changes_total", "Changes in them.", Type::counter, &Courier::Figures::changes},
      {"rockpool_hook_failures_total", "Deliveries that a change webhook did not take.", Type::counter,
       &Courier::Figures::failures},
      {"rockpool_hook_resets_total", "Times a change webhook was told that changes are lost to it.",
       Type::counter, &Courier::Figures::resets},
  };
  if (figures.empty()) return;
  for (const Family& family : families) {
    text.begin(family.name, family.help, family.type);
    for (const auto& [hook, of_hook] : figures) text.sample({{"hook", hook}}, of_hook.*family.figure);
  }
}

}  // namespace rockpool::hooks
