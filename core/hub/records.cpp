#include "core/hub/records.h"

#include <algorithm>

namespace rockpool::hub {
namespace {

// Records from before numbers were given all have 0.
bool is_before(const model::Record* a, const model::Record* b) {
  return a->num != b->num ? a->num < b->num : a->key.id < b->key.id;
}

}  // namespace

void Records::count(const model::Record& record, bool in) {
  if (in) totals_.updated = std::max(totals_.updated, record.updated);
  if (!record.exists()) return;
  totals_.records += in ? 1 : std::uint64_t{0} - 1;
  totals_.bytes += in ? record.data.size() : 0 - record.data.size();
}

std::optional<model::Record> Records::put(const model::Record& record) {
  count(record, true);
  const auto found = by_id_.find(std::string_view(record.key.id));
  if (found == by_id_.end()) {
    const model::Record& held = *by_id_.insert(record).first;
    order(held, nullptr);
    enter(held, nullptr);
    return std::nullopt;
  }
  count(*found, false);
  const auto behind = std::next(found);
  auto node = by_id_.extract(found);
  // A new node: an assigned one would keep the buffer of what it held, and a tombstone holds nothing.
  const model::Record& held = *by_id_.emplace_hint(behind, record);
  order(held, &node.value());
  enter(held, &node.value());
  return std::move(node.value());
}

void Records::erase(std::string_view id) {
  const auto found = by_id_.find(id);
  if (found == by_id_.end()) return;
  count(*found, false);
  is_ordered_ = false;
  by_id_.erase(found);
}

// Numbers rise, so that new records go to the end and others stay where they are; whatever does not fit
// waits for the next who asks.
void Records::order(const model::Record& record, const model::Record* before) {
  if (!is_ordered_) return;
  if (before == nullptr) {
    is_ordered_ = by_num_.empty() || is_before(by_num_.back(), &record);
    if (is_ordered_) by_num_.push_back(&record);
    return;
  }
  is_ordered_ = before->num == record.num;
  if (is_ordered_) *std::lower_bound(by_num_.begin(), by_num_.end(), &record, is_before) = &record;
}

void Records::enter(const model::Record& record, const model::Record* before) {
  if (!index_) return;
  const bool existed = before != nullptr && before->exists();
  if (existed && record.exists())
    index_->replace(*before, record);
  else if (existed)
    index_->remove(*before);
  else if (record.exists())
    index_->add(record);
  if (index_->is_idle()) index_.reset();
}

index::Index& Records::indexes() const {
  if (index_) return *index_;
  index_ = std::make_unique<index::Index>();
  for (const model::Record& record : by_id_)
    if (record.exists()) index_->add(record);
  return *index_;
}

const std::vector<const model::Record*>& Records::by_num() const {
  if (is_ordered_) return by_num_;
  by_num_.clear();
  by_num_.reserve(by_id_.size());
  for (const model::Record& record : by_id_) by_num_.push_back(&record);
  std::sort(by_num_.begin(), by_num_.end(), is_before);
  is_ordered_ = true;
  return by_num_;
}

const model::Record* Records::numbered(std::uint64_t num) const {
  const auto& all = by_num();
  const auto found = std::lower_bound(all.begin(), all.end(), num,
                                      [](const model::Record* one, std::uint64_t n) { return one->num < n; });
  return found == all.end() || (*found)->num != num ? nullptr : *found;
}

}  // namespace rockpool::hub
