// Comments on rows:
//
//   request ──► is the row there? ──► listed, or written
#pragma once

#include "core/dialects/baserow/reach.h"
#include "core/dialects/baserow/row_desk.h"
#include "core/dialects/baserow/view_shapes.h"

namespace rockpool::dialects::baserow {

class Comments {
 public:
  Comments(Office& office, RowDesk& rows)
      : office_(office), rows_(rows), shapes_(office.desk, office.books) {}

  Routes routes();

 private:
  void look_for_row(const VisitPointer& visit, ServerSteps& out);
  void list(const VisitPointer& visit, ServerSteps& out);
  void create(const VisitPointer& visit, ServerSteps& out);

  Office& office_;
  RowDesk& rows_;
  ViewShapes shapes_;
};

}  // namespace rockpool::dialects::baserow
