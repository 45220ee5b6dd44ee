#include "core/wire/websocket.h"

#include <algorithm>
#include <cstring>

#include "core/base/text.h"

namespace rockpool::wire {
namespace {

constexpr std::size_t close_reason_max = control_bytes_max - 2;

// RFC 6455 section 7.4 and the registry it opened: codes that may be said over the wire.
bool may_be_said(unsigned code) {
  if (code >= 3'000 && code <= 4'999) return true;
  return (code >= 1'000 && code <= 1'014) && code != 1'004 && code != 1'005 && code != 1'006;
}

char byte_of(std::uint64_t value, int place) { return static_cast<char>(value >> (8 * place) & 0xff); }

std::string head_of(Opcode opcode, std::uint64_t size, bool masked) {
  std::string head(1, static_cast<char>(0x80 | static_cast<unsigned>(opcode)));
  const unsigned mask_bit = masked ? 0x80 : 0;
  const int extended = size < 126 ? 0 : size < 65'536 ? 2 : 8;
  const auto length = extended == 0 ? static_cast<unsigned>(size) : extended == 2 ? 126u : 127u;
  head += static_cast<char>(mask_bit | length);
  for (int place = extended; place-- > 0;) head += byte_of(size, place);
  return head;
}

// In place, eight bytes at a time. `at` is where in the mask the first byte stands.
void unmask(char* bytes, std::size_t size, const std::uint8_t (&mask)[4], unsigned at) {
  std::uint8_t turned[8];
  for (unsigned i = 0; i < 8; ++i) turned[i] = mask[(at + i) & 3];
  std::uint64_t wide, word;
  std::memcpy(&wide, turned, 8);
  for (; size >= 8; size -= 8, bytes += 8) {
    std::memcpy(&word, bytes, 8);
    word ^= wide;
    std::memcpy(bytes, &word, 8);
  }
  for (std::size_t i = 0; i < size; ++i) bytes[i] = static_cast<char>(bytes[i] ^ turned[i]);
}

}  // namespace

std::string frame_head(Opcode opcode, std::size_t payload_bytes) {
  return head_of(opcode, payload_bytes, false);
}

std::string masked_frame(Opcode opcode, std::string_view payload, std::uint32_t mask) {
  std::string frame = head_of(opcode, payload.size(), true);
  std::uint8_t bytes[4];
  for (int i = 0; i < 4; ++i) frame += byte_of(mask, i);
  std::memcpy(bytes, frame.data() + frame.size() - 4, 4);
  const std::size_t begin = frame.size();
  frame += payload;
  unmask(frame.data() + begin, payload.size(), bytes, 0);
  return frame;
}

std::string close_payload(std::uint16_t code, std::string_view reason) {
  std::string payload = {byte_of(code, 1), byte_of(code, 0)};
  reason = reason.substr(0, close_reason_max);
  return payload.append(reason.substr(0, base::utf8_prefix(reason).value_or(0)));
}

FrameReader::Event FrameReader::read(std::string_view& bytes) {
  while (part_ != Part::over) {
    if (part_ == Part::head) {
      if (!take_head(bytes)) return Event::more;
      begin_frame();
      continue;
    }
    take_payload(bytes);
    if (part_ == Part::over) break;
    if (left_ > 0) return Event::more;
    part_ = Part::head;
    head_size_ = 0;
    const Event event = end_frame();
    if (event != Event::more) return event;
  }
  bytes = {};
  return Event::failed;
}

// True: the head of a frame is complete.
bool FrameReader::take_head(std::string_view& bytes) {
  const auto want = [this]() -> std::size_t {
    if (head_size_ < 2) return 2;
    const unsigned length = head_[1] & 0x7f;
    return 2u + (length == 126 ? 2u : length == 127 ? 8u : 0u) + ((head_[1] & 0x80) != 0 ? 4u : 0u);
  };
  while (head_size_ < want()) {
    if (bytes.empty()) return false;
    const std::size_t count = std::min(want() - head_size_, bytes.size());
    std::memcpy(head_ + head_size_, bytes.data(), count);
    head_size_ += count;
    bytes.remove_prefix(count);
  }
  return true;
}

void FrameReader::begin_frame() {
  part_ = Part::payload;
  const bool has_mask = (head_[1] & 0x80) != 0;
  const unsigned length = head_[1] & 0x7f;
  const std::size_t extended = length == 126 ? 2 : length == 127 ? 8 : 0;
  left_ = extended == 0 ? length : 0;
  for (std::size_t i = 0; i < extended; ++i) left_ = left_ << 8 | head_[2 + i];
  if (has_mask) std::memcpy(mask_, head_ + 2 + extended, 4);
  mask_at_ = 0;
  opcode_ = static_cast<Opcode>(head_[0] & 0x0f);
  is_last_ = (head_[0] & 0x80) != 0;

  if ((head_[0] & 0x70) != 0) return fail(CloseCode::protocol_error, "a reserved bit is set");
  if (has_mask != masked_) {
    return fail(CloseCode::protocol_error, masked_ ? "a frame is not masked" : "a frame is masked");
  }
  const bool too_wide = (extended == 2 && left_ < 126) || (extended == 8 && left_ < 65'536);
  if (too_wide || left_ >> 63 != 0)
    return fail(CloseCode::protocol_error, "a length is not written as it must be");
  switch (opcode_) {
    case Opcode::continuation:
    case Opcode::text:
    case Opcode::binary: return begin_data_frame();
    case Opcode::close:
    case Opcode::ping:
    case Opcode::pong: break;
    default: return fail(CloseCode::protocol_error, "an opcode is not known");
  }
  if (!is_last_) return fail(CloseCode::protocol_error, "a control frame is in pieces");
  if (left_ > control_bytes_max) return fail(CloseCode::protocol_error, "a control frame is too long");
  control_.clear();
}

void FrameReader::begin_data_frame() {
  const bool goes_on = opcode_ == Opcode::continuation;
  if (goes_on && !in_message_) return fail(CloseCode::protocol_error, "nothing is there to be continued");
  if (!goes_on && in_message_) return fail(CloseCode::protocol_error, "a message begins within another");
  if (!goes_on) {
    in_message_ = true;
    binary_ = opcode_ == Opcode::binary;
    message_.clear();
    frames_ = checked_ = 0;
  }
  if (left_ > limits_.message_bytes - message_.size()) {
    return fail(CloseCode::too_big, "the message is too large");
  }
  if (++frames_ > limits_.frames) return fail(CloseCode::policy, "the message is in too many pieces");
}

void FrameReader::take_payload(std::string_view& bytes) {
  const bool is_control = opcode_ >= Opcode::close;
  std::string& to = is_control ? control_ : message_;
  const auto count = static_cast<std::size_t>(std::min<std::uint64_t>(left_, bytes.size()));
  const std::size_t had = to.size();
  // What is announced is not yet there: memory is taken for what came.
  to.append(bytes.substr(0, count));
  bytes.remove_prefix(count);
  left_ -= count;
  if (masked_) unmask(to.data() + had, count, mask_, mask_at_);
  mask_at_ = (mask_at_ + count) & 3;
  const bool ends = left_ == 0 && is_last_;
  if (!is_control && !binary_ && !check_text(ends)) fail(CloseCode::not_utf8, "text must be UTF-8");
}

bool FrameReader::check_text(bool is_last) {
  const auto sound = base::utf8_prefix(std::string_view(message_).substr(checked_));
  if (!sound) return false;
  checked_ += *sound;
  return !is_last || checked_ == message_.size();
}

FrameReader::Event FrameReader::end_frame() {
  switch (opcode_) {
    case Opcode::ping: return Event::ping;
    case Opcode::pong: return Event::pong;
    case Opcode::close: return end_close();
    default: break;
  }
  if (!is_last_) return Event::more;
  in_message_ = false;
  return Event::message;
}

FrameReader::Event FrameReader::end_close() {
  part_ = Part::over;
  if (control_.empty()) {
    code_ = static_cast<std::uint16_t>(CloseCode::absent);
    return Event::close;
  }
  const auto byte_at = [this](std::size_t at) { return static_cast<unsigned char>(control_[at]); };
  const unsigned code = control_.size() < 2 ? 0 : byte_at(0) << 8 | byte_at(1);
  if (!may_be_said(code)) {
    fail(CloseCode::protocol_error, "a close frame says no code that may be said");
    return Event::failed;
  }
  control_.erase(0, 2);
  if (!base::is_utf8(control_)) {
    fail(CloseCode::not_utf8, "a close frame's reason must be UTF-8");
    return Event::failed;
  }
  code_ = static_cast<std::uint16_t>(code);
  return Event::close;
}

void FrameReader::fail(CloseCode code, std::string_view problem) {
  part_ = Part::over;
  code_ = static_cast<std::uint16_t>(code);
  problem_ = problem;
  message_ = {};
}

}  // namespace rockpool::wire
