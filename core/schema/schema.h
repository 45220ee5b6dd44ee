// A subset of JSON Schema (draft 2020-12), compiled once and asked often: does this value fit, and where not?
//
// Words: type, enum, const; properties, required, additionalProperties, minProperties, maxProperties; items,
// prefixItems, minItems, maxItems, uniqueItems; minLength, maxLength (code points), format; minimum, maximum,
// exclusiveMinimum, exclusiveMaximum, multipleOf; allOf, anyOf, oneOf, not; $defs at the root, and $ref to
// `#` or `#/$defs/NAME`. Annotations are passed over, everything else is refused when the schema is compiled:
// a word that is read and not enforced would be a promise nobody keeps. Regular expressions (pattern,
// patternProperties) are left out.
//
// Checking is bounded whatever the value: a schema may refer to itself only by way of a member or an element,
// of which a value has 64 levels, and the work on one value has a limit.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "core/base/result.h"
#include "core/model/value.h"

namespace rockpool::schema {

struct Program;

struct Mistake {
  std::string path;  // JSON Pointer into the value, empty for the whole of it
  std::string keyword;
  std::string message;  // for people, begins with the keyword
};

inline constexpr std::size_t mistakes_max = 10;

class Schema {
 public:
  // Errors: `usage`, with the JSON Pointer of the word that is wrong.
  static base::Result<Schema> compile(const model::Value& source);

  // Empty: the value fits. Otherwise the first mistakes in the order of the value's members.
  std::vector<Mistake> check(const model::Value& value, std::size_t at_most = mistakes_max) const;
  // The first mistake as the `invalid` error of a record's data.
  base::Status admit(const model::Value& value) const;

 private:
  explicit Schema(std::shared_ptr<const Program> program) : program_(std::move(program)) {}
  std::shared_ptr<const Program> program_;
};

}  // namespace rockpool::schema
