#include "core/dialects/datocms/sdk_feed.h"

#include <algorithm>

#include "core/model/value.h"

namespace rockpool::dialects::datocms {
namespace {

int bit_of(const Sight& sight) { return 2 * static_cast<int>(sight.view) + (sight.valid_only ? 1 : 0); }

// The sights that see the record, one bit each.
std::uint8_t seen_of(const Row* row) {
  std::uint8_t seen = 0;
  if (row == nullptr) return seen;
  for (const View view : {View::published, View::newest})
    for (const bool valid_only : {false, true}) {
      const Sight sight{.view = view, .valid_only = valid_only};
      if (sight.of(*row) != nullptr) seen = static_cast<std::uint8_t>(seen | 1 << bit_of(sight));
    }
  return seen;
}

}  // namespace

Feed::Feed(const Content& content) : content_(content), lost_(content.size()), linkers_(content.size()) {}

const Row* Feed::next_unindexed() {
  auto& [model, num] = indexed_;
  for (; model < content_.size(); ++model, num = 0)
    if (const Row* row = content_.shelf(model).next(num)) return row;
  return nullptr;
}

void Feed::prepare(std::size_t records, std::uint64_t seq) {
  const Row* row = next_unindexed();
  for (; row != nullptr && records > 0; --records, row = next_unindexed()) {
    link(indexed_.first, row, true);
    indexed_.second = row->num;
  }
  if (row == nullptr) std::fill(lost_.begin(), lost_.end(), Lost{.place = first_, .seq = seq});
}

void Feed::link(std::size_t model, const Row* row, bool on) {
  if (row == nullptr) return;
  const Record record(model, row->num);
  const auto led = [&](std::size_t target, const model::Value& id) {
    const auto* text = id.get_ptr<const std::string*>();
    if (text == nullptr) return;
    if (on) return void(linkers_[target][*text].insert(record));
    const auto held = linkers_[target].find(*text);
    if (held == linkers_[target].end()) return;
    held->second.erase(record);
    if (held->second.empty()) linkers_[target].erase(held);
  };
  const std::vector<Field>& fields = content_.models()[model].fields;
  for (std::size_t i = 0; i < fields.size(); ++i) {
    if (fields[i].model.empty()) continue;
    const std::size_t target = content_.place_of(fields[i].model);
    for (const auto& version : row->versions) {
      const auto value =
          model::read(version == nullptr || version->texts[i].empty() ? "null" : version->texts[i]);
      if (!value) continue;
      led(target, *value);
      for (const model::Value& one : *value) led(target, one);
    }
  }
}

void Feed::moved(std::size_t model, const Shelf::Moved& moved, std::uint64_t seq) {
  const Row& row = moved.now != nullptr ? *moved.now : *moved.before;
  if (Record(model, row.num) > indexed_) return;
  link(model, moved.before, false);
  link(model, moved.now, true);
  if (!is_ready()) return;
  touch({model, row.num}, moved.before, moved.now, seq);
  if (moved.before != nullptr && moved.now != nullptr) return;
  const auto held = linkers_[model].find(row.id);
  if (held == linkers_[model].end()) return;
  for (const auto& [other, num] : held->second) {
    const Row* linker = content_.shelf(other).find(num);
    if (Record(other, num) != Record(model, row.num)) touch({other, num}, linker, linker, seq);
  }
}

void Feed::touch(const Record& record, const Row* before, const Row* now, std::uint64_t seq) {
  // What removed it made a version too.
  const model::Version version = now != nullptr ? now->version : before != nullptr ? before->version + 1 : 0;
  Place& last = last_[record];
  if (last != 0) touches_[last - first_].is_last = false;
  touches_.push_back(
      {.seq = seq, .record = record, .version = version, .previous = last, .seen = seen_of(before)});
  last = first_ + touches_.size() - 1;
  touched_.insert(record.first);
  if (touches_.size() <= touches_max) return;
  const Touch& oldest = touches_.front();
  lost_[oldest.record.first] = {.place = first_ + 1, .seq = oldest.seq};
  if (oldest.is_last) last_.erase(oldest.record);
  touches_.pop_front();
  ++first_;
}

std::optional<Feed::Place> Feed::after(std::size_t model, std::uint64_t seq) const {
  if (seq < lost_[model].seq) return std::nullopt;
  const auto behind = std::partition_point(touches_.begin(), touches_.end(),
                                           [&](const Touch& one) { return one.seq <= seq; });
  return first_ + static_cast<Place>(behind - touches_.begin());
}

std::optional<Feed::Touched> Feed::next(std::size_t model, Place place) const {
  for (place = std::max(place, first_); place < end(); ++place) {
    const Touch& one = at(place);
    if (one.record.first == model && one.is_last)
      return Touched{.place = place, .num = one.record.second, .version = one.version};
  }
  return std::nullopt;
}

bool Feed::was_seen(const Touched& touched, Place from, const Sight& sight) const {
  const Touch* one = &at(touched.place);
  while ((one->seen >> bit_of(sight) & 1) == 0) {
    if (one->previous < from || one->previous == 0) return false;
    if (one->previous < first_) return true;
    one = &at(one->previous);
  }
  return true;
}

}  // namespace rockpool::dialects::datocms
