// Rows are written: alone or, where several wait, many at once.
#include <algorithm>

#include "core/base/text.h"
#include "core/dialect/object_text.h"
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
  std::string body;
  dialect::ObjectText object(body);
  dialect::append_list(object.member("items"), writes, [&](const RowWrite& write) {
    if (kind == Kind::remove) return void(body += write.remote);
    body += '{';
    if (kind == Kind::change) (body += "\"id\":") += write.remote + (write.cells.empty() ? "" : ",");
    (body += write.cells) += '}';
  });
  const bool names = kind == Kind::create;
  if (is_ours)
    dialect::append_list(object.member(names ? "_names" : "_versions"), writes, [&](const RowWrite& write) {
      if (names)
        model::append_quoted(body, write.key.id);
      else
        body += base::decimal(write.version);
    });
  object.end();
  return body;
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

bool Client::names(const model::Key& key) const { return is_ours_ && !base::read_decimal(key.id); }

bool Client::is_so(const model::Key& key, const std::string& wanted, const std::string& there,
                   bool creates) const {
  const auto table = tables_.find(key.collection);
  if (table == tables_.end() || !table->second.fields) return dialect::is_same(wanted, there);
  return table->second.fields->is_so(wanted, there, creates);
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
    auto cells = table.fields ? table.fields->cells(there, wanted)
                              : base::Error{.code = Code::overloaded, .message = "not now", .path = ""};
    if (auto* error = std::get_if<base::Error>(&cells))
      return void(unsendable_.emplace_back(write.key, std::move(*error)));
    write.cells = std::move(std::get<std::string>(cells));
  }
  table.waiting.push_back(std::move(write));
}

void Client::refuse_unsendable(ClientSteps& out) {
  while (!unsendable_.empty())
    for (auto& [key, error] : std::exchange(unsendable_, {})) records_.refused(key, std::move(error), out);
}

// One request at a time for a table, so that what comes meanwhile goes together.
void Client::send_writes(Table& table) {
  if (table.is_writing || table.waiting.empty()) return;
  const Kind kind = table.waiting.front().kind;
  What what{.step = Step::write, .key = {table.waiting.front().key.collection, ""}};
  std::vector<RowWrite> later;
  std::size_t bytes = 0;
  for (RowWrite& write : std::exchange(table.waiting, {})) {
    // On our server those without a name go alone.
    const auto is_alone = [&](const RowWrite& one) {
      return is_ours_ && kind == Kind::create && !names(one.key);
    };
    const bool has_room =
        what.writes.empty() || (what.writes.size() < table.batch_max && bytes < batch_bytes_max &&
                                !is_alone(write) && !is_alone(what.writes.front()));
    bytes += write.cells.size();
    (write.kind == kind && has_room ? what.writes : later).push_back(std::move(write));
  }
  table.waiting = std::move(later);
  table.is_writing = true;
  const RowWrite& first = what.writes.front();
  std::string path = rows_path(table, first.remote);
  if (what.writes.size() == 1) {
    if (is_ours_ && kind != Kind::create) path += "&rockpool_version=" + base::decimal(first.version);
    if (kind == Kind::create && names(first.key))
      path += "&rockpool_name=" + wire::percent_encode(first.key.id);
    std::string body = kind == Kind::remove ? "" : '{' + first.cells + '}';
    return request(std::move(what), method_of(kind), path, std::move(body));
  }
  path = "database/rows/table/" + base::decimal(table.id) +
         (kind == Kind::remove ? "/batch-delete/" : "/batch/") + (is_ours_ ? "?rockpool=1" : "");
  std::string body = batch_body(what.writes, is_ours_);
  request(std::move(what), kind == Kind::remove ? "POST" : method_of(kind), path, std::move(body));
}

// ---- answers ----------------------------------------------------------------------------------------------

void Client::on_written(const What& what, const dialect::Body& body, ClientSteps& out) {
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
  const bool is_batch = what.writes.size() > 1;
  const auto said = read_answer(body.bytes);
  const model::Value* items = said && is_batch ? model::member(*said, "items") : nullptr;
  const model::Value* notes = said && is_batch ? model::member(*said, "_rows") : nullptr;
  const auto rows = items == nullptr ? std::span<const model::Value>() : items->elements();
  for (std::size_t i = 0; i < what.writes.size(); ++i) {
    const RowWrite& write = what.writes[i];
    const std::size_t at = is_batch ? place_of(write, i, rows) : 0;
    const model::Value* row = !said ? nullptr : !is_batch ? &*said : at < rows.size() ? &rows[at] : nullptr;
    const model::Value* note = row == nullptr || is_batch ? nullptr : model::member(*row, "_row");
    if (notes != nullptr && at < notes->size()) note = &notes->elements()[at];
    auto state = row == nullptr ? std::nullopt : table.fields->state_of(*row, note, nullptr);
    if (!state) return over("the server answered with what is no row", out);
    // A creation that made nothing: an earlier attempt did, and others may have written since.
    const auto* made = write.kind == Kind::create && names(write.key) ? records_.sent(write.key) : nullptr;
    if (made != nullptr && !is_so(write.key, *made, state->data, true))
      records_.is(write.key, std::move(*state), out);
    else
      records_.wrote(write.key, std::move(*state), out);
  }
}

// Of many rows one may be to blame: they are tried by halves.
void Client::on_refused(Table& table, const What& what, const dialect::Body& body, ClientSteps& out) {
  const bool is_passing = dialect::is_passing(body.status);
  if (what.writes.size() > 1 && !is_passing) {
    table.batch_max = what.writes.size() / 2;
    table.waiting.insert(table.waiting.begin(), what.writes.begin(), what.writes.end());
    return;
  }
  table.batch_max = batch_rows_max;
  const Refusal refusal = read_refusal(body.status, body.bytes);
  for (const RowWrite& write : what.writes) {
    if (body.status == overtaken && write.kind != Kind::create) {
      records_.overtaken(write.key);
    } else if (body.status == 404 && refusal.code == no_row) {
      records_.is(write.key, {}, out);
    } else {
      refuse_write(table, write, body.status, refusal, out);
    }
  }
}

void Client::refuse_write(const Table& table, const RowWrite& write, int status, const Refusal& refusal,
                          ClientSteps& out) {
  base::Error error{.code = Code::invalid, .message = refusal.message, .path = ""};
  if (table.fields && !refusal.member.empty()) error.path = table.fields->name_of(refusal.member);
  if (!error.path.empty()) error.message = error.path + ": " + error.message;
  if (dialect::is_passing(status)) error.code = Code::overloaded;
  if (status == 403) error.code = Code::forbidden;
  if (status == 404) error.code = Code::not_found;
  if (status == 413) error.code = Code::too_large;
  records_.refused(write.key, std::move(error), out);
}

}  // namespace rockpool::dialects::baserow
