#include "core/hub/draft.h"

#include <algorithm>

#include "core/hub/recent.h"

namespace rockpool::hub {
namespace {

// 2024-01-01: record numbers count from there, 4096 a millisecond, which keeps them rising and below 2^53.
constexpr std::int64_t num_start_ms = 1'704'067'200'000;
constexpr std::uint64_t nums_per_ms = 4096;

}  // namespace

Draft::Draft(const View& view, std::string space, base::Instant now)
    : view_(view), in_(view.space(space)), space_(std::move(space)), now_(now), last_num_(view.last_num()) {}

const model::Record* Draft::find(const model::Key& key) const {
  const auto found = newest_.find(key);
  if (found != newest_.end()) return &changes_[found->second].record;
  return view_.record(space_, key);
}

const Book* Draft::book(const Author& author) const {
  return in_ == nullptr || !author.is_numbered() ? nullptr : in_->book(author.key);
}

std::optional<model::Version> Draft::version_of(const Author& author, std::uint64_t number) const {
  if (!author.is_numbered() || numbers_.empty()) return std::nullopt;
  const auto found = numbers_.find({author.key, number});
  if (found == numbers_.end()) return std::nullopt;
  return found->second;
}

std::size_t Draft::open_of(const Author& author) const {
  const Book* known = book(author);
  const auto staged = open_.find(author.key);
  return (known == nullptr ? 0 : known->open().size()) + (staged == open_.end() ? 0 : staged->second);
}

std::uint64_t Draft::space_bytes() const {
  return (in_ == nullptr ? 0 : in_->bytes) + static_cast<std::uint64_t>(growth_);
}

std::uint64_t Draft::next_num() const {
  const auto since = static_cast<std::uint64_t>(std::max<std::int64_t>(now_.ms - num_start_ms, 0));
  return std::max(last_num_ + 1, since * nums_per_ms);
}

std::vector<model::Key> Draft::keys(const std::string& collection, std::size_t keys_max) const {
  std::vector<model::Key> keys;
  const auto add = [&](const model::Key& key) {
    if (keys.size() < keys_max) keys.push_back(key);
  };
  if (const Records* records = view_.collection(space_, collection)) {
    for (const model::Record& record : *records) {
      if (keys.size() == keys_max) break;
      if (record.exists() && !newest_.contains(record.key)) add(record.key);
    }
  }
  for (const auto& [key, at] : newest_)
    if (key.collection == collection && changes_[at].record.exists()) add(key);
  return keys;
}

void Draft::stage_clears(std::size_t size, model::Hint::Clears clears) {
  for (std::size_t i = size; i < hints_.size(); ++i) hints_[i].clears = clears;
}

model::Version Draft::stage(const model::Mutation& mutation, const Author& author, std::string data,
                            std::string meta) {
  const model::Record* before = find(mutation.key);
  Staged staged{.before = std::nullopt, .client = std::nullopt, .num_before = last_num_, .growth = 0};
  model::Change change;
  model::Record& next = change.record;
  if (before != nullptr) next = *before;
  staged.growth = before == nullptr ? 0 : -static_cast<std::int64_t>(weight_of(*before));

  const bool is_new = before == nullptr || !before->exists();
  change.previous = next.version;
  next.key = mutation.key;
  next.updated = before == nullptr ? now_ : std::max(now_, next.updated + base::milliseconds(1));
  if (is_new) {
    next.born = next.version;
    next.created = next.updated;
    if (next.num == 0) next.num = last_num_ = next_num();
  }
  next.version += 1;
  if (mutation.blank) next.born = next.version;
  next.data = std::move(data);
  next.meta = std::move(meta);
  staged.growth += static_cast<std::int64_t>(weight_of(next));

  if (author.is_numbered()) {
    change.writer = author.alias;
    change.number = mutation.number;
    staged.client = author.key;
    numbers_[{author.key, mutation.number}] = next.version;
    open_[author.key] += 1;
  }
  const auto newest = newest_.find(mutation.key);
  if (newest != newest_.end()) staged.before = newest->second;
  newest_[mutation.key] = changes_.size();
  growth_ += staged.growth;
  bytes_ += size_of(change);
  const model::Version made = next.version;
  hints_.push_back({.author = author.carrier,
                    .path = is_at_place(mutation.op) && !is_new ? mutation.path : std::string()});
  changes_.push_back(std::move(change));
  staged_.push_back(std::move(staged));
  return made;
}

void Draft::rollback(std::size_t size) {
  while (changes_.size() > size) {
    const model::Change& change = changes_.back();
    const Staged& staged = staged_.back();
    if (staged.before) {
      newest_[change.record.key] = *staged.before;
    } else {
      newest_.erase(change.record.key);
    }
    if (staged.client) {
      numbers_.erase({*staged.client, change.number});
      open_[*staged.client] -= 1;
    }
    last_num_ = staged.num_before;
    growth_ -= staged.growth;
    bytes_ -= size_of(change);
    changes_.pop_back();
    hints_.pop_back();
    staged_.pop_back();
  }
}

Batch Draft::batch(std::string write_id, base::Instant time) const {
  Batch batch{.space = space_,
              .write_id = std::move(write_id),
              .time = time,
              .changes = changes_,
              .marks = {},
              .outcomes = {}};
  const auto says_something = [](const model::Hint& hint) { return hint != model::Hint(); };
  if (std::any_of(hints_.begin(), hints_.end(), says_something)) batch.hints = hints_;
  std::optional<ClientKey> last;
  for (const auto& [client_number, version] : numbers_) {
    const auto& [client, number] = client_number;
    if (client != last) {
      const Book* known = in_ == nullptr ? nullptr : in_->book(client);
      batch.marks.push_back(known == nullptr ? Book(client).mark() : known->mark());
      last = client;
    }
    ClientMark& mark = batch.marks.back();
    mark.highest = std::max(mark.highest, number);
    batch.outcomes.push_back(
        {.mark = static_cast<std::uint32_t>(batch.marks.size() - 1), .number = number, .version = version});
  }
  return batch;
}

}  // namespace rockpool::hub
