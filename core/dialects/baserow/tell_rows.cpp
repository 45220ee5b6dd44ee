// Rows, whoever writes them and in whatever dialect.
#include <set>

#include "core/base/text.h"
#include "core/dialects/baserow/cells.h"
#include "core/dialects/baserow/sdk_notes.h"
#include "core/dialects/baserow/teller.h"

namespace rockpool::dialects::baserow {
namespace {

using model::Record;

struct RowMoved {
  const Record* before = nullptr;  // null: it was not there, or nobody knows what it was
  const Record* after = nullptr;   // itself when it went, without data

  Turn turn() const {
    if (!after->exists()) return Turn::deleted;
    return before != nullptr && before->exists() ? Turn::changed : Turn::created;
  }
  const Record& was() const { return before == nullptr ? *after : *before; }
};

// What became of rows in the same way by one request.
struct Run {
  Turn turn = Turn::none;
  CarrierId author = 0;
  std::vector<RowMoved> rows;
};

std::vector<Run> runs_of(const model::Changed& changed) {
  static const model::Hint unknown = {};
  std::vector<Run> runs;
  for (std::size_t i = 0; i < changed.changes.size(); ++i) {
    const model::Hint& hint = i < changed.hints.size() ? changed.hints[i] : unknown;
    const RowMoved moved{.before = hint.before.get(), .after = &changed.changes[i].record};
    const Turn turn = moved.turn();
    if (runs.empty() || runs.back().turn != turn || runs.back().author != hint.author)
      runs.push_back({.turn = turn, .author = hint.author, .rows = {}});
    runs.back().rows.push_back(moved);
  }
  return runs;
}

std::vector<Id> numbers_of(const Run& run) {
  std::vector<Id> numbers;
  for (const RowMoved& one : run.rows) numbers.push_back(one.was().num);
  return numbers;
}

std::string shown(const Columns& columns, const Run& run, bool as_before) {
  std::string text;
  dialect::append_list(text, run.rows, [&](const RowMoved& one) {
    text += shown_row(columns, as_before ? one.was() : *one.after);
  });
  return text;
}

// For pages of our SDK, one for each row.
std::string notes(const Run& run) {
  std::string text = R"(,"_rows":)";
  dialect::append_list(text, run.rows, [&](const RowMoved& one) { text += note_of(*one.after); });
  return text;
}

// Fields whose part of the data is another one in some row.
std::vector<Id> updated_fields(const Columns& columns, const Run& run) {
  std::set<Id> updated;
  for (const RowMoved& one : run.rows) {
    const auto before = model::read(one.was().data), after = model::read(one.after->data);
    if (!before || !after) continue;
    for (const Column& column : columns) {
      const auto* was = model::member(*before, column.key());
      const auto* is = model::member(*after, column.key());
      if ((was == nullptr) != (is == nullptr) || (was != nullptr && !model::same(*was, *is)))
        updated.insert(column.field->id);
    }
  }
  return {updated.begin(), updated.end()};
}

void tell_created(Telling& telling, Id table, const Columns& columns, const Run& run) {
  const std::uint64_t before = telling.before_row(run.author);
  telling.tell(to_table(table), run.author,
               Message("rows_created")
                   .count("table_id", table)
                   .raw("rows", shown(columns, run, false))
                   .raw("metadata", telling.view_shapes.row_metadata(table, numbers_of(run)))
                   .raw("before_row_id", before == 0 ? "null" : base::decimal(before))
                   .end(),
               notes(run));
}

void tell_updated(Telling& telling, Id table, const Columns& columns, const Run& run) {
  if (telling.settings.profile == Profile::seed)
    telling.tell(to_table(table), run.author,
                 Message("before_rows_update")
                     .count("table_id", table)
                     .ids("row_ids", numbers_of(run))
                     .ids("updated_field_ids", updated_fields(columns, run))
                     .end());
  telling.tell(to_table(table), run.author,
               Message("rows_updated")
                   .count("table_id", table)
                   .raw("rows_before_update", shown(columns, run, true))
                   .raw("rows", shown(columns, run, false))
                   .raw("metadata", telling.view_shapes.row_metadata(table, numbers_of(run)))
                   .end(),
               notes(run));
}

void tell_deleted(Telling& telling, Id table, const Columns& columns, const Run& run) {
  if (telling.settings.profile == Profile::seed)
    telling.tell(
        to_table(table), run.author,
        Message("before_rows_delete").count("table_id", table).ids("row_ids", numbers_of(run)).end());
  telling.tell(to_table(table), run.author,
               Message("rows_deleted")
                   .count("table_id", table)
                   .ids("row_ids", numbers_of(run))
                   .raw("rows", shown(columns, run, true))
                   .end(),
               notes(run));
}

}  // namespace

void tell_rows(Telling& telling) {
  for (const auto& [collection, changed] : telling.happened.rows) {
    for (const Pointer<Table>& table : telling.books.tables_over(collection)) {
      if (!telling.books.is_present(Kind::table, table->id) || telling.came_or_went(Kind::table, table->id))
        continue;
      const Columns columns = columns_of(telling.books, table->id);
      for (const Run& run : runs_of(*changed)) {
        if (run.turn == Turn::created) tell_created(telling, table->id, columns, run);
        if (run.turn == Turn::changed) tell_updated(telling, table->id, columns, run);
        if (run.turn == Turn::deleted) tell_deleted(telling, table->id, columns, run);
      }
    }
  }
}

}  // namespace rockpool::dialects::baserow
