#include "core/dialects/datocms/filter.h"

#include <algorithm>
#include <utility>

#include "core/query/scan.h"

namespace rockpool::dialects::datocms {
namespace {

bool is_in(const std::vector<KeyRange>& ranges, std::string_view key) {
  const auto begins_behind = [](std::string_view one, const KeyRange& range) { return one < range.from; };
  auto range = std::upper_bound(ranges.begin(), ranges.end(), key, begins_behind);
  if (range == ranges.begin()) return false;
  --range;
  return range->to.empty() || key < range->to;
}

// A list's key is those of its elements behind each other: it is looked for where one of them begins.
bool has_key(std::string_view list, std::string_view key) {
  constexpr std::string_view end("\0\x01", 2);
  for (std::size_t at = 0; at < list.size();) {
    if (list.substr(at).starts_with(key)) return true;
    const std::size_t found = list.find(end, at);
    if (found == std::string_view::npos) return false;
    at = found + end.size();
  }
  return false;
}

}  // namespace

bool Filter::fits(const Row::Version& version, Work& work) const {
  if (!work.takes_tests(1 + keys.size())) return false;
  const auto fits_one = [&](const Filter& part) { return part.fits(version, work); };
  const auto has = [&](const std::string& key) { return has_key(version.keys[subject], key); };
  switch (kind) {
    case Kind::all: return std::all_of(parts.begin(), parts.end(), fits_one);
    case Kind::any: return std::any_of(parts.begin(), parts.end(), fits_one);
    case Kind::none: return std::none_of(parts.begin(), parts.end(), fits_one);
    case Kind::in: return !version.keys[subject].empty() && is_in(ranges, version.keys[subject]);
    case Kind::is_null: return version.keys[subject].empty();
    case Kind::matches: break;
    case Kind::has_all: return std::all_of(keys.begin(), keys.end(), has);
    case Kind::has_any: return std::any_of(keys.begin(), keys.end(), has);
  }
  if (version.keys[subject].empty()) return false;
  std::string scratch;
  return matcher->matches(query::unescaped(version.texts[subject], scratch), work);
}

KeyRange exactly(std::string key) {
  std::string behind = key + '\xff';
  return {.from = std::move(key), .to = std::move(behind)};
}

Filter none_of(Filter filter) {
  Filter made{.kind = Filter::Kind::none};
  made.parts.push_back(std::move(filter));
  return made;
}

}  // namespace rockpool::dialects::datocms
