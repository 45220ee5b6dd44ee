#include "core/dialects/baserow/rows.h"

#include "core/base/text.h"
#include "core/dialects/baserow/events.h"
#include "core/dialects/baserow/pages.h"
#include "core/dialects/baserow/reach.h"

namespace rockpool::dialects::baserow {
namespace {

constexpr int tries_max = 16;

void refuse_call(const VisitPointer& visit, const Fault& fault, ServerSteps& out) {
  out.push_back(refuse(visit->carrier, fault));
}

// Where the log stood when they were read, and what there is to say of each.
void append_place(std::string& text, const model::Listed& listed) {
  const auto cursor = model::read_cursor(listed.cursor);
  text.back() = ',';
  text += R"("_event_id":)" + base::decimal(last_of(cursor ? cursor->seq : 0)) + R"(,"_rows":)";
  dialect::append_list(text, listed.records, [&](const model::Record& row) { text += note_of(row); });
  text += '}';
}

}  // namespace

Routes Rows::routes() {
  const auto to = [this](auto handler) {
    return [this, handler](const VisitPointer& visit, ServerSteps& out) {
      if (const auto call = admitted(visit, out)) (this->*handler)(*call, out);
    };
  };
  return {
      {.method = "GET", .path = "database/rows/table/#/", .handle = to(&Rows::list)},
      {.method = "POST", .path = "database/rows/table/#/", .handle = to(&Rows::create)},
      {.method = "GET", .path = "database/rows/table/#/#/", .handle = to(&Rows::show)},
      {.method = "PATCH", .path = "database/rows/table/#/#/", .handle = to(&Rows::change)},
      {.method = "DELETE", .path = "database/rows/table/#/#/", .handle = to(&Rows::remove)},
      {.method = "PATCH", .path = "database/rows/table/#/#/move/", .handle = to(&Rows::move)},
      {.method = "POST", .path = "database/rows/table/#/batch/", .handle = to(&Rows::create_many)},
      {.method = "PATCH", .path = "database/rows/table/#/batch/", .handle = to(&Rows::change_many)},
      {.method = "POST", .path = "database/rows/table/#/batch-delete/", .handle = to(&Rows::remove_many)}};
}

std::optional<Rows::Call> Rows::admitted(const VisitPointer& visit, ServerSteps& out) const {
  Call call{.visit = visit, .table = {}, .named = read_named(visit->asked.query)};
  auto fault = reach(office_, visit->user->id, visit->ids.front(), call.table);
  auto notes = read_notes(visit->asked.query, visit->body);
  if (auto* wrong = std::get_if<Fault>(&notes); wrong != nullptr && !fault) fault = std::move(*wrong);
  if (fault) {
    refuse_call(visit, *fault, out);
    return std::nullopt;
  }
  call.notes = std::move(std::get<RowNotes>(notes));
  return call;
}

bool Rows::is_admitted_still(const Call& call, ServerSteps& out) const {
  Pointer<Table> table;
  const auto fault = reach(office_, call.visit->user->id, call.table->id, table);
  if (fault) refuse_call(call.visit, *fault, out);
  return !fault;
}

void Rows::tell(const Call& call, const Records& rows, bool is_list, ServerSteps& out) const {
  const Columns columns = columns_of(call);
  std::string body;
  if (is_list) {
    dialect::ObjectText object(body);
    dialect::append_list(object.member("items"), rows,
                         [&](const model::Record& row) { body += shown_row(columns, row, call.named); });
    if (call.notes.are_wanted)
      dialect::append_list(object.member("_rows"), rows,
                           [&](const model::Record& row) { body += note_of(row); });
    object.end();
  } else {
    body = shown_row(columns, rows.front(), call.named);
    if (call.notes.are_wanted)
      body.replace(body.size() - 1, 1, R"(,"_rows":[)" + note_of(rows.front()) + "]}");
  }
  out.push_back(answer(call.visit->carrier, std::move(body)));
}

// ---- looking ----------------------------------------------------------------------------------------------

void Rows::find(const Call& call, ServerSteps& out,
                std::function<void(const model::Record&, ServerSteps&)> then) {
  desk_.find({call.visit, out}, call.table->collection, call.visit->ids.back(),
             [visit = call.visit, next = std::move(then)](const model::Record* row, ServerSteps& steps) {
               if (row == nullptr) return refuse_call(visit, {.wrong = Wrong::no_row}, steps);
               next(*row, steps);
             });
}

void Rows::show(const Call& call, ServerSteps& out) {
  find(call, out,
       [this, call](const model::Record& row, ServerSteps& steps) { tell(call, {row}, false, steps); });
}

void Rows::list(const Call& call, ServerSteps& out) {
  const Columns columns = columns_of(call);
  PageWanted page;
  if (const auto fault = read_page(call.visit->asked.query, page))
    return refuse_call(call.visit, *fault, out);
  const auto selection = read_selection(columns, call.visit->asked.query);
  if (const auto* fault = std::get_if<Fault>(&selection)) return refuse_call(call.visit, *fault, out);
  desk_.list({call.visit, out},
             {.collection = call.table->collection,
              .query = row_query(columns, std::get<RowSelection>(selection)),
              .offset = page.offset,
              .records_max = page.size},
             [this, call, page](const model::Listed& listed, ServerSteps& steps) {
               const std::uint64_t count = listed.totals.records;
               if (const auto fault = check_page(page, count)) return refuse_call(call.visit, *fault, steps);
               const Columns shown = columns_of(call);
               std::string rows;
               dialect::append_list(rows, listed.records, [&](const model::Record& row) {
                 rows += shown_row(shown, row, call.named);
               });
               std::string text = page_text(call.visit->asked, page, count, rows);
               if (call.notes.are_wanted) append_place(text, listed);
               steps.push_back(answer(call.visit->carrier, std::move(text)));
             });
}

// ---- new ones ---------------------------------------------------------------------------------------------

void Rows::create(const Call& call, ServerSteps& out) {
  auto cells = read_row(columns_of(call), call.visit->body, call.named, RowIs::fresh);
  if (const auto* fault = std::get_if<Fault>(&cells)) return refuse_call(call.visit, *fault, out);
  add(call, {std::move(std::get<Cells>(cells))}, false, out);
}

void Rows::create_many(const Call& call, ServerSteps& out) {
  auto items = read_items(columns_of(call), call.visit->body, call.named, RowIs::fresh);
  if (const auto* fault = std::get_if<Fault>(&items)) return refuse_call(call.visit, *fault, out);
  std::vector<Cells> rows;
  for (Item& item : std::get<std::vector<Item>>(items)) rows.push_back(std::move(item.cells));
  add(call, std::move(rows), true, out);
}

void Rows::add(const Call& call, std::vector<Cells> rows, bool is_list, ServerSteps& out) {
  const auto before = read_number(call.visit->asked.query, "before");
  if (const auto* fault = std::get_if<Fault>(&before)) return refuse_call(call.visit, *fault, out);
  const auto row = std::get<std::uint64_t>(before);
  const auto author = authors_.find(call.visit->carrier);
  if (author != authors_.end()) author->second.before_row = row;
  const Places::Wanted wanted{.collection = call.table->collection, .count = rows.size(), .before = row};
  places_.find(
      {call.visit, out}, wanted,
      [this, call, made = std::move(rows), is_list](std::vector<model::Position> places, ServerSteps& steps) {
        if (!is_admitted_still(call, steps)) return;
        RowDesk::Change change{.group = {},
                               .done = [this, call, is_list](const Records& records, ServerSteps& later) {
                                 tell(call, records, is_list, later);
                               }};
        const auto& names = call.notes.names;
        if (!names.empty())
          change.again = [this, call, is_list](ServerSteps& later) {
            is_list ? refuse_call(call.visit, {.wrong = Wrong::overtaken}, later) : tell_made(call, later);
          };
        for (std::size_t i = 0; i < made.size(); ++i) {
          model::Value data = model::Value::object();
          for (const auto& [key, value] : made[i].members())
            if (!value.is_null()) data[key] = value;
          const std::string name = names.empty() ? "" : names[i];
          model::Mutation put{.key = {call.table->collection, name},
                              .op = model::Op::put,
                              .data = model::write(data),
                              .meta = meta_with("", places[i]),
                              .counted = name.empty()};
          if (!name.empty()) put.base = 0;
          change.group.push_back(std::move(put));
        }
        desk_.write({call.visit, steps}, std::move(change));
      });
}

void Rows::tell_made(const Call& call, ServerSteps& out) {
  desk_.find_named({call.visit, out}, {call.table->collection, call.notes.names.front()},
                   [this, call](const model::Record* row, ServerSteps& steps) {
                     if (row == nullptr) return refuse_call(call.visit, {.wrong = Wrong::overtaken}, steps);
                     tell(call, {*row}, false, steps);
                   });
}

// ---- changes ----------------------------------------------------------------------------------------------

void Rows::change(const Call& call, ServerSteps& out) {
  auto cells = read_row(columns_of(call), call.visit->body, call.named, RowIs::there);
  if (const auto* fault = std::get_if<Fault>(&cells)) return refuse_call(call.visit, *fault, out);
  find(call, out,
       [this, call, patched = std::get<Cells>(std::move(cells))](
           const model::Record& row, ServerSteps& steps) { patch(call, {patched}, {row}, false, steps); });
}

void Rows::change_many(const Call& call, ServerSteps& out) {
  auto read = read_items(columns_of(call), call.visit->body, call.named, RowIs::there);
  if (const auto* fault = std::get_if<Fault>(&read)) return refuse_call(call.visit, *fault, out);
  std::vector<Cells> cells;
  std::vector<std::uint64_t> numbers;
  for (Item& item : std::get<std::vector<Item>>(read)) {
    numbers.push_back(item.number);
    cells.push_back(std::move(item.cells));
  }
  desk_.find_all({call.visit, out}, call.table->collection, numbers,
                 [this, call, patched = std::move(cells)](const Records& rows, ServerSteps& steps) {
                   patch(call, patched, rows, true, steps);
                 });
}

bool Rows::are_as_named(const Call& call, const Records& rows, ServerSteps& out) {
  const auto& versions = call.notes.versions;
  for (std::size_t i = 0; i < versions.size(); ++i) {
    if (i < rows.size() && rows[i].version == versions[i]) continue;
    refuse_call(call.visit, {.wrong = Wrong::overtaken}, out);
    return false;
  }
  return true;
}

// Whatever else has changed in the rows meanwhile stays.
void Rows::patch(const Call& call, const std::vector<Cells>& cells, const Records& rows, bool is_list,
                 ServerSteps& out) {
  if (!is_admitted_still(call, out) || !are_as_named(call, rows, out)) return;
  RowDesk::Change change{.group = {},
                         .done = [this, call, is_list](const Records& records, ServerSteps& steps) {
                           tell(call, records, is_list, steps);
                         }};
  const auto& versions = call.notes.versions;
  if (!versions.empty())
    change.again = [call](ServerSteps& steps) {
      refuse_call(call.visit, {.wrong = Wrong::overtaken}, steps);
    };
  for (std::size_t i = 0; i < rows.size(); ++i) {
    change.group.push_back({.key = rows[i].key, .op = model::Op::patch, .data = model::write(cells[i])});
    if (!versions.empty()) change.group.back().base = versions[i];
  }
  desk_.write({call.visit, out}, std::move(change));
}

void Rows::move(const Call& call, ServerSteps& out) {
  const auto before = read_number(call.visit->asked.query, "before_id");
  if (const auto* fault = std::get_if<Fault>(&before)) return refuse_call(call.visit, *fault, out);
  if (call.tries >= tries_max)
    return refuse_call(call.visit, {.wrong = Wrong::not_now, .retry_after_ms = 1000}, out);
  places_.find({call.visit, out},
               {.collection = call.table->collection,
                .before = std::get<std::uint64_t>(before),
                .moved = call.visit->ids.back()},
               [this, call](const std::vector<model::Position>& places, ServerSteps& steps) {
                 find(call, steps,
                      [this, call, place = places.front()](const model::Record& row, ServerSteps& later) {
                        if (!is_admitted_still(call, later)) return;
                        Call next = call;
                        ++next.tries;
                        RowDesk::Change change{
                            .group = {},
                            .done = [this, call](const Records& records,
                                                 ServerSteps& last) { tell(call, records, false, last); },
                            .again = [this, next](ServerSteps& last) { move(next, last); }};
                        change.group.push_back({.key = row.key,
                                                .op = model::Op::put,
                                                .data = row.data,
                                                .base = row.version,
                                                .meta = meta_with(row.meta, place)});
                        desk_.write({call.visit, later}, std::move(change));
                      });
               });
}

// ---- deletes ----------------------------------------------------------------------------------------------

void Rows::remove(const Call& call, ServerSteps& out) {
  find(call, out,
       [this, call](const model::Record& row, ServerSteps& steps) { take_away(call, {row}, false, steps); });
}

void Rows::remove_many(const Call& call, ServerSteps& out) {
  const auto numbers = read_numbers(call.visit->body);
  if (const auto* fault = std::get_if<Fault>(&numbers)) return refuse_call(call.visit, *fault, out);
  desk_.find_all(
      {call.visit, out}, call.table->collection, std::get<std::vector<std::uint64_t>>(numbers),
      [this, call](const Records& rows, ServerSteps& steps) { take_away(call, rows, true, steps); });
}

// What they were is remembered in the same commit.
void Rows::take_away(const Call& call, const Records& rows, bool is_batch, ServerSteps& out) {
  if (!is_admitted_still(call, out) || !are_as_named(call, rows, out)) return;
  if (call.tries >= tries_max)
    return refuse_call(call.visit, {.wrong = Wrong::not_now, .retry_after_ms = 1000}, out);
  Call next = call;
  ++next.tries;
  RowDesk::Change change{
      .group = {},
      .done = [call](const Records&,
                     ServerSteps& steps) { steps.push_back(answer(call.visit->carrier, "")); },
      .again = [this, next,
                is_batch](ServerSteps& steps) { is_batch ? remove_many(next, steps) : remove(next, steps); }};
  for (const model::Record& row : rows) {
    change.group.push_back({.key = row.key, .op = model::Op::remove, .base = row.version});
    const TrashedRow trashed{.id = row.num,
                             .table = call.table->id,
                             .row = row.num,
                             .batch = is_batch ? rows.front().num : 0,
                             .record = row.key.id,
                             .data = row.data,
                             .meta = row.meta,
                             .user = call.visit->user->id,
                             .trashed_ms = call.visit->now.ms};
    change.group.push_back({.key = {std::string(own_collection), record_id(Kind::trashed_row, row.num)},
                            .op = model::Op::put,
                            .data = stored_text(trashed)});
  }
  desk_.write({call.visit, out}, std::move(change));
}

}  // namespace rockpool::dialects::baserow
