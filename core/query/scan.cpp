#include "core/query/scan.h"

#include <bit>
#include <cstdlib>
#include <cstring>

#include "core/base/text.h"

namespace rockpool::query {
namespace {

constexpr std::size_t none = std::string_view::npos;
std::size_t behind_container(std::string_view text, std::size_t at) {
  std::size_t depth = 0;
  while (at < text.size()) {
    const char c = text[at];
    if (c == '"') {
      at = behind_string(text, at);
      continue;
    }
    ++at;
    if (c == '{' || c == '[') ++depth;
    if ((c == '}' || c == ']') && --depth == 0) return at;
  }
  return text.size();
}

unsigned hex_digit(char c) {
  if (c >= '0' && c <= '9') return static_cast<unsigned>(c - '0');
  return (static_cast<unsigned>(c) | 0x20u) - 'a' + 10;
}

unsigned code_unit(std::string_view digits) {
  unsigned unit = 0;
  for (const char c : digits.substr(0, 4)) unit = unit << 4 | (hex_digit(c) & 15u);
  return unit;
}

// Reads what follows a `\u`, a second escape too when the first is half of a pair; returns how much that was.
std::size_t append_escape(std::string& out, std::string_view rest) {
  const unsigned first = code_unit(rest);
  if (first < 0xd800 || first > 0xdbff || rest.size() < 10) {
    base::append_utf8(out, first);
    return 4;
  }
  base::append_utf8(out, 0x10000 + ((first - 0xd800) << 10 | (code_unit(rest.substr(6)) & 0x3ffu)));
  return 10;
}

char plain_of(char escaped) {
  switch (escaped) {
    case 'b': return '\b';
    case 'f': return '\f';
    case 'n': return '\n';
    case 'r': return '\r';
    case 't': return '\t';
    default: return escaped;
  }
}

double slow_real(std::string_view raw) {
  constexpr std::size_t usual = 64;
  char digits[usual];
  if (raw.size() >= usual) return std::strtod(std::string(raw).c_str(), nullptr);
  std::memcpy(digits, raw.data(), raw.size());
  digits[raw.size()] = '\0';
  return std::strtod(digits, nullptr);
}

// The digits of a number without exponent, as one integer, and how many of them come behind the point.
struct Decimal {
  std::uint64_t digits = 0;
  std::size_t behind_point = 0;
  bool usual = false;  // no exponent, at most 19 digits
};

Decimal decimal_of(std::string_view digits) {
  constexpr std::size_t digits_max = 19;
  Decimal read;
  std::size_t count = 0;
  std::size_t point = none;
  for (std::size_t i = 0; i < digits.size(); ++i) {
    if (digits[i] == '.') {
      point = i;
    } else if (digits[i] < '0' || digits[i] > '9' || ++count > digits_max) {
      return read;
    } else {
      read.digits = read.digits * 10 + static_cast<std::uint64_t>(digits[i] - '0');
    }
  }
  read.behind_point = point == none ? 0 : digits.size() - point - 1;
  read.usual = true;
  return read;
}

}  // namespace

std::size_t behind_value(std::string_view text, std::size_t at) {
  if (at >= text.size()) return text.size();
  if (text[at] == '"') return behind_string(text, at);
  if (text[at] == '{' || text[at] == '[') return behind_container(text, at);
  while (at < text.size() && text[at] != ',' && text[at] != '}' && text[at] != ']') ++at;
  return at;
}

std::string_view unescaped(std::string_view raw, std::string& scratch) {
  const std::string_view inner = raw.size() < 2 ? std::string_view{} : raw.substr(1, raw.size() - 2);
  std::size_t at = inner.find('\\');
  if (at == none) return inner;
  scratch.clear();
  std::size_t copied = 0;
  for (; at != none && at + 1 < inner.size(); at = inner.find('\\', copied)) {
    scratch.append(inner, copied, at - copied);
    copied = at + 2;
    if (inner[at + 1] == 'u') {
      copied += append_escape(scratch, inner.substr(copied));
    } else {
      scratch += plain_of(inner[at + 1]);
    }
    if (copied > inner.size()) copied = inner.size();
  }
  scratch.append(inner, copied);
  return scratch;
}

Number Number::of(std::string_view raw) {
  // Powers of ten that doubles hold exactly: dividing two exact doubles rounds once, and so correctly.
  static constexpr double tens[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9, 1e10,
                                    1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20};
  const bool negative = raw.starts_with('-');
  const Decimal read = decimal_of(raw.substr(negative ? 1 : 0));
  if (read.usual && read.behind_point == 0) return of_whole(negative, read.digits);
  if (read.usual && read.digits < (std::uint64_t{1} << 53)) {
    const double real = static_cast<double>(read.digits) / tens[read.behind_point];
    return of_real(negative ? -real : real);
  }
  if (const auto magnitude = base::read_decimal(raw)) return of_whole(false, *magnitude);
  return of_real(slow_real(raw));
}

Number Number::of_whole(bool negative, std::uint64_t magnitude) {
  // Below 0 only 64 signed bits are an integer; JSON readers take what lies beyond for a double.
  const auto real = static_cast<double>(magnitude);
  if (negative && magnitude > std::uint64_t{1} << 63) return of_real(-real);
  Number number;
  number.real_ = magnitude == 0 ? 0 : negative ? -real : real;
  // Only 2^64 itself, to which the largest are rounded, does not fit into 64 bits.
  const std::uint64_t nearest = real < 0x1p64 ? static_cast<std::uint64_t>(real) : 0;
  const auto above = static_cast<std::int64_t>(magnitude - nearest);
  number.beyond_ = static_cast<std::int16_t>(negative ? -above : above);
  return number;
}

Number Number::of_real(double real) {
  Number number;
  number.real_ = real == 0 ? 0 : real;
  return number;
}

std::strong_ordering Number::operator<=>(const Number& other) const {
  if (real_ < other.real_) return std::strong_ordering::less;
  if (real_ > other.real_) return std::strong_ordering::greater;
  return beyond_ <=> other.beyond_;
}

void Number::append_key(std::string& out) const {
  // IEEE doubles are in the order of their bits once negative ones are turned over.
  auto bits = std::bit_cast<std::uint64_t>(real_);
  bits ^= (bits >> 63) != 0 ? ~std::uint64_t{0} : std::uint64_t{1} << 63;
  for (int shift = 56; shift >= 0; shift -= 8) out += static_cast<char>(bits >> shift & 0xff);
  const unsigned beyond = static_cast<std::uint16_t>(beyond_) ^ 0x8000u;
  out += static_cast<char>(beyond >> 8);
  out += static_cast<char>(beyond & 0xff);
}

}  // namespace rockpool::query
