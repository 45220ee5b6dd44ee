// Views of tables: to make, list, change, copy, order and delete them.
#pragma once

#include "core/dialects/baserow/reach.h"
#include "core/dialects/baserow/view_shapes.h"

namespace rockpool::dialects::baserow {

// Behind the table's other ones; not put into the plan yet.
View new_view(Office& office, Plan& plan, Id table, std::string name);

class Views {
 public:
  explicit Views(Office& office) : office_(office), shapes_(office.desk, office.books) {}

  Routes routes();

 private:
  void list(const VisitPointer& visit, ServerSteps& out);
  void create(const VisitPointer& visit, ServerSteps& out);
  void show(const VisitPointer& visit, ServerSteps& out);
  void update(const VisitPointer& visit, ServerSteps& out);
  void remove(const VisitPointer& visit, ServerSteps& out);
  void duplicate(const VisitPointer& visit, ServerSteps& out);
  void order(const VisitPointer& visit, ServerSteps& out);

  // The view in an answer, as the query wants it.
  std::string shown(const VisitPointer& visit, Id id) const;
  std::string name_of_copy(const View& view) const;
  void put_copy(Plan& plan, const View& view, View copy) const;

  Office& office_;
  ViewShapes shapes_;
};

}  // namespace rockpool::dialects::baserow
