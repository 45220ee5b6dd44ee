// How fields are shown in views: some of it is sent, all of it is answered and told.
#pragma once

#include "core/dialects/baserow/reach.h"
#include "core/dialects/baserow/view_shapes.h"

namespace rockpool::dialects::baserow {

class FieldOptions {
 public:
  explicit FieldOptions(Office& office) : office_(office), shapes_(office.desk, office.books) {}

  Routes routes();

 private:
  void show(const VisitPointer& visit, ServerSteps& out);
  void update(const VisitPointer& visit, ServerSteps& out);
  MaybeFault merge(const model::Value& wanted, View& view) const;
  std::string shown(const View& view) const;

  Office& office_;
  ViewShapes shapes_;
};

}  // namespace rockpool::dialects::baserow
