#include "core/base/text.h"

#include <cstring>

namespace rockpool::base {
namespace {

constexpr char hex_digits[] = "0123456789abcdef";
constexpr char base64_digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return -1;
}

int base64_value(char c) {
  if (c >= 'A' && c <= 'Z') return c - 'A';
  if (c >= 'a' && c <= 'z') return c - 'a' + 26;
  if (c >= '0' && c <= '9') return c - '0' + 52;
  if (c == '-') return 62;
  return c == '_' ? 63 : -1;
}

// Bytes of the code point that begins with `lead`, 0 when none can, and the range of its second byte:
// there the overlong forms, surrogates and too large code points show (RFC 3629 section 4).
struct Lead {
  int length;
  unsigned char second_min;
  unsigned char second_max;
};

Lead lead_of(unsigned char lead) {
  if (lead >= 0xc2 && lead <= 0xdf) return {2, 0x80, 0xbf};
  if (lead == 0xe0) return {3, 0xa0, 0xbf};
  if (lead == 0xed) return {3, 0x80, 0x9f};
  if (lead >= 0xe1 && lead <= 0xef) return {3, 0x80, 0xbf};
  if (lead == 0xf0) return {4, 0x90, 0xbf};
  if (lead >= 0xf1 && lead <= 0xf3) return {4, 0x80, 0xbf};
  if (lead == 0xf4) return {4, 0x80, 0x8f};
  return {0, 0, 0};
}

}  // namespace

std::string hex(std::uint64_t value, int digits) {
  std::string text(static_cast<std::size_t>(digits), '0');
  for (int i = digits - 1; i >= 0; --i, value >>= 4)
    text[static_cast<std::size_t>(i)] = hex_digits[value & 15];
  return text;
}

std::optional<std::uint64_t> read_hex(std::string_view text) {
  if (text.empty() || text.size() > 16) return std::nullopt;
  std::uint64_t value = 0;
  for (const char c : text) {
    const int digit = hex_value(c);
    if (digit < 0) return std::nullopt;
    value = value << 4 | static_cast<std::uint64_t>(digit);
  }
  return value;
}

std::string decimal(std::int64_t value) {
  const auto bits = static_cast<std::uint64_t>(value);
  return value < 0 ? '-' + decimal(0 - bits) : decimal(bits);
}

std::string decimal(std::uint64_t value) {
  char digits[20];
  std::size_t begin = sizeof digits;
  do digits[--begin] = static_cast<char>('0' + value % 10);
  while ((value /= 10) != 0);
  return {digits + begin, sizeof digits - begin};
}

std::optional<std::uint64_t> read_decimal(std::string_view text) {
  if (text.empty() || (text.size() > 1 && text[0] == '0')) return std::nullopt;
  std::uint64_t value = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') return std::nullopt;
    const auto digit = static_cast<std::uint64_t>(c - '0');
    if (value > (~std::uint64_t{0} - digit) / 10) return std::nullopt;
    value = value * 10 + digit;
  }
  return value;
}

std::string base64url(std::string_view bytes) {
  std::string text;
  text.reserve((bytes.size() * 4 + 2) / 3);
  unsigned window = 0;
  int bits = 0;
  for (const char c : bytes) {
    window = window << 8 | static_cast<unsigned char>(c);
    for (bits += 8; bits >= 6;) text += base64_digits[window >> (bits -= 6) & 63];
  }
  if (bits > 0) text += base64_digits[window << (6 - bits) & 63];
  return text;
}

std::optional<std::string> read_base64url(std::string_view text) {
  std::string bytes;
  bytes.reserve(text.size() * 3 / 4);
  unsigned window = 0;
  int bits = 0;
  for (const char c : text) {
    const int digit = base64_value(c);
    if (digit < 0) return std::nullopt;
    window = window << 6 | static_cast<unsigned>(digit);
    bits += 6;
    if (bits >= 8) bytes += static_cast<char>(window >> (bits -= 8));
  }
  const bool stray = bits >= 6 || (window & ((1u << bits) - 1)) != 0;
  if (stray) return std::nullopt;
  return bytes;
}

std::optional<std::size_t> utf8_prefix(std::string_view text) {
  std::size_t i = 0;
  const auto byte_at = [&](std::size_t at) { return static_cast<unsigned char>(text[at]); };
  while (i < text.size()) {
    std::uint64_t word = 0;
    while (i + 8 <= text.size() &&
           (std::memcpy(&word, text.data() + i, 8), (word & 0x8080808080808080) == 0)) {
      i += 8;
    }
    if (i == text.size()) break;
    if (byte_at(i) < 0x80) {
      ++i;
      continue;
    }
    const Lead lead = lead_of(byte_at(i));
    if (lead.length == 0) return std::nullopt;
    const std::size_t end = i + static_cast<std::size_t>(lead.length);
    for (std::size_t k = i + 1; k < end; ++k) {
      if (k == text.size()) return i;
      const bool is_second = k == i + 1;
      const unsigned char least = is_second ? lead.second_min : 0x80;
      const unsigned char most = is_second ? lead.second_max : 0xbf;
      if (byte_at(k) < least || byte_at(k) > most) return std::nullopt;
    }
    i = end;
  }
  return i;
}

bool is_utf8(std::string_view text) { return utf8_prefix(text) == text.size(); }

char32_t read_utf8(std::string_view text, std::size_t& at) {
  const auto first = static_cast<unsigned char>(text[at++]);
  if (first < 0x80) return first;
  const Lead lead = lead_of(first);
  const std::string_view rest =
      text.substr(at, lead.length > 0 ? static_cast<std::size_t>(lead.length - 1) : 0);
  if (lead.length == 0 || static_cast<int>(rest.size()) < lead.length - 1) return 0xfffd;
  char32_t point = first & (0x7fu >> lead.length);
  for (std::size_t i = 0; i < rest.size(); ++i) {
    const auto byte = static_cast<unsigned char>(rest[i]);
    const bool fits = i == 0 ? byte >= lead.second_min && byte <= lead.second_max : (byte & 0xc0u) == 0x80;
    if (!fits) return 0xfffd;
    point = point << 6 | (byte & 0x3fu);
  }
  at += rest.size();
  return point;
}

void append_utf8(std::string& out, char32_t point) {
  const auto byte = [&](char32_t value) { out += static_cast<char>(value); };
  if (point < 0x80) return byte(point);
  if (point < 0x800) {
    byte(0xc0 | point >> 6);
  } else {
    if (point < 0x10000) {
      byte(0xe0 | point >> 12);
    } else {
      byte(0xf0 | (point >> 18 & 7));
      byte(0x80 | (point >> 12 & 0x3f));
    }
    byte(0x80 | (point >> 6 & 0x3f));
  }
  byte(0x80 | (point & 0x3f));
}

std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  for (std::size_t at = text.find(separator); at != std::string_view::npos; at = text.find(separator)) {
    parts.push_back(text.substr(0, at));
    text.remove_prefix(at + 1);
  }
  parts.push_back(text);
  return parts;
}

}  // namespace rockpool::base
