// What requests are answered: who it is, which tables there are, and their rows.
#include <algorithm>

#include "core/base/text.h"
#include "core/dialects/baserow/client_session.h"

namespace rockpool::dialects::baserow {
namespace {

constexpr int readings_max = 3;
constexpr std::int64_t life_ms = 600'000;  // of an access token that does not say
constexpr std::string_view no_table = "ERROR_TABLE_DOES_NOT_EXIST";

}  // namespace

void Client::receive(Instant now, CarrierId from, dialect::Arrival arrival, ClientSteps& out) {
  if (phase_ == Phase::over || phase_ == Phase::idle) return;
  now_ = now;
  if (const auto request = requests_.answered(from)) {
    if (auto* closed = std::get_if<dialect::Closed>(&arrival)) return over(std::move(closed->reason), out);
    if (const auto* body = std::get_if<dialect::Body>(&arrival)) answered(*request, *body, out);
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
  if (phase_ != Phase::over) flush(now, out);
}

void Client::answered(const Requests::Request& request, const dialect::Body& body, ClientSteps& out) {
  const What& what = request.what;
  if (what.step == Step::login) return on_login(what, body, out);
  if (what.step == Step::write) return on_written(what, body, out);
  if (dialect::is_passing(body.status)) return over(dialect::said_by(body.status), out);
  if (body.status == 401) return turned_away(body, out);
  switch (what.step) {
    case Step::tables: return on_tables(body, out);
    case Step::fields: return on_fields(what, body, out);
    case Step::page: return on_page(what, body, out);
    default: return on_row(what, body, out);
  }
}

// ---- who it is --------------------------------------------------------------------------------------------

void Client::on_login(const What& what, const dialect::Body& body, ClientSteps& out) {
  if (dialect::is_passing(body.status)) return over(dialect::said_by(body.status), out);
  auto tokens = body.status == 200 ? read_tokens(body.bytes) : std::nullopt;
  const bool refreshed = !what.remote.empty();
  if (!tokens && refreshed && !login_.password.empty()) return log_in("");
  if (!tokens && body.status == 404) return refuse(Code::unsupported, "there is no Baserow at " + base_, out);
  if (!tokens) return refuse(Code::auth, read_refusal(body.status, body.bytes).message, out);
  if (!tokens->refresh.empty()) login_.refresh = std::move(tokens->refresh);
  take_token(tokens->access);
  // Before it runs out; without a refresh token by the password.
  const std::int64_t whole_ms = read_life(access_).whole_ms;
  renew_at_ = now_ + base::milliseconds((whole_ms > 0 ? whole_ms : life_ms) * 4 / 5);
  if (phase_ == Phase::greeting) look_around();
}

void Client::take_token(const std::string& access) { access_ = access; }

// The next session has another token, from the server or from the app.
void Client::turned_away(const dialect::Body& body, ClientSteps& out) {
  std::string sentence = read_refusal(body.status, body.bytes).message;
  if (login_.access.empty() && phase_ == Phase::open) return over(std::move(sentence), out);
  refuse(Code::auth, std::move(sentence), out);
}

// ---- tables -----------------------------------------------------------------------------------------------

void Client::on_tables(const dialect::Body& body, ClientSteps& out) {
  is_looking_around_ = false;
  auto known = body.status == 200 ? read_tables(body.bytes) : std::nullopt;
  if (!known) return refuse(Code::unsupported, "there is no Baserow at " + base_, out);
  known_ = std::move(*known);
  if (phase_ == Phase::greeting) {
    phase_ = Phase::open;
    const Life life = read_life(access_);
    // A token of the app's own is renewed by the app.
    const bool is_known = !login_.access.empty() && life.ends_ms > now_.ms;
    const std::int64_t left_ms = is_known ? std::min(life.ends_ms - now_.ms, life.whole_ms) : 0;
    out.push_back(dialect::Ready{.epoch = 1, .user = options_.user, .expires_in_ms = left_ms});
    return;
  }
  for (auto& [name, table] : tables_) {
    if (table.id != 0 && !table.is_gone) continue;
    auto found = find_table(known_, name);
    if (table.id != 0 || found.id != 0) {
      look(name);
      continue;
    }
    trouble(name, Code::not_found, std::move(found.problem), out);
    look_later(table);
  }
}

void Client::on_fields(const What& what, const dialect::Body& body, ClientSteps& out) {
  const std::string& name = what.key.collection;
  Table& table = tables_[name];
  table.is_asked_for = false;
  if (std::exchange(table.is_stale, false)) return look(name);
  auto fields = body.status == 200 ? TableFields::read(body.bytes) : std::nullopt;
  if (!fields) return cannot_read(name, body, out);
  table.is_gone = false;
  table.fields = std::move(*fields);
  if (table.socket == 0 && !table.is_polled) table.wants_socket = true;
  // What a table is asked for before its socket tells of it may have changed since.
  if (table.is_polled || table.is_joined) read_rows(name);
}

// For now: rights may be others later, and what was deleted may come back.
void Client::cannot_read(const std::string& name, const dialect::Body& body, ClientSteps& out) {
  Table& table = tables_[name];
  Refusal refusal = read_refusal(body.status, body.bytes);
  const bool is_gone = body.status == 404 && refusal.code == no_table;
  table.is_read = false;
  table.is_gone = is_gone;
  look_later(table);
  if (is_gone)
    records_.all_of(name, {}, {.number = records_.reads(name), .scope = RemoteRecords::Scope::whole}, out);
  trouble(name, is_gone ? Code::not_found : Code::forbidden, std::move(refusal.message), out);
}

// ---- rows -------------------------------------------------------------------------------------------------

void Client::on_page(const What& what, const dialect::Body& body, ClientSteps& out) {
  const std::string& name = what.key.collection;
  Table& table = tables_[name];
  using Scope = RemoteRecords::Scope;
  // Rows have gone meanwhile, and with them the page.
  const bool is_behind = body.status == 400 && what.page > 1;
  if (is_behind && ++table.readings < readings_max) return read_anew(name);
  if (is_behind) return finish(what, Scope::some, out);
  const auto said = body.status == 200 ? read_answer(body.bytes) : base::Result<model::Value>(base::Error{});
  const model::Value* rows = said ? model::member(*said, "results") : nullptr;
  if (rows == nullptr) return cannot_read(name, body, out);
  const model::Value* notes = model::member(*said, "_rows");
  const std::uint64_t place = model::count_member(*said, "_event_id").value_or(0);
  if (table.found.empty()) table.first_place = place;
  for (std::size_t i = 0; i < rows->size(); ++i) {
    const bool is_noted = notes != nullptr && i < notes->size();
    auto state =
        table.fields->state_of(rows->elements()[i], is_noted ? &notes->elements()[i] : nullptr, nullptr);
    if (!state) return over("the server answered with what is no row", out);
    table.found.push_back(std::move(*state));
  }
  What next = what;
  ++next.page;
  const std::uint64_t count = model::count_member(*said, "count").value_or(0);
  if (is_ours_)  // they are those behind the row
    return !rows->empty() && count > rows->size() ? read_page(next) : finish(what, Scope::whole, out);
  const model::Value* more = model::member(*said, "next");
  if (more != nullptr && !more->is_null() && !rows->empty()) return read_page(next);
  // Rows may have gone meanwhile, and others moved from a page that was still to come to one that was read.
  const bool is_whole = table.found.size() == count;
  if (!is_whole && ++table.readings < readings_max) return read_anew(name);
  finish(what, !is_whole ? Scope::some : what.page > 1 ? Scope::in_pieces : Scope::whole, out);
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
  for (const auto& [key, remote] : std::exchange(table.rows_of_reading, {})) {
    const auto row =
        std::find_if(found.begin(), found.end(), [&](const State& state) { return state.remote == remote; });
    if (row != found.end())
      records_.is(key, *row, out);
    else
      request({.step = Step::row, .key = key, .remote = remote}, "GET", rows_path(table, remote));
  }
  const RemoteRecords::Reading reading{.number = what.reading, .scope = scope, .place = table.first_place};
  if (table.first_place > 0) note_place(name, table, table.first_place);
  records_.all_of(name, std::move(found), reading, out);
  if (table.is_read_again) read_rows(name);
}

// Of a row alone: for a write, or because news did not say all of it.
void Client::on_row(const What& what, const dialect::Body& body, ClientSteps& out) {
  const std::string& name = what.key.collection;
  Table& table = tables_[name];
  State state{.remote = what.remote, .data = {}};
  if (body.status == 200) {
    const auto said = read_answer(body.bytes);
    const model::Value* note = said ? model::member(*said, "_row") : nullptr;
    auto read = said ? table.fields->state_of(*said, note, nullptr) : std::nullopt;
    if (!read) return over("the server answered with what is no row", out);
    state = std::move(*read);
  } else if (body.status != 404) {
    return over(read_refusal(body.status, body.bytes).message, out);
  }
  if (what.step == Step::news)
    records_.changed(name, std::move(state), out);
  else
    records_.is(what.key, body.status == 404 ? State() : std::move(state), out);
}

}  // namespace rockpool::dialects::baserow
