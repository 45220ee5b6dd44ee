// Brings rows into a collection: new ids are created, equal records stay, different ones are written on the
// version they have. Rows are pushed in portions, several under way at a time.
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "server/rows/reader.h"
#include "server/transfer/target.h"

namespace rockpool::transfer {

struct ImportOptions {
  std::string collection;
  std::string id_field;  // empty: the id is a hash of the canonical row
};

struct Tally {
  std::uint64_t imported = 0, updated = 0, unchanged = 0;
  std::uint64_t rows() const { return imported + updated + unchanged; }
};

class Importer {
 public:
  Importer(Target& target, ImportOptions options) : target_(target), options_(std::move(options)) {}

  // The next row. An error names its line; rows before it are or will be in the store.
  base::Status add(rows::Row row);
  // Waits until everything that was added is stored.
  base::Status finish();

  const Tally& tally() const { return tally_; }

 private:
  struct Pending {
    std::size_t line = 0;
    std::string id;
    std::string data;
    bool update = false;
    int tries = 0;
  };

  base::Result<std::string> take_id(model::Value& row) const;
  void enqueue(Pending pending, model::Version base);
  base::Status flush();
  // Takes answers in until at most so many pushed rows wait for theirs.
  base::Status await(std::size_t under_way_max);
  base::Status settle(const model::Outcome& outcome);
  base::Status settle_conflict(const model::Conflicted& conflict, Pending pending);

  Target& target_;
  ImportOptions options_;
  Tally tally_;
  std::uint64_t last_number_ = 0;
  std::map<std::uint64_t, Pending> open_;
  std::vector<model::Group> portion_;
  std::size_t portion_bytes_ = 0;
};

}  // namespace rockpool::transfer
