// Reads the members of one JSON object with their types, and remembers the first thing that was wrong.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/model/value.h"

namespace rockpool::dialect {

// Largest number that JavaScript holds exactly.
inline constexpr std::uint64_t count_max = (1ull << 53) - 1;

// A decoder reads all members first and asks `error()` once, at its end; after the first fault what is read
// means nothing. Absent and null are the same where a member may be absent. Errors are `bad_message` and name
// the member as `where.name`.
class Members {
 public:
  // Both must outlive the reader.
  Members(const model::Value& object, std::string_view where) : object_(object), where_(where) {}

  const model::Value& value() const { return object_; }
  bool has(std::string_view name) const;
  std::string text(std::string_view name);
  std::string text_or(std::string_view name, std::string_view otherwise);
  std::uint64_t count(std::string_view name);
  std::optional<std::uint64_t> maybe_count(std::string_view name);
  std::uint64_t count_or(std::string_view name, std::uint64_t otherwise) {
    return maybe_count(name).value_or(otherwise);
  }
  bool flag_or(std::string_view name, bool otherwise);
  // A list of counts, at most `items_max`; absent: empty.
  std::vector<std::uint64_t> counts(std::string_view name, std::size_t items_max);
  // The member if it is an array, or an object; null after a fault.
  const model::Value* array(std::string_view name);
  const model::Value* object(std::string_view name);

  void wrong(std::string_view name, std::string_view what);
  // What is wrong with a part of this object is wrong with it.
  void take_fault(const Members& part);
  const std::optional<base::Error>& error() const { return error_; }

 private:
  const model::Value* find(std::string_view name) const;

  const model::Value& object_;
  std::string_view where_;
  std::optional<base::Error> error_;
};

}  // namespace rockpool::dialect
