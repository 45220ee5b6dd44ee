#include "core/sync/outbox.h"

namespace rockpool::sync {
namespace {

// More exceptions than this make a message long; settling less is always allowed.
constexpr std::size_t except_max = 100;

}  // namespace

Pending& Outbox::add(Pending pending) {
  const std::uint64_t number = pending.mutation.number;
  for (const std::uint64_t carried : pending.carries) merged_[carried] = number;
  if (pending.open()) ready_.insert(number);
  raise_last(number);
  if (dialect::has_batches) groups_[pending.group].insert(number);
  if (!pending.said_durable) unsaid_.insert(number);
  if (!pending.op.tab.empty()) {
    TabMark& mark = tabs_[pending.op.tab];
    mark.highest = std::max(mark.highest, pending.op.number);
    mark.at = std::max(mark.at, pending.at);
  }
  count(pending, 1);
  return all_.emplace(number, std::move(pending)).first->second;
}

Pending* Outbox::find(std::uint64_t number) {
  const auto found = all_.find(number);
  return found == all_.end() ? nullptr : &found->second;
}

const Pending* Outbox::find(std::uint64_t number) const {
  const auto found = all_.find(number);
  return found == all_.end() ? nullptr : &found->second;
}

std::uint64_t Outbox::carrier_of(std::uint64_t number) const {
  for (auto found = merged_.find(number); found != merged_.end(); found = merged_.find(number)) {
    number = found->second;
  }
  return number;
}

void Outbox::erase(std::uint64_t number) {
  const auto found = all_.find(number);
  if (found == all_.end()) return;
  // One with a lower number may have taken them over before.
  for (const std::uint64_t carried : found->second.carries) {
    const auto merged = merged_.find(carried);
    if (merged != merged_.end() && merged->second == number) merged_.erase(merged);
  }
  leave_group(found->second);
  count(found->second, -1);
  all_.erase(found);
  ready_.erase(number);
  unsaid_.erase(number);
}

void Outbox::count(const Pending& pending, int by) {
  if (pending.open()) open_ += static_cast<std::uint64_t>(by);
  if (pending.refused) refused_ += static_cast<std::uint64_t>(by);
}

void Outbox::note_carried(std::uint64_t number) {
  for (const std::uint64_t carried : find(number)->carries) merged_[carried] = number;
}

void Outbox::mark_acked(std::uint64_t number, model::Version version, std::uint64_t seq) {
  Pending& pending = *find(number);
  count(pending, -1);
  pending.acked = true;
  pending.acked_version = version;
  pending.acked_seq = seq;
  count(pending, 1);
  ready_.erase(number);
}

void Outbox::mark_refused(std::uint64_t number, const base::Error& error) {
  Pending& pending = *find(number);
  count(pending, -1);
  pending.refused = error;
  count(pending, 1);
  ready_.erase(number);
}

std::uint64_t Outbox::highest_acked() const {
  if (dialect::always_reads_whole) return 0;
  const auto found =
      std::find_if(all_.rbegin(), all_.rend(), [](const auto& item) { return item.second.acked; });
  return found == all_.rend() ? 0 : found->first;
}

void Outbox::mark_open(std::uint64_t number) {
  Pending& pending = *find(number);
  count(pending, -1);
  pending.acked = false;
  pending.acked_version = 0;
  pending.acked_seq = 0;
  count(pending, 1);
  ready_.insert(number);
}

std::vector<std::uint64_t> Outbox::group_of(std::uint64_t number) const {
  const Pending* pending = find(number);
  if (pending == nullptr) return {};
  if (!dialect::has_batches) return {number};
  const std::set<std::uint64_t>& members = groups_.find(pending->group)->second;
  return {members.begin(), members.end()};
}

void Outbox::leave_group(const Pending& pending) {
  if (!dialect::has_batches) return;
  const auto members = groups_.find(pending.group);
  if (members == groups_.end()) return;
  members->second.erase(pending.mutation.number);
  if (members->second.empty()) groups_.erase(members);
}

void Outbox::settling(std::uint64_t number, std::uint64_t step) {
  if (!dialect::always_reads_whole) settling_[number] = step;
}

void Outbox::persisted(std::uint64_t step, std::uint64_t last) {
  if (dialect::always_reads_whole) return;
  std::erase_if(settling_, [step](const auto& item) { return item.second <= step; });
  durable_last_ = last;
}

Outbox::Claim Outbox::claim() const {
  std::set<std::uint64_t> open;
  for (const auto& [number, pending] : all_) {
    if (pending.open()) open.insert(number);
    if (open.size() > except_max) break;
  }
  for (const auto& [number, step] : settling_) {
    if (open.size() > except_max && number > *open.rbegin()) break;
    open.insert(number);
  }
  Claim claim{.settled = durable_last_, .except = {}};
  for (const std::uint64_t number : open) {
    if (number > claim.settled) break;
    if (claim.except.size() == except_max) {
      claim.settled = number - 1;
      break;
    }
    claim.except.push_back(number);
  }
  return claim;
}

}  // namespace rockpool::sync
