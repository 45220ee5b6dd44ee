#include "core/base/buffer.h"

namespace rockpool::base {

BufferWriter& BufferWriter::number(std::uint64_t value) {
  while (value >= 0x80) {
    bytes_ += static_cast<char>(value | 0x80);
    value >>= 7;
  }
  bytes_ += static_cast<char>(value);
  return *this;
}

BufferWriter& BufferWriter::signed_number(std::int64_t value) {
  return number(static_cast<std::uint64_t>(value) << 1 ^ static_cast<std::uint64_t>(value >> 63));
}

BufferWriter& BufferWriter::text(std::string_view value) {
  number(value.size());
  bytes_ += value;
  return *this;
}

BufferWriter& BufferWriter::byte(std::uint8_t value) {
  bytes_ += static_cast<char>(value);
  return *this;
}

BufferWriter& BufferWriter::fixed32(std::uint32_t value) {
  for (int shift = 0; shift < 32; shift += 8) bytes_ += static_cast<char>(value >> shift);
  return *this;
}

BufferWriter& BufferWriter::fixed64(std::uint64_t value) {
  for (int shift = 0; shift < 64; shift += 8) bytes_ += static_cast<char>(value >> shift);
  return *this;
}

std::string_view BufferReader::take(std::size_t count) {
  if (!ok_ || count > rest_.size()) {
    ok_ = false;
    return {};
  }
  const std::string_view taken = rest_.substr(0, count);
  rest_.remove_prefix(count);
  return taken;
}

std::uint64_t BufferReader::number() {
  std::uint64_t value = 0;
  for (int shift = 0; shift < 70; shift += 7) {
    const std::uint64_t next = byte();
    if (!ok_ || (shift == 63 && next > 1)) break;
    value |= (next & 0x7f) << shift;
    if (next < 0x80) return value;
  }
  ok_ = false;
  return 0;
}

std::int64_t BufferReader::signed_number() {
  const std::uint64_t raw = number();
  return static_cast<std::int64_t>(raw >> 1 ^ (~(raw & 1) + 1));
}

std::string_view BufferReader::text() {
  const std::uint64_t length = number();
  if (length > rest_.size()) {
    ok_ = false;
    return {};
  }
  return take(static_cast<std::size_t>(length));
}

std::uint8_t BufferReader::byte() {
  const std::string_view one = take(1);
  return one.empty() ? 0 : static_cast<std::uint8_t>(one[0]);
}

std::uint32_t BufferReader::fixed32() {
  std::uint32_t value = 0;
  const std::string_view four = take(4);
  for (std::size_t i = 0; i < four.size(); ++i) {
    value |= static_cast<std::uint32_t>(static_cast<unsigned char>(four[i])) << (8 * i);
  }
  return value;
}

std::uint64_t BufferReader::fixed64() {
  const std::uint64_t low = fixed32();
  return low | static_cast<std::uint64_t>(fixed32()) << 32;
}

}  // namespace rockpool::base
