#include "core/wire/range.h"

#include <algorithm>
#include <optional>

#include "core/base/text.h"
#include "core/wire/letters.h"

namespace rockpool::wire {
namespace {

constexpr Range whole{};
constexpr Range outside{.kind = Range::Kind::outside};

// Digits with zeros before them as well. What is beyond 64 bits is the end of every file.
std::optional<std::uint64_t> read_position(std::string_view digits) {
  if (digits.empty() || digits.find_first_not_of("0123456789") != digits.npos) return std::nullopt;
  digits.remove_prefix(std::min(digits.find_first_not_of('0'), digits.size() - 1));
  return base::read_decimal(digits).value_or(~0ull);
}

}  // namespace

Range read_range(std::string_view field, std::uint64_t size) {
  const std::size_t equals = field.find('=');
  if (equals == field.npos || !is_same_name(trimmed(field.substr(0, equals)), "bytes")) return whole;
  const std::string_view said = trimmed(field.substr(equals + 1));
  const std::size_t dash = said.find('-');
  if (dash == said.npos) return whole;
  const std::string_view from = said.substr(0, dash), to = said.substr(dash + 1);
  const auto first = read_position(from);
  const auto last = read_position(to);
  if ((!first && !from.empty()) || (!last && !to.empty()) || (!first && !last)) return whole;
  if (!first) {
    const std::uint64_t bytes = std::min(*last, size);
    return bytes == 0 ? outside : Range{Range::Kind::part, size - bytes, bytes};
  }
  if (last && *last < *first) return whole;
  if (*first >= size) return outside;
  return {Range::Kind::part, *first, std::min(last.value_or(size - 1), size - 1) - *first + 1};
}

std::string content_range(const Range& range, std::uint64_t size) {
  const std::string all = '/' + base::decimal(size);
  if (range.kind == Range::Kind::outside) return "bytes *" + all;
  return "bytes " + base::decimal(range.offset) + '-' + base::decimal(range.offset + range.bytes - 1) + all;
}

bool names_tag(std::string_view field, std::string_view tag, bool weak) {
  if (trimmed(field) == "*") return true;
  while (!field.empty()) {
    field = trimmed(field);
    const bool is_weak = field.starts_with("W/");
    if (is_weak) field.remove_prefix(2);
    const std::size_t end = field.starts_with('"') ? field.find('"', 1) : field.npos;
    if (end == field.npos) return false;
    if ((weak || !is_weak) && field.substr(0, end + 1) == tag) return true;
    field = trimmed(field.substr(end + 1));
    if (!field.empty() && field.front() != ',') return false;
    field.remove_prefix(std::min<std::size_t>(field.size(), 1));
  }
  return false;
}

}  // namespace rockpool::wire
