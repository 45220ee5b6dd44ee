#include "core/dialects/baserow/decimals.h"

#include <algorithm>

#include "core/base/text.h"
#include "core/dialect/members.h"

namespace rockpool::dialects::baserow {
namespace {

bool are_digits(std::string_view text) {
  return text.find_first_not_of("0123456789") == std::string_view::npos;
}

// Nothing: it is no exponent, or one that nobody needs.
std::optional<int> read_exponent(std::string_view text) {
  const bool is_negative = text.starts_with('-');
  if (is_negative || text.starts_with('+')) text.remove_prefix(1);
  if (text.empty() || text.size() > 3 || !are_digits(text)) return std::nullopt;
  int exponent = 0;
  for (const char c : text) exponent = exponent * 10 + (c - '0');
  return is_negative ? -exponent : exponent;
}

}  // namespace

std::optional<Decimal> Decimal::read(std::string_view text) {
  Decimal made;
  made.negative_ = text.starts_with('-');
  if (made.negative_ || text.starts_with('+')) text.remove_prefix(1);
  int exponent = 0;
  if (const std::size_t mark = text.find_first_of("eE"); mark != std::string_view::npos) {
    const auto read = read_exponent(text.substr(mark + 1));
    if (!read) return std::nullopt;
    exponent = *read;
    text = text.substr(0, mark);
  }
  const std::size_t point = std::min(text.find('.'), text.size());
  std::string whole(text.substr(0, point));
  std::string fraction(point < text.size() ? text.substr(point + 1) : "");
  if (!are_digits(whole) || !are_digits(fraction) || whole.empty()) return std::nullopt;
  if (point < text.size() && fraction.empty()) return std::nullopt;
  if (whole.size() + fraction.size() > digits_max) return std::nullopt;
  for (; exponent > 0; --exponent) {
    whole += fraction.empty() ? '0' : fraction.front();
    if (!fraction.empty()) fraction.erase(0, 1);
  }
  for (; exponent < 0; ++exponent) {
    fraction.insert(fraction.begin(), whole.empty() ? '0' : whole.back());
    if (!whole.empty()) whole.pop_back();
  }
  whole.erase(0, std::min(whole.find_first_not_of('0'), whole.size()));
  fraction.erase(fraction.find_last_not_of('0') + 1);
  if (whole.size() + fraction.size() > digits_max) return std::nullopt;
  if (whole.empty() && fraction.empty()) made.negative_ = false;
  made.whole_ = whole.empty() ? "0" : std::move(whole);
  made.fraction_ = std::move(fraction);
  return made;
}

std::optional<Decimal> Decimal::of(const model::Value& stored) {
  if (stored.is_number()) return read(model::write(stored));
  const auto* text = stored.get_ptr<const std::string*>();
  return text == nullptr ? std::nullopt : read(*text);
}

std::string Decimal::with_places(std::size_t places) const {
  std::string digits = whole_ + fraction_.substr(0, places);
  if (fraction_.size() > places && fraction_[places] >= '5') {
    std::size_t at = digits.size();
    while (at > 0 && digits[at - 1] == '9') digits[--at] = '0';
    if (at > 0)
      ++digits[at - 1];
    else
      digits.insert(digits.begin(), '1');
  }
  if (fraction_.size() < places) digits.append(places - fraction_.size(), '0');
  const bool is_zero = digits.find_first_not_of('0') == std::string::npos;
  if (places > 0) digits.insert(digits.size() - places, 1, '.');
  return negative_ && !is_zero ? '-' + digits : digits;
}

model::Value Decimal::value() const {
  const std::string exact = text();
  auto number = model::read(exact);
  if (!number) return exact;
  if (number->is_number_integer()) {
    const auto count = base::read_decimal(whole_);
    return count && *count <= dialect::count_max ? std::move(*number) : model::Value(exact);
  }
  return Decimal::of(*number) == *this ? std::move(*number) : model::Value(exact);
}

}  // namespace rockpool::dialects::baserow
