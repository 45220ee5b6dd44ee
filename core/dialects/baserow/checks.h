// Reads the members of a request's body, and says of each what is wrong with it:
//
//   {"name":[{"error":"This field is required.","code":"required"}]}
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/dialects/baserow/faults.h"
#include "core/dialects/baserow/things.h"

namespace rockpool::dialects::baserow {

inline constexpr std::size_t name_letters_max = 255;

// A handler reads all members first and asks `fault()` once; what is read after the first fault means
// nothing. A member that may be left out gives nothing then.
class Checks {
 public:
  // `body` must outlive the checks.
  explicit Checks(const model::Value& body);

  struct Text {
    std::size_t letters_max = name_letters_max;
    std::size_t letters_min = 1;  // 0: it may be empty
  };
  std::string text(std::string_view name, Text terms);
  std::string text(std::string_view name) { return text(name, Text()); }
  std::optional<std::string> maybe_text(std::string_view name, Text terms);
  std::optional<std::string> maybe_text(std::string_view name) { return maybe_text(name, Text()); }
  // One of these words.
  std::string choice(std::string_view name, std::span<const std::string_view> words);
  std::optional<std::string> maybe_choice(std::string_view name, std::span<const std::string_view> words);
  Id id(std::string_view name);
  std::optional<Id> maybe_id(std::string_view name);
  struct Range {
    std::uint64_t least = 0;
    std::uint64_t most = 0;
  };
  std::optional<std::uint64_t> maybe_number(std::string_view name, Range range);
  std::optional<bool> maybe_flag(std::string_view name);
  // A list of ids, each once.
  std::vector<Id> ids(std::string_view name, std::size_t count_max = 10'000);
  // The member if it is an object or an array; null after a fault.
  const model::Value* object(std::string_view name);
  const model::Value* array(std::string_view name);

  bool has(std::string_view name) const { return model::member(body_, name) != nullptr; }
  // Every other member is a fault.
  void only(std::span<const std::string_view> names);

  void wrong(std::string_view name, std::string_view error, std::string_view code = "invalid");
  MaybeFault fault(Wrong wrong = Wrong::body) const;

 private:
  // Null: it is not there, or not of use; then that has been said unless it may be left out.
  const model::Value* find(std::string_view name, bool is_needed);
  std::optional<std::string> read_text(std::string_view name, Text terms, bool is_needed);
  std::optional<std::string> read_choice(std::string_view name, std::span<const std::string_view> words,
                                         bool is_needed);
  std::optional<Id> read_id(std::string_view name, bool is_needed);

  const model::Value& body_;
  std::vector<std::pair<std::string, std::string>> faults_;  // member and what is wrong, as JSON
};

// How many characters it has.
std::size_t letters(std::string_view text);
bool is_email(std::string_view text);

}  // namespace rockpool::dialects::baserow
