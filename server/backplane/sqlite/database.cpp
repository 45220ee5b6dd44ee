#include "server/backplane/sqlite/database.h"

#include <sqlite3.h>

namespace rockpool::backplane {

base::Error storage_error(std::string message) {
  return {.code = base::Code::storage, .message = std::move(message), .path = {}};
}

Statement::~Statement() { sqlite3_finalize(handle_); }

Statement& Statement::bind(int at, std::int64_t value) {
  sqlite3_bind_int64(handle_, at, value);
  return *this;
}

Statement& Statement::bind(int at, std::string_view text) {
  // A null pointer would bind NULL.
  sqlite3_bind_text64(handle_, at, text.data() == nullptr ? "" : text.data(), text.size(), SQLITE_STATIC,
                      SQLITE_UTF8);
  return *this;
}

Statement& Statement::bind_blob(int at, std::string_view bytes) {
  sqlite3_bind_blob64(handle_, at, bytes.data() == nullptr ? "" : bytes.data(), bytes.size(), SQLITE_STATIC);
  return *this;
}

Statement& Statement::bind_null(int at) {
  sqlite3_bind_null(handle_, at);
  return *this;
}

int Statement::step() { return sqlite3_step(handle_); }

int Statement::run() {
  const int code = sqlite3_step(handle_);
  sqlite3_reset(handle_);
  return code == SQLITE_DONE || code == SQLITE_ROW ? SQLITE_OK : code;
}

void Statement::reset() { sqlite3_reset(handle_); }

std::int64_t Statement::integer(int column) const { return sqlite3_column_int64(handle_, column); }

std::string_view Statement::bytes(int column) const {
  const void* data = sqlite3_column_blob(handle_, column);
  const auto size = static_cast<std::size_t>(sqlite3_column_bytes(handle_, column));
  return data == nullptr ? std::string_view() : std::string_view(static_cast<const char*>(data), size);
}

bool Statement::is_null(int column) const { return sqlite3_column_type(handle_, column) == SQLITE_NULL; }

base::Result<std::unique_ptr<Database>> Database::open(const std::string& path, Mode mode,
                                                       const std::string& vfs) {
  const int access =
      mode == Mode::create ? SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE : SQLITE_OPEN_READWRITE;
  sqlite3* handle = nullptr;
  const int code =
      sqlite3_open_v2(path.c_str(), &handle, access | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE,
                      vfs.empty() ? nullptr : vfs.c_str());
  std::unique_ptr<Database> database(new Database(handle));
  if (code != SQLITE_OK) {
    return storage_error("cannot open " + path + ": " +
                         (handle == nullptr ? "out of memory" : database->problem()));
  }
  sqlite3_busy_timeout(handle, 5000);
  // A reader takes part in the write-ahead log's bookkeeping, so it cannot be opened read-only in every case.
  if (mode == Mode::read) database->exec("pragma query_only=1");
  return database;
}

Database::~Database() { sqlite3_close(handle_); }

int Database::exec(const char* sql) { return sqlite3_exec(handle_, sql, nullptr, nullptr, nullptr); }

std::unique_ptr<Statement> Database::prepare(std::string_view sql) {
  sqlite3_stmt* statement = nullptr;
  const int code = sqlite3_prepare_v3(handle_, sql.data(), static_cast<int>(sql.size()),
                                      SQLITE_PREPARE_PERSISTENT, &statement, nullptr);
  return code == SQLITE_OK ? std::make_unique<Statement>(statement) : nullptr;
}

base::Result<std::int64_t> Database::number(std::string_view sql) {
  const auto statement = prepare(sql);
  if (statement == nullptr) return storage_error(problem());
  const int code = statement->step();
  if (code == SQLITE_ROW) return statement->integer(0);
  return storage_error(code == SQLITE_DONE ? "the query gives nothing: " + std::string(sql) : problem());
}

bool Database::in_transaction() const { return sqlite3_get_autocommit(handle_) == 0; }

std::string Database::problem() const { return sqlite3_errmsg(handle_); }

}  // namespace rockpool::backplane
