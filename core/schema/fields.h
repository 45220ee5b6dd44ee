// What dialects with typed fields, such as tables, demand of a collection's records:
//
//   "fields": [{"key": "n", "type": "number", "options": {"min": 0}, "of": "baserow:3"}, ...]
//
//   text       a string
//   texts      an array of strings
//   number     a number, or a string with a decimal number that no double holds; options: {"min": 0}
//   integer    the same without a fraction
//   boolean    true or false
//   date       a string with a date, or with a date and a time
//   option     a number out of options: {"ids": [...]}
//   options    an array of such numbers
//
// Every field may also be null or missing, and other members are nobody's affair. What was there before a
// field was made, and does not fit, may stay as it is.
#pragma once

#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"
#include "core/model/value.h"

namespace rockpool::schema {

class Fields {
 public:
  // Of the data of a record of `$collections`; what is no field is left out.
  static Fields read(std::string_view collection);

  bool empty() const { return fields_.empty(); }
  // `data` is what a write makes of a record, `before` what it was (null: it was not there). The first
  // mistake is an `invalid` error with its place.
  base::Status admit(const model::Value& data, const model::Value* before) const;

 private:
  enum class Type : std::uint8_t { text, texts, number, integer, boolean, date, option, options };
  struct Field {
    std::string key;
    Type type = Type::text;
    bool is_positive = false;
    std::set<std::uint64_t> ids;
  };

  static bool fits(const Field& field, const model::Value& value);
  static std::string_view description_of(const Field& field);

  std::vector<Field> fields_;
};

}  // namespace rockpool::schema
