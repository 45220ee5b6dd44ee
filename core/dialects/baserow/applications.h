// Applications, which are databases: to make, rename, delete and order them.
#pragma once

#include <string>
#include <variant>

#include "core/dialects/baserow/office.h"
#include "core/dialects/baserow/shapes.h"

namespace rockpool::dialects::baserow {

class Applications {
 public:
  explicit Applications(Office& office) : office_(office), shapes_(office.desk, office.books) {}

  Routes routes();

 private:
  void list_all(const VisitPointer& visit, ServerSteps& out);
  void list(const VisitPointer& visit, ServerSteps& out);
  void create(const VisitPointer& visit, ServerSteps& out);
  void show(const VisitPointer& visit, ServerSteps& out);
  void rename(const VisitPointer& visit, ServerSteps& out);
  void remove(const VisitPointer& visit, ServerSteps& out);
  void order(const VisitPointer& visit, ServerSteps& out);

  // The application of the path, in whose group the user is; or what is wrong.
  std::variant<Pointer<Application>, Fault> find(const Visit& visit) const;

  Office& office_;
  Shapes shapes_;
};

}  // namespace rockpool::dialects::baserow
