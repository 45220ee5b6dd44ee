#include "core/hub/view.h"

#include <algorithm>

namespace rockpool::hub {
namespace {

// A record costs more than its text: keys, numbers, times, its place in the tree.
constexpr std::uint64_t record_overhead_bytes = 64;

// Numbers given by an import may be larger than those we give; JavaScript could not read ours past this.
constexpr std::uint64_t num_end = 1ull << 53;

}  // namespace

std::uint64_t weight_of(const model::Record& record) {
  return record_overhead_bytes + record.key.collection.size() + record.key.id.size() + record.data.size() +
         record.meta.size();
}

const Book* Space::book(const ClientKey& client) const {
  const auto found = books.find(client);
  return found == books.end() ? nullptr : &found->second;
}

Book& Space::open_book(const ClientKey& client) { return books.try_emplace(client, client).first->second; }

const Space* View::space(std::string_view name) const {
  const auto found = spaces_.find(name);
  return found == spaces_.end() ? nullptr : &found->second;
}

Space& View::open_space(const std::string& name) { return spaces_[name]; }

const Records* View::collection(std::string_view space_name, std::string_view name) const {
  const Space* in = space(space_name);
  if (in == nullptr) return nullptr;
  const auto found = in->collections.find(name);
  return found == in->collections.end() ? nullptr : &found->second;
}

const model::Record* View::record(std::string_view space_name, const model::Key& key) const {
  const Records* records = collection(space_name, key.collection);
  if (records == nullptr) return nullptr;
  const auto found = records->find(std::string_view(key.id));
  return found == records->end() ? nullptr : &*found;
}

void View::count(Space& space, const model::Record& record, bool in) {
  const std::uint64_t weight = weight_of(record);
  space.bytes += in ? weight : 0 - weight;
  bytes_ += in ? weight : 0 - weight;
  if (record.exists()) records_ += in ? 1 : std::uint64_t{0} - 1;
}

const model::Record* View::numbered(std::string_view space_name, std::uint64_t num) const {
  const Space* in = space(space_name);
  if (in == nullptr) return nullptr;
  for (const auto& [name, records] : in->collections) {
    if (name.starts_with('$')) continue;
    if (const model::Record* found = records.numbered(num)) return found;
  }
  return nullptr;
}

std::optional<model::Record> View::put(const std::string& space_name, const model::Record& record,
                                       std::uint64_t seq) {
  Space& in = spaces_[space_name];
  count(in, record, true);
  std::optional<model::Record> before = in.collections[record.key.collection].put(record);
  if (before) count(in, *before, false);
  raise_last_num(record.num);
  if (!record.exists()) tombstones_.push_back({seq, space_name, record.key, record.version});
  return before;
}

void View::apply(const Entry& entry, Before* before) {
  const Batch& batch = entry.batch;
  for (const model::Change& change : batch.changes) {
    auto replaced = put(batch.space, change.record, entry.seq);
    if (before == nullptr) continue;
    before->push_back(replaced ? std::make_shared<const model::Record>(std::move(*replaced)) : nullptr);
  }
  if (batch.marks.empty()) return;
  Space& in = spaces_[batch.space];
  for (const ClientMark& mark : batch.marks) in.open_book({mark.user, mark.client}).take(mark);
  for (const StoredOutcome& outcome : batch.outcomes) {
    const ClientMark& mark = batch.marks[outcome.mark];
    in.open_book({mark.user, mark.client})
        .applied(outcome.number, {.version = outcome.version, .seq = entry.seq});
  }
}

void View::forget_tombstones(std::uint64_t up_to) {
  while (!tombstones_.empty() && tombstones_.front().seq <= up_to) {
    const Tombstone& old = tombstones_.front();
    const model::Record* held = record(old.space, old.key);
    if (held != nullptr && !held->exists() && held->version == old.version) {
      Space& in = spaces_[old.space];
      count(in, *held, false);
      Records& records = in.collections[old.key.collection];
      records.erase(old.key.id);
      if (records.empty()) in.collections.erase(old.key.collection);
    }
    tombstones_.pop_front();
  }
}

void View::forget_book(const std::string& space_name, const ClientKey& client) {
  const auto found = spaces_.find(space_name);
  if (found != spaces_.end()) found->second.books.erase(client);
}

std::uint64_t View::clients() const {
  std::uint64_t count = 0;
  for (const auto& [name, space] : spaces_) count += space.books.size();
  return count;
}

void View::raise_last_num(std::uint64_t num) {
  if (num < num_end) last_num_ = std::max(last_num_, num);
}

}  // namespace rockpool::hub
