// Client to server.
#include <algorithm>
#include <array>
#include <span>

#include "core/base/text.h"
#include "core/dialect/members.h"
#include "core/dialect/object_text.h"
#include "core/dialects/native/codec.h"
#include "core/dialects/native/shape.h"

namespace rockpool::dialects::native {
namespace {

namespace limits = base::limits;
using base::Code;
using base::Error;
using dialect::Members;
using dialect::ObjectText;
using dialect::Signal;
using model::Value;

Error bad(std::string message) {
  return {.code = Code::bad_message, .message = std::move(message), .path = ""};
}

// ---- reading ----------------------------------------------------------------------------------------------

base::Result<UpMessage> finish(const Members& members, UpMessage message) {
  if (members.error()) return *members.error();
  return message;
}

base::Result<UpMessage> decode_hello(const Value& value) {
  Members members(value, "hello");
  Hello hello;
  hello.protocol = members.count("protocol");
  hello.client = members.text("client");
  hello.space = members.text_or("space", "default");
  hello.token = members.text_or("token", "");
  hello.sdk = members.text_or("sdk", "");
  hello.version = members.count_or("version", 0);
  hello.settled = members.count_or("settled", 0);
  hello.except = members.counts("except", limits::open_outcomes_max);
  hello.cursor = members.text_or("cursor", "");
  return finish(members, std::move(hello));
}

base::Result<UpMessage> decode_subscribe(const Value& value) {
  Members members(value, "subscribe");
  Subscribe subscribe;
  subscribe.sub = read_sub(value, members);
  subscribe.collection = members.text("collection");
  subscribe.cursor = members.text_or("cursor", "");
  if (const Value* snapshot = model::member(value, "snapshot");
      snapshot != nullptr && snapshot->is_object()) {
    Members inner(*snapshot, "subscribe.snapshot");
    subscribe.snapshot_cursor = inner.text("cursor");
    subscribe.snapshot_after = inner.text("after");
    if (inner.error()) return *inner.error();
  } else {
    subscribe.fresh = members.flag_or("snapshot", false);
  }
  subscribe.filtered = members.has("filter") || members.has("orderBy") || members.has("limit");
  return finish(members, std::move(subscribe));
}

base::Result<UpMessage> decode_presence(const Value& value) {
  Members members(value, "presence");
  Presence presence;
  presence.room = members.text("room");
  presence.member = members.text_or("member", "");
  if (members.has("watch")) presence.watch = members.flag_or("watch", false);
  if (members.has("state")) {
    const std::string state = members.text("state");
    presence.state = state == "null" ? "" : state;
  } else if (!presence.watch) {
    presence.state = "";
  }
  return finish(members, std::move(presence));
}

// ---- a push: what is wrong with one mutation is told by its number, as long as it has one

Error invalid(std::string message, std::string path = "") {
  return {.code = Code::invalid, .message = std::move(message), .path = std::move(path)};
}

std::string_view payload_name(model::Op op) {
  if (op == model::Op::add) return "value";
  return op == model::Op::set_insert || op == model::Op::set_remove ? "values" : "data";
}

std::optional<Error> read_fence(const Value& value, model::Mutation& mutation) {
  Members members(value, "mutation");
  mutation.base = members.maybe_count("base");
  mutation.after = members.maybe_count("after");
  if (members.error()) return invalid(members.error()->message);
  if (model::is_commutative(mutation.op)) return std::nullopt;
  if (!mutation.base && !mutation.after) {
    return invalid("put, patch and delete name the version they are made on: give base or after");
  }
  return std::nullopt;
}

std::optional<Error> read_payload(const Value& value, model::Mutation& mutation) {
  Members members(value, "mutation");
  mutation.path = members.text_or("path", "");
  if (members.error()) return invalid(members.error()->message);
  if (mutation.op == model::Op::remove) return std::nullopt;
  const std::string_view name = payload_name(mutation.op);
  const std::string* data = model::text_member(value, name);
  if (data == nullptr) {
    return invalid("the mutation has no member " + std::string(name) + ", which " +
                   std::string(model::name_of(mutation.op)) + " needs");
  }
  if (auto refused = refuse_payload(*data)) return refused;
  mutation.data = *data;
  return std::nullopt;
}

std::optional<Error> read_mutation(const Value& value, model::Mutation& mutation) {
  Members members(value, "mutation");
  mutation.key.collection = members.text("collection");
  mutation.key.id = members.text("id");
  const std::string op = members.text("op");
  if (members.error()) return invalid(members.error()->message);
  const auto known = model::op_of(op);
  if (!known) return invalid("op is none of put, patch, delete, add, setInsert and setRemove");
  mutation.op = *known;
  if (auto wrong = read_payload(value, mutation)) return wrong;
  return read_fence(value, mutation);
}

std::size_t bytes_of(const model::Group& group) {
  std::size_t bytes = 0;
  for (const model::Mutation& mutation : group) {
    bytes +=
        mutation.data.size() + mutation.path.size() + mutation.key.collection.size() + mutation.key.id.size();
  }
  return bytes;
}

class PushReader {
 public:
  base::Result<UpMessage> read(const Value& value);

 private:
  bool read_element(const Value& element);
  // Reads one group; what is wrong with a member of it refuses them all.
  bool read_group(std::span<const Value> elements, bool is_batch);
  std::optional<Error> refuse_size(const model::Group& group) const;

  Push push_;
  std::size_t mutations_ = 0;
  std::string problem_;
};

base::Result<UpMessage> PushReader::read(const Value& value) {
  Members members(value, "push");
  push_.settled = members.count_or("settled", 0);
  push_.except = members.counts("except", limits::open_outcomes_max);
  const Value* list = members.array("mutations");
  if (members.error()) return *members.error();
  for (const Value& element : *list) {
    if (!read_element(element)) return bad(problem_);
  }
  if (mutations_ > limits::push_mutations_max) {
    return bad("push.mutations holds more than 1000 mutations, send them in several messages");
  }
  return UpMessage(std::move(push_));
}

bool PushReader::read_element(const Value& element) {
  const Value* batch = model::member(element, "batch");
  if (batch == nullptr) return read_group(std::span(&element, 1), false);
  if (const auto* elements = batch->get_ptr<const Value::array_t*>()) return read_group(*elements, true);
  problem_ = "push.mutations holds a batch that is no array";
  return false;
}

bool PushReader::read_group(std::span<const Value> elements, bool is_batch) {
  model::Group group;
  std::vector<std::optional<Error>> wrong;
  for (const Value& element : elements) {
    const auto number = model::count_member(element, "number");
    if (!number || *number == 0 || *number > dialect::count_max) {
      problem_ = "push.mutations holds a mutation without a number from 1 to 2^53-1";
      return false;
    }
    model::Mutation& mutation = group.emplace_back();
    mutation.number = *number;
    wrong.push_back(read_mutation(element, mutation));
  }
  mutations_ += group.size();
  if (group.empty()) return true;
  const auto too_large = is_batch ? refuse_size(group) : std::nullopt;
  const bool fine =
      !too_large && std::none_of(wrong.begin(), wrong.end(), [](const auto& w) { return w.has_value(); });
  if (fine) {
    push_.groups.push_back(std::move(group));
    return true;
  }
  const Error depends{
      .code = Code::depends, .message = "another mutation of the batch was refused", .path = ""};
  for (std::size_t i = 0; i < group.size(); ++i) {
    const Error error = too_large ? *too_large : wrong[i].value_or(depends);
    push_.refused.push_back({.number = group[i].number, .error = error});
  }
  return true;
}

std::optional<Error> PushReader::refuse_size(const model::Group& group) const {
  if (group.size() > limits::batch_ops_max) {
    return Error{.code = Code::too_large, .message = "a batch holds at most 256 mutations", .path = ""};
  }
  if (bytes_of(group) > limits::batch_bytes_max) {
    return Error{.code = Code::too_large, .message = "a batch holds at most 256 KiB", .path = ""};
  }
  return std::nullopt;
}

bool is_signal(std::string_view type, const Value& value) {
  if (type == "subscribe") return model::member(value, "event") != nullptr;
  return type == "emit" || type == "provide" || type == "call" || type == "result";
}

base::Result<UpMessage> decode_one(const Value& value) {
  const std::string* type = model::text_member(value, "type");
  if (type == nullptr) return bad("a message is an object with a member type, a text");
  if (*type == "ping") return UpMessage(Ping{});
  if (*type == "push") return PushReader().read(value);
  if (is_signal(*type, value)) {
    Members members(value, *type);
    Signal signal{signal_text(members)};
    return finish(members, std::move(signal));
  }
  if (*type == "hello") return decode_hello(value);
  if (*type == "subscribe") return decode_subscribe(value);
  if (*type == "presence") return decode_presence(value);
  if (*type == "unsubscribe") {
    Members members(value, "unsubscribe");
    std::string sub = read_sub(value, members);
    return finish(members, Unsubscribe{std::move(sub)});
  }
  if (*type == "auth") {
    Members members(value, "auth");
    std::string token = members.text("token");
    return finish(members, Auth{std::move(token)});
  }
  return bad("there is no message of type " + quote(*type));
}

UpMessages decode_all(const Value& value) {
  UpMessages messages;
  if (const auto* list = value.get_ptr<const Value::array_t*>()) {
    messages.reserve(list->size());
    for (const Value& element : *list) messages.push_back(decode_one(element));
  } else {
    messages.push_back(decode_one(value));
  }
  return messages;
}

// ---- writing ----------------------------------------------------------------------------------------------

void append_counts(std::string& out, const std::vector<std::uint64_t>& counts) {
  dialect::append_list(out, counts, [&](std::uint64_t count) { out += base::decimal(count); });
}

void append_mutation(std::string& out, const model::Mutation& mutation) {
  ObjectText text(out);
  text.count("number", mutation.number)
      .text("collection", mutation.key.collection)
      .text("id", mutation.key.id);
  text.text("op", model::name_of(mutation.op));
  if (mutation.base) text.count("base", *mutation.base);
  if (mutation.after) text.count("after", *mutation.after);
  if (model::is_commutative(mutation.op)) text.text("path", mutation.path);
  if (mutation.op != model::Op::remove) text.raw(payload_name(mutation.op), mutation.data);
  text.end();
}

void append(std::string& out, const Hello& hello) {
  ObjectText text(out);
  text.text("type", "hello").count("protocol", hello.protocol).text("client", hello.client);
  text.text("space", hello.space);
  if (!hello.token.empty()) text.text("token", hello.token);
  if (!hello.sdk.empty()) text.text("sdk", hello.sdk);
  if (hello.version != 0) text.count("version", hello.version);
  text.count("settled", hello.settled);
  append_counts(text.member("except"), hello.except);
  if (!hello.cursor.empty()) text.text("cursor", hello.cursor);
  text.end();
}

void append(std::string& out, const Subscribe& subscribe) {
  ObjectText text(out);
  text.text("type", "subscribe").raw("sub", subscribe.sub).text("collection", subscribe.collection);
  if (!subscribe.cursor.empty()) text.text("cursor", subscribe.cursor);
  if (subscribe.fresh) text.flag("snapshot", true);
  if (!subscribe.snapshot_cursor.empty()) {
    ObjectText inner(text.member("snapshot"));
    inner.text("cursor", subscribe.snapshot_cursor).text("after", subscribe.snapshot_after).end();
  }
  text.end();
}

void append(std::string& out, const Unsubscribe& unsubscribe) {
  ObjectText(out).text("type", "unsubscribe").raw("sub", unsubscribe.sub).end();
}

void append(std::string& out, const Push& push) {
  std::string groups;
  for (const model::Group& group : push.groups) {
    if (!groups.empty()) groups += ',';
    groups += encode_group(group);
  }
  out += encode_push(push.settled, push.except, groups);
}

void append(std::string& out, const Presence& presence) {
  ObjectText text(out);
  text.text("type", "presence").text("room", presence.room);
  if (!presence.member.empty()) text.text("member", presence.member);
  if (presence.state) text.raw("state", presence.state->empty() ? "null" : *presence.state);
  if (presence.watch) text.flag("watch", *presence.watch);
  text.end();
}

void append(std::string& out, const Auth& auth) {
  ObjectText(out).text("type", "auth").text("token", auth.token).end();
}
void append(std::string& out, const Ping&) { ObjectText(out).text("type", "ping").end(); }
void append(std::string& out, const Signal& signal) { out += signal.text; }

}  // namespace

base::Result<UpMessages> decode_up(std::string_view frame) {
  auto value = read_frame(frame, limits::message_bytes_max);
  if (!value) return value.error();
  return decode_all(*value);
}

base::Result<Post> decode_post(std::string_view body) {
  auto value = read_frame(body, limits::message_bytes_max);
  if (!value) return value.error();
  Post post;
  Members members(*value, "post");
  const bool bare = value->is_array() || members.has("type");
  if (!bare) {
    post.number = members.maybe_count("n");
    post.received = members.count_or("received", 0);
  }
  const Value* messages = bare ? &*value : members.array("messages");
  if (members.error()) return *members.error();
  if (post.number == 0u) return bad("post.n is the number of the first message, counted from 1");
  post.messages = decode_all(*messages);
  return post;
}

std::string encode_up(const UpMessage& message) {
  std::string out;
  std::visit([&](const auto& one) { append(out, one); }, message);
  return out;
}

std::string encode_group(const model::Group& group) {
  std::string out;
  if (group.size() == 1) {
    append_mutation(out, group.front());
    return out;
  }
  ObjectText text(out);
  dialect::append_list(text.member("batch"), group,
                       [&](const auto& mutation) { append_mutation(out, mutation); });
  text.end();
  return out;
}

std::string encode_push(std::uint64_t settled, const std::vector<std::uint64_t>& except,
                        std::string_view groups) {
  std::string out;
  ObjectText text(out);
  text.text("type", "push").count("settled", settled);
  append_counts(text.member("except"), except);
  std::string& list = text.member("mutations");
  list += '[';
  list += groups;
  list += ']';
  text.end();
  return out;
}

}  // namespace rockpool::dialects::native
