// SQLite behind two small classes. Everything else in this folder speaks to the database through them.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "core/base/result.h"

struct sqlite3;
struct sqlite3_stmt;

namespace rockpool::backplane {

// A prepared statement. `bind` numbers its parameters from 1, `column` its results from 0. Bound text is not
// copied: it has to live until the statement is reset.
class Statement {
 public:
  explicit Statement(sqlite3_stmt* handle) : handle_(handle) {}
  ~Statement();
  Statement(const Statement&) = delete;
  Statement& operator=(const Statement&) = delete;

  Statement& bind(int at, std::int64_t value);
  Statement& bind(int at, std::uint64_t value) { return bind(at, static_cast<std::int64_t>(value)); }
  Statement& bind(int at, std::string_view text);
  Statement& bind_blob(int at, std::string_view bytes);
  Statement& bind_null(int at);

  // The SQLite result code: SQLITE_ROW, SQLITE_DONE, or what went wrong.
  int step();
  // step() for a statement without rows, and ready for the next use. SQLITE_OK or what went wrong.
  int run();
  void reset();

  std::int64_t integer(int column) const;
  std::uint64_t number(int column) const { return static_cast<std::uint64_t>(integer(column)); }
  std::string_view bytes(int column) const;  // until the next step
  bool is_null(int column) const;

 private:
  sqlite3_stmt* handle_;
};

class Database {
 public:
  enum class Mode : std::uint8_t {
    create,  // read and write, made when missing
    write,   // read and write, has to be there
    read,    // nothing is ever written by it
  };

  // `vfs`: empty for the system's own; tests put one that fails on purpose in its place.
  static base::Result<std::unique_ptr<Database>> open(const std::string& path, Mode mode,
                                                      const std::string& vfs = "");
  ~Database();
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;

  int exec(const char* sql);
  // Null when the statement does not fit the database; problem() says why.
  std::unique_ptr<Statement> prepare(std::string_view sql);
  // The one number that a query gives, or the error.
  base::Result<std::int64_t> number(std::string_view sql);
  bool in_transaction() const;

  std::string problem() const;
  sqlite3* handle() { return handle_; }

 private:
  explicit Database(sqlite3* handle) : handle_(handle) {}
  sqlite3* handle_;
};

base::Error storage_error(std::string message);

}  // namespace rockpool::backplane
