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
  return nlohmann::ordered_json::sax_parse(Walk(&at_, end), Walk(&at_, end), this);
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
  const std::span items(at + 1, finished_.end());
  at->value = object ? object_of(items) : array_of(items);
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

Value Builder::array_of(std::span<Value::Item> items) {
  Value::array_t list;
  list.reserve(items.size());
  for (Value::Item& item : items) list.push_back(std::move(item.value));
  return list;
}

// The last value of a repeated key goes to the place of the first.
Value Builder::object_of(std::span<Value::Item> items) {
  const bool many = items.size() > few_members;
  std::map<std::string_view, std::size_t> places;
  Value::object_t object;
  object.reserve(items.size());  // so that the names stay where they are
  for (Value::Item& item : items) {
    std::size_t place = object.size();
    if (many) {
      const auto found = places.find(item.name);
      if (found != places.end()) place = found->second;
    } else {
      place = static_cast<std::size_t>(
          std::find_if(object.begin(), object.end(), [&](const auto& o) { return o.name == item.name; }) -
          object.begin());
    }
    if (place < object.size()) {
      object[place].value = std::move(item.value);
      continue;
    }
    object.push_back(std::move(item));
    if (many) places.emplace(object.back().name, place);
  }
  return object;
}

}  // namespace rockpool::model
