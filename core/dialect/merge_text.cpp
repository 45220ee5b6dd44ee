#include "core/dialect/merge_text.h"

#include <map>
#include <utility>
#include <vector>

#include "core/model/skip.h"
#include "core/model/value.h"

namespace rockpool::dialect {
namespace {

struct Member {
  std::string_view name, value;  // as text; the name with its quotes
};

// The first position behind the value that begins at `at`.
std::size_t behind_value(std::string_view text, std::size_t at) {
  std::size_t depth = 0;
  while (at < text.size()) {
    const char c = text[at];
    if (depth == 0 && (c == ',' || c == '}')) return at;
    if (c == '"') {
      at = model::behind_string(text, at);
      continue;
    }
    depth += c == '{' || c == '[' ? 1 : 0;
    depth -= c == '}' || c == ']' ? 1 : 0;
    ++at;
  }
  return at;
}

std::vector<Member> members_of(std::string_view object) {
  std::vector<Member> members;
  std::size_t at = 1;
  while (at + 1 < object.size()) {
    const std::size_t colon = model::behind_string(object, at);
    const std::size_t end = behind_value(object, colon + 1);
    members.push_back({object.substr(at, colon - at), object.substr(colon + 1, end - colon - 1)});
    at = end + 1;
  }
  return members;
}

// A name may be written with escapes or without.
std::string name_of(const Member& member) {
  const std::string_view within = member.name.substr(1, member.name.size() - 2);
  if (within.find('\\') == std::string_view::npos) return std::string(within);
  const auto value = model::read(member.name);
  const auto* name = value ? value->get_ptr<const std::string*>() : nullptr;
  return name == nullptr ? std::string(within) : *name;
}

bool is_object(std::string_view text) { return text.starts_with('{'); }

// Of checked JSON, so that there is an end to its levels.
void append_merged(std::string& out, std::string_view before, std::string_view patch, Merging merging) {
  struct Merged {
    Member held;
    std::string_view patch = {};
  };
  std::vector<Merged> all;
  std::map<std::string, std::size_t> places;
  for (const Member& member : members_of(before)) {
    places[name_of(member)] = all.size();
    all.push_back({member});
  }
  for (const Member& said : members_of(patch)) {
    const auto [place, is_new] = places.try_emplace(name_of(said), all.size());
    if (is_new) {
      all.push_back({said});
    } else if (Merged& one = all[place->second];
               merging == Merging::of_all_levels && is_object(one.held.value) && is_object(said.value)) {
      one.patch = said.value;
    } else {
      one.held.value = said.value;
      one.patch = {};
    }
  }
  char before_name = '{';
  for (const Merged& one : all) {
    (out += std::exchange(before_name, ',')).append(one.held.name) += ':';
    one.patch.empty() ? void(out += one.held.value) : append_merged(out, one.held.value, one.patch, merging);
  }
  out += all.empty() ? "{}" : "}";
}

}  // namespace

std::optional<std::string> merge_text(std::string_view before, std::string_view patch, Merging merging) {
  if (!is_object(before) || !is_object(patch)) return std::nullopt;
  std::string text;
  append_merged(text, before, patch, merging);
  return text;
}

}  // namespace rockpool::dialect
