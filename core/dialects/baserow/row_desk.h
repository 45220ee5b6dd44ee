// Asks the hub about the rows of tables and writes them, in the name of whoever made the request, and goes on
// when that is answered. Requests about rows run side by side.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/dialects/baserow/office.h"

namespace rockpool::dialects::baserow {

class RowDesk {
 public:
  explicit RowDesk(Office& office) : office_(office) {}

  using Rows = std::vector<model::Record>;
  // What is asked on the way of a request. When it fails, the request is refused.
  struct Step {
    VisitPointer visit;
    ServerSteps& out;
  };

  // Null: there is no such row.
  void find(Step step, const std::string& collection, std::uint64_t number,
            std::function<void(const model::Record*, ServerSteps&)> then);
  void find_named(Step step, const model::Key& key,
                  std::function<void(const model::Record*, ServerSteps&)> then);
  void list(Step step, model::Query query, std::function<void(const model::Listed&, ServerSteps&)> then);
  // Those rows, in that order; the request is refused when one is not there.
  void find_all(Step step, const std::string& collection, const std::vector<std::uint64_t>& numbers,
                std::function<void(Rows, ServerSteps&)> then);

  struct Change {
    model::Group group;
    bool is_told_to_author = false;
    // With the records that were made, once everybody was told; for each mutation one.
    std::function<void(Rows, ServerSteps&)> done;
    // Somebody else was quicker; nothing was written. Without it the row was found to be gone.
    std::function<void(ServerSteps&)> again = {};
  };
  void write(Step step, Change change);

  // False: not its question.
  bool answer(Instant now, Ticket ticket, const model::Reply& reply, ServerSteps& out);
  // The books have moved on, and sockets were told.
  void seen(ServerSteps& out);

 private:
  struct Asked {
    VisitPointer visit;
    std::function<void(const model::Reply&, ServerSteps&)> then;
  };
  struct Writing {
    VisitPointer visit;
    Change change;
    Rows made;
    std::uint64_t seq = 0;  // of its last entry, once it is written
  };

  void read(Step step, model::Read what, std::function<void(const model::Record*, ServerSteps&)> then);
  void written(Ticket ticket, const model::Reply& reply, ServerSteps& out);
  void settle(Writing writing, const model::Written& written, ServerSteps& out);

  Office& office_;
  std::map<Ticket, Asked> asked_;
  std::map<Ticket, Writing> writing_;
  std::multimap<std::uint64_t, Writing> awaited_;  // by the entry that the books have to have seen
};

}  // namespace rockpool::dialects::baserow
