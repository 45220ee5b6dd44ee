#include "server/backplane/sqlite/sqlite_backplane.h"

#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>

#include <sqlite3.h>

#include "server/backplane/sqlite/folder_lock.h"
#include "server/backplane/sqlite/schema.h"
#include "server/backplane/sqlite/store.h"

namespace rockpool::backplane {
namespace {

// A thread that does one thing after the other, in the order they came.
template <typename Work>
class Worker {
 public:
  explicit Worker(std::function<void(Work)> act) : act_(std::move(act)), thread_([this] { run(); }) {}

  // What was handed over before is still done.
  ~Worker() {
    {
      const std::lock_guard lock(mutex_);
      is_over_ = true;
    }
    wake_.notify_one();
    thread_.join();
  }

  void hand(Work work) {
    {
      const std::lock_guard lock(mutex_);
      work_.push_back(std::move(work));
    }
    wake_.notify_one();
  }

 private:
  void run() {
    std::unique_lock lock(mutex_);
    while (true) {
      wake_.wait(lock, [this] { return is_over_ || !work_.empty(); });
      if (work_.empty()) return;
      Work work = std::move(work_.front());
      work_.pop_front();
      lock.unlock();
      act_(std::move(work));
      lock.lock();
    }
  }

  std::function<void(Work)> act_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<Work> work_;
  bool is_over_ = false;
  std::thread thread_;
};

base::Status renew_epoch_of_a_copy(Database& database) {
  const auto marked = database.number("select marked from meta");
  if (!marked) return marked.error();
  if (*marked == 0) return base::done();
  const std::string sql =
      "update meta set marked = 0, epoch = " + std::to_string(static_cast<std::int64_t>(new_epoch()));
  return database.exec(sql.c_str()) == SQLITE_OK ? base::done()
                                                 : base::Status(storage_error(database.problem()));
}

base::Status prepare_file(Database& database, const std::string& path, const SqliteOptions& options) {
  const auto tables = database.number("select count(*) from sqlite_schema");
  if (!tables) {
    return storage_error(
        path + " cannot be read as a store (" + tables.error().message +
        "); put a backup in its place with `rockpool restore`, or choose another folder with --data");
  }
  if (*tables > 0) {
    if (auto fine = check_format(database, path); !fine) return fine;
  }
  if (configure(database, options.full_sync) != SQLITE_OK) {
    return storage_error(path + " cannot be written: " + database.problem());
  }
  if (*tables == 0) return create_schema(database, new_epoch());
  if (options.check) {
    if (auto fine = check_pages(database, path, false); !fine) return fine;
  }
  return renew_epoch_of_a_copy(database);
}

}  // namespace

class SqliteBackplane::Impl {
 public:
  Impl(std::string folder, SqliteOptions options, FolderLock lock)
      : folder_(std::move(folder)), options_(std::move(options)), lock_(std::move(lock)) {}

  base::Status start();
  void submit(hub::Request request);
  base::Result<std::unique_ptr<Database>> open_reading() const {
    return Database::open(store_file(folder_), Database::Mode::read, options_.vfs);
  }

 private:
  using WriterWork = std::variant<hub::Append, hub::Compact>;

  base::Status open_writer();
  base::Status open_reader();
  void write(WriterWork work);
  void append(const hub::Append& request);
  void read(const hub::ReadLog& request);

  std::string folder_;
  SqliteOptions options_;
  FolderLock lock_;
  std::unique_ptr<StoreWriter> writer_;  // of the writing thread; null: has to be opened anew
  std::unique_ptr<StoreReader> reader_;  // of the reading thread, likewise
  // Last, so that they are joined first.
  std::unique_ptr<Worker<WriterWork>> writing_;
  std::unique_ptr<Worker<hub::ReadLog>> reading_;
};

base::Status SqliteBackplane::Impl::start() {
  auto database = Database::open(store_file(folder_), Database::Mode::create, options_.vfs);
  if (!database) return database.error();
  if (auto fine = prepare_file(**database, store_file(folder_), options_); !fine) return fine;
  database->reset();
  if (auto fine = open_writer(); !fine) return fine;
  if (auto fine = open_reader(); !fine) return fine;
  writing_ = std::make_unique<Worker<WriterWork>>([this](WriterWork work) { write(std::move(work)); });
  reading_ = std::make_unique<Worker<hub::ReadLog>>([this](const hub::ReadLog& request) { read(request); });
  return base::done();
}

base::Status SqliteBackplane::Impl::open_writer() {
  auto database = Database::open(store_file(folder_), Database::Mode::write, options_.vfs);
  if (!database) return database.error();
  if (configure(**database, options_.full_sync) != SQLITE_OK) return storage_error((*database)->problem());
  // What a crash or a failed sync left in the write-ahead log is made safe before anything is built on it.
  (*database)->exec("pragma wal_checkpoint(TRUNCATE)");
  auto writer = StoreWriter::open(std::move(*database));
  if (!writer) return writer.error();
  writer_ = std::move(*writer);
  return base::done();
}

base::Status SqliteBackplane::Impl::open_reader() {
  auto database = open_reading();
  if (!database) return database.error();
  auto reader = StoreReader::open(std::move(*database));
  if (!reader) return reader.error();
  reader_ = std::move(*reader);
  return base::done();
}

void SqliteBackplane::Impl::submit(hub::Request request) {
  if (auto* to_read = std::get_if<hub::ReadLog>(&request)) return reading_->hand(*to_read);
  if (auto* to_append = std::get_if<hub::Append>(&request)) return writing_->hand(std::move(*to_append));
  writing_->hand(std::get<hub::Compact>(request));
}

void SqliteBackplane::Impl::write(WriterWork work) {
  if (auto* request = std::get_if<hub::Append>(&work)) return append(*request);
  if (writer_ != nullptr) writer_->compact(std::get<hub::Compact>(work));
}

void SqliteBackplane::Impl::append(const hub::Append& request) {
  hub::Appended result{.what = hub::Appended::What::down, .seq = 0, .chain = 0, .problem = {}};
  if (writer_ == nullptr) {
    if (auto fine = open_writer(); !fine) result.problem = fine.error().message;
  }
  if (writer_ != nullptr) {
    result = writer_->append(request);
    // A connection that saw an error of the disk is not trusted again; the next append opens the file anew.
    if (result.what != hub::Appended::What::ok && result.what != hub::Appended::What::stale) writer_.reset();
  }
  options_.deliver(std::move(result));
}

void SqliteBackplane::Impl::read(const hub::ReadLog& request) {
  hub::LogRead result;
  result.ticket = request.ticket;
  if (reader_ == nullptr) {
    if (auto fine = open_reader(); !fine) result.problem = fine.error().message;
  }
  if (reader_ != nullptr) {
    result = reader_->read(request);
    if (!result.problem.empty()) reader_.reset();
  }
  options_.deliver(std::move(result));
}

SqliteBackplane::SqliteBackplane(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
SqliteBackplane::~SqliteBackplane() = default;

base::Result<std::unique_ptr<SqliteBackplane>> SqliteBackplane::open(const std::string& folder,
                                                                     SqliteOptions options) {
  auto lock = FolderLock::take(folder);
  if (!lock) return lock.error();
  auto impl = std::make_unique<Impl>(folder, std::move(options), std::move(*lock));
  if (auto fine = impl->start(); !fine) return fine.error();
  return std::unique_ptr<SqliteBackplane>(new SqliteBackplane(std::move(impl)));
}

void SqliteBackplane::submit(hub::Request request) { impl_->submit(std::move(request)); }

base::Result<hub::Start> SqliteBackplane::load(
    const std::function<void(const std::string& space, model::Record)>& record,
    const std::function<void(const std::string& space, hub::ClientMark)>& mark,
    const std::function<void(const std::string& space, const hub::ClientMark& of, std::uint64_t number,
                             model::Version version, std::uint64_t seq)>& outcome) {
  auto database = impl_->open_reading();
  if (!database) return database.error();
  if ((*database)->exec("begin") != SQLITE_OK) return storage_error((*database)->problem());
  const auto take = [&](StoredRecord stored) { record(stored.space, std::move(stored.record)); };
  if (auto fine = read_records(**database, take); !fine) return fine.error();
  if (auto fine = read_clients(**database, mark, outcome); !fine) return fine.error();
  return read_start(**database);
}

}  // namespace rockpool::backplane
