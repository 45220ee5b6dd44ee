#include "core/model/position.h"

#include <algorithm>

#include "core/base/text.h"
#include "core/model/value.h"

namespace rockpool::model {
namespace {

constexpr std::uint64_t half = 10'000'000'000;  // of the fraction's digits
constexpr std::uint64_t whole_max = 1ull << 63;
constexpr std::size_t half_digits = 10;

std::string padded(std::uint64_t number, std::size_t digits) {
  std::string text = base::decimal(number);
  return std::string(digits - text.size(), '0') + text;
}

// Digits behind the point, as if zeros followed.
std::uint64_t fraction(std::string_view digits) {
  std::uint64_t number = 0;
  for (std::size_t i = 0; i < half_digits; ++i)
    number = number * 10 + (i < digits.size() ? static_cast<std::uint64_t>(digits[i] - '0') : 0);
  return number;
}

bool are_digits(std::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

// In a text without inner objects a member's name is not to be taken for anything else.
std::optional<Position> order_of(std::string_view meta) {
  constexpr std::string_view name = "\"order\":\"";
  const std::size_t found = meta.find(name);
  if (found == std::string_view::npos) return std::nullopt;
  if (meta.find('{', 1) == std::string_view::npos) {
    const std::string_view rest = meta.substr(found + name.size());
    return Position::read(rest.substr(0, rest.find('"')));
  }
  const auto read = model::read(meta);
  const std::string* text = read ? text_member(*read, "order") : nullptr;
  return text == nullptr ? std::nullopt : Position::read(*text);
}

}  // namespace

Position Position::of_whole(std::uint64_t whole) { return {std::min(whole, whole_max), 0, 0}; }

std::optional<Position> Position::read(std::string_view text) {
  const std::size_t point = text.find('.');
  const auto whole = base::read_decimal(text.substr(0, point));
  if (!whole || *whole > whole_max) return std::nullopt;
  if (point == std::string_view::npos) return of_whole(*whole);
  const std::string_view digits = text.substr(point + 1);
  if (!are_digits(digits) || digits.size() > fraction_digits) return std::nullopt;
  const std::string_view behind = digits.size() > half_digits ? digits.substr(half_digits) : "";
  return Position(*whole, fraction(digits.substr(0, half_digits)), fraction(behind));
}

Position Position::between(const Position& low, const Position& high) {
  // Halves go down from place to place.
  const std::uint64_t odd = low.whole_ % 2 + high.whole_ % 2;
  const std::uint64_t whole = low.whole_ / 2 + high.whole_ / 2 + odd / 2;
  const std::uint64_t first = low.high_ + high.high_ + odd % 2 * half;
  const std::uint64_t second = low.low_ + high.low_ + first % 2 * half;
  const std::uint64_t carry = second / 2 / half;
  const std::uint64_t middle = first / 2 + carry;
  return {whole + middle / half, middle % half, second / 2 % half};
}

std::string Position::text() const {
  return base::decimal(whole_) + '.' + padded(high_, half_digits) + padded(low_, half_digits);
}

std::string Position::sortable() const {
  return padded(whole_, 20) + padded(high_, half_digits) + padded(low_, half_digits);
}

Position position_of(const Record& record) {
  return order_of(record.meta).value_or(Position::of_whole(record.num));
}

}  // namespace rockpool::model
