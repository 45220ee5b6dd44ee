// The names that permissions are for.
//
// pattern  := (char | "*" | variable)+      "*" stands for any bytes, "/" and none too
// variable := "$" (letter | digit)+         for one byte or more without "/"
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"

namespace rockpool::dialects::deepstream {

class RuleName {
 public:
  static base::Result<RuleName> read(std::string_view pattern);

  bool matches(std::string_view name) const;
  // May a name match that begins with this? Yes, in doubt.
  bool may_match_below(std::string_view beginning) const;
  // What stands for each variable, the longest text for those that come first; only of names that match.
  std::vector<std::string_view> capture(std::string_view name) const;

  const std::vector<std::string>& variables() const { return variables_; }
  // Does this one decide before the other, where both match? It does if it says more bytes itself, or as many
  // and has fewer `*`.
  bool decides_before(const RuleName& other) const;

 private:
  struct Part {
    enum class Kind : std::uint8_t { text, any, variable };
    Kind kind = Kind::text;
    std::string text = {};
  };
  // Where each part ends; nothing: it does not match.
  std::optional<std::vector<std::size_t>> fit(std::string_view name) const;

  std::string pattern_;
  std::vector<Part> parts_;
  std::vector<std::string> variables_;
  std::size_t bytes_ = 0;
  std::size_t stars_ = 0;
};

}  // namespace rockpool::dialects::deepstream
