// Server to client.
#include "core/base/text.h"
#include "core/dialect/members.h"
#include "core/dialect/object_text.h"
#include "core/dialects/native/codec.h"
#include "core/dialects/native/shape.h"

namespace rockpool::dialects::native {
namespace {

namespace limits = base::limits;
using base::Error;
using dialect::Members;
using dialect::ObjectText;
using dialect::Signal;
using model::Value;

// ---- writing ----------------------------------------------------------------------------------------------

void append_record(std::string& out, const model::Record& record) {
  ObjectText(out)
      .text("id", record.key.id)
      .count("version", record.version)
      .raw("data", record.data)
      .integer("createdAt", record.created.ms)
      .integer("updatedAt", record.updated.ms)
      .end();
}

void append_change(std::string& out, const model::Change& change) {
  const model::Record& record = change.record;
  ObjectText text(out);
  text.count("seq", change.seq).text("collection", record.key.collection).text("id", record.key.id);
  text.count("version", record.version)
      .text("op", record.exists() ? "set"
                  : change.left   ? "leave"
                                  : "delete");
  if (record.exists()) text.raw("data", record.data).integer("createdAt", record.created.ms);
  text.integer("updatedAt", record.updated.ms);
  if (!change.writer.empty()) text.text("by", change.writer + '#' + base::decimal(change.number));
  text.end();
}

void append_limits(std::string& out, const Welcome& welcome) {
  ObjectText(out)
      .count("messageBytes", welcome.message_bytes)
      .count("batchOps", limits::batch_ops_max)
      .count("batchBytes", limits::batch_bytes_max)
      .count("pushMutations", welcome.push_mutations)
      .count("recordBytes", limits::record_bytes_max)
      .integer("ping", limits::ping_ms)
      .end();
}

void append(std::string& out, const Welcome& welcome) {
  ObjectText text(out);
  text.text("type", "welcome").count("protocol", welcome.protocol).text("session", welcome.session);
  // An epoch has 64 bits, so it is text on the wire.
  text.text("peer", welcome.peer).text("epoch", base::hex(welcome.epoch, 16));
  if (welcome.user.empty()) {
    text.raw("user", "null");
  } else {
    text.text("user", welcome.user);
  }
  text.text("writer", welcome.writer).count("highest", welcome.highest);
  if (welcome.forgotten) text.flag("forgotten", true);
  text.text("server", welcome.server);
  if (welcome.expires_in_ms > 0) text.integer("expiresIn", welcome.expires_in_ms);
  append_limits(text.member("limits"), welcome);
  text.end();
}

void append(std::string& out, const Subscribed& subscribed) {
  ObjectText text(out);
  text.text("type", "subscribed").raw("sub", subscribed.sub).text("topic", subscribed.topic);
  if (!subscribed.collection.empty()) text.text("collection", subscribed.collection);
  text.end();
}

std::size_t bytes_of(const std::vector<model::Record>& records) {
  constexpr std::size_t frame_of_one = 128;
  std::size_t bytes = frame_of_one;
  for (const model::Record& record : records)
    bytes += record.data.size() + record.key.id.size() + frame_of_one;
  return bytes;
}

void append(std::string& out, const Snapshot& snapshot) {
  out.reserve(out.size() + bytes_of(snapshot.records));
  ObjectText text(out);
  text.text("type", "snapshot").text("topic", snapshot.topic);
  if (snapshot.begin) text.flag("begin", true);
  dialect::append_list(text.member("records"), snapshot.records,
                       [&](const auto& record) { append_record(out, record); });
  text.text("cursor", snapshot.cursor).flag("done", snapshot.done).end();
}

void append(std::string& out, const Changes& changes) {
  out += encode_changes(changes.topic, changes.changes, changes.cursor, changes.more);
}

void append(std::string& out, const Reset& reset) {
  ObjectText(out).text("type", "reset").text("topic", reset.topic).text("reason", reset.reason).end();
}

void append(std::string& out, const model::Acked& acked) {
  ObjectText text(out);
  text.text("type", "ack")
      .count("number", acked.number)
      .count("version", acked.version)
      .count("seq", acked.seq)
      .end();
}

void append(std::string& out, const model::Conflicted& conflicted) {
  ObjectText text(out);
  text.text("type", "conflict")
      .count("number", conflicted.number)
      .count("currentVersion", conflicted.version);
  text.raw("currentData", conflicted.data.empty() ? "null" : conflicted.data);
  if (conflicted.data.empty()) text.flag("deleted", true);
  text.integer("createdAt", conflicted.created.ms).integer("updatedAt", conflicted.updated.ms).end();
}

void append(std::string& out, const model::Held& held) {
  ObjectText(out).text("type", "held").count("number", held.number).count("behind", held.behind).end();
}

void append(std::string& out, const model::Declined& declined) {
  ObjectText text(out);
  text.text("type", "refuse")
      .count("number", declined.number)
      .text("code", base::name_of(declined.error.code));
  text.text("message", declined.error.message);
  if (!declined.error.path.empty()) text.text("path", declined.error.path);
  text.end();
}

void append_member(std::string& out, const model::Present::Member& member) {
  ObjectText text(out);
  text.text("member", member.member);
  if (member.user.empty()) {
    text.raw("user", "null");
  } else {
    text.text("user", member.user);
  }
  text.raw("state", member.state.empty() ? "null" : member.state).end();
}

void append(std::string& out, const PresenceList& list) {
  ObjectText text(out);
  text.text("type", "presence").text("room", list.room);
  dialect::append_list(text.member("members"), list.members,
                       [&](const auto& member) { append_member(out, member); });
  if (list.whole) text.flag("whole", true);
  text.end();
}

void append(std::string& out, const Pong& pong) {
  ObjectText text(out);
  text.text("type", "pong");
  if (!pong.cursor.empty()) text.text("cursor", pong.cursor);
  text.end();
}

void append(std::string& out, const Problem& problem) {
  ObjectText text(out);
  text.text("type", "error")
      .text("code", base::name_of(problem.error.code))
      .text("message", problem.error.message);
  text.flag("retryable", problem.retryable);
  if (problem.retry_after_ms > 0) text.integer("retryAfter", problem.retry_after_ms);
  if (!problem.sub.empty()) text.raw("sub", problem.sub);
  text.end();
}

void append(std::string& out, const Signal& signal) { out += signal.text; }

void append(std::string& out, const Bye& bye) {
  ObjectText text(out);
  text.text("type", "bye").text("reason", bye.reason).integer("reconnectAfter", bye.reconnect_after_ms).end();
}

// ---- reading ----------------------------------------------------------------------------------------------

// A decoder adds its message and fills it in; whoever called it asks `members` whether it was right. Messages
// that are handed on in results and variants would be half of the code of this file.
using Messages = std::vector<DownMessage>;

template <typename Message>
Message& add(Messages& messages) {
  return messages.emplace_back().emplace<Message>();
}

base::Instant instant(Members& members, std::string_view name) {
  return {static_cast<std::int64_t>(members.count_or(name, 0))};
}

void decode_welcome(Members& members, Messages& messages) {
  auto& welcome = add<Welcome>(messages);
  welcome.protocol = members.count("protocol");
  welcome.session = members.text_or("session", "");
  welcome.peer = members.text_or("peer", "");
  const auto epoch = base::read_hex(members.text("epoch"));
  if (!epoch) members.wrong("epoch", "is no text of 1 to 16 hexadecimal digits");
  welcome.epoch = epoch.value_or(0);
  welcome.user = members.text_or("user", "");
  welcome.writer = members.text_or("writer", "");
  welcome.highest = members.count_or("highest", 0);
  welcome.forgotten = members.flag_or("forgotten", false);
  welcome.server = members.text_or("server", "");
  welcome.expires_in_ms = static_cast<std::int64_t>(members.count_or("expiresIn", 0));
  welcome.message_bytes = limits::message_bytes_max;
  welcome.push_mutations = limits::push_mutations_max;
  if (members.has("limits")) {
    const Value* held = members.object("limits");
    Members inner(held == nullptr ? members.value() : *held, "welcome.limits");
    welcome.message_bytes = inner.count_or("messageBytes", limits::message_bytes_max);
    welcome.push_mutations = inner.count_or("pushMutations", limits::push_mutations_max);
    members.take_fault(inner);
  }
}

void decode_subscribed(Members& members, Messages& messages) {
  auto& subscribed = add<Subscribed>(messages);
  subscribed.sub = read_sub(members.value(), members);
  subscribed.topic = members.text("topic");
  subscribed.collection = members.text_or("collection", "");
}

model::Record decode_record(const Value& value, Members& outer) {
  Members members(value, "snapshot.records[]");
  model::Record record;
  record.key.id = members.text("id");
  record.version = members.count("version");
  record.data = members.text("data");
  record.created = instant(members, "createdAt");
  record.updated = instant(members, "updatedAt");
  if (members.error()) outer.wrong("records", "holds a wrong one: " + members.error()->message);
  return record;
}

void decode_snapshot(Members& members, Messages& messages) {
  auto& snapshot = add<Snapshot>(messages);
  snapshot.topic = members.text("topic");
  snapshot.cursor = members.text("cursor");
  snapshot.begin = members.flag_or("begin", false);
  snapshot.done = members.flag_or("done", false);
  if (const Value* records = members.array("records")) {
    snapshot.records.reserve(records->size());
    for (const Value& record : *records) snapshot.records.push_back(decode_record(record, members));
  }
}

// by := writer "#" number
void decode_by(const std::string& by, model::Change& change, Members& members) {
  const std::size_t hash = by.rfind('#');
  const auto number = hash == std::string::npos ? std::nullopt : base::read_decimal(by.substr(hash + 1));
  if (!number) return members.wrong("by", "is no <writer>#<number>");
  change.writer = by.substr(0, hash);
  change.number = *number;
}

model::Change decode_change(const Value& value, Members& outer) {
  Members members(value, "changes.changes[]");
  model::Change change;
  change.seq = members.count("seq");
  change.record.key.collection = members.text("collection");
  change.record.key.id = members.text("id");
  change.record.version = members.count("version");
  const std::string op = members.text("op");
  if (op == "set") {
    change.record.data = members.text("data");
    change.record.created = instant(members, "createdAt");
  } else if (op != "delete" && op != "leave") {
    members.wrong("op", "is unknown");
  }
  change.record.updated = instant(members, "updatedAt");
  if (const std::string by = members.text_or("by", ""); !by.empty()) decode_by(by, change, members);
  if (members.error()) outer.wrong("changes", "holds a wrong one: " + members.error()->message);
  return change;
}

void decode_changes(Members& members, Messages& messages) {
  auto& changes = add<Changes>(messages);
  changes.topic = members.text("topic");
  changes.cursor = members.text("cursor");
  changes.more = members.flag_or("more", false);
  if (const Value* list = members.array("changes")) {
    changes.changes.reserve(list->size());
    for (const Value& change : *list) changes.changes.push_back(decode_change(change, members));
  }
}

void decode_ack(Members& members, Messages& messages) {
  auto& acked = add<model::Acked>(messages);
  acked.number = members.count("number");
  acked.version = members.count("version");
  acked.seq = members.count_or("seq", 0);
}

void decode_conflict(Members& members, Messages& messages) {
  auto& conflicted = add<model::Conflicted>(messages);
  conflicted.number = members.count("number");
  conflicted.version = members.count("currentVersion");
  const std::string data = members.text_or("currentData", "null");
  if (!members.flag_or("deleted", false)) conflicted.data = data;
  conflicted.created = instant(members, "createdAt");
  conflicted.updated = instant(members, "updatedAt");
}

void decode_held(Members& members, Messages& messages) {
  auto& held = add<model::Held>(messages);
  held.number = members.count("number");
  held.behind = members.count_or("behind", 0);
}

void decode_refuse(Members& members, Messages& messages) {
  auto& declined = add<model::Declined>(messages);
  declined.number = members.count("number");
  declined.error.code = base::code_of(members.text("code"));
  declined.error.message = members.text_or("message", "");
  declined.error.path = members.text_or("path", "");
}

void decode_presence(Members& members, Messages& messages) {
  auto& list = add<PresenceList>(messages);
  list.room = members.text("room");
  list.whole = members.flag_or("whole", false);
  if (const Value* held = members.array("members")) {
    for (const Value& one : *held) {
      Members inner(one, "presence.members[]");
      model::Present::Member& member = list.members.emplace_back();
      member.member = inner.text("member");
      member.user = inner.text_or("user", "");
      member.state = inner.text_or("state", "null");
      if (member.state == "null") member.state.clear();
      if (inner.error()) members.wrong("members", "holds a wrong one: " + inner.error()->message);
    }
  }
}

void decode_error(Members& members, Messages& messages) {
  auto& problem = add<Problem>(messages);
  problem.error.code = base::code_of(members.text("code"));
  problem.error.message = members.text_or("message", "");
  problem.retryable = members.flag_or("retryable", false);
  problem.retry_after_ms = static_cast<std::int64_t>(members.count_or("retryAfter", 0));
  if (members.has("sub")) problem.sub = read_sub(members.value(), members);
}

void decode_bye(Members& members, Messages& messages) {
  auto& bye = add<Bye>(messages);
  bye.reason = members.text_or("reason", "");
  bye.reconnect_after_ms = static_cast<std::int64_t>(members.count_or("reconnectAfter", 0));
}

void decode_signal(Members& members, Messages& messages) {
  add<Signal>(messages).text = signal_text(members);
}

void decode_reset(Members& members, Messages& messages) {
  auto& reset = add<Reset>(messages);
  reset.topic = members.text("topic");
  reset.reason = members.text_or("reason", "");
}

void decode_pong(Members& members, Messages& messages) {
  add<Pong>(messages).cursor = members.text_or("cursor", "");
}

struct Decoder {
  std::string_view type;
  void (*decode)(Members& members, Messages& messages);
};
constexpr Decoder decoders[] = {{"changes", decode_changes},   {"ack", decode_ack},
                                {"snapshot", decode_snapshot}, {"conflict", decode_conflict},
                                {"held", decode_held},         {"refuse", decode_refuse},
                                {"presence", decode_presence}, {"subscribed", decode_subscribed},
                                {"welcome", decode_welcome},   {"reset", decode_reset},
                                {"pong", decode_pong},         {"error", decode_error},
                                {"event", decode_signal},      {"rpc", decode_signal},
                                {"result", decode_signal},     {"bye", decode_bye}};

// A type that is none of ours is one that a newer server may send.
base::Status take(const Value& value, Messages& messages) {
  const std::string* type = model::text_member(value, "type");
  if (type == nullptr) {
    return Error{.code = base::Code::bad_message, .message = "a message without a type", .path = ""};
  }
  Members members(value, *type);
  for (const Decoder& decoder : decoders) {
    if (decoder.type == *type) decoder.decode(members, messages);
  }
  if (members.error()) return *members.error();
  return base::done();
}

base::Status take_all(const Value& list, Messages& messages) {
  for (const Value& element : list) {
    if (auto taken = take(element, messages); !taken) return taken;
  }
  return base::done();
}

}  // namespace

base::Result<std::vector<DownMessage>> decode_down(std::string_view frame) {
  const auto value = read_frame(frame, limits::down_message_bytes_max);
  if (!value) return value.error();
  Messages messages;
  const auto taken = value->is_array() ? take_all(*value, messages) : take(*value, messages);
  if (!taken) return taken.error();
  return messages;
}

base::Result<Answer> decode_answer(std::string_view body) {
  const auto value = read_frame(body, limits::down_message_bytes_max);
  if (!value) return value.error();
  Answer answer;
  Members members(*value, "answer");
  answer.session = members.text_or("session", "");
  answer.n = members.count_or("n", 0);
  const Value* list = members.has("messages") ? members.array("messages") : nullptr;
  if (members.error()) return *members.error();
  const auto taken = list == nullptr ? base::done() : take_all(*list, answer.messages);
  if (!taken) return taken.error();
  return answer;
}

std::string encode_down(const DownMessage& message) {
  std::string out;
  std::visit([&](const auto& one) { append(out, one); }, message);
  return out;
}

std::string encode_changes(std::string_view topic, const std::vector<model::Change>& changes,
                           std::string_view cursor, bool more) {
  std::string out;
  ObjectText text(out);
  text.text("type", "changes").text("topic", topic);
  dialect::append_list(text.member("changes"), changes,
                       [&](const auto& change) { append_change(out, change); });
  text.text("cursor", cursor);
  if (more) text.flag("more", true);
  text.end();
  return out;
}

std::string encode_outcomes(const std::vector<model::Outcome>& outcomes) {
  const auto one = [](std::string& out, const model::Outcome& outcome) {
    std::visit([&](const auto& held) { append(out, held); }, outcome);
  };
  std::string out;
  if (outcomes.size() == 1) {
    one(out, outcomes.front());
  } else {
    dialect::append_list(out, outcomes, [&](const auto& outcome) { one(out, outcome); });
  }
  return out;
}

std::string topic_of(std::string_view collection) { return "c:" + std::string(collection); }

bool is_retryable(base::Code code) {
  using base::Code;
  return code == Code::overloaded || code == Code::timeout || code == Code::storage ||
         code == Code::internal || code == Code::offline;
}

}  // namespace rockpool::dialects::native
