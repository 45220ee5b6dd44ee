// Lists that are answered a part at a time: ?page=2&size=50, or ?offset=50&limit=50 where that is said
//
//   {"count":120,"next":"…?size=50&page=3","previous":"…?size=50&page=1","results":[…]}
#pragma once

#include <algorithm>
#include <functional>
#include <set>
#include <span>
#include <string>
#include <string_view>

#include "core/dialects/baserow/office.h"

namespace rockpool::dialects::baserow {

inline constexpr std::uint64_t page_size_max = 200;

struct PageWanted {
  std::uint64_t offset = 0;
  std::uint64_t size = 100;
  bool has_number = true;  // its address says which page it is, not how many things are passed over
};

// Nothing: it is `page`.
MaybeFault read_page(std::string_view query, PageWanted& page);
// The same where the query may say limit or offset.
MaybeFault read_page_or_limit(std::string_view query, PageWanted& page);
// What the query wants to be told besides: ?include=filters,sortings
class Included {
 public:
  explicit Included(std::string_view query);
  bool has(std::string_view name) const { return names_.contains(name); }

 private:
  std::set<std::string, std::less<>> names_;
};

// There are `count` things in all: is that page one of them?
MaybeFault check_page(const PageWanted& page, std::uint64_t count);
// What of the list is on it.
template <typename One>
std::span<const One> part_of(const PageWanted& page, const std::vector<One>& all) {
  const std::size_t begin = std::min<std::uint64_t>(page.offset, all.size());
  return std::span(all).subspan(begin, std::min<std::uint64_t>(page.size, all.size() - begin));
}
// The answer; `results` is a JSON list.
std::string page_text(const Request& asked, const PageWanted& page, std::uint64_t count,
                      std::string_view results);

}  // namespace rockpool::dialects::baserow
