// Reads parts of the configuration, and remembers the first thing that is wrong.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/base/result.h"
#include "core/base/text.h"
#include "core/model/value.h"

namespace rockpool::dialect {

class ConfigReader {
 public:
  // `place`: where all of it stands; may be empty.
  explicit ConfigReader(std::string place = {}) : place_(std::move(place)) {}

  // `usage`, and names the place.
  const std::optional<base::Error>& error() const { return error_; }
  // Takes each member of an object, `at` which may be empty.
  template <typename Take>
  void members(std::string_view at, const model::Value& value, const Take& take) {
    if (!value.is_object()) wrong(at, "give an object");
    for (const auto& [name, held] : value.members()) take(name, held);
  }
  // `at` may be empty.
  void wrong(std::string_view at, std::string_view what) {
    if (error_) return;
    const std::string_view dot = place_.empty() || at.empty() ? "" : ".";
    std::string message = place_;
    message.append(dot).append(at).append(": ").append(what);
    error_ = base::Error{.code = base::Code::usage, .message = std::move(message)};
  }

 protected:
  void pass_on(const base::Error& error) {
    if (!error_) error_ = error;
  }
  std::string text(std::string_view at, const model::Value& value) {
    const auto* held = value.get_ptr<const std::string*>();
    if (held == nullptr) wrong(at, "give a text");
    return held == nullptr ? std::string() : *held;
  }
  bool flag(std::string_view at, const model::Value& value) {
    const auto* held = value.get_ptr<const bool*>();
    if (held == nullptr) wrong(at, "give true or false");
    return held != nullptr && *held;
  }
  std::uint64_t count(std::string_view at, const model::Value& value, std::uint64_t most) {
    const auto held = model::as_count(value);
    if (held && *held > 0 && *held <= most) return *held;
    wrong(at, "give a number from 1 to " + base::decimal(most));
    return 1;
  }
  std::vector<std::string> texts(std::string_view at, const model::Value& value) {
    std::vector<std::string> found;
    if (!value.is_array()) wrong(at, "give a list of texts");
    for (const model::Value& one : value) {
      const auto* held = one.get_ptr<const std::string*>();
      held == nullptr ? wrong(at, "give texts") : found.push_back(*held);
    }
    return found;
  }

 private:
  std::string place_;
  std::optional<base::Error> error_;
};

}  // namespace rockpool::dialect
