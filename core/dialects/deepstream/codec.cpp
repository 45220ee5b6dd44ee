#include "core/dialects/deepstream/codec.h"

#include <array>
#include <span>

#include "core/base/text.h"

namespace rockpool::dialects::deepstream {
namespace {

using base::Code;
using base::Error;

// ---- which field of which topic is which member -----------------------------------------------------------

// In the order of the tables of members below.
enum class Field : std::uint8_t {
  none,
  action,
  original_topic,
  original_action,
  is_error,
  is_ack,
  is_write_ack,
  data,
  correlation_id,
  name,
  subscription,
  pattern,
  path,
  url,
  protocol_version,
  sdk_version,
  sdk_type,
  requestor_name,
  requestor_data,
  names,
  version,
  versions,
};
using enum Field;

constexpr std::int32_t Message::*numbers[] = {&Message::action, &Message::original_topic,
                                              &Message::original_action};
constexpr bool Message::*flags[] = {&Message::is_error, &Message::is_ack, &Message::is_write_ack};
constexpr std::string Message::*texts[] = {
    &Message::data,         &Message::correlation_id,   &Message::name,
    &Message::subscription, &Message::pattern,          &Message::path,
    &Message::url,          &Message::protocol_version, &Message::sdk_version,
    &Message::sdk_type,     &Message::requestor_name,   &Message::requestor_data,
};

constexpr bool is_number(Field field) { return field >= action && field <= original_action; }
constexpr bool is_flag(Field field) { return field >= is_error && field <= is_write_ack; }
constexpr bool is_text(Field field) { return field >= data && field <= requestor_data; }
constexpr int operator-(Field left, Field right) { return static_cast<int>(left) - static_cast<int>(right); }

constexpr std::size_t fields_max = 14;
// By field number less one.
using Layout = std::array<Field, fields_max>;

constexpr Layout layouts[] = {
    // unknown, parser, connection, auth
    {},
    {action, data, none, none, none, none, none, original_topic, original_action},
    {action, data, is_error, is_ack, url, protocol_version, sdk_version, sdk_type},
    {action, data, is_error, is_ack},
    // event, record
    {action, data, correlation_id, is_error, is_ack, name, names, subscription, none, original_topic,
     original_action},
    {action, data, correlation_id, is_error, is_ack, name, names, pattern, subscription, original_action,
     is_write_ack, path, version, versions},
    // rpc, presence
    {action, data, correlation_id, is_error, is_ack, names, name, none, original_action, requestor_name,
     requestor_data},
    {action, original_topic, original_action, data, correlation_id, is_error, is_ack, name, names},
};

constexpr std::uint32_t envelope_topic = 2;
constexpr std::uint32_t envelope_inner = 3;
constexpr std::uint32_t entry_name = 1;
constexpr std::uint32_t entry_value = 2;

enum WireType : std::uint8_t { varint = 0, fixed64 = 1, bytes = 2, fixed32 = 5 };

// ---- writing ----------------------------------------------------------------------------------------------

void put_varint(std::string& out, std::uint64_t value) {
  for (; value > 0x7f; value >>= 7) out += static_cast<char>(value | 0x80);
  out += static_cast<char>(value);
}

// Negative numbers are sign-extended to 64 bits: ten bytes.
void put_number(std::string& out, std::uint32_t number, std::int32_t value) {
  put_varint(out, number << 3 | varint);
  put_varint(out, static_cast<std::uint64_t>(std::int64_t{value}));
}

void put_bytes(std::string& out, std::uint32_t number, std::string_view text) {
  put_varint(out, number << 3 | bytes);
  put_varint(out, text.size());
  out += text;
}

void put_versions(std::string& out, std::uint32_t number, const Message& message) {
  for (const auto& [key, value] : message.versions) {
    std::string entry;
    put_bytes(entry, entry_name, key);
    put_number(entry, entry_value, value);
    put_bytes(out, number, entry);
  }
}

void put_field(std::string& out, std::uint32_t number, Field field, const Message& message) {
  if (is_number(field)) {
    const std::int32_t value = message.*numbers[field - action];
    if (value != 0) put_number(out, number, value);
  } else if (is_flag(field)) {
    if (message.*flags[field - is_error]) put_number(out, number, 1);
  } else if (is_text(field)) {
    const std::string& text = message.*texts[field - data];
    if (!text.empty()) put_bytes(out, number, text);
  } else if (field == names) {
    for (const std::string& one : message.names) put_bytes(out, number, one);
  } else if (field == version) {
    if (message.version) put_number(out, number, *message.version);
  } else if (field == versions) {
    put_versions(out, number, message);
  }
}

// ---- reading ----------------------------------------------------------------------------------------------

// The value of a field, whatever its kind.
struct Held {
  std::uint32_t number = 0;
  WireType type = varint;
  std::uint64_t integer = 0;
  std::string_view text;
};

// Reads the fields of one protobuf message one after the other, inside of `frame`, of which it says where
// something was wrong.
class Fields {
 public:
  Fields(std::string_view frame, std::string_view message)
      : begin_(frame.data()), at_(message.data()), end_(at_ + message.size()) {}

  bool at_end() const { return at_ == end_; }
  bool varint_into(std::uint64_t& value) {
    value = 0;
    for (int shift = 0; shift < 70 && at_ != end_; shift += 7) {
      const auto byte = static_cast<unsigned char>(*at_++);
      value |= shift < 64 ? std::uint64_t{byte & 0x7fu} << shift : 0;
      if (byte < 0x80) return true;
    }
    return false;
  }
  bool bytes_into(std::string_view& text) {
    std::uint64_t size = 0;
    return varint_into(size) && take(size, text);
  }
  bool next(Held& held) {
    std::uint64_t tag = 0;
    if (!varint_into(tag) || tag >> 32 != 0 || tag < 8) return false;
    held = {
        .number = static_cast<std::uint32_t>(tag >> 3), .type = static_cast<WireType>(tag & 7), .text = {}};
    switch (held.type) {
      case varint: return varint_into(held.integer);
      case bytes: return bytes_into(held.text);
      case fixed64: return take(8, held.text);
      case fixed32: return take(4, held.text);
    }
    return false;  // groups, which nobody has used since proto2
  }
  Error error() const {
    return {.code = Code::bad_message,
            .message = "the frame is no message at byte " + base::decimal(std::int64_t{at_ - begin_}),
            .path = ""};
  }

 private:
  bool take(std::uint64_t size, std::string_view& text) {
    if (size > static_cast<std::uint64_t>(end_ - at_)) return false;
    text = {at_, static_cast<std::size_t>(size)};
    at_ += size;
    return true;
  }

  const char* begin_;
  const char* at_;
  const char* end_;
};

std::int32_t int32(std::uint64_t value) {
  return static_cast<std::int32_t>(static_cast<std::uint32_t>(value));
}

class Decoder {
 public:
  Decoder(std::string_view frame, const DecodeLimits& limits) : frame_(frame), limits_(limits) {}

  base::Result<std::vector<Message>> run() {
    if (frame_.size() > limits_.bytes_max)
      return too_large("the frame has more bytes than ", limits_.bytes_max);
    std::vector<Message> messages;
    Fields records(frame_, frame_);
    while (!records.at_end()) {
      if (messages.size() == limits_.messages_max)
        return too_large("the frame has more messages than ", limits_.messages_max);
      std::string_view record;
      if (!records.bytes_into(record)) return records.error();
      if (!envelope(record, messages.emplace_back())) return *error_;
    }
    return messages;
  }

 private:
  bool envelope(std::string_view record, Message& message) {
    Fields fields(frame_, record);
    std::string_view inner(record.data(), 0);
    for (Held held; !fields.at_end();) {
      if (!fields.next(held)) return fail(fields.error());
      if (held.number == envelope_topic && held.type == varint) message.original_topic = int32(held.integer);
      if (held.number == envelope_inner && held.type == bytes) inner = held.text;
    }
    if (message.original_topic < 1 || message.original_topic >= std::ssize(layouts)) return true;
    message.topic = static_cast<Topic>(message.original_topic);
    message.original_topic = 0;
    return content(inner, message);
  }

  bool content(std::string_view inner, Message& message) {
    const Layout& layout = layouts[static_cast<std::size_t>(message.topic)];
    Fields fields(frame_, inner);
    for (Held held; !fields.at_end();) {
      if (!fields.next(held)) return fail(fields.error());
      const Field field = held.number <= fields_max ? layout[held.number - 1] : none;
      if (held.type == varint) set_number(message, field, held.integer);
      if (held.type == bytes && !set_bytes(message, field, held.text, fields)) return false;
    }
    return true;
  }

  static void set_number(Message& message, Field field, std::uint64_t value) {
    if (is_number(field)) message.*numbers[field - action] = int32(value);
    if (is_flag(field)) message.*flags[field - is_error] = value != 0;
    if (field == version) message.version = int32(value);
  }

  bool set_bytes(Message& message, Field field, std::string_view text, const Fields& fields) {
    if (field == versions) return set_version(message, text);
    if (field != names && !is_text(field)) return true;
    if (!base::is_utf8(text)) return fail(fields.error());
    if (field == names) {
      message.names.emplace_back(text);
      return count_name();
    }
    message.*texts[field - data] = text;
    return true;
  }

  bool set_version(Message& message, std::string_view entry) {
    auto& [key, value] = message.versions.emplace_back();
    Fields fields(frame_, entry);
    for (Held held; !fields.at_end();) {
      if (!fields.next(held)) return fail(fields.error());
      if (held.number == entry_name && held.type == bytes) key = held.text;
      if (held.number == entry_value && held.type == varint) value = int32(held.integer);
    }
    return base::is_utf8(key) ? count_name() : fail(fields.error());
  }

  bool count_name() {
    return ++names_ <= limits_.names_max ||
           fail(too_large("the frame has more names than ", limits_.names_max));
  }
  bool fail(Error error) {
    error_ = std::move(error);
    return false;
  }
  static Error too_large(std::string_view what, std::size_t most) {
    return {.code = Code::too_large,
            .message = std::string(what) + base::decimal(std::uint64_t{most}),
            .path = ""};
  }

  std::string_view frame_;
  const DecodeLimits& limits_;
  std::size_t names_ = 0;
  std::optional<Error> error_;
};

}  // namespace

std::string encode(const Message& message) {
  if (message.topic == Topic::unknown) return "";
  const auto topic = static_cast<std::int32_t>(message.topic);
  std::string inner;
  std::uint32_t number = 0;
  for (const Field field : layouts[topic]) put_field(inner, ++number, field, message);
  std::string envelope;
  put_number(envelope, envelope_topic, topic);
  put_bytes(envelope, envelope_inner, inner);
  std::string record;
  put_varint(record, envelope.size());
  return record + envelope;
}

base::Result<std::vector<Message>> decode(std::string_view frame, const DecodeLimits& limits) {
  return Decoder(frame, limits).run();
}

}  // namespace rockpool::dialects::deepstream
