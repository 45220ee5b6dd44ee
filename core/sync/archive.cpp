#include "core/sync/archive.h"

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
  last_number
};

void write_optional(BufferWriter& to, const std::optional<std::uint64_t>& value) {
  to.number(value ? *value + 1 : 0);
}

std::optional<std::uint64_t> read_optional(BufferReader& from) {
  const std::uint64_t value = from.number();
  return value == 0 ? std::nullopt : std::optional<std::uint64_t>(value - 1);
}

std::string text(BufferReader& from) { return std::string(from.text()); }

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
  collection.kept = from.byte() != 0;
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

void read_row(BufferReader& from, Replica& replica) {
  Key key{text(from), text(from)};
  Row& row = replica.row(key);
  row.truth.version = from.number();
  row.truth.data = text(from);
  row.truth.created.ms = from.signed_number();
  row.truth.updated.ms = from.signed_number();
  row.pull = static_cast<std::uint32_t>(from.number());
  const std::uint8_t parts = from.byte();
  row.tombstone = (parts & 4) != 0;
  row.local.reset();
  if (parts & 1) {
    Ancestor& ancestor = row.own_local().ancestor.emplace();
    ancestor.version = from.number();
    ancestor.data = text(from);
  }
  if (parts & 2) read_clash(from, row.own_local().clash.emplace());
}

void read_row_gone(BufferReader& from, Replica& replica) {
  const Key key{text(from), text(from)};
  replica.collection(key.collection).rows.erase(key.id);
}

std::optional<base::Error> read_refusal(BufferReader& from) {
  if (from.byte() == 0) return std::nullopt;
  base::Error error;
  error.code = base::code_of(from.text());
  error.message = text(from);
  error.path = text(from);
  return error;
}

void read_pending(BufferReader& from, Outbox& outbox) {
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
  pending.acked = from.byte() != 0;
  pending.acked_version = from.number();
  pending.acked_seq = from.number();
  if (!from.ok()) return;
  outbox.erase(mutation.number);
  outbox.add(std::move(pending));
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
  buffer_.byte(static_cast<std::uint8_t>(Item::collection)).text(name).byte(collection.kept);
  buffer_.text(collection.cursor).number(collection.pulls).text(collection.pull_cursor);
  buffer_.text(collection.pull_after).byte(collection.replacing);
}

void ArchiveWriter::row(const Key& key, const Row& row) {
  buffer_.byte(static_cast<std::uint8_t>(Item::row)).text(key.collection).text(key.id);
  buffer_.number(row.truth.version).text(row.truth.data).signed_number(row.truth.created.ms);
  buffer_.signed_number(row.truth.updated.ms).number(row.pull);
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
  buffer_.byte(pending.acked).number(pending.acked_version).number(pending.acked_seq);
}

void ArchiveWriter::pending_gone(std::uint64_t number) {
  buffer_.byte(static_cast<std::uint8_t>(Item::pending_gone)).number(number);
}

void ArchiveWriter::last_number(std::uint64_t number) {
  buffer_.byte(static_cast<std::uint8_t>(Item::last_number)).number(number);
}

bool replay(std::string_view items, Identity& identity, Replica& replica, Outbox& outbox) {
  BufferReader from(items);
  while (from.ok() && !from.at_end()) {
    switch (static_cast<Item>(from.byte())) {
      case Item::identity: read_identity(from, identity); break;
      case Item::collection: read_collection(from, replica); break;
      case Item::row: read_row(from, replica); break;
      case Item::row_gone: read_row_gone(from, replica); break;
      case Item::pending: read_pending(from, outbox); break;
      case Item::pending_gone: {
        // Its number was given, and may have been claimed as settled: it is never given again.
        const std::uint64_t number = from.number();
        outbox.erase(number);
        outbox.raise_last(number);
        break;
      }
      case Item::last_number: outbox.raise_last(from.number()); break;
      default: return false;
    }
  }
  return from.ok();
}

}  // namespace rockpool::sync
