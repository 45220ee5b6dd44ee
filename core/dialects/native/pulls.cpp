#include "core/dialects/native/pulls.h"

#include <algorithm>

#include "core/dialect/frames.h"
#include "core/dialects/native/codec.h"
#include "core/model/names.h"

namespace rockpool::dialects::native {
namespace {

namespace limits = base::limits;
using base::Code;
using base::Error;

constexpr std::size_t unsent_bytes_max = 2 * limits::chunk_bytes_max;
constexpr std::int64_t retry_ms = 1000;

}  // namespace

model::Topic Pulls::topic_of(const std::string& collection, const std::string& scope) const {
  return {.space = space_, .kind = model::Topic::Kind::collection, .name = collection, .scope = scope};
}

void Pulls::send(std::string text, ServerSteps& out) {
  unsent_bytes_ += text.size();
  out.push_back(
      dialect::SendFrame{.carrier = carrier_, .bytes = dialect::share(std::move(text)), .tells = true});
}

base::Status Pulls::subscribe(const Subscribe& subscribe, const std::string& session_cursor,
                              ServerSteps& out) {
  if (auto fine = model::check_collection(subscribe.collection); !fine) return fine;
  if (names_.contains(subscribe.sub)) {
    return Error{
        .code = Code::exists, .message = "sub is in use, unsubscribe it first or choose another", .path = ""};
  }
  if (is_full()) {
    return Error{.code = Code::quota, .message = "a connection has at most 1000 subscriptions", .path = ""};
  }
  Sub sub{.name = subscribe.sub, .collection = subscribe.collection};
  if (!subscribe.snapshot_cursor.empty()) {
    sub.stage = Stage::proving;
    sub.cursor = subscribe.snapshot_cursor;
    sub.after = subscribe.snapshot_after;
    sub.begun = true;
  } else if (!subscribe.fresh) {
    sub.cursor = subscribe.cursor.empty() ? session_cursor : subscribe.cursor;
    if (!sub.cursor.empty()) sub.stage = Stage::catching_up;
  }
  sub.brought = !sub.cursor.empty();
  Subscribed subscribed{
      .sub = subscribe.sub, .topic = native::topic_of(sub.collection), .collection = sub.collection};
  send(encode_down(std::move(subscribed)), out);
  if (!sub.cursor.empty() && !model::read_cursor(sub.cursor))
    start_over(sub, std::string(model::gone_other_history), out);
  names_.emplace(subscribe.sub, ++last_pull_);
  pulls_.emplace(last_pull_, std::move(sub));
  waiting_.push_back(last_pull_);
  return base::done();
}

void Pulls::unsubscribe(const std::string& name, ServerSteps& out) {
  const auto named = names_.find(name);
  if (named == names_.end()) return;
  const std::uint64_t pull = named->second;
  const Sub sub = std::move(pulls_[pull]);
  std::erase(waiting_, pull);
  pulls_.erase(pull);
  names_.erase(named);
  if (sub.stage != Stage::live || --live_[sub.collection].count > 0) return;
  const auto live = live_.extract(sub.collection);
  for (const std::string& scope : live.mapped().scopes) {
    out.push_back(dialect::Leave{.carrier = carrier_, .topic = topic_of(sub.collection, scope)});
  }
}

model::Command Pulls::question_of(const Sub& sub) const {
  if (sub.stage == Stage::scanning) {
    return model::Scan{.collection = sub.collection,
                       .after = sub.after,
                       .records_max = limits::chunk_records_max,
                       .bytes_max = limits::chunk_bytes_max};
  }
  // To prove a cursor the changes themselves are not wanted yet.
  const std::size_t bytes_max = sub.stage == Stage::proving ? 1 : limits::chunk_bytes_max;
  return model::CatchUp{.collection = sub.collection,
                        .cursor = model::read_cursor(sub.cursor),
                        .bytes_max = bytes_max,
                        .brought = sub.brought};
}

std::optional<Pulls::Next> Pulls::next(Instant now) {
  if (asking_ || unsent_bytes_ >= unsent_bytes_max) return std::nullopt;
  const auto due = std::find_if(waiting_.begin(), waiting_.end(),
                                [&](std::uint64_t pull) { return pulls_[pull].retry_at <= now; });
  if (due == waiting_.end()) return std::nullopt;
  Next next{.pull = *due, .command = question_of(pulls_[*due])};
  waiting_.erase(due);
  asking_ = true;
  return next;
}

std::optional<Instant> Pulls::retry_at() const {
  if (asking_ || unsent_bytes_ >= unsent_bytes_max) return std::nullopt;
  std::optional<Instant> earliest;
  for (const std::uint64_t pull : waiting_) {
    const Instant at = pulls_.find(pull)->second.retry_at;
    if (!earliest || at < *earliest) earliest = at;
  }
  return earliest;
}

std::optional<Pulls::End> Pulls::answer(Instant now, std::uint64_t pull, model::Reply reply,
                                        ServerSteps& out) {
  asking_ = false;
  const auto held = pulls_.find(pull);
  if (held == pulls_.end()) return std::nullopt;  // unsubscribed meanwhile
  Sub& sub = held->second;
  if (const auto* failed = std::get_if<model::Failed>(&reply)) {
    if (!is_retryable(failed->error.code)) {
      End end{.sub = sub.name, .error = failed->error};
      names_.erase(sub.name);
      pulls_.erase(held);
      return end;
    }
    sub.retry_at = now + base::milliseconds(std::max(retry_ms, failed->retry_after_ms));
  } else if (auto* page = std::get_if<model::Page>(&reply)) {
    take(sub, std::move(*page), out);
  } else if (auto* since = std::get_if<model::Since>(&reply)) {
    take(sub, std::move(*since), out);
  } else if (auto* gone = std::get_if<model::Gone>(&reply)) {
    start_over(sub, std::move(gone->reason), out);
  }
  if (sub.stage != Stage::live) waiting_.push_back(pull);
  return std::nullopt;
}

void Pulls::take(Sub& sub, model::Page page, ServerSteps& out) {
  if (sub.cursor.empty()) sub.cursor = page.cursor;
  if (!page.records.empty()) sub.after = page.records.back().key.id;
  std::erase_if(page.records, [](const model::Record& record) { return !record.exists(); });
  Snapshot snapshot{.topic = native::topic_of(sub.collection),
                    .records = std::move(page.records),
                    .cursor = sub.cursor,
                    .begin = !sub.begun,
                    .done = page.done};
  sub.begun = true;
  if (page.done) sub.stage = Stage::catching_up;
  send(encode_down(std::move(snapshot)), out);
}

void Pulls::take(Sub& sub, model::Since since, ServerSteps& out) {
  sub.brought = false;
  if (sub.stage == Stage::proving) {
    sub.stage = Stage::scanning;
    return;
  }
  sub.cursor = since.cursor;
  send(encode_changes(native::topic_of(sub.collection), since.changes, since.cursor, since.more), out);
  if (since.more) return;
  // From the hub's next notice on: what was told before is in `since`, so nothing is missed and nothing comes
  // twice.
  sub.stage = Stage::live;
  Live& live = live_[sub.collection];
  if (++live.count > 1) return;
  live.scopes = std::move(since.scopes);
  for (const std::string& scope : live.scopes) {
    out.push_back(dialect::Join{.carrier = carrier_, .topic = topic_of(sub.collection, scope)});
  }
}

void Pulls::start_over(Sub& sub, std::string reason, ServerSteps& out) {
  sub.stage = Stage::scanning;
  sub.cursor.clear();
  sub.after.clear();
  sub.begun = sub.brought = false;
  send(encode_down(Reset{.topic = native::topic_of(sub.collection), .reason = std::move(reason)}), out);
}

}  // namespace rockpool::dialects::native
