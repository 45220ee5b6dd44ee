// Fields of tables.
#pragma once

#include "core/dialects/baserow/columns.h"
#include "core/dialects/baserow/office.h"

namespace rockpool::dialects::baserow {

class Fields {
 public:
  explicit Fields(Office& office) : office_(office) {}

  Routes routes();

 private:
  void list(const VisitPointer& visit, ServerSteps& out);
  void create(const VisitPointer& visit, ServerSteps& out);
  void show(const VisitPointer& visit, ServerSteps& out);
  void change(const VisitPointer& visit, ServerSteps& out);
  void remove(const VisitPointer& visit, ServerSteps& out);

  MaybeFault plan_new(const Visit& visit, Plan& plan, Id& id) const;
  MaybeFault plan_change(const Visit& visit, Plan& plan) const;
  MaybeFault check_name(Id table, const std::string& name, Id own) const;
  std::variant<Pointer<Field>, Fault> find(const Visit& visit) const;
  std::string shown(Id field) const;

  Office& office_;
};

}  // namespace rockpool::dialects::baserow
