// A change webhook as its owner configured it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "server/net/url.h"

namespace rockpool::hooks {

struct Hook {
  std::string name;
  net::Url url;
  std::string space = "default";
  std::vector<std::string> collections;  // names, `*` for any part of one; empty: all
  std::string secret;
  std::uint64_t batch = 100;      // changes in a delivery; an entry of the log is never split
  std::uint64_t ms_max = 10'000;  // for a delivery
  bool from_start = false;        // otherwise a new hook begins at the end of the log

  // Collections of the server's own, `$...`, are nobody's.
  bool wants(std::string_view collection) const;
};

// `*` stands for any bytes, none too.
bool matches(std::string_view pattern, std::string_view name);

}  // namespace rockpool::hooks
