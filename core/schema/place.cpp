#include "core/schema/place.h"

#include "core/base/text.h"

namespace rockpool::schema {

Place::Step::Step(Place& place, std::string_view name) : place_(place), length_(place.pointer_.size()) {
  place.pointer_ += '/';
  for (const char c : name) {
    if (c == '~' || c == '/') {
      place.pointer_ += c == '~' ? "~0" : "~1";
    } else {
      place.pointer_ += c;
    }
  }
}

Place::Step::Step(Place& place, std::size_t index) : Step(place, base::decimal(std::uint64_t{index})) {}

std::optional<std::string> unescaped(std::string_view step) {
  std::string name;
  for (std::size_t i = 0; i < step.size(); ++i) {
    if (step[i] == '/') return std::nullopt;
    if (step[i] != '~') {
      name += step[i];
      continue;
    }
    const char code = i + 1 < step.size() ? step[i + 1] : '\0';
    if (code != '0' && code != '1') return std::nullopt;
    name += code == '0' ? '~' : '/';
    ++i;
  }
  return name;
}

}  // namespace rockpool::schema
