#include "server/backplane/sqlite/schema.h"

#include <random>

#include <sqlite3.h>

namespace rockpool::backplane {
namespace {

// meta     one row. `marked`: this file is a copy, so whoever opens it next makes a new epoch. base_*: the
// entry
//          before the oldest one kept.
// log      `batch` as core/hub/entry.cpp encodes it; `chain` is the hash of it and all before it.
// rec      the view made from the log. No data: a tombstone.
// client   the mark of each client, outcome: what its applied and not yet settled mutations came to.
constexpr const char* tables = R"sql(
create table meta(one integer primary key check(one = 1), epoch integer not null, marked integer not null,
  last_num integer not null, base_seq integer not null, base_chain integer not null) strict;
create table log(seq integer primary key, space text not null, time integer not null, chain integer not null,
  batch blob not null) strict;
create table rec(space text not null, coll text not null, id text not null, num integer not null,
  ver integer not null, born integer not null, seq integer not null, created integer not null,
  updated integer not null, meta text not null, data text,
  primary key(space, coll, id)) strict, without rowid;
create index rec_tombstones on rec(seq) where data is null;
create table client(one integer primary key, space text not null, user text not null, id text not null,
  settled integer not null, open blob not null, highest integer not null, seen integer not null,
  unique(space, user, id)) strict;
create table outcome(client integer not null, number integer not null, ver integer not null,
  seq integer not null, primary key(client, number)) strict, without rowid;
)sql";

base::Error damaged(const std::string& path, const std::string& problem) {
  return storage_error(path + " is damaged (" + problem +
                       "); keep a copy of it, then put a backup in its place with `rockpool restore`");
}

}  // namespace

std::string store_file(const std::string& folder) { return folder + "/rockpool.db"; }

int configure(Database& database, bool full_sync) {
  constexpr const char* settings =
      "pragma page_size=4096; pragma journal_mode=WAL; pragma wal_autocheckpoint=4000;"
      "pragma journal_size_limit=67108864; pragma cache_size=-65536; pragma foreign_keys=ON;"
      "pragma trusted_schema=OFF; pragma temp_store=MEMORY;";
  const int code = database.exec(settings);
  if (code != SQLITE_OK) return code;
  return database.exec(full_sync ? "pragma synchronous=FULL" : "pragma synchronous=NORMAL");
}

base::Status check_format(Database& database, const std::string& path) {
  const auto id = database.number("pragma application_id");
  if (!id) return damaged(path, id.error().message);
  if (*id != application_id) {
    return storage_error(path + " is no Rockpool store; choose another folder with --data");
  }
  const auto format = database.number("pragma user_version");
  if (!format) return damaged(path, format.error().message);
  if (*format == store_format) return base::done();
  return base::Error{.code = base::Code::newer_store,
                     .message = path + " has format " + std::to_string(*format) +
                                ", this version knows only " + std::to_string(store_format) +
                                "; use the Rockpool that wrote it, or a newer one",
                     .path = {}};
}

base::Status create_schema(Database& database, std::uint64_t epoch) {
  const std::string sql = "begin immediate; pragma application_id=" + std::to_string(application_id) +
                          "; pragma user_version=" + std::to_string(store_format) + ";" + tables +
                          "insert into meta values(1, " + std::to_string(static_cast<std::int64_t>(epoch)) +
                          ", 0, 0, 0, 0); commit;";
  if (database.exec(sql.c_str()) != SQLITE_OK)
    return storage_error("cannot make the store: " + database.problem());
  return base::done();
}

base::Status check_pages(Database& database, const std::string& path, bool whole) {
  const auto check = database.prepare(whole ? "pragma integrity_check(5)" : "pragma quick_check(5)");
  if (check == nullptr) return damaged(path, database.problem());
  std::string findings;
  int code = check->step();
  for (; code == SQLITE_ROW; code = check->step()) {
    if (check->bytes(0) == "ok") continue;
    findings += (findings.empty() ? "" : "; ") + std::string(check->bytes(0));
  }
  if (code != SQLITE_DONE) findings = database.problem();
  if (!findings.empty()) return damaged(path, findings);
  return base::done();
}

std::uint64_t new_epoch() {
  std::random_device chance;
  return static_cast<std::uint64_t>(chance()) << 32 | chance();
}

}  // namespace rockpool::backplane
