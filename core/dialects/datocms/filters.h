// A query's arguments `filter` and `orderBy`, as the schema (core/dialects/datocms/types.h) lets them
// through, made into what a shelf understands.
#pragma once

#include <memory>
#include <utility>
#include <vector>

#include "core/dialects/datocms/content.h"

namespace rockpool::dialects::datocms {

enum class FilterTest : std::uint8_t {
  eq,
  neq,
  in,
  not_in,
  gt,
  gte,
  lt,
  lte,
  exists,
  is_blank,
  is_present,
  matches,
  not_matches,
  all_in,
  any_in
};
inline constexpr std::size_t filter_tests = 15;
std::string_view name_of(FilterTest test);

// What a subject is, as far as tests of it are concerned.
enum class SubjectType : std::uint8_t {
  string,
  text,
  slug,
  integer,
  real,
  boolean,
  date,
  date_time,
  json,
  link,
  links,
  id,
  status,
  time  // of a record, not of a field
};
inline constexpr std::size_t subject_types = 14;
// Those that there are for it.
bool has_test(SubjectType type, FilterTest test);

// Everything of a model that can be asked for or put in order by, by the name in the schema.
struct SubjectName {
  std::string name;
  SubjectType type;
  Subject subject;
};
std::vector<SubjectName> subjects_of(const Model& model);

// The error is `invalid`: a pattern that is none.
base::Result<std::shared_ptr<const Filter>> read_filter(const Content& content, std::size_t model,
                                                        const model::Value& filter, Sought& sought);
// `title_ASC`, ...
std::vector<Order> read_orders(const Model& model, const model::Value& order_by);

}  // namespace rockpool::dialects::datocms
