#include <filesystem>
#include <system_error>

#include <fcntl.h>
#include <sqlite3.h>
#include <unistd.h>

#include "core/base/text.h"
#include "core/hub/view.h"
#include "server/backplane/sqlite/folder_lock.h"
#include "server/backplane/sqlite/schema.h"
#include "server/backplane/sqlite/sqlite_backplane.h"
#include "server/backplane/sqlite/store.h"

namespace rockpool::backplane {
namespace {

namespace files = std::filesystem;

constexpr std::size_t problems_max = 20;

base::Result<std::unique_ptr<Database>> open_store(const std::string& path) {
  std::error_code trouble;
  if (!files::exists(path, trouble)) return storage_error("there is no Rockpool store at " + path);
  auto database = Database::open(path, Database::Mode::read);
  if (!database) return database;
  if (auto fine = check_format(**database, path); !fine) return fine.error();
  return database;
}

// A rename is only kept by a power loss when the folder was synced.
void sync_path(const std::string& path) {
  const int descriptor = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) return;
  fsync(descriptor);
  close(descriptor);
}

base::Status copy_pages(Database& from, Database& to) {
  sqlite3_backup* copy = sqlite3_backup_init(to.handle(), "main", from.handle(), "main");
  if (copy == nullptr) return storage_error(to.problem());
  const int code = sqlite3_backup_step(copy, -1);
  sqlite3_backup_finish(copy);
  if (code != SQLITE_DONE) return storage_error(sqlite3_errstr(code));
  // One file without a write-ahead log beside it; marked, so that whoever opens it begins a new epoch.
  if (to.exec("pragma journal_mode=DELETE; update meta set marked = 1") != SQLITE_OK) {
    return storage_error(to.problem());
  }
  return base::done();
}

// Under another name until it is whole, so that a copy cut short is never taken for one.
base::Status copy_store(Database& from, const std::string& target) {
  const std::string part = target + ".part";
  std::error_code trouble;
  files::remove(part, trouble);
  base::Status copied = base::done();
  {
    auto to = Database::open(part, Database::Mode::create);
    copied = to ? copy_pages(from, **to) : base::Status(to.error());
  }
  if (copied) {
    sync_path(part);
    files::rename(part, target, trouble);
    if (trouble) copied = storage_error(trouble.message());
  }
  if (!copied) {
    files::remove(part, trouble);
    return storage_error("cannot write " + target + ": " + copied.error().message);
  }
  const std::string folder = files::path(target).parent_path().string();
  sync_path(folder.empty() ? "." : folder);
  return base::done();
}

std::string name_of(const std::string& space, const model::Key& key) {
  return space + "/" + key.collection + "/" + key.id;
}

// ---- verify

class Verifier {
 public:
  explicit Verifier(Database& database) : database_(database) {}

  base::Result<Findings> run();

 private:
  void wrong(std::string line) {
    findings_.is_sound = false;
    problems_ += 1;
    if (problems_ <= problems_max) findings_.lines.push_back(std::move(line));
  }
  base::Status replay_log();
  base::Status compare_records();
  base::Status compare_books();

  Database& database_;
  Findings findings_;
  std::size_t problems_ = 0;
  hub::Start start_;
  hub::View made_;  // from the log
  std::uint64_t entries_ = 0;
  bool is_whole_ = false;  // the log still holds its first entry
};

base::Result<Findings> Verifier::run() {
  if (database_.exec("begin") != SQLITE_OK) return storage_error(database_.problem());
  auto start = read_start(database_);
  if (!start) return start.error();
  start_ = *start;
  is_whole_ = start_.first_seq == 1;
  for (const auto step : {&Verifier::replay_log, &Verifier::compare_records, &Verifier::compare_books}) {
    if (auto fine = (this->*step)(); !fine) return fine.error();
  }
  if (problems_ > problems_max) {
    findings_.lines.push_back("and " + std::to_string(problems_ - problems_max) + " more");
  }
  findings_.lines.push_back(
      findings_.is_sound
          ? "everything fits together"
          : "keep a copy of this folder, then put a backup in its place with `rockpool restore`");
  return findings_;
}

base::Status Verifier::replay_log() {
  const auto row = database_.prepare("select seq, chain, batch from log order by seq");
  if (row == nullptr) return storage_error(database_.problem());
  const auto base_chain = database_.number("select base_chain from meta");
  if (!base_chain) return base_chain.error();
  std::uint64_t seq = start_.first_seq - 1;
  auto chain = static_cast<std::uint64_t>(*base_chain);
  int code = row->step();
  for (; code == SQLITE_ROW; code = row->step()) {
    const std::string at = "log entry " + std::to_string(row->number(0));
    if (row->number(0) != seq + 1) wrong(at + ": the one before it is missing");
    if (row->number(1) != hub::next_chain(chain, row->bytes(2)))
      wrong(at + ": its chain hash does not fit its bytes");
    auto batch = hub::decode(row->bytes(2));
    if (!batch) {
      wrong(at + ": " + batch.error().message);
    } else {
      made_.apply({.seq = row->number(0), .chain = row->number(1), .batch = std::move(*batch)});
    }
    seq = row->number(0);
    chain = row->number(1);
    entries_ += 1;
  }
  if (code != SQLITE_DONE) return storage_error("the log cannot be read: " + database_.problem());
  findings_.lines.push_back(std::to_string(entries_) + " log entries, " + std::to_string(start_.first_seq) +
                            " to " + std::to_string(start_.last_seq) +
                            (is_whole_ ? "" : " (older ones were compacted)"));
  return base::done();
}

base::Status Verifier::compare_records() {
  std::uint64_t records = 0;
  std::uint64_t tombstones = 0;
  std::uint64_t known = 0;
  const auto compare = [&](const StoredRecord& stored) {
    (stored.record.exists() ? records : tombstones) += 1;
    const model::Record* made = made_.record(stored.space, stored.record.key);
    const std::string at = "record " + name_of(stored.space, stored.record.key);
    if (made == nullptr) {
      if (is_whole_ || stored.seq >= start_.first_seq) wrong(at + ": the log does not know it");
      return;
    }
    known += 1;
    if (*made != stored.record) wrong(at + ": it differs from what the log says");
  };
  if (auto fine = read_records(database_, compare); !fine) return fine;
  std::uint64_t expected = 0;
  for (const auto& [name, space] : made_.spaces()) {
    for (const auto& [collection, held] : space.collections) expected += held.size();
  }
  if (known < expected)
    wrong(std::to_string(expected - known) + " records of the log are missing from the table");
  findings_.lines.push_back(std::to_string(records) + " records, " + std::to_string(tombstones) +
                            " deleted ones kept");
  return base::done();
}

base::Status Verifier::compare_books() {
  std::uint64_t clients = 0;
  std::uint64_t outcomes = 0;
  const auto book_of = [&](const std::string& space, const hub::ClientMark& mark) {
    const hub::Space* in = made_.space(space);
    return in == nullptr ? nullptr : in->book({mark.user, mark.client});
  };
  const auto mark = [&](const std::string& space, const hub::ClientMark& stored) {
    clients += 1;
    const hub::Book* made = book_of(space, stored);
    const std::string at = "client " + stored.client + " of space " + space;
    if (made == nullptr) {
      if (is_whole_) wrong(at + ": the log does not know it");
    } else if (made->mark().highest != stored.highest || made->mark().settled != stored.settled) {
      wrong(at + ": its numbers differ from what the log says");
    }
  };
  const auto outcome = [&](const std::string& space, const hub::ClientMark& of, std::uint64_t number,
                           model::Version version, std::uint64_t seq) {
    outcomes += 1;
    if (!is_whole_ && seq < start_.first_seq) return;
    const hub::Book* made = book_of(space, of);
    const hub::Book::Applied* applied = made == nullptr ? nullptr : made->outcome(number);
    if (applied != nullptr && applied->version == version && applied->seq == seq) return;
    wrong("write " + std::to_string(number) + " of client " + of.client +
          ": it differs from what the log says");
  };
  if (auto fine = read_clients(database_, mark, outcome); !fine) return fine;
  findings_.lines.push_back(std::to_string(clients) + " clients, " + std::to_string(outcomes) +
                            " open outcomes");
  return base::done();
}

}  // namespace

base::Status read_backup(const std::string& file, const std::function<void(const model::Record&)>& take) {
  auto from = open_store(file);
  if (!from) return from.error();
  return read_records(**from, [&](const StoredRecord& stored) {
    if (stored.record.exists()) take(stored.record);
  });
}

base::Status read_folder(const std::string& folder, const std::function<void(const model::Record&)>& take) {
  return read_backup(store_file(folder), take);
}

base::Status backup(const std::string& folder, const std::string& file) {
  std::error_code trouble;
  if (files::exists(file, trouble)) {
    return base::Error{.code = base::Code::exists,
                       .message = file + " is there already; remove it or choose another name",
                       .path = {}};
  }
  auto from = open_store(store_file(folder));
  if (!from) return from.error();
  return copy_store(**from, file);
}

base::Status restore(const std::string& file, const std::string& folder) {
  auto from = open_store(file);
  if (!from) return from.error();
  if (auto fine = check_pages(**from, file, true); !fine) return fine;
  auto lock = FolderLock::take(folder);
  if (!lock) return lock.error();
  const std::string target = store_file(folder);
  std::error_code trouble;
  // A write-ahead log that is left over would be played into the new file.
  if (files::exists(target, trouble) || files::exists(target + "-wal", trouble)) {
    return base::Error{
        .code = base::Code::exists,
        .message = folder + " holds a store already; move it away or choose another folder with --data",
        .path = {}};
  }
  return copy_store(**from, target);
}

base::Result<Findings> verify(const std::string& folder) {
  const std::string path = store_file(folder);
  auto database = open_store(path);
  if (!database) return database.error();
  if (auto fine = check_pages(**database, path, true); !fine) {
    return Findings{.is_sound = false, .lines = {fine.error().message}};
  }
  return Verifier(**database).run();
}

}  // namespace rockpool::backplane
