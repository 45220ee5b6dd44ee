// Rows are written: alone or, where several wait, many at once.
#include <algorithm>

#include "core/base/text.h"
#include "core/dialects/baserow/client_session.h"
#include "core/wire/http.h"

namespace rockpool::dialects::baserow {
namespace {

using Kind = RowWrite::Kind;

constexpr std::size_t batch_rows_max = 200;
constexpr std::size_t batch_bytes_max = 256 << 10;
constexpr std::string_view no_row = "ERROR_ROW_DOES_NOT_EXIST";
constexpr int overtaken = 412;

std::string_view method_of(Kind kind) {
  return kind == Kind::create ? "POST" : kind == Kind::change ? "PATCH" : "DELETE";
}

// What a batch says, on our server with a name or a version for each row.
std::string batch_body(const std::vector<RowWrite>& writes, bool is_ours) {
  const Kind kind = writes.front().kind;
  std::string items, notes;
  for (const RowWrite& write : writes) {
    const std::string_view comma = items.empty() ? "" : ",";
    items += comma;
    if (kind == Kind::create) items += '{' + write.cells + '}';
    if (kind == Kind::change) items += "{\"id\":" + write.remote + ',' + write.cells + '}';
    if (kind == Kind::remove) items += write.remote;
    notes += comma;
    if (kind == Kind::create)
      model::append_quoted(notes, row_name(write.key.id));
    else
      notes += base::decimal(write.version);
  }
  std::string body = "{\"items\":[" + items;
  if (is_ours) (body += kind == Kind::create ? "],\"_names\":[" : "],\"_versions\":[") += notes;
  return body + "]}";
}

// Of the row that the write is of; null: it is not among them.
std::size_t place_of(const RowWrite& write, std::size_t at, std::span<const model::Value> rows) {
  if (write.kind == Kind::create) return at;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const auto id = model::count_member(rows[i], "id");
    if (id && base::decimal(*id) == write.remote) return i;
  }
  return rows.size();
}

}  // namespace

// ---- what waits -------------------------------------------------------------------------------------------

bool Client::is_so(const model::Key& key, const std::string& wanted, const std::string& there, bool creates) {
  return tables_[key.collection].fields.is_so(wanted, there, creates);
}

void Client::create(const model::Key& key, const std::string& data) {
  add_write({.kind = Kind::create, .key = key}, "", data);
}

void Client::write(const model::Key& key, const State& state, const std::string& data) {
  add_write({.kind = data.empty() ? Kind::remove : Kind::change,
             .key = key,
             .remote = state.remote,
             .version = state.version},
            state.data, data);
}

void Client::add_write(RowWrite write, const std::string& there, const std::string& wanted) {
  Table& table = tables_[write.key.collection];
  if (write.kind != Kind::remove) {
    auto cells = table.fields.cells(there, wanted);
    if (!cells) {
      write.error = cells.error();
      return unsendable_.push_back(std::move(write));
    }
    write.cells = std::move(*cells);
  }
  table.waiting.push_back(std::move(write));
}

void Client::refuse_unsendable(ClientSteps& out) {
  while (!unsendable_.empty())
    for (RowWrite& write : std::exchange(unsendable_, {}))
      records_.refused(write.key, std::move(write.error), out);
}

// One request at a time for a table, so that what comes meanwhile goes together.
void Client::send_writes(Table& table) {
  if (table.is_writing || table.waiting.empty()) return;
  const Kind kind = table.waiting.front().kind;
  What what{.step = Step::write, .key = {table.waiting.front().key.collection, ""}};
  std::vector<RowWrite> later;
  std::size_t bytes = 0;
  for (RowWrite& write : std::exchange(table.waiting, {})) {
    const bool has_room =
        what.writes.empty() || (what.writes.size() < table.batch_max && bytes < batch_bytes_max);
    bytes += write.cells.size();
    (write.kind == kind && has_room ? what.writes : later).push_back(std::move(write));
  }
  table.waiting = std::move(later);
  table.is_writing = true;
  const RowWrite& first = what.writes.front();
  std::string path = rows_path(table, first.remote);
  if (what.writes.size() == 1) {
    if (is_ours_ && kind != Kind::create) path += "&rockpool_version=" + base::decimal(first.version);
    if (is_ours_ && kind == Kind::create)
      path += "&rockpool_name=" + wire::percent_encode(row_name(first.key.id));
    std::string body = kind == Kind::remove ? "" : '{' + first.cells + '}';
    return request(std::move(what), method_of(kind), path, std::move(body));
  }
  path = "database/rows/table/" + base::decimal(table.id) +
         (kind == Kind::remove ? "/batch-delete/" : "/batch/") + (is_ours_ ? "?rockpool=1" : "");
  std::string body = batch_body(what.writes, is_ours_);
  request(std::move(what), kind == Kind::remove ? "POST" : method_of(kind), path, std::move(body));
}

// ---- answers ----------------------------------------------------------------------------------------------

void Client::on_written(What& what, const dialect::Body& body, ClientSteps& out) {
  Table& table = tables_[what.key.collection];
  const int status = body.status;
  table.is_writing = false;
  // Nobody knows what became of it.
  if (status >= 500 && status != 503) return over(dialect::said_by(status), out);
  if (status == 401) return turned_away(body, out);
  if (status != 200 && status != 204) return on_refused(table, what, body, out);
  table.batch_max = batch_rows_max;
  if (what.writes.front().kind != Kind::remove) return take_written(table, what, body, out);
  for (const RowWrite& write : what.writes) records_.wrote(write.key, {}, out);
}

void Client::take_written(Table& table, const What& what, const dialect::Body& body, ClientSteps& out) {
  const auto said = read_answer(body.bytes);
  const model::Value* items = said ? model::member(*said, "items") : nullptr;
  const auto rows = items != nullptr ? items->elements() : std::span(said ? &*said : nullptr, said ? 1 : 0);
  for (std::size_t i = 0; i < what.writes.size(); ++i) {
    const RowWrite& write = what.writes[i];
    const std::size_t at = place_of(write, i, rows);
    if (at >= rows.size()) return over("the server answered with what is no row", out);
    State state = table.fields.row_of(rows[at], nullptr).state;
    take_note(*said, at, state);
    // A creation that made nothing: an earlier attempt did, and others may have written since.
    const auto* made = write.kind == Kind::create && is_ours_ ? records_.sent(write.key) : nullptr;
    if (made != nullptr && !is_so(write.key, *made, state.data, true))
      records_.is(write.key, std::move(state), out);
    else
      records_.wrote(write.key, std::move(state), out);
  }
}

// Of many rows one may be to blame: they are tried by halves.
void Client::on_refused(Table& table, What& what, const dialect::Body& body, ClientSteps& out) {
  const bool is_passing = dialect::is_passing(body.status);
  if (what.writes.size() > 1 && !is_passing) {
    table.batch_max = what.writes.size() / 2;
    std::vector<RowWrite> later = std::exchange(table.waiting, std::move(what.writes));
    for (RowWrite& write : later) table.waiting.push_back(std::move(write));
    return;
  }
  table.batch_max = batch_rows_max;
  base::Error error = read_error(body.status, body.bytes);
  error.path = table.fields.name_of(error.path);
  if (!error.path.empty()) error.message = error.path + ": " + error.message;
  for (const RowWrite& write : what.writes) {
    if (body.status == overtaken && write.kind != Kind::create)
      records_.overtaken(write.key);
    else if (error.message.starts_with(no_row))
      records_.is(write.key, {}, out);
    else
      records_.refused(write.key, error, out);
  }
}

}  // namespace rockpool::dialects::baserow
