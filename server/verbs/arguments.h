// The command line after the verb.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"

namespace rockpool::verbs {

// What a verb understands. Every option takes a value but the switches.
struct Grammar {
  std::vector<std::string> options;
  std::vector<std::string> switches;
  std::vector<std::string> places;  // names of what stands without an option, for messages
  std::size_t places_min = 0;
};

class Arguments {
 public:
  // `usage` for an unknown or repeated option, a missing value, too many or too few places. Takes `--a b` and
  // `--a=b`; after `--` everything is a place.
  static base::Result<Arguments> read(const std::vector<std::string>& words, const Grammar& grammar);

  std::optional<std::string> value(std::string_view option) const;
  bool has(std::string_view option) const { return values_.find(option) != values_.end(); }
  std::optional<std::string> place(std::size_t index) const;

 private:
  std::map<std::string, std::string, std::less<>> values_;
  std::vector<std::string> places_;
};

}  // namespace rockpool::verbs
