#include "core/dialects/baserow/grid_rows.h"

#include "core/base/text.h"
#include "core/dialects/baserow/cells.h"
#include "core/dialects/baserow/row_bodies.h"

namespace rockpool::dialects::baserow {

Routes GridRows::routes() {
  return {{.method = "GET",
           .path = "database/views/grid/#/",
           .handle = [this](const VisitPointer& visit, ServerSteps& out) { list(visit, out); }}};
}

void GridRows::add_view(RowSelection& selection, const View& view, const Columns& columns) const {
  selection.matches_any = view.matches_any;
  if (!view.filters_disabled)
    for (const auto& filter : office_.books.present_below<Filter>(Kind::view, view.id))
      selection.conditions.push_back(
          {.column = find_column(columns, filter->field), .type = filter->type, .value = filter->value});
  if (!selection.orders.empty()) return;
  for (const auto& sort : office_.books.present_below<Sort>(Kind::view, view.id))
    selection.orders.push_back({.column = find_column(columns, sort->field), .descends = sort->descends});
}

void GridRows::list(const VisitPointer& visit, ServerSteps& out) {
  Pointer<View> view;
  PageWanted page;
  MaybeFault fault = reach(office_, visit->user->id, visit->ids.front(), view);
  if (!fault) fault = read_page_or_limit(visit->asked.query, page);
  if (fault) return out.push_back(refuse(visit->carrier, *fault));
  const Columns columns = columns_of(office_.books, view->table);
  auto read = read_selection(columns, visit->asked.query);
  if (const auto* wrong = std::get_if<Fault>(&read)) return out.push_back(refuse(visit->carrier, *wrong));
  auto& selection = std::get<RowSelection>(read);
  add_view(selection, *view, columns);
  const std::string collection = office_.books.find<Table>(view->table)->collection;
  rows_.list({visit, out},
             {.collection = collection,
              .query = row_query(columns, selection),
              .offset = page.offset,
              .records_max = page.size},
             [this, visit, view, page](const model::Listed& listed, ServerSteps& steps) {
               if (const auto none = check_page(page, listed.totals.records))
                 return steps.push_back(refuse(visit->carrier, *none));
               steps.push_back(answer(visit->carrier, shown(visit, *view, page, listed)));
             });
}

std::string GridRows::shown(const VisitPointer& visit, const View& view, const PageWanted& page,
                            const model::Listed& listed) const {
  const Columns columns = columns_of(office_.books, view.table);
  std::vector<std::uint64_t> numbers;
  std::string results;
  dialect::append_list(results, listed.records, [&](const model::Record& row) {
    numbers.push_back(row.num);
    results += shown_row(columns, row);
  });
  std::string text = page_text(visit->asked, page, listed.totals.records, results);
  text.pop_back();  // the closing brace, before which more comes
  const Included included(visit->asked.query);
  if (included.has("field_options")) text.append(",\"field_options\":").append(shapes_.field_options(view));
  if (included.has("row_metadata"))
    text.append(",\"row_metadata\":").append(shapes_.row_metadata(view.table, numbers));
  return text + '}';
}

}  // namespace rockpool::dialects::baserow
