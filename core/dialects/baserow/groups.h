// Groups: to make, rename, delete, order and leave them.
#pragma once

#include "core/dialects/baserow/office.h"
#include "core/dialects/baserow/shapes.h"

namespace rockpool::dialects::baserow {

class Groups {
 public:
  explicit Groups(Office& office) : office_(office), shapes_(office.desk, office.books) {}

  Routes routes();

 private:
  void list(const VisitPointer& visit, ServerSteps& out);
  void create(const VisitPointer& visit, ServerSteps& out);
  void rename(const VisitPointer& visit, ServerSteps& out);
  void remove(const VisitPointer& visit, ServerSteps& out);
  void order(const VisitPointer& visit, ServerSteps& out);
  void leave(const VisitPointer& visit, ServerSteps& out);

  Office& office_;
  Shapes shapes_;
};

}  // namespace rockpool::dialects::baserow
