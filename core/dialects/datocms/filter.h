// What a query asks of records, made of its `filter` argument: tests of subjects, joined.
//
// Almost every test is a set of ranges of keys (core/dialects/datocms/rows.h), which is why a sorted list of
// the subject finds those that pass.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/dialects/datocms/matcher.h"
#include "core/dialects/datocms/rows.h"

namespace rockpool::dialects::datocms {

// Keys from `from` on to below `to`, or to the last one when that is empty.
struct KeyRange {
  std::string from, to;
};

struct Filter {
  enum class Kind : std::uint8_t {
    all,      // of its parts
    any,      // of its parts
    none,     // of its parts
    in,       // the subject's key is in one of the ranges
    is_null,  // the subject is null
    matches,  // the subject, a text, fits the pattern
    has_all,  // the subject, links, leads to each of these
    has_any,  // the subject, links, leads to one of these
  };
  Kind kind = Kind::all;
  std::vector<Filter> parts = {};
  Subject subject = 0;
  std::vector<KeyRange> ranges = {};   // in order, apart from each other
  std::vector<std::string> keys = {};  // of the ids that links lead to
  std::shared_ptr<const Matcher> matcher = {};

  // Once the work is used up nothing fits any more.
  bool fits(const Row::Version& version, Work& work) const;
};

// ---- the tests
KeyRange exactly(std::string key);
Filter none_of(Filter filter);

}  // namespace rockpool::dialects::datocms
