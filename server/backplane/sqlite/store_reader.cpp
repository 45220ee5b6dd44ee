#include <algorithm>

#include <sqlite3.h>

#include "core/base/buffer.h"
#include "server/backplane/sqlite/store.h"

namespace rockpool::backplane {
namespace {

model::Record record_of(const Statement& row) {
  return {.key = {std::string(row.bytes(1)), std::string(row.bytes(2))},
          .version = row.number(4),
          .born = row.number(5),
          .num = row.number(3),
          .data = std::string(row.bytes(10)),
          .meta = std::string(row.bytes(9)),
          .created = {row.integer(7)},
          .updated = {row.integer(8)}};
}

std::vector<std::uint64_t> decode_open(std::string_view bytes) {
  std::vector<std::uint64_t> open;
  base::BufferReader in(bytes);
  while (in.ok() && !in.at_end()) open.push_back(in.number());
  return open;
}

}  // namespace

base::Result<std::unique_ptr<StoreReader>> StoreReader::open(std::unique_ptr<Database> database) {
  std::unique_ptr<StoreReader> reader(new StoreReader(std::move(database)));
  Database& on = *reader->database_;
  reader->base_ = on.prepare("select base_seq, base_chain from meta");
  reader->chain_ = on.prepare("select chain from log where seq = ?1");
  reader->last_ = on.prepare("select coalesce(max(seq), 0) from log");
  reader->entries_ = on.prepare("select seq, chain, batch from log where seq > ?1 order by seq");
  if (!reader->base_ || !reader->chain_ || !reader->last_ || !reader->entries_) {
    return storage_error("the store cannot be read: " + on.problem());
  }
  return reader;
}

hub::LogRead StoreReader::read(const hub::ReadLog& request) {
  hub::LogRead result;
  if (database_->exec("begin") != SQLITE_OK) {
    result.problem = database_->problem();
  } else {
    result = read_rows(request);
    for (Statement* statement : {base_.get(), chain_.get(), last_.get(), entries_.get()}) statement->reset();
    database_->exec("rollback");
  }
  result.ticket = request.ticket;
  return result;
}

hub::LogRead StoreReader::read_rows(const hub::ReadLog& request) {
  hub::LogRead result;
  const auto failed = [&] {
    result.problem = database_->problem();
    result.entries.clear();
    return result;
  };
  if (last_->step() != SQLITE_ROW || base_->step() != SQLITE_ROW) return failed();
  const std::uint64_t base_seq = base_->number(0);
  result.last_seq = std::max(last_->number(0), base_seq);
  result.compacted = request.after < base_seq;
  if (result.compacted || request.after > result.last_seq) return result;
  if (request.after == base_seq) {
    result.after_chain = base_->number(1);
  } else if (chain_->bind(1, request.after).step() == SQLITE_ROW) {
    result.after_chain = chain_->number(0);
  } else {
    return failed();
  }
  entries_->bind(1, request.after);
  std::size_t bytes = 0;
  int code = entries_->step();
  for (; code == SQLITE_ROW; code = entries_->step()) {
    const std::string_view batch_bytes = entries_->bytes(2);
    if (!result.entries.empty() && bytes + batch_bytes.size() > request.bytes_max) return result;
    bytes += batch_bytes.size();
    auto batch = hub::decode(batch_bytes);
    if (!batch) {
      result.problem = batch.error().message + " (entry " + std::to_string(entries_->number(0)) + ")";
      return result;
    }
    result.entries.push_back(
        {.seq = entries_->number(0), .chain = entries_->number(1), .batch = std::move(*batch)});
  }
  return code == SQLITE_DONE ? result : failed();
}

base::Result<hub::Start> read_start(Database& database) {
  const auto row = database.prepare(
      "select epoch, base_seq, base_chain, last_num, (select max(seq) from log),"
      " (select chain from log order by seq desc limit 1), (select max(time) from log) from meta");
  if (row == nullptr || row->step() != SQLITE_ROW)
    return storage_error("the store cannot be read: " + database.problem());
  const bool is_empty = row->is_null(4);
  return hub::Start{.epoch = row->number(0),
                    .last_seq = is_empty ? row->number(1) : row->number(4),
                    .last_chain = is_empty ? row->number(2) : row->number(5),
                    .first_seq = row->number(1) + 1,
                    .last_num = row->number(3),
                    .last_time = {row->integer(6)}};
}

base::Status read_records(Database& database, const std::function<void(StoredRecord)>& take) {
  const auto row = database.prepare(
      "select space, coll, id, num, ver, born, seq, created, updated, meta, data from rec order by space, "
      "coll, id");
  int code = row == nullptr ? SQLITE_ERROR : row->step();
  for (; code == SQLITE_ROW; code = row->step()) {
    take({.space = std::string(row->bytes(0)), .record = record_of(*row), .seq = row->number(6)});
  }
  if (code != SQLITE_DONE) return storage_error("the records cannot be read: " + database.problem());
  return base::done();
}

base::Status read_clients(
    Database& database, const std::function<void(const std::string& space, hub::ClientMark)>& mark,
    const std::function<void(const std::string& space, const hub::ClientMark& of, std::uint64_t number,
                             model::Version version, std::uint64_t seq)>& outcome) {
  const auto row = database.prepare(
      "select space, user, id, settled, open, highest, seen, one from client order by space, user, id");
  const auto open =
      database.prepare("select number, ver, seq from outcome where client = ?1 order by number");
  int code = row == nullptr || open == nullptr ? SQLITE_ERROR : row->step();
  for (; code == SQLITE_ROW; code = row->step()) {
    const std::string space(row->bytes(0));
    const hub::ClientMark of{.user = std::string(row->bytes(1)),
                             .client = std::string(row->bytes(2)),
                             .settled = row->number(3),
                             .except = decode_open(row->bytes(4)),
                             .highest = row->number(5),
                             .seen = {row->integer(6)}};
    mark(space, of);
    open->bind(1, row->integer(7));
    int step = open->step();
    for (; step == SQLITE_ROW; step = open->step()) {
      outcome(space, of, open->number(0), open->number(1), open->number(2));
    }
    open->reset();
    if (step != SQLITE_DONE) break;
  }
  if (code != SQLITE_DONE) return storage_error("the books cannot be read: " + database.problem());
  return base::done();
}

}  // namespace rockpool::backplane
