// Decimal numbers as people write them, exactly: what a double would change is kept as text.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "core/model/value.h"

namespace rockpool::dialects::baserow {

class Decimal {
 public:
  static constexpr std::size_t digits_max = 400;

  // An optional sign, digits with or without a point, an optional exponent; nothing for other texts and for
  // what has too many digits.
  static std::optional<Decimal> read(std::string_view text);
  // Of a number, or of a text with one.
  static std::optional<Decimal> of(const model::Value& stored);

  bool is_negative() const { return negative_; }
  std::size_t places() const { return fraction_.size(); }
  std::size_t digits() const { return (whole_ == "0" ? 0 : whole_.size()) + fraction_.size(); }

  // The shortest: 3.5
  std::string text() const { return with_places(places()); }
  // With so many digits behind the point, rounded, halves away from zero.
  std::string with_places(std::size_t places) const;
  // A number where that is exactly this one, everywhere; otherwise a text.
  model::Value value() const;

  bool operator==(const Decimal&) const = default;

 private:
  bool negative_ = false;
  std::string whole_ = "0";  // without zeros before it
  std::string fraction_;     // without zeros behind it
};

}  // namespace rockpool::dialects::baserow
