// Comments on rows:
//
//   request ──► is the row there? ──► listed, or written
#pragma once

#include <map>

#include "core/dialects/baserow/reach.h"
#include "core/dialects/baserow/view_shapes.h"

namespace rockpool::dialects::baserow {

class Comments {
 public:
  explicit Comments(Office& office) : office_(office), shapes_(office.desk, office.books) {}

  Routes routes();
  // False: not its question.
  bool answer(Ticket ticket, const model::Reply& reply, ServerSteps& out);

 private:
  void look_for_row(const VisitPointer& visit, ServerSteps& out);
  void list(const VisitPointer& visit, ServerSteps& out);
  void create(const VisitPointer& visit, ServerSteps& out);

  Office& office_;
  ViewShapes shapes_;
  std::map<Ticket, VisitPointer> asked_;  // for the row
};

}  // namespace rockpool::dialects::baserow
