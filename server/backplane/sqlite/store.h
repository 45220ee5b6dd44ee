// What is done with the store's tables, each on the connection given at the start. Used by one thread at a
// time.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "core/hub/backplane.h"
#include "server/backplane/sqlite/database.h"

namespace rockpool::backplane {

// Batch, records, marks and outcomes go in one transaction.
class StoreWriter {
 public:
  // Prepares its statements; the error names what does not fit.
  static base::Result<std::unique_ptr<StoreWriter>> open(std::unique_ptr<Database> database);

  hub::Appended append(const hub::Append& request);
  void compact(const hub::Compact& request);

 private:
  explicit StoreWriter(std::unique_ptr<Database> database) : database_(std::move(database)) {}
  base::Status prepare();

  struct Tail {
    std::uint64_t seq = 0;
    std::uint64_t chain = 0;
  };
  // Each gives SQLITE_OK or what went wrong.
  int read_tail(Tail& tail);
  int write_entry(const hub::Batch& batch, std::uint64_t seq, std::uint64_t chain, const std::string& bytes);
  int write_records(const hub::Batch& batch, std::uint64_t seq);
  int write_clients(const hub::Batch& batch, std::uint64_t seq);
  int forget_settled(std::int64_t client, const hub::ClientMark& mark);
  hub::Appended fail(int code, hub::Appended::What what);

  std::unique_ptr<Database> database_;
  std::unique_ptr<Statement> begin_, commit_, rollback_, tail_, add_entry_, put_record_, raise_num_,
      put_client_, add_outcome_, forget_outcomes_;
};

// Reading the log, on a connection of its own.
class StoreReader {
 public:
  static base::Result<std::unique_ptr<StoreReader>> open(std::unique_ptr<Database> database);

  hub::LogRead read(const hub::ReadLog& request);

 private:
  explicit StoreReader(std::unique_ptr<Database> database) : database_(std::move(database)) {}
  hub::LogRead read_rows(const hub::ReadLog& request);

  std::unique_ptr<Database> database_;
  std::unique_ptr<Statement> base_, chain_, last_, entries_;
};

struct StoredRecord {
  std::string space;
  model::Record record;
  std::uint64_t seq = 0;
};

// Everything that is kept, in key order.
base::Result<hub::Start> read_start(Database& database);
base::Status read_records(Database& database, const std::function<void(StoredRecord)>& take);
base::Status read_clients(
    Database& database, const std::function<void(const std::string& space, hub::ClientMark)>& mark,
    const std::function<void(const std::string& space, const hub::ClientMark& of, std::uint64_t number,
                             model::Version version, std::uint64_t seq)>& outcome);

}  // namespace rockpool::backplane
