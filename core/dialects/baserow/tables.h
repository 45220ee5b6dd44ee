// Tables of databases.
#pragma once

#include "core/dialects/baserow/office.h"
#include "core/dialects/baserow/shapes.h"

namespace rockpool::dialects::baserow {

class Tables {
 public:
  explicit Tables(Office& office) : office_(office), shapes_(office.desk, office.books) {}

  Routes routes();

 private:
  void list(const VisitPointer& visit, ServerSteps& out);
  void create(const VisitPointer& visit, ServerSteps& out);
  void show(const VisitPointer& visit, ServerSteps& out);
  void rename(const VisitPointer& visit, ServerSteps& out);
  void remove(const VisitPointer& visit, ServerSteps& out);
  void order(const VisitPointer& visit, ServerSteps& out);

  MaybeFault plan_new(const Visit& visit, Plan& plan, Id& id) const;
  std::variant<Pointer<Table>, Fault> find(const Visit& visit) const;

  Office& office_;
  Shapes shapes_;
};

}  // namespace rockpool::dialects::baserow
