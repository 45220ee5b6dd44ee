#include "core/dialects/native/pulls.h"

#include <algorithm>
#include <iterator>

#include "core/base/limits.h"
#include "core/dialect/frames.h"
#include "core/dialects/native/codec.h"
#include "core/model/names.h"

namespace rockpool::dialects::native {
namespace {

namespace limits = base::limits;
using base::Code;
using base::Error;

constexpr std::size_t unsent_bytes_max = 2 * limits::chunk_bytes_max;
// A reader that stalled goes on once no more is on its way.
constexpr std::size_t resumed_bytes_max = limits::chunk_bytes_max;
constexpr std::int64_t retry_ms = 1000;
// In place of a pull: the question is asked for all that is live.
constexpr std::uint64_t whole_feed = 0;

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
    return Error{.code = Code::quota, .message = subscriptions_full, .path = ""};
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
  if (live_.empty()) feed_ = Feed::told;
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
  if (asking_) return std::nullopt;
  if (feed_ != Feed::told) {
    auto next = next_of_feed(now);
    asking_ = next.has_value();
    return next;
  }
  if (stalled_ || unsent_bytes_ >= unsent_bytes_max) return std::nullopt;
  const auto due = std::find_if(waiting_.begin(), waiting_.end(),
                                [&](std::uint64_t pull) { return pulls_[pull].retry_at <= now; });
  if (due == waiting_.end()) return std::nullopt;
  Next next{.pull = *due, .command = question_of(pulls_[*due])};
  waiting_.erase(due);
  asking_ = true;
  return next;
}

std::optional<Instant> Pulls::retry_at() const {
  if (asking_ || (feed_ != Feed::leaving && (stalled_ || unsent_bytes_ >= unsent_bytes_max))) {
    return std::nullopt;
  }
  if (feed_ != Feed::told) return feed_retry_at_;
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
  if (pull == whole_feed) {
    answer_feed(now, std::move(reply), out);
    return std::nullopt;
  }
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

// ---- those that lag ---------------------------------------------------------------------------------------

void Pulls::unsent(std::size_t bytes) {
  unsent_bytes_ = bytes;
  if (bytes <= resumed_bytes_max) stalled_ = false;
}

void Pulls::stall() {
  stalled_ = true;
  if (feed_ == Feed::told && !live_.empty()) feed_ = Feed::leaving;
}

// Where the log stands is only asked: by the time the answer is here, everything before it has been told.
std::optional<Pulls::Next> Pulls::next_of_feed(Instant now) const {
  const bool leaves = feed_ == Feed::leaving;
  if (now < feed_retry_at_) return std::nullopt;
  if (!leaves && (stalled_ || unsent_bytes_ >= unsent_bytes_max)) return std::nullopt;
  model::CatchUp question{.collection = live_.begin()->first, .cursor = std::nullopt, .bytes_max = 1};
  if (!leaves) {
    question.cursor = model::read_cursor(feed_cursor_);
    question.bytes_max = limits::chunk_bytes_max;
    for (auto other = std::next(live_.begin()); other != live_.end(); ++other) {
      question.beside.push_back(other->first);
    }
  }
  return Next{.pull = whole_feed, .command = std::move(question)};
}

void Pulls::answer_feed(Instant now, model::Reply reply, ServerSteps& out) {
  if (feed_ == Feed::told) return;  // nothing is live any more
  if (const auto* failed = std::get_if<model::Failed>(&reply)) {
    if (!is_retryable(failed->error.code)) return give_up_feed(failed->error.message, out);
    feed_retry_at_ = now + base::milliseconds(std::max(retry_ms, failed->retry_after_ms));
  } else if (const auto* gone = std::get_if<model::Gone>(&reply)) {
    give_up_feed(gone->reason, out);
  } else if (auto* since = std::get_if<model::Since>(&reply)) {
    feed_ == Feed::leaving ? leave(std::move(since->cursor), out) : take_lagging(std::move(*since), out);
  }
}

void Pulls::leave(std::string cursor, ServerSteps& out) {
  feed_ = Feed::lagging;
  feed_cursor_ = std::move(cursor);
  for (const auto& [collection, live] : live_) {
    for (const std::string& scope : live.scopes) {
      out.push_back(dialect::Leave{.carrier = carrier_, .topic = topic_of(collection, scope)});
    }
  }
}

// Entries stay whole: what one did to several collections goes in one frame, with the cursor behind it.
void Pulls::take_lagging(model::Since since, ServerSteps& out) {
  feed_cursor_ = since.cursor;
  std::map<std::string, std::vector<model::Change>> by_collection;
  for (model::Change& change : since.changes) {
    const std::string& name = change.record.key.collection;
    if (live_.contains(name)) by_collection[name].push_back(std::move(change));
  }
  std::vector<dialect::Shared> messages;
  for (const auto& [collection, changes] : by_collection) {
    messages.push_back(
        dialect::share(encode_changes(native::topic_of(collection), changes, since.cursor, since.more)));
  }
  if (!messages.empty()) send(messages.size() == 1 ? *messages.front() : dialect::join_json(messages), out);
  if (since.more) return;
  feed_ = Feed::told;
  for (const auto& [collection, live] : live_) {
    for (const std::string& scope : live.scopes) {
      out.push_back(dialect::Join{.carrier = carrier_, .topic = topic_of(collection, scope)});
    }
  }
}

// What is behind the cursor is not to be had any more: each subscription begins with a fresh snapshot.
void Pulls::give_up_feed(const std::string& reason, ServerSteps& out) {
  if (feed_ == Feed::leaving) leave("", out);
  feed_ = Feed::told;
  live_.clear();
  for (auto& [pull, sub] : pulls_) {
    if (sub.stage != Stage::live) continue;
    start_over(sub, reason, out);
    waiting_.push_back(pull);
  }
}

}  // namespace rockpool::dialects::native
