#include <algorithm>

#include <sqlite3.h>

#include "core/base/buffer.h"
#include "server/backplane/sqlite/store.h"

namespace rockpool::backplane {
namespace {

using hub::Appended;

// Clients not heard of for 400 days are forgotten when the log is compacted.
constexpr std::int64_t clients_kept_ms = 400LL * 24 * 3600 * 1000;
constexpr std::uint64_t num_end = 1ull << 53;

std::string encode_open(const hub::ClientMark& mark) {
  base::BufferWriter out;
  for (const std::uint64_t number : mark.except) out.number(number);
  return out.take();
}

}  // namespace

base::Result<std::unique_ptr<StoreWriter>> StoreWriter::open(std::unique_ptr<Database> database) {
  std::unique_ptr<StoreWriter> writer(new StoreWriter(std::move(database)));
  if (auto fine = writer->prepare(); !fine) return fine.error();
  return writer;
}

base::Status StoreWriter::prepare() {
  const std::pair<std::unique_ptr<Statement>*, const char*> statements[] = {
      {&begin_, "begin immediate"},
      {&commit_, "commit"},
      {&rollback_, "rollback"},
      {&tail_, "select seq, chain from log order by seq desc limit 1"},
      {&add_entry_, "insert into log(seq, space, time, chain, batch) values(?1, ?2, ?3, ?4, ?5)"},
      {&put_record_,
       "insert or replace into rec(space, coll, id, num, ver, born, seq, created, updated, meta, data)"
       " values(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)"},
      {&raise_num_, "update meta set last_num = max(last_num, ?1)"},
      {&put_client_,
       "insert into client(space, user, id, settled, open, highest, seen)"
       " values(?1, ?2, ?3, ?4, ?5, ?6, ?7) on conflict(space, user, id) do update set"
       " settled = ?4, open = ?5, highest = ?6, seen = ?7 returning one"},
      {&add_outcome_, "insert or replace into outcome(client, number, ver, seq) values(?1, ?2, ?3, ?4)"},
      {&forget_outcomes_, "delete from outcome where client = ?1 and number > ?2 and number < ?3"},
  };
  for (const auto& [statement, sql] : statements) {
    *statement = database_->prepare(sql);
    if (*statement == nullptr)
      return storage_error("the store does not fit this version: " + database_->problem());
  }
  return base::done();
}

int StoreWriter::read_tail(Tail& tail) {
  const int code = tail_->step();
  if (code == SQLITE_ROW) tail = {.seq = tail_->number(0), .chain = tail_->number(1)};
  tail_->reset();
  return code == SQLITE_ROW || code == SQLITE_DONE ? SQLITE_OK : code;
}

// Before COMMIT nothing is stored for certain; an error from COMMIT itself leaves it open.
Appended StoreWriter::fail(int code, Appended::What what) {
  Appended result{.what = what, .seq = 0, .chain = 0, .problem = database_->problem()};
  if ((code & 0xff) == SQLITE_FULL && what == Appended::What::down) result.what = Appended::What::full;
  if (database_->in_transaction()) rollback_->run();
  return result;
}

Appended StoreWriter::append(const hub::Append& request) {
  if (const int code = begin_->run(); code != SQLITE_OK) return fail(code, Appended::What::down);
  Tail tail;
  if (const int code = read_tail(tail); code != SQLITE_OK) return fail(code, Appended::What::down);
  if (tail.seq != request.expected_seq) {
    Appended stale = fail(SQLITE_OK, Appended::What::stale);
    stale.problem = "the log has moved on";
    return stale;
  }
  const std::string bytes = hub::encode(request.batch);
  const std::uint64_t seq = tail.seq + 1;
  const std::uint64_t chain = hub::next_chain(tail.chain, bytes);
  if (const int code = write_entry(request.batch, seq, chain, bytes); code != SQLITE_OK) {
    return fail(code, Appended::What::down);
  }
  if (const int code = commit_->run(); code != SQLITE_OK) return fail(code, Appended::What::unknown);
  return {.what = Appended::What::ok, .seq = seq, .chain = chain, .problem = {}};
}

int StoreWriter::write_entry(const hub::Batch& batch, std::uint64_t seq, std::uint64_t chain,
                             const std::string& bytes) {
  add_entry_->bind(1, seq).bind(2, std::string_view(batch.space)).bind(3, batch.time.ms).bind(4, chain);
  add_entry_->bind_blob(5, bytes);
  if (const int code = add_entry_->run(); code != SQLITE_OK) return code;
  if (const int code = write_records(batch, seq); code != SQLITE_OK) return code;
  return write_clients(batch, seq);
}

int StoreWriter::write_records(const hub::Batch& batch, std::uint64_t seq) {
  std::uint64_t last_num = 0;
  for (const model::Change& change : batch.changes) {
    const model::Record& record = change.record;
    put_record_->bind(1, std::string_view(batch.space)).bind(2, std::string_view(record.key.collection));
    put_record_->bind(3, std::string_view(record.key.id)).bind(4, record.num).bind(5, record.version);
    put_record_->bind(6, record.born).bind(7, seq).bind(8, record.created.ms).bind(9, record.updated.ms);
    put_record_->bind(10, std::string_view(record.meta));
    if (record.exists()) {
      put_record_->bind(11, std::string_view(record.data));
    } else {
      put_record_->bind_null(11);
    }
    if (const int code = put_record_->run(); code != SQLITE_OK) return code;
    if (record.num < num_end && record.version == record.born + 1) last_num = std::max(last_num, record.num);
  }
  if (last_num == 0) return SQLITE_OK;
  return raise_num_->bind(1, last_num).run();
}

int StoreWriter::write_clients(const hub::Batch& batch, std::uint64_t seq) {
  std::vector<std::int64_t> clients;
  for (const hub::ClientMark& mark : batch.marks) {
    const std::string open = encode_open(mark);
    put_client_->bind(1, std::string_view(batch.space)).bind(2, std::string_view(mark.user));
    put_client_->bind(3, std::string_view(mark.client)).bind(4, mark.settled).bind_blob(5, open);
    put_client_->bind(6, mark.highest).bind(7, mark.seen.ms);
    const int code = put_client_->step();
    if (code == SQLITE_ROW) clients.push_back(put_client_->integer(0));
    const int end = code == SQLITE_ROW ? put_client_->step() : code;
    put_client_->reset();
    if (end != SQLITE_DONE) return end;
    if (const int forgot = forget_settled(clients.back(), mark); forgot != SQLITE_OK) return forgot;
  }
  for (const hub::StoredOutcome& outcome : batch.outcomes) {
    add_outcome_->bind(1, clients[outcome.mark])
        .bind(2, outcome.number)
        .bind(3, outcome.version)
        .bind(4, seq);
    if (const int code = add_outcome_->run(); code != SQLITE_OK) return code;
  }
  return SQLITE_OK;
}

// Everything up to `settled` but the numbers still open: the gaps between them.
int StoreWriter::forget_settled(std::int64_t client, const hub::ClientMark& mark) {
  std::uint64_t after = 0;
  const auto forget = [&](std::uint64_t before) {
    const int code = before > after + 1
                         ? forget_outcomes_->bind(1, client).bind(2, after).bind(3, before).run()
                         : SQLITE_OK;
    after = before;
    return code;
  };
  for (const std::uint64_t open : mark.except) {
    if (const int code = forget(open); code != SQLITE_OK) return code;
  }
  return forget(mark.settled + 1);
}

void StoreWriter::compact(const hub::Compact& request) {
  const auto up_to = std::to_string(request.up_to);
  // The last entry always stays: the next one's chain hash and fence come from it.
  const std::string end = "min(" + up_to + ", (select max(seq) - 1 from log))";
  const std::string sql =
      "begin immediate;"
      "update meta set base_chain = coalesce((select chain from log where seq = " +
      end +
      "), base_chain),"
      " base_seq = coalesce((select seq from log where seq = " +
      end +
      "), base_seq);"
      "delete from log where seq <= (select base_seq from meta);"
      "delete from rec where data is null and seq <= (select base_seq from meta);"
      "delete from outcome where client in (select one from client where seen < (select max(time) from log) "
      "- " +
      std::to_string(clients_kept_ms) +
      ");"
      "delete from client where seen < (select max(time) from log) - " +
      std::to_string(clients_kept_ms) +
      ";"
      "commit;";
  // What could not be forgotten now is forgotten with the next request.
  if (database_->exec(sql.c_str()) != SQLITE_OK && database_->in_transaction()) rollback_->run();
}

}  // namespace rockpool::backplane
