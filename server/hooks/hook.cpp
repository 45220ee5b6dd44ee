#include "server/hooks/hook.h"

#include <algorithm>

namespace rockpool::hooks {

// What follows the last `*` is tried from where the star's part ended, one byte later each time: the work is
// at most the product of both lengths.
bool matches(std::string_view pattern, std::string_view name) {
  std::size_t at = 0, in = 0;
  std::size_t star = std::string_view::npos, resume = 0;
  while (in < name.size()) {
    if (at < pattern.size() && pattern[at] == '*') {
      star = at++;
      resume = in;
    } else if (at < pattern.size() && pattern[at] == name[in]) {
      ++at;
      ++in;
    } else if (star != std::string_view::npos) {
      at = star + 1;
      in = ++resume;
    } else {
      return false;
    }
  }
  while (at < pattern.size() && pattern[at] == '*') ++at;
  return at == pattern.size();
}

bool Hook::wants(std::string_view collection) const {
  if (collection.starts_with('$')) return false;
  return collections.empty() ||
         std::any_of(collections.begin(), collections.end(),
                     [&](const std::string& pattern) { return matches(pattern, collection); });
}

}  // namespace rockpool::hooks
