#include "core/model/builder.h"

#include <algorithm>
#include <map>

namespace rockpool::model {
namespace {

// Up to here comparing all pairs is quicker than an index, and needs no memory.
constexpr std::size_t few_members = 16;

}  // namespace

bool Builder::parse(std::string_view text) {
  at_ = text.data();
  const char* const end = at_ + text.size();
  return Value::sax_parse(Walk(&at_, end), Walk(&at_, end), this);
}

void Builder::push(Value value) {
  finished_.push_back({std::move(name_), std::move(value)});
  name_.clear();
}

bool Builder::key(const std::string& name) {
  if (!Gate::key(name.size())) return false;
  if (slice_begin_ != nullptr) return true;
  name_ = name;
  if (std::find(sliced_.begin(), sliced_.end(), name) != sliced_.end()) slice_begin_ = at_;
  return true;
}

bool Builder::open() {
  if (!enter()) return false;
  if (slice_begin_ != nullptr) {
    ++slice_depth_;
  } else {
    begun_.push_back(finished_.size());
    push(nullptr);
  }
  return true;
}

bool Builder::close(bool object) {
  leave();
  if (slice_begin_ != nullptr) {
    if (--slice_depth_ == 0) push(Value(slice(false)));
    return true;
  }
  const auto at = finished_.begin() + static_cast<std::ptrdiff_t>(begun_.back());
  begun_.pop_back();
  const std::span members(at + 1, finished_.end());
  if (object) {
    at->value = object_of(members);
  } else {
    Value::array_t list;
    list.reserve(members.size());
    for (Member& member : members) list.push_back(std::move(member.value));
    at->value = std::move(list);
  }
  finished_.erase(at + 1, finished_.end());
  return true;
}

std::string Builder::slice(bool number) {
  std::string_view held(slice_begin_, static_cast<std::size_t>(at_ - slice_begin_));
  held.remove_prefix(held.find_first_not_of(" \t\r\n:"));
  // The byte behind a number may be anything: what is wrong with it is found later.
  if (number) held = held.substr(0, held.find_last_of("0123456789") + 1);
  slice_begin_ = nullptr;
  return strip_space(held);
}

Value Builder::object_of(std::span<Member> members) {
  fold_repeated(members);
  Value::object_t object;
  object.reserve(members.size());
  for (Member& member : members) {
    if (!member.repeated) object.emplace_back(std::move(member.name), std::move(member.value));
  }
  return object;
}

// The last value of a repeated key goes to the place of the first.
void Builder::fold_repeated(std::span<Member> members) {
  if (members.size() <= few_members) {
    for (std::size_t i = 1; i < members.size(); ++i) {
      const auto end = members.begin() + static_cast<std::ptrdiff_t>(i);
      const auto first =
          std::find_if(members.begin(), end, [&](const Member& m) { return m.name == end->name; });
      if (first != end) fold(*first, *end);
    }
    return;
  }
  std::map<std::string_view, std::size_t> firsts;
  for (std::size_t i = 0; i < members.size(); ++i) {
    const auto [first, is_new] = firsts.emplace(members[i].name, i);
    if (!is_new) fold(members[first->second], members[i]);
  }
}

void Builder::fold(Member& first, Member& later) {
  first.value = std::move(later.value);
  later.repeated = true;
}

}  // namespace rockpool::model
