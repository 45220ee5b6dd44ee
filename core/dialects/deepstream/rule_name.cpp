#include "core/dialects/deepstream/rule_name.h"

#include <algorithm>

#include "core/base/pattern.h"

namespace rockpool::dialects::deepstream {
namespace {

constexpr std::size_t parts_max = 64;
constexpr std::size_t name_bytes_max = 2400;  // and no name of anything is as long

bool is_of_variable(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

}  // namespace

base::Result<RuleName> RuleName::read(std::string_view pattern) {
  RuleName name;
  name.pattern_ = pattern;
  for (std::size_t at = 0; at < pattern.size();) {
    if (pattern[at] == '*') {
      name.parts_.push_back({.kind = Part::Kind::any});
      ++name.stars_;
      ++at;
    } else if (pattern[at] == '$') {
      std::size_t end = at + 1;
      while (end < pattern.size() && is_of_variable(pattern[end])) ++end;
      if (end == at + 1)
        return base::Error{base::Code::invalid, "has a $ without a variable's name: letters and digits", ""};
      name.parts_.push_back({.kind = Part::Kind::variable});
      name.variables_.emplace_back(pattern.substr(at, end - at));
      at = end;
    } else {
      const std::size_t end = std::min(pattern.find_first_of("*$", at), pattern.size());
      name.parts_.push_back({.kind = Part::Kind::text, .text = std::string(pattern.substr(at, end - at))});
      name.bytes_ += end - at;
      at = end;
    }
  }
  if (name.parts_.size() > parts_max) return base::Error{base::Code::invalid, "has more than 64 parts", ""};
  return name;
}

bool RuleName::decides_before(const RuleName& other) const {
  return bytes_ != other.bytes_ ? bytes_ > other.bytes_ : stars_ < other.stars_;
}

bool RuleName::may_match_below(std::string_view beginning) const {
  const bool is_fixed = !parts_.empty() && parts_.front().kind == Part::Kind::text;
  const std::string_view own = is_fixed ? std::string_view(parts_.front().text) : std::string_view();
  return own.starts_with(beginning) || beginning.starts_with(own);
}

bool RuleName::matches(std::string_view name) const {
  return variables_.empty() ? base::matches(pattern_, name) : fit(name).has_value();
}

// From the left, each part as long as it can be, with a way back. No part is tried twice from the same byte.
std::optional<std::vector<std::size_t>> RuleName::fit(std::string_view name) const {
  struct Try {
    std::size_t begin, end, least;
  };
  std::vector<Try> tries;
  std::vector<bool> failed(parts_.size() * (name.size() + 1));
  const auto begin = [&](std::size_t at) -> bool {
    const Part& part = parts_[tries.size()];
    if (failed[tries.size() * (name.size() + 1) + at]) return false;
    if (part.kind == Part::Kind::text) {
      if (!name.substr(at).starts_with(part.text)) return false;
      tries.push_back({at, at + part.text.size(), at + part.text.size()});
      return true;
    }
    const bool is_any = part.kind == Part::Kind::any;
    const std::size_t end = is_any ? name.size() : std::min(name.find('/', at), name.size());
    if (!is_any && end == at) return false;
    tries.push_back({at, end, is_any ? at : at + 1});
    return true;
  };
  if (name.size() > name_bytes_max || parts_.empty() || !begin(0)) return std::nullopt;
  while (!tries.empty()) {
    const bool is_whole = tries.size() == parts_.size();
    if (is_whole && tries.back().end == name.size()) break;
    if (!is_whole && begin(tries.back().end)) continue;
    // The last part gives a byte back, or those before it.
    while (!tries.empty() && tries.back().end == tries.back().least) {
      failed[(tries.size() - 1) * (name.size() + 1) + tries.back().begin] = true;
      tries.pop_back();
    }
    if (!tries.empty()) --tries.back().end;
  }
  if (tries.empty()) return std::nullopt;
  std::vector<std::size_t> ends;
  for (const Try& one : tries) ends.push_back(one.end);
  return ends;
}

std::vector<std::string_view> RuleName::capture(std::string_view name) const {
  std::vector<std::string_view> captured;
  const auto ends = variables_.empty() ? std::nullopt : fit(name);
  if (!ends) return captured;
  for (std::size_t i = 0, begin = 0; i < parts_.size(); begin = (*ends)[i++])
    if (parts_[i].kind == Part::Kind::variable) captured.push_back(name.substr(begin, (*ends)[i] - begin));
  return captured;
}

}  // namespace rockpool::dialects::deepstream
