// What requests are answered: who it is, which tables there are, and their rows.
#include <algorithm>

#include "core/base/text.h"
#include "core/dialects/baserow/client_session.h"

namespace rockpool::dialects::baserow {
namespace {

constexpr int readings_max = 3;
constexpr std::int64_t life_ms = 600'000;  // of an access token, as upstream gives them
constexpr std::string_view no_table = "ERROR_TABLE_DOES_NOT_EXIST";

}  // namespace

void Client::receive(Instant now, CarrierId from, dialect::Arrival arrival, ClientSteps& out) {
  if (phase_ == Phase::over || phase_ == Phase::idle) return;
  now_ = now;
  if (auto request = requests_.answered(from)) {
    if (auto* closed = std::get_if<dialect::Closed>(&arrival)) return over(std::move(closed->reason), out);
    if (const auto* body = std::get_if<dialect::Body>(&arrival)) answered(request->what, *body, out);
  } else {
    for (auto& [name, table] : tables_) {
      if (table.socket != from) continue;
      if (const auto* frame = std::get_if<dialect::Frame>(&arrival)) on_frame(name, table, frame->bytes, out);
      if (const auto* closed = std::get_if<dialect::Closed>(&arrival)) {
        table.socket = 0;
        over(closed->reason.empty() ? "the server closed the connection" : closed->reason, out);
      }
      break;
    }
  }
  refuse_unsendable(out);
  if (phase_ != Phase::over) flush(now, out);
}

void Client::answered(What& what, const dialect::Body& body, ClientSteps& out) {
  if (what.step == Step::write) return on_written(what, body, out);
  if (dialect::is_passing(body.status)) return over(dialect::said_by(body.status), out);
  if (what.step == Step::login) return on_login(body, out);
  if (body.status == 401) return turned_away(body, out);
  switch (what.step) {
    case Step::tables: return on_tables(body, out);
    case Step::fields: return on_fields(what, body, out);
    case Step::page: return on_page(what, body, out);
    default: return on_row(what, body, out);
  }
}

// ---- who it is --------------------------------------------------------------------------------------------

void Client::on_login(const dialect::Body& body, ClientSteps& out) {
  if (body.status == 404) return refuse(Code::unsupported, "there is no Baserow at " + base_, out);
  const std::string access = body.status == 200 ? read_access_token(body.bytes) : "";
  if (access.empty()) return refuse(Code::auth, read_error(body.status, body.bytes).message, out);
  take_token(access);
  renew_at_ = now_ + base::milliseconds(life_ms * 4 / 5);
  if (phase_ == Phase::greeting) look_around();
}

// The next session has another token, from the server or from the app.
void Client::turned_away(const dialect::Body& body, ClientSteps& out) {
  std::string sentence = read_error(body.status, body.bytes).message;
  if (!login_.path.empty() && phase_ == Phase::open) return over(std::move(sentence), out);
  refuse(Code::auth, std::move(sentence), out);
}

// ---- tables -----------------------------------------------------------------------------------------------

void Client::on_tables(const dialect::Body& body, ClientSteps& out) {
  is_looking_around_ = false;
  if (!read_tables(body.bytes, known_))
    return refuse(Code::unsupported, "there is no Baserow at " + base_, out);
  if (phase_ == Phase::greeting) {
    phase_ = Phase::open;
    // A token of the app's own is renewed by the app.
    const std::int64_t left_ms = login_.path.empty() ? life_ms : 0;
    out.push_back(dialect::Ready{.epoch = 1, .user = options_.user, .expires_in_ms = left_ms});
    return;
  }
  for (auto& [name, table] : tables_) {
    if (table.id != 0) continue;
    table.id = find_table(known_, name);
    if (table.id != 0) {
      look(name);
      continue;
    }
    look_later(table);
    const std::string several = "\"; say Database/Table";
    trouble(name, Code::not_found, "no table, or several, are called \"" + name + several, out);
  }
}

void Client::on_fields(const What& what, const dialect::Body& body, ClientSteps& out) {
  const std::string& name = what.key.collection;
  Table& table = tables_[name];
  table.is_asked_for = false;
  if (std::exchange(table.is_stale, false)) return look(name);
  auto fields = TableFields::read(body.bytes);
  if (fields.empty()) return cannot_read(name, body, out);
  table.fields = std::move(fields);
  if (table.socket == 0 && !table.is_polled) table.wants_socket = true;
  // What a table is asked for before its socket tells of it may have changed since.
  if (table.is_polled || table.is_joined) read_rows(name);
}

// For now: rights may be others later, and what was deleted may come back.
void Client::cannot_read(const std::string& name, const dialect::Body& body, ClientSteps& out) {
  Table& table = tables_[name];
  base::Error error = read_error(body.status, body.bytes);
  const bool is_gone = error.message.starts_with(no_table);
  table.is_read = false;
  look_later(table);
  if (is_gone)
    records_.all_of(name, {}, {.number = records_.reads(name), .scope = RemoteRecords::Scope::whole}, out);
  trouble(name, is_gone ? Code::not_found : Code::forbidden, std::move(error.message), out);
}

// ---- rows -------------------------------------------------------------------------------------------------

void Client::on_page(What& what, const dialect::Body& body, ClientSteps& out) {
  const std::string& name = what.key.collection;
  Table& table = tables_[name];
  using Scope = RemoteRecords::Scope;
  const auto said = read_answer(body.bytes);
  const model::Value* rows = said ? model::member(*said, "results") : nullptr;
  // Behind the first one there is none any more when rows have gone meanwhile.
  if (rows == nullptr && (is_ours_ || what.page == 1)) return cannot_read(name, body, out);
  if (table.found.empty()) table.first_place = said ? model::count_member(*said, "_event_id").value_or(0) : 0;
  const std::size_t size = rows == nullptr ? 0 : rows->size();
  for (std::size_t i = 0; i < size; ++i) {
    table.found.push_back(table.fields.row_of(rows->elements()[i], nullptr).state);
    take_note(*said, i, table.found.back());
  }
  const std::uint64_t count = size > 0 ? model::count_member(*said, "count").value_or(0) : 0;
  // On our server they are those behind the row.
  const std::size_t read = is_ours_ ? size : table.found.size();
  if (size > 0 && read < count) {
    ++what.page;
    return read_page(std::move(what));
  }
  if (is_ours_ || (read == count && what.page == 1)) return finish(what, Scope::whole, out);
  // Rows may have gone meanwhile, and others moved from a page that was still to come to one that was read.
  if (read != count && ++table.readings < readings_max) return read_anew(name);
  finish(what, read == count ? Scope::in_pieces : Scope::some, out);
}

void Client::read_anew(const std::string& name) {
  tables_[name].is_read = false;
  read_rows(name);
}

void Client::finish(const What& what, RemoteRecords::Scope scope, ClientSteps& out) {
  const std::string& name = what.key.collection;
  Table& table = tables_[name];
  table.is_read = false;
  table.readings = 0;
  if (table.is_polled || scope == RemoteRecords::Scope::some) look_later(table);
  std::vector<State> found = std::exchange(table.found, {});
  table.rows_here = found.size();
  for (const RowWrite& row : std::exchange(table.rows_of_reading, {})) {
    const auto is_it = [&](const State& state) { return state.remote == row.remote; };
    const auto read = std::find_if(found.begin(), found.end(), is_it);
    if (read != found.end())
      records_.is(row.key, *read, out);
    else
      request({.step = Step::row, .key = row.key}, "GET", rows_path(table, row.remote));
  }
  const RemoteRecords::Reading reading{.number = what.reading, .scope = scope, .place = table.first_place};
  table.read_place = table.first_place;
  records_.all_of(name, std::move(found), reading, out);
  if (table.first_place > 0) note_place(name, table, table.first_place);
  if (table.is_read_again) read_rows(name);
}

// Of a row alone: for a write, or because news did not say all of it.
void Client::on_row(const What& what, const dialect::Body& body, ClientSteps& out) {
  const std::string& name = what.key.collection;
  Table& table = tables_[name];
  State state;
  if (body.status == 200) {
    const auto said = read_answer(body.bytes);
    if (said) state = table.fields.row_of(*said, nullptr).state;
    if (state.remote.empty()) return over("the server answered with what is no row", out);
    take_note(*said, 0, state);
  } else if (body.status != 404) {
    return over(read_error(body.status, body.bytes).message, out);
  }
  if (what.step == Step::row) return records_.is(what.key, std::move(state), out);
  state.remote = what.key.id;
  records_.changed(name, std::move(state), out);
}

}  // namespace rockpool::dialects::baserow
