#include "tests/sim/wiretap.h"

#include <algorithm>

#include "core/base/text.h"
#include "core/wire/sse.h"

namespace rockpool::sim {
namespace {

namespace native = dialects::native;

std::uint64_t seq_of(const std::string& cursor) {
  const std::optional<model::Cursor> read = model::read_cursor(cursor);
  return read ? read->seq : 0;
}

std::string text(std::uint64_t number) { return std::to_string(number); }

// An `after` may become the `base` it stands for, and a crash that forgets the answer turns it back.
bool same_meaning(const model::Mutation& earlier, const model::Mutation& later) {
  model::Mutation relaxed = earlier;
  if ((earlier.after && later.base) || (earlier.base && later.after)) {
    relaxed.after = later.after;
    relaxed.base = later.base;
  }
  return relaxed == later;
}

}  // namespace

void Wiretap::opened(const LineId& line, const std::shared_ptr<Lineage>& lineage) {
  if (lines_[line].lineage) return;
  lines_[line].lineage = lineage;
  ++opened_count_;
}

const std::vector<Attempt>& Wiretap::attempts(const ClientNumber& who) const {
  static const std::vector<Attempt> none;
  const auto found = sent_.find(who);
  return found == sent_.end() ? none : found->second.attempts;
}

const std::string& Wiretap::client_of(const std::string& writer) const {
  static const std::string none;
  const auto found = writers_.find(writer);
  return found == writers_.end() ? none : found->second;
}

// ---- up
// ----------------------------------------------------------------------------------------------------

std::vector<std::uint64_t> Wiretap::sent_up(const LineId& line, std::string_view frame) {
  ++frames_up_;
  auto messages = native::decode_up(frame);
  if (messages.ok()) return said(lines_[line], std::move(*messages));
  setting_.judge.fail(invariant::contract, "a client sends what cannot be read: " + messages.error().message);
  return {};
}

// A request that is repeated says nothing new.
std::vector<std::uint64_t> Wiretap::posted(const LineId& id, const std::string& body) {
  if (body.empty()) return {};
  auto post = native::decode_post(body);
  if (!post.ok()) {
    setting_.judge.fail(invariant::contract, "a client posts what cannot be read: " + post.error().message);
    return {};
  }
  Line& line = lines_[id];
  const std::uint64_t first = post->number.value_or(1);
  if (first > line.up + 1) setting_.judge.fail(invariant::contract, "a client leaves a number out");
  const std::uint64_t known = std::min<std::uint64_t>(line.up + 1 - first, post->messages.size());
  post->messages.erase(post->messages.begin(), post->messages.begin() + static_cast<std::ptrdiff_t>(known));
  if (post->messages.empty()) return {};
  ++frames_up_;
  line.up += post->messages.size();
  return said(line, std::move(post->messages));
}

std::vector<std::uint64_t> Wiretap::said(Line& line, native::UpMessages messages) {
  std::vector<std::uint64_t> numbers;
  for (auto& message : messages) {
    if (!message.ok()) {
      setting_.judge.fail(invariant::contract, "a client sends a wrong message: " + message.error().message);
      return numbers;
    }
    if (const auto* hello = std::get_if<native::Hello>(&*message)) {
      line.client = hello->client;
      claimed(line, hello->settled, hello->except);
    }
    if (const auto* asked = std::get_if<native::Subscribe>(&*message)) line.asked[asked->sub] = *asked;
    const auto* push = std::get_if<native::Push>(&*message);
    if (push == nullptr) continue;
    claimed(line, push->settled, push->except);
    if (!push->refused.empty()) {
      setting_.judge.fail(invariant::contract,
                          "a client sends a wrong mutation: " + push->refused[0].error.message);
    }
    for (const model::Group& group : push->groups) {
      std::vector<std::uint64_t> members;
      for (const model::Mutation& mutation : group) members.push_back(mutation.number);
      for (const model::Mutation& mutation : group) pushed(line.client, mutation, members);
      numbers.insert(numbers.end(), members.begin(), members.end());
    }
  }
  return numbers;
}

// The server may have forgotten what was once claimed to be settled. Sessions beside one another say what
// they knew when they began: the server unites it.
void Wiretap::claimed(Line& line, std::uint64_t settled, const std::vector<std::uint64_t>& except) {
  Claim& last = line.claim;
  for (const std::uint64_t number : except) {
    if (number > last.settled || last.except.contains(number) || copies_) continue;
    setting_.judge.fail(invariant::once,
                        line.client + "#" + text(number) + " is claimed to be open after it was settled");
  }
  if (settled >= last.settled) last = Claim{settled, {except.begin(), except.end()}};
  if (settled > 0) claimants_.insert(line.client);
}

bool Wiretap::has_claimed(const std::string& client) const { return claimants_.contains(client); }

void Wiretap::pushed(const std::string& client, const model::Mutation& mutation,
                     std::vector<std::uint64_t> group) {
  Sent& sent = sent_[{client, mutation.number}];
  if (sent.open && !same_meaning(sent.attempts.back().mutation, mutation)) {
    setting_.judge.fail(invariant::once,
                        client + "#" + text(mutation.number) +
                            " goes again in another form, though its last attempt was not answered");
  }
  sent.open = true;
  Attempt attempt{mutation, std::move(group)};
  const bool known = std::any_of(sent.attempts.begin(), sent.attempts.end(), [&](const Attempt& other) {
    return other.mutation == attempt.mutation && other.group == attempt.group;
  });
  if (known && sent.attempts.back().mutation == attempt.mutation) return;
  sent.attempts.push_back(std::move(attempt));
}

// ---- down, as the server says it
// ----------------------------------------------------------------------------------------------------

void Wiretap::sent_down(const LineId& id, std::string_view frame) {
  const bool tells =
      frame.find("\"ack\"") != std::string_view::npos || frame.find("\"welcome\"") != std::string_view::npos;
  if (!tells) return;
  auto messages = native::decode_down(frame);
  if (!messages.ok()) return setting_.judge.fail(invariant::contract, "the server sends what cannot be read");
  const Line& line = lines_[id];
  for (const native::DownMessage& message : *messages) {
    if (const auto* acked = std::get_if<model::Acked>(&message)) check_ack(line, *acked);
    if (const auto* welcome = std::get_if<native::Welcome>(&message)) writers_[welcome->writer] = line.client;
  }
}

// What is acknowledged is in the log, whatever becomes of the server in the next instant.
void Wiretap::check_ack(const Line& line, const model::Acked& acked) {
  const auto found = line.lineage->applied.find({line.client, acked.number});
  const std::string who = line.client + "#" + text(acked.number);
  if (found == line.lineage->applied.end()) {
    return setting_.judge.fail(invariant::durable, who + " is acknowledged but not in the log");
  }
  acked_.insert({line.client, acked.number});
  if (found->second.version != acked.version) {
    setting_.judge.fail(invariant::once, who + " is acknowledged with another version than the log has");
  }
}

// ---- down, as a client hears it
// ----------------------------------------------------------------------------------------------------

// Over requests a client takes each frame once, whatever comes again.
void Wiretap::heard_down(const Link& link, const dialect::Arrival& arrival) {
  Line& line = lines_[link.line];
  const auto* frame = std::get_if<dialect::Frame>(&arrival);
  if (frame != nullptr && link.kind == Link::Kind::websocket) {
    auto messages = native::decode_down(frame->bytes);
    if (messages.ok()) heard(line, std::move(*messages));
  } else if (frame != nullptr) {
    std::string_view bytes = frame->bytes;
    wire::SseReader reader(frame->bytes.size());
    while (reader.read(bytes)) {
      auto messages = native::decode_down(reader.data());
      const std::uint64_t n = base::read_decimal(reader.id()).value_or(0);
      if (!messages.ok() || n <= line.down) continue;
      line.down = n;
      heard(line, std::move(*messages));
    }
  } else if (const auto* body = std::get_if<dialect::Body>(&arrival)) {
    auto answer = native::decode_answer(body->bytes);
    if (!answer.ok() || body->status != 200 || answer->messages.empty() || answer->n <= line.down) return;
    line.down = answer->n;
    heard(line, std::move(answer->messages));
  }
}

void Wiretap::heard(Line& line, std::vector<native::DownMessage> messages) {
  std::uint64_t reached = 0;
  for (native::DownMessage& message : messages) {
    if (const auto* subscribed = std::get_if<native::Subscribed>(&message)) begin_feed(line, *subscribed);
    if (const auto* snapshot = std::get_if<native::Snapshot>(&message)) take(line, *snapshot);
    if (const auto* changes = std::get_if<native::Changes>(&message)) {
      take(line, *changes);
      reached = std::max(reached, seq_of(changes->cursor));
    }
    if (const auto* reset = std::get_if<native::Reset>(&message)) {
      Feed& feed = line.feeds[reset->topic];
      feed.at.reset();
      feed.pull.reset();
      feed.live = false;
    }
    if (const auto* pong = std::get_if<native::Pong>(&message))
      reached = std::max(reached, seq_of(pong->cursor));
    if (const auto* acked = std::get_if<model::Acked>(&message)) {
      check_ack(line, *acked);
      answered(line, acked->number);
    }
    if (const auto* conflicted = std::get_if<model::Conflicted>(&message)) answered(line, conflicted->number);
    if (const auto* held = std::get_if<model::Held>(&message)) answered(line, held->number);
    if (const auto* declined = std::get_if<model::Declined>(&message)) answered(line, declined->number);
  }
  take_cursor(line, reached);
}

void Wiretap::answered(const Line& line, std::uint64_t number) {
  const auto found = sent_.find({line.client, number});
  if (found != sent_.end()) found->second.open = false;
}

void Wiretap::begin_feed(Line& line, const native::Subscribed& subscribed) {
  Feed feed{.collection = subscribed.collection, .at = {}, .pull = {}, .live = false};
  const native::Subscribe& asked = line.asked[subscribed.sub];
  if (!asked.cursor.empty() && !asked.fresh) feed.at = seq_of(asked.cursor);
  if (!asked.snapshot_cursor.empty()) feed.pull = seq_of(asked.snapshot_cursor);
  line.feeds[subscribed.topic] = feed;
}

void Wiretap::fail_feed(const Feed& feed, const std::string& what) {
  setting_.judge.fail(invariant::feed, feed.collection + ": " + what);
}

void Wiretap::take(Line& line, const native::Snapshot& snapshot) {
  Feed& feed = line.feeds[snapshot.topic];
  const std::uint64_t at = seq_of(snapshot.cursor);
  if (snapshot.begin) feed.pull = at;
  if (!feed.pull || *feed.pull != at) return fail_feed(feed, "the chunks of a snapshot name several cursors");
  if (!snapshot.done) return;
  feed.at = at;
  feed.pull.reset();
}

void Wiretap::take(Line& line, const native::Changes& changes) {
  Feed& feed = line.feeds[changes.topic];
  if (!feed.at) return fail_feed(feed, "changes come before a snapshot");
  const std::uint64_t reached = seq_of(changes.cursor);
  if (reached < *feed.at)
    return fail_feed(feed, "the cursor goes back from " + text(*feed.at) + " to " + text(reached));
  std::vector<const model::Change*> expected;
  for (std::uint64_t seq = *feed.at + 1; seq <= std::min(reached, line.lineage->last_seq()); ++seq) {
    for (const model::Change& change : line.lineage->entries[seq - 1].batch.changes) {
      if (change.record.key.collection == feed.collection) expected.push_back(&change);
    }
  }
  const std::string where = " between " + text(*feed.at) + " and " + text(reached);
  if (expected.size() != changes.changes.size()) {
    return fail_feed(feed, text(changes.changes.size()) + " changes come where the log has " +
                               text(expected.size()) + where);
  }
  for (std::size_t i = 0; i < expected.size(); ++i) {
    const model::Record& truth = expected[i]->record;
    const model::Record& told = changes.changes[i].record;
    if (!(truth.key == told.key) || truth.version != told.version || truth.data != told.data) {
      return fail_feed(feed, "a change is not the one in the log, or not in its place," + where);
    }
  }
  feed.at = reached;
  feed.live = feed.live || !changes.more;
}

// One cursor per session: nothing of what is live may be missing before it.
void Wiretap::take_cursor(Line& line, std::uint64_t seq) {
  for (auto& [topic, feed] : line.feeds) {
    if (!feed.live || !feed.at) continue;
    for (std::uint64_t at = *feed.at + 1; at <= std::min(seq, line.lineage->last_seq()); ++at) {
      for (const model::Change& change : line.lineage->entries[at - 1].batch.changes) {
        if (change.record.key.collection != feed.collection) continue;
        return fail_feed(feed, "the cursor passes entry " + text(at) + ", whose change was never told");
      }
    }
    feed.at = std::max(*feed.at, seq);
  }
}

}  // namespace rockpool::sim
