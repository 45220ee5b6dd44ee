// WebSocket frames, both ends (RFC 6455 section 5), without a socket. No extensions, so no reserved bits.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "core/wire/close.h"

namespace rockpool::wire {

enum class Opcode : std::uint8_t { continuation = 0, text = 1, binary = 2, close = 8, ping = 9, pong = 10 };

inline constexpr std::size_t control_bytes_max = 125;

// What stands before the payload of a whole message, without a mask: as servers send.
std::string frame_head(Opcode opcode, std::size_t payload_bytes);
// A whole message as clients send it.
std::string masked_frame(Opcode opcode, std::string_view payload, std::uint32_t mask);
// The payload of a close frame; a reason that is too long is cut between two characters.
std::string close_payload(std::uint16_t code, std::string_view reason);

// Takes a stream of frames apart, in whatever pieces it comes:
//
//   while (true) switch (reader.read(bytes)) { case Event::more: …give more…; case Event::message: … }
//
// Text is UTF-8, or the stream fails as soon as it is clear that it is not. After `close` or `failed` nothing
// more is read.
class FrameReader {
 public:
  enum class Event { more, message, ping, pong, close, failed };
  struct Limits {
    // Of a message over all its frames; decided by what a frame declares.
    std::size_t message_bytes = 1 << 20;
    std::size_t frames = 1'024;
  };

  // Frames must be masked where a client sends them and must not be where a server does.
  FrameReader(bool masked, Limits limits) : limits_(limits), masked_(masked) {}

  // Takes from the front of `bytes`. `more`: all is taken.
  Event read(std::string_view& bytes);

  // After `message`.
  std::string take_message() { return std::move(message_); }
  bool is_binary() const { return binary_; }
  // After `ping` and `pong`: what they carry; after `close`: the reason. Until the next read.
  std::string_view control() const { return control_; }
  // After `close`: what was said, or `absent`; after `failed`: what to answer.
  std::uint16_t code() const { return code_; }
  // After `failed`: what was wrong.
  std::string_view problem() const { return problem_; }
  // What it keeps of a message that is not complete.
  std::size_t held_bytes() const { return message_.capacity(); }

 private:
  enum class Part { head, payload, over };

  bool take_head(std::string_view& bytes);
  void begin_frame();
  void begin_data_frame();
  void take_payload(std::string_view& bytes);
  Event end_frame();
  Event end_close();
  bool check_text(bool is_last);
  void fail(CloseCode code, std::string_view problem);

  Limits limits_;
  bool masked_;
  Part part_ = Part::head;
  std::uint8_t head_[14];
  std::size_t head_size_ = 0;
  Opcode opcode_ = Opcode::text;  // of the frame
  bool is_last_ = false;
  std::uint64_t left_ = 0;  // of the frame's payload
  std::uint8_t mask_[4] = {};
  unsigned mask_at_ = 0;
  std::string message_;
  bool in_message_ = false;
  bool binary_ = false;
  std::size_t frames_ = 0;
  std::size_t checked_ = 0;  // of a text: so far it is UTF-8
  std::string control_;
  std::uint16_t code_ = 0;
  std::string_view problem_;
};

}  // namespace rockpool::wire
