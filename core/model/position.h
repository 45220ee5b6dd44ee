// Where a record stands among those of its collection, for dialects whose users put records in order.
//
// The place is `order` in the record's meta, a text with a decimal number from 0 to 2^63 and up to 20 digits
// behind the point; a record without one, written by a dialect that knows no order, stands at its number.
// Equal places are in order of number.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "core/model/record.h"

namespace rockpool::model {

class Position {
 public:
  static constexpr int fraction_digits = 20;

  Position() = default;
  static Position of_whole(std::uint64_t whole);
  // Decimal digits with or without a point; nothing for other texts and for what does not fit.
  static std::optional<Position> read(std::string_view text);
  // Halfway between the two, rounded down; it is `low` when nothing lies between them.
  static Position between(const Position& low, const Position& high);

  // With all its digits behind the point: 1.00000000000000000000.
  std::string text() const;
  // As many characters for every position, so that they sort as positions do.
  std::string sortable() const;
  std::uint64_t whole() const { return whole_; }

  auto operator<=>(const Position&) const = default;

 private:
  Position(std::uint64_t whole, std::uint64_t high, std::uint64_t low)
      : whole_(whole), high_(high), low_(low) {}

  // The fraction is high_ and low_, ten digits each.
  std::uint64_t whole_ = 0;
  std::uint64_t high_ = 0;
  std::uint64_t low_ = 0;
};

Position position_of(const Record& record);

}  // namespace rockpool::model
