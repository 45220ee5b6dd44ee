#include "core/sync/archive.h"

#include <algorithm>

#include "core/dialect/dialects.h"

namespace rockpool::sync {
namespace {

using base::BufferReader;
using base::BufferWriter;

enum class Item : std::uint8_t {
  identity = 1,
  collection,
  row,
  row_gone,
  pending,
  pending_gone,
  last_number,
  tab,
  progress
};

// In the byte behind a pending's refusal.
constexpr std::uint8_t is_acked = 1, is_durable = 2, is_sent = 4, has_keys = 8;

std::uint8_t flags_of(const Pending& pending) {
  return static_cast<std::uint8_t>((pending.acked ? is_acked : 0) | (pending.said_durable ? is_durable : 0) |
                                   (pending.outstanding ? is_sent : 0));
}

void take_progress(Pending& pending, std::uint8_t flags) {
  pending.said_durable = (flags & is_durable) != 0;
  pending.outstanding = (flags & is_sent) != 0;
}

void write_optional(BufferWriter& to, const std::optional<std::uint64_t>& value) {
  to.number(value ? *value + 1 : 0);
}

std::optional<std::uint64_t> read_optional(BufferReader& from) {
  const std::uint64_t value = from.number();
  return value == 0 ? std::nullopt : std::optional<std::uint64_t>(value - 1);
}

std::string text(BufferReader& from) { return std::string(from.text()); }

Key read_key(BufferReader& from) {
  Key key;
  key.collection = text(from);
  key.id = text(from);
  return key;
}

void read_identity(BufferReader& from, Identity& identity) {
  identity.origin = text(from);
  identity.client = text(from);
  identity.user = text(from);
  identity.epoch = from.fixed64();
  identity.synced_ms = from.signed_number();
  const std::uint8_t flags = from.byte();
  identity.known = (flags & 1) != 0;
  identity.paused = from.byte() != 0;
  identity.renewed_after = (flags & 2) != 0 ? from.number() : 0;
}

void read_collection(BufferReader& from, Replica& replica) {
  Collection& collection = replica.collection(text(from));
  const std::uint8_t flags = from.byte();
  collection.kept = (flags & 1) != 0;
  collection.confirmed = (flags & 2) != 0;
  collection.cursor = text(from);
  collection.pulls = static_cast<std::uint32_t>(from.number());
  collection.pull_cursor = text(from);
  collection.pull_after = text(from);
  collection.replacing = from.byte() != 0;
}

void read_clash(BufferReader& from, Clash& clash) {
  clash.at.ms = from.signed_number();
  clash.by_user = from.byte() != 0;
  clash.repeats = from.byte() != 0;
  clash.merged = text(from);
  for (std::uint64_t count = from.number(); count > 0 && from.ok(); --count)
    clash.paths.push_back(text(from));
}

void read_row(BufferReader& from, Replica& replica, const Key& key) {
  Row& row = replica.row(key);
  row.truth.version = from.number();
  row.truth.data = text(from);
  row.truth.created.ms = from.signed_number();
  row.truth.updated.ms = from.signed_number();
  row.pull = static_cast<std::uint32_t>(from.number());
  if (!dialect::always_resumes) row.truth.remote = text(from);
  const std::uint8_t parts = from.byte();
  row.tombstone = (parts & 4) != 0;
  if (row.local) {
    std::vector<std::uint64_t> writes = std::move(row.local->writes);
    row.local.reset();
    if (!writes.empty()) row.own_local().writes = std::move(writes);
  }
  if (parts & 1) {
    Ancestor& ancestor = row.own_local().ancestor.emplace();
    ancestor.version = from.number();
    ancestor.data = text(from);
  }
  if (parts & 2) read_clash(from, row.own_local().clash.emplace());
}

void lose_row(Replica& replica, const Key& key) {
  Row* row = replica.find(key);
  if (row == nullptr) return;
  if (row->local && !row->local->writes.empty()) {
    // Only a follower's own ones, which the leader does not know yet.
    row->truth = Truth{};
    row->local->ancestor.reset();
    row->local->clash.reset();
  } else {
    replica.collection(key.collection).rows.erase(key.id);
  }
}

// Its record, which is another without it.
Key lose_pending(Replica& replica, Outbox& outbox, std::uint64_t number) {
  const Pending* pending = outbox.find(number);
  if (pending == nullptr) return {};
  const Key key = pending->mutation.key;
  Row* row = replica.find(key);
  if (row != nullptr && row->local) std::erase(row->local->writes, number);
  outbox.erase(number);
  return key;
}

std::optional<base::Error> read_refusal(BufferReader& from) {
  if (from.byte() == 0) return std::nullopt;
  base::Error error;
  error.code = base::code_of(from.text());
  error.message = text(from);
  error.path = text(from);
  return error;
}

void read_keys(BufferReader& from, Pending& pending) {
  pending.op.tab = text(from);
  pending.op.number = from.number();
  for (std::uint64_t count = from.number(); count > 0 && from.ok(); --count)
    pending.carried_keys.push_back(text(from));
}

Key read_pending(BufferReader& from, Replica& replica, Outbox& outbox) {
  Pending pending;
  model::Mutation& mutation = pending.mutation;
  mutation.number = from.number();
  mutation.key.collection = text(from);
  mutation.key.id = text(from);
  const std::uint8_t op = from.byte();
  mutation.op = static_cast<model::Op>(op);
  mutation.path = text(from);
  mutation.data = text(from);
  mutation.base = read_optional(from);
  mutation.after = read_optional(from);
  pending.kind = static_cast<LocalWrite::Kind>(from.byte());
  pending.group = from.number();
  pending.at.ms = from.signed_number();
  pending.tries = static_cast<std::uint32_t>(from.number());
  for (std::uint64_t count = from.number(); count > 0 && from.ok(); --count)
    pending.carries.push_back(from.number());
  pending.refused = read_refusal(from);
  const std::uint8_t flags = from.byte();
  pending.acked = (flags & is_acked) != 0;
  take_progress(pending, flags);
  pending.acked_version = from.number();
  pending.acked_seq = from.number();
  if (flags & has_keys) read_keys(from, pending);
  if (!from.ok()) return {};
  const std::uint64_t number = mutation.number;
  lose_pending(replica, outbox, number);
  // A follower's own, which now has its number.
  const Pending* provisional = outbox.find(provisional_base + pending.op.number);
  if (provisional != nullptr && provisional->op.tab == pending.op.tab)
    lose_pending(replica, outbox, provisional_base + pending.op.number);
  Key key = mutation.key;
  if (!pending.refused) {
    std::vector<std::uint64_t>& writes = replica.row(key).own_local().writes;
    writes.insert(std::lower_bound(writes.begin(), writes.end(), number), number);
  }
  outbox.add(std::move(pending));
  return key;
}

void read_progress(BufferReader& from, Outbox& outbox) {
  Pending* pending = outbox.find(from.number());
  const std::uint8_t flags = from.byte();
  if (pending != nullptr) take_progress(*pending, flags);
}

void read_tab(BufferReader& from, Outbox& outbox) {
  TabMark& mark = outbox.tabs()[text(from)];
  mark.highest = std::max(mark.highest, from.number());
  mark.at.ms = std::max(mark.at.ms, from.signed_number());
}

}  // namespace

void ArchiveWriter::identity(const Identity& identity) {
  buffer_.byte(static_cast<std::uint8_t>(Item::identity)).text(identity.origin).text(identity.client);
  buffer_.text(identity.user).fixed64(identity.epoch);
  const bool renewed = identity.renewed_after > 0;
  buffer_.signed_number(identity.synced_ms);
  buffer_.byte(static_cast<std::uint8_t>((identity.known ? 1 : 0) | (renewed ? 2 : 0))).byte(identity.paused);
  if (renewed) buffer_.number(identity.renewed_after);
}

void ArchiveWriter::collection(const std::string& name, const Collection& collection) {
  buffer_.byte(static_cast<std::uint8_t>(Item::collection)).text(name);
  buffer_.byte(static_cast<std::uint8_t>((collection.kept ? 1 : 0) | (collection.confirmed ? 2 : 0)));
  buffer_.text(collection.cursor).number(collection.pulls).text(collection.pull_cursor);
  buffer_.text(collection.pull_after).byte(collection.replacing);
}

void ArchiveWriter::row(const Key& key, const Row& row) {
  buffer_.byte(static_cast<std::uint8_t>(Item::row)).text(key.collection).text(key.id);
  buffer_.number(row.truth.version).text(row.truth.data).signed_number(row.truth.created.ms);
  buffer_.signed_number(row.truth.updated.ms).number(row.pull);
  if (!dialect::always_resumes) buffer_.text(row.truth.remote);
  const Ancestor* ancestor = row.local && row.local->ancestor ? &*row.local->ancestor : nullptr;
  const Clash* clash = row.local && row.local->clash ? &*row.local->clash : nullptr;
  buffer_.byte(static_cast<std::uint8_t>((ancestor ? 1 : 0) | (clash ? 2 : 0) | (row.tombstone ? 4 : 0)));
  if (ancestor) buffer_.number(ancestor->version).text(ancestor->data);
  if (clash == nullptr) return;
  buffer_.signed_number(clash->at.ms).byte(clash->by_user).byte(clash->repeats).text(clash->merged);
  buffer_.number(clash->paths.size());
  for (const std::string& path : clash->paths) buffer_.text(path);
}

void ArchiveWriter::row_gone(const Key& key) {
  buffer_.byte(static_cast<std::uint8_t>(Item::row_gone)).text(key.collection).text(key.id);
}

void ArchiveWriter::pending(const Pending& pending) {
  const model::Mutation& mutation = pending.mutation;
  buffer_.byte(static_cast<std::uint8_t>(Item::pending)).number(mutation.number);
  buffer_.text(mutation.key.collection).text(mutation.key.id).byte(static_cast<std::uint8_t>(mutation.op));
  buffer_.text(mutation.path).text(mutation.data);
  write_optional(buffer_, mutation.base);
  write_optional(buffer_, mutation.after);
  buffer_.byte(static_cast<std::uint8_t>(pending.kind)).number(pending.group).signed_number(pending.at.ms);
  buffer_.number(pending.tries).number(pending.carries.size());
  for (const std::uint64_t number : pending.carries) buffer_.number(number);
  buffer_.byte(pending.refused.has_value());
  if (pending.refused) {
    buffer_.text(name_of(pending.refused->code)).text(pending.refused->message).text(pending.refused->path);
  }
  const bool keyed = !pending.op.tab.empty() || !pending.carried_keys.empty();
  buffer_.byte(static_cast<std::uint8_t>(flags_of(pending) | (keyed ? has_keys : 0)));
  buffer_.number(pending.acked_version).number(pending.acked_seq);
  if (!keyed) return;
  buffer_.text(pending.op.tab).number(pending.op.number).number(pending.carried_keys.size());
  for (const std::string& key : pending.carried_keys) buffer_.text(key);
}

void ArchiveWriter::pending_gone(std::uint64_t number) {
  buffer_.byte(static_cast<std::uint8_t>(Item::pending_gone)).number(number);
}

void ArchiveWriter::last_number(std::uint64_t number) {
  buffer_.byte(static_cast<std::uint8_t>(Item::last_number)).number(number);
}

void ArchiveWriter::tab(const std::string& id, const TabMark& mark) {
  buffer_.byte(static_cast<std::uint8_t>(Item::tab)).text(id).number(mark.highest).signed_number(mark.at.ms);
}

void ArchiveWriter::progress(const Pending& pending) {
  buffer_.byte(static_cast<std::uint8_t>(Item::progress)).number(pending.mutation.number);
  buffer_.byte(flags_of(pending));
}

bool replay(std::string_view items, Identity& identity, Replica& replica, Outbox& outbox,
            std::set<Key>* touched) {
  BufferReader from(items);
  while (from.ok() && !from.at_end()) {
    Key key;
    switch (static_cast<Item>(from.byte())) {
      case Item::identity: read_identity(from, identity); break;
      case Item::collection: read_collection(from, replica); break;
      case Item::row:
        key = read_key(from);
        read_row(from, replica, key);
        break;
      case Item::row_gone:
        key = read_key(from);
        lose_row(replica, key);
        break;
      case Item::pending: key = read_pending(from, replica, outbox); break;
      case Item::pending_gone: {
        // Its number was given, and may have been claimed as settled: it is never given again.
        const std::uint64_t number = from.number();
        key = lose_pending(replica, outbox, number);
        outbox.raise_last(number);
        break;
      }
      case Item::last_number: outbox.raise_last(from.number()); break;
      case Item::tab: read_tab(from, outbox); break;
      case Item::progress: read_progress(from, outbox); break;
      default: return false;
    }
    if (touched != nullptr && !key.collection.empty()) touched->insert(std::move(key));
  }
  return from.ok();
}

}  // namespace rockpool::sync
