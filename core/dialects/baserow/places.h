// Where rows are put among those of their table.
#pragma once

#include "core/dialects/baserow/row_desk.h"
#include "core/model/position.h"

namespace rockpool::dialects::baserow {

// The meta with that position in it, and all else as it was.
std::string meta_with(const std::string& meta, const model::Position& position);

// `count` of them between the two, rising; nothing: there is no room.
std::optional<std::vector<model::Position>> spread(const model::Position& low, const model::Position& high,
                                                   std::size_t count);

class Places {
 public:
  explicit Places(RowDesk& rows) : rows_(rows) {}

  struct Wanted {
    std::string collection;
    std::size_t count = 1;
    std::uint64_t before = 0;  // number of a row; 0: behind all
    std::uint64_t moved = 0;   // number of the row that is put there, which does not count; 0: it is new
  };
  using Found = std::function<void(std::vector<model::Position>, ServerSteps&)>;
  // The request is refused when there is no row to be put before.
  void find(RowDesk::Step step, Wanted wanted, Found found) {
    find(step, std::move(wanted), std::move(found), 0);
  }

 private:
  using Rows = RowDesk::Rows;
  void find(RowDesk::Step step, Wanted wanted, Found found, int tries);
  void find_end(RowDesk::Step step, const Wanted& wanted, Found found);
  void find_between(RowDesk::Step step, const Wanted& wanted, const Found& found, int tries);
  // Those around the row are put further apart.
  void make_room(RowDesk::Step step, const model::Record& at, const std::string& collection,
                 std::function<void(ServerSteps&)> then);

  RowDesk& rows_;
};

}  // namespace rockpool::dialects::baserow
