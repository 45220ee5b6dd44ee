// The rows that a grid view shows, in its order.
#pragma once

#include "core/dialects/baserow/pages.h"
#include "core/dialects/baserow/reach.h"
#include "core/dialects/baserow/row_desk.h"
#include "core/dialects/baserow/row_query.h"
#include "core/dialects/baserow/view_shapes.h"

namespace rockpool::dialects::baserow {

class GridRows {
 public:
  GridRows(Office& office, RowDesk& rows)
      : office_(office), rows_(rows), shapes_(office.desk, office.books) {}

  Routes routes();

 private:
  void list(const VisitPointer& visit, ServerSteps& out);
  // The view's filters, and its sortings where the request names no order; of columns in `columns`.
  void add_view(RowSelection& selection, const View& view, const Columns& columns) const;
  std::string shown(const VisitPointer& visit, const View& view, const PageWanted& page,
                    const model::Listed& listed) const;

  Office& office_;
  RowDesk& rows_;
  ViewShapes shapes_;
};

}  // namespace rockpool::dialects::baserow
