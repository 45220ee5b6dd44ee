// What rules work with, and what JavaScript makes of it.
//
// Private to the rules.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"
#include "core/model/value.h"

namespace rockpool::dialects::deepstream {

class RuleValue;
using RuleList = std::shared_ptr<const std::vector<RuleValue>>;

class RuleValue {
 public:
  // Undefined.
  RuleValue() = default;
  static RuleValue null() { return RuleValue(Kind::null); }
  explicit RuleValue(bool truth) : kind_(Kind::truth), truth_(truth) {}
  explicit RuleValue(double number) : kind_(Kind::number), number_(number) {}
  explicit RuleValue(std::string text) : kind_(Kind::text), text_(std::move(text)) {}
  // An array or object of somebody's who outlives it, or a list that stands in the rule.
  explicit RuleValue(const model::Value* container) : kind_(Kind::container), container_(container) {}
  explicit RuleValue(RuleList list) : kind_(Kind::list), list_(std::move(list)) {}
  static RuleValue of(const model::Value& value);

  // Null where it is of another kind.
  const bool* as_truth() const { return kind_ == Kind::truth ? &truth_ : nullptr; }
  const double* as_number() const { return kind_ == Kind::number ? &number_ : nullptr; }
  const std::string* as_text() const { return kind_ == Kind::text ? &text_ : nullptr; }
  const model::Value* as_container() const { return container_; }
  const RuleList* as_list() const { return kind_ == Kind::list ? &list_ : nullptr; }
  bool is_undefined() const { return kind_ == Kind::undefined; }
  bool is_null() const { return kind_ == Kind::null; }
  bool is_nullish() const { return is_undefined() || is_null(); }
  bool is_container() const { return kind_ == Kind::container || kind_ == Kind::list; }

  bool truth() const;
  double number() const;
  // Nothing: a container, which rules make no text of.
  std::optional<std::string> text() const;
  std::string_view kind() const;  // as typeof says it

  // `invalid` for members of null and undefined.
  base::Result<RuleValue> member(std::string_view name) const;
  base::Result<RuleValue> at(const RuleValue& index) const;
  // Elements of an array or list; nothing: it is none.
  std::optional<std::vector<RuleValue>> elements() const;
  // Has an object that member, or an array that element? Nothing: it is neither.
  std::optional<bool> holds(const RuleValue& key) const;

 private:
  enum class Kind : std::uint8_t { undefined, null, truth, number, text, container, list };
  explicit RuleValue(Kind kind) : kind_(kind) {}

  Kind kind_ = Kind::undefined;
  bool truth_ = false;
  double number_ = 0;
  std::string text_ = {};
  const model::Value* container_ = nullptr;
  RuleList list_ = {};
};

// ===
bool same(const RuleValue& a, const RuleValue& b);
// ==, but that no container equals anything that is none.
bool equal(const RuleValue& a, const RuleValue& b);
// a < b; nothing: neither that nor its contrary.
std::optional<bool> less(const RuleValue& a, const RuleValue& b);

// Decimal digits with fraction and exponent, nothing around them.
std::optional<double> number_of(std::string_view digits);
// As JavaScript counts, which is in units of UTF-16.
std::size_t units_of(std::string_view text);

}  // namespace rockpool::dialects::deepstream
