#include "core/dialects/datocms/shelf.h"

#include <algorithm>
#include <functional>
#include <utility>

#include "core/base/sort.h"
#include "core/base/text.h"

namespace rockpool::dialects::datocms {
namespace {

// A few records are looked at one by one whatever else there is.
constexpr std::size_t few = 64;

}  // namespace

std::string place_of(const Row& row, const Row::Version& version, const std::vector<Order>& orders) {
  std::string place;
  for (const Order& order : orders) {
    const std::string& key = version.keys[order.subject];
    place += key.empty() ? '\x02' : '\x01';
    for (const char byte : key) place += order.descending ? static_cast<char>(~byte) : byte;
  }
  return place += count_key(row.num);
}

// ---- what is there ----------------------------------------------------------------------------------------

void Shelf::enter(Slot slot) {
  const Row& row = *rows_[slot];
  for (Sorted& list : lists_)
    if (const Row::Version* version = row.in(list.view))
      list.ranked.insert(place_of(row, *version, list.orders), slot);
}

void Shelf::leave(Slot slot) {
  const Row& row = *rows_[slot];
  for (Sorted& list : lists_)
    if (const Row::Version* version = row.in(list.view))
      list.ranked.erase(place_of(row, *version, list.orders));
}

Shelf::Moved Shelf::put(Row row) {
  const auto [held, is_new] = by_num_.try_emplace(row.num);
  if (!is_new) {
    const Slot slot = held->second;
    if (rows_[slot]->version >= row.version) return {};
    leave(slot);
    before_ = std::exchange(rows_[slot], std::make_unique<Row>(std::move(row)));
    enter(slot);
    return {.before = before_.get(), .now = rows_[slot].get()};
  }
  if (free_.empty()) {
    free_.push_back(static_cast<Slot>(rows_.size()));
    rows_.emplace_back();
  }
  const Slot slot = held->second = free_.back();
  free_.pop_back();
  by_id_[row.id] = slot;
  rows_[slot] = std::make_unique<Row>(std::move(row));
  enter(slot);
  return {.before = nullptr, .now = rows_[slot].get()};
}

Shelf::Moved Shelf::remove(std::uint64_t num, model::Version version) {
  const auto held = by_num_.find(num);
  if (held == by_num_.end() || rows_[held->second]->version >= version) return {};
  const Slot slot = held->second;
  leave(slot);
  by_id_.erase(rows_[slot]->id);
  by_num_.erase(held);
  before_ = std::exchange(rows_[slot], nullptr);
  free_.push_back(slot);
  return {.before = before_.get(), .now = nullptr};
}

const Row* Shelf::find(std::uint64_t num) const {
  const auto held = by_num_.find(num);
  return held == by_num_.end() ? nullptr : rows_[held->second].get();
}

const Row* Shelf::find_id(std::string_view id) const {
  const auto held = by_id_.find(std::string(id));
  return held == by_id_.end() ? nullptr : rows_[held->second].get();
}

const Row* Shelf::find_named(std::string_view name) const {
  if (name.find_first_not_of("0123456789") != std::string_view::npos) return find_id(name);
  const auto num = base::read_decimal(name);
  return num ? find(*num) : nullptr;
}

const Row* Shelf::next(std::uint64_t num) const {
  const auto held = by_num_.upper_bound(num);
  return held == by_num_.end() ? nullptr : rows_[held->second].get();
}

// ---- questions --------------------------------------------------------------------------------------------

Shelf::Sorted& Shelf::sorted(View view, const std::vector<Order>& orders) {
  const auto is_wanted = [&](const Sorted& list) { return list.view == view && list.orders == orders; };
  const auto held = std::find_if(lists_.begin(), lists_.end(), is_wanted);
  if (held != lists_.end()) {
    lists_.splice(lists_.begin(), lists_, held);
    return lists_.front();
  }
  if (lists_.size() == lists_max) lists_.pop_back();
  lists_.push_front({.view = view, .orders = orders, .ranked = {}});
  std::vector<index::Ranked::Entry> entries;
  for (const auto& [num, slot] : by_num_)
    if (const Row::Version* version = rows_[slot]->in(view))
      entries.push_back({place_of(*rows_[slot], *version, orders), slot});
  looked_ += entries.size();
  lists_.front().ranked.fill(std::move(entries));
  return lists_.front();
}

bool Shelf::fits(const Question& question, const Row& row, Work& work) {
  ++looked_;
  const Row::Version* version = question.sight.of(row);
  return version != nullptr && (question.filter == nullptr || question.filter->fits(*version, work));
}

std::optional<std::vector<Shelf::Slot>> Shelf::candidates(const Sight& sight, const Filter& filter) {
  if (filter.kind == Filter::Kind::all) {
    std::optional<std::vector<Slot>> fewest;
    for (const Filter& part : filter.parts) {
      auto found = candidates(sight, part);
      if (found && (!fewest || found->size() < fewest->size())) fewest = std::move(found);
    }
    return fewest;
  }
  std::vector<Slot> slots;
  if (filter.kind == Filter::Kind::any) {
    for (const Filter& part : filter.parts) {
      const auto found = candidates(sight, part);
      if (!found) return std::nullopt;
      slots.insert(slots.end(), found->begin(), found->end());
      if (slots.size() > few && slots.size() > size() / 2) return std::nullopt;
    }
    base::sort(slots, std::less<>());
    slots.erase(std::unique(slots.begin(), slots.end()), slots.end());
    return slots;
  }
  const bool is_null = filter.kind == Filter::Kind::is_null;
  if (!is_null && filter.kind != Filter::Kind::in) return std::nullopt;
  // Long texts are not held a second time.
  if (filter.subject < model_.fields.size() && model_.fields[filter.subject].type == FieldType::text)
    return std::nullopt;
  const Sorted& list = sorted(sight.view, {{.subject = filter.subject}});
  const auto take = [&](const std::string& from, const std::string& to) {
    const std::size_t begin = list.ranked.rank(from), end = list.ranked.rank(to);
    if (slots.size() + end - begin > few && slots.size() + end - begin > size() / 2) return false;
    list.ranked.walk(begin, end, [&](Slot slot) { return slots.push_back(slot), true; });
    return true;
  };
  if (is_null) return take("\x02", "\x03") ? std::optional(slots) : std::nullopt;
  for (const KeyRange& range : filter.ranges)
    if (!take('\x01' + range.from, range.to.empty() ? "\x02" : '\x01' + range.to)) return std::nullopt;
  return slots;
}

// In the order, from its beginning, until the page is full.
std::vector<const Row*> Shelf::walk(const Question& question, Work& work) {
  const Sorted& list = sorted(question.sight.view, question.orders);
  std::vector<const Row*> found;
  const bool are_all = question.filter == nullptr && !question.sight.valid_only;
  const std::size_t begin = are_all ? std::min(question.skip, list.ranked.size()) : 0;
  std::size_t skip = question.skip - (are_all ? question.skip : 0);
  list.ranked.walk(begin, list.ranked.size(), [&](Slot slot) {
    if (found.size() == question.first) return false;
    if (!fits(question, *rows_[slot], work)) return true;
    if (skip > 0)
      --skip;
    else
      found.push_back(rows_[slot].get());
    return true;
  });
  return found;
}

std::vector<const Row*> Shelf::page(const Question& question, Work& work) {
  if (question.first == 0) return {};
  const auto slots = question.filter ? candidates(question.sight, *question.filter) : std::nullopt;
  if (!slots) return walk(question, work);
  std::vector<std::pair<std::string, const Row*>> found;
  for (const Slot slot : *slots) {
    const Row& row = *rows_[slot];
    if (fits(question, row, work))
      found.emplace_back(place_of(row, *question.sight.of(row), question.orders), &row);
  }
  const std::size_t begin = std::min(question.skip, found.size());
  const std::size_t end = begin + std::min(question.first, found.size() - begin);
  std::partial_sort(found.begin(), found.begin() + static_cast<std::ptrdiff_t>(end), found.end());
  std::vector<const Row*> page;
  for (std::size_t i = begin; i < end; ++i) page.push_back(found[i].second);
  return page;
}

std::size_t Shelf::count(const Sight& sight, const Filter* filter, Work& work) {
  const Question question{.sight = sight, .filter = filter, .orders = {}};
  const auto slots = filter ? candidates(sight, *filter) : std::nullopt;
  std::size_t count = 0;
  if (slots) {
    for (const Slot slot : *slots) count += fits(question, *rows_[slot], work) ? 1 : 0;
    return count;
  }
  if (filter == nullptr && !sight.valid_only) return sorted(sight.view, {}).ranked.size();
  for (const auto& [num, slot] : by_num_) count += fits(question, *rows_[slot], work) ? 1 : 0;
  return count;
}

}  // namespace rockpool::dialects::datocms
