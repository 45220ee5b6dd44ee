// Binary layout for what we store: journal payloads and log entries.
//
// varint := 7 bits per byte, lowest first, high bit = more follows (at most 10 bytes)
// text   := length:varint byte[length]
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

namespace rockpool::base {

class BufferWriter {
 public:
  BufferWriter& number(std::uint64_t value);
  BufferWriter& signed_number(std::int64_t value);  // zig-zag
  BufferWriter& text(std::string_view value);
  BufferWriter& byte(std::uint8_t value);
  BufferWriter& fixed32(std::uint32_t value);  // little endian
  BufferWriter& fixed64(std::uint64_t value);
  const std::string& bytes() const { return bytes_; }
  std::string take() { return std::exchange(bytes_, {}); }

 private:
  std::string bytes_;
};

// Reads what BufferWriter wrote. After the first malformed or missing item `ok()` is false and every
// further read gives zero or empty, so a decoder checks once, at its end.
class BufferReader {
 public:
  explicit BufferReader(std::string_view bytes) : rest_(bytes) {}

  std::uint64_t number();
  std::int64_t signed_number();
  std::string_view text();  // into the bytes given to the constructor
  std::uint8_t byte();
  std::uint32_t fixed32();
  std::uint64_t fixed64();

  bool ok() const { return ok_; }
  bool at_end() const { return rest_.empty(); }
  // Everything was read and nothing is left over.
  bool whole() const { return ok_ && rest_.empty(); }

 private:
  std::string_view take(std::size_t count);

  std::string_view rest_;
  bool ok_ = true;
};

}  // namespace rockpool::base
