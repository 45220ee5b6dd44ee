// The trash: what is in it, and how things come out of it again. What is below a thing in the trash stays as
// it is; rows in it are things of their own (TrashedRow).
#pragma once

#include "core/dialects/baserow/reach.h"
#include "core/dialects/baserow/row_desk.h"
#include "core/dialects/baserow/shapes.h"

namespace rockpool::dialects::baserow {

class Trash {
 public:
  Trash(Office& office, RowDesk& rows) : office_(office), rows_(rows), shapes_(office.desk, office.books) {}

  Routes routes();

 private:
  // One thing, or the rows that were deleted by one call.
  struct Entry {
    std::string_view type;
    Kind kind = Kind::group;
    Id id = 0;
    Id parent = 0;  // of rows
    Id application = 0;
    std::string name;
    std::vector<std::string> names;  // of several rows
    std::string parent_name;
    Id user = 0;
    std::int64_t trashed_ms = 0;
  };
  using Entries = std::vector<Entry>;

  void structure(const VisitPointer& visit, ServerSteps& out);
  void list(const VisitPointer& visit, ServerSteps& out);
  void restore(const VisitPointer& visit, ServerSteps& out);

  MaybeFault check_group(Id group, Id user, Instant now) const;
  MaybeFault read_application(const Request& asked, Id group, Id& application) const;
  Entries entries_of(const Group& group, Id application) const;
  void add_tables(Entries& entries, const Application& application) const;
  void add_rows(Entries& entries, const Table& table) const;
  std::string shown(const Entry& entry, Id group) const;

  struct Wanted {
    std::string type;
    Id id = 0;
    std::optional<Id> parent;
    Id user = 0;
  };
  MaybeFault restore_structure(const Wanted& wanted, Plan& plan) const;
  template <typename T>
  MaybeFault restore_thing(const Wanted& wanted, Plan& plan) const;
  void restore_rows(const VisitPointer& visit, const Wanted& wanted, ServerSteps& out);
  MaybeFault check_rows(const Wanted& wanted, const std::vector<Pointer<TrashedRow>>& rows,
                        Instant now) const;
  // Those that are meant; none: there are no such ones.
  std::vector<Pointer<TrashedRow>> find_rows(const Wanted& wanted) const;
  bool is_over(std::int64_t trashed_ms, Instant now) const;

  Office& office_;
  RowDesk& rows_;
  Shapes shapes_;
};

}  // namespace rockpool::dialects::baserow
