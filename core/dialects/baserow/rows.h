// Rows of tables.
#pragma once

#include "core/dialects/baserow/places.h"
#include "core/dialects/baserow/row_bodies.h"
#include "core/dialects/baserow/sdk_notes.h"

namespace rockpool::dialects::baserow {

class Rows {
 public:
  Rows(Office& office, RowDesk& desk, Authors& authors)
      : office_(office), desk_(desk), places_(desk), authors_(authors) {}

  Routes routes();

 private:
  using Records = RowDesk::Rows;
  // A request about a table that the user may see, with what it says.
  struct Call {
    VisitPointer visit;
    Pointer<Table> table;
    Named named = Named::by_id;
    RowNotes notes = {};
    int tries = 0;
  };

  void list(const Call& call, ServerSteps& out);
  void show(const Call& call, ServerSteps& out);
  void create(const Call& call, ServerSteps& out);
  void create_many(const Call& call, ServerSteps& out);
  void change(const Call& call, ServerSteps& out);
  void change_many(const Call& call, ServerSteps& out);
  void move(const Call& call, ServerSteps& out);
  void remove(const Call& call, ServerSteps& out);
  void remove_many(const Call& call, ServerSteps& out);

  std::optional<Call> admitted(const VisitPointer& visit, ServerSteps& out) const;
  // May the user do so still? Otherwise the request is refused.
  bool is_admitted_still(const Call& call, ServerSteps& out) const;
  Columns columns_of(const Call& call) const { return baserow::columns_of(office_.books, call.table->id); }
  // The one row that the request names.
  void find(const Call& call, ServerSteps& out, std::function<void(const model::Record&, ServerSteps&)> then);
  void add(const Call& call, std::vector<Cells> rows, bool is_list, ServerSteps& out);
  // It was made before, under the name that the request gives it too.
  void tell_made(const Call& call, ServerSteps& out);
  void patch(const Call& call, const std::vector<Cells>& cells, const Records& rows, bool is_list,
             ServerSteps& out);
  void take_away(const Call& call, const Records& rows, bool is_batch, ServerSteps& out);
  // Are they of the versions that the request names, if it names any? Otherwise it is refused.
  static bool are_as_named(const Call& call, const Records& rows, ServerSteps& out);
  // The answer: one row or, as `items`, all of them.
  void tell(const Call& call, const Records& rows, bool is_list, ServerSteps& out) const;

  Office& office_;
  RowDesk& desk_;
  Places places_;
  Authors& authors_;
};

}  // namespace rockpool::dialects::baserow
