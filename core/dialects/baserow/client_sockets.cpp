// A table's socket: it is let in, turned to the table's page, and tells what happens there.
#include <algorithm>

#include "core/base/text.h"
#include "core/dialect/frames.h"
#include "core/dialect/object_text.h"
#include "core/dialects/baserow/client_session.h"
#include "core/wire/url.h"

namespace rockpool::dialects::baserow {
namespace {

using model::Value;

constexpr std::size_t sockets_at_once = 20;
constexpr std::int64_t socket_ms_max = 20'000;
constexpr std::int64_t page_ms_max = 5'000;  // in which a page is there, or refused
// After so long without a word it is asked whether there is still somebody: where what was missed is told by
// the way that costs little, where all is read again more.
constexpr std::int64_t silence_ms = 30'000, long_silence_ms = 300'000;

bool is_of(const Value& frame, std::uint64_t table) {
  const Value* field = model::member(frame, "field");
  const auto said = model::count_member(field == nullptr ? frame : *field, "table_id");
  return !said || *said == table;
}

}  // namespace

void Client::open_sockets(Instant now, ClientSteps& out) {
  const auto open = static_cast<std::size_t>(
      std::count_if(tables_.begin(), tables_.end(), [](const auto& one) { return one.second.socket != 0; }));
  std::size_t free = sockets_at_once - std::min(open, sockets_at_once);
  for (auto& [name, table] : tables_) {
    if (!std::exchange(table.wants_socket, false)) continue;
    if (free == 0) {
      table.is_polled = true;
      look(name);
      continue;
    }
    --free;
    table.socket = ++last_socket_;
    table.until = now + base::milliseconds(socket_ms_max);
    out.push_back(dialect::OpenStream{.carrier = table.socket,
                                      .url = wire::socket_url(base_) + "/ws/core/?jwt_token=" +
                                             wire::percent_encode(access_) + "&rockpool_resume=",
                                      .subprotocol = "",
                                      .headers = {}});
  }
}

// To its page; again, if it is there: our server then says what was missed.
void Client::turn_to(Table& table, ClientSteps& out) {
  std::string wish;
  dialect::ObjectText object(wish);
  object.text("page", "table").count("table_id", table.id);
  if (is_ours_ && table.place > 0) object.count("last_seen_id", table.place);
  object.end();
  out.push_back(dialect::SendFrame{
      .carrier = table.socket, .bytes = dialect::share(std::move(wish)), .before = {}, .after = {}});
  table.is_awaited = true;
  table.until = now_ + base::milliseconds(page_ms_max);
}

void Client::on_frame(const std::string& name, Table& table, const std::string& bytes, ClientSteps& out) {
  const auto frame = read_answer(bytes);
  const std::string* type = frame ? model::text_member(*frame, "type") : nullptr;
  if (type == nullptr) return;  // of some later version, perhaps
  if (!table.is_awaited && !table.web_socket_id.empty())
    table.until = now_ + base::milliseconds(is_ours_ ? silence_ms : long_silence_ms);
  if (*type == "authentication") return on_authentication(table, *frame, out);
  if (*type == "page_add") return on_joined(name, table, *frame, out);
  if (*type == "page_discard") return table.is_awaited ? void() : lose_page(name, table, out);
  on_news(name, table, *frame, out);
  if (phase_ == Phase::over) return;
  const auto place = model::count_member(*frame, "_event_id");
  if (is_ours_ && place) note_place(name, table, *place);
  if (table.replays > 0 && --table.replays == 0) resume(name, table, out);
}

void Client::on_authentication(Table& table, const Value& frame, ClientSteps& out) {
  const std::string* id = model::text_member(frame, "web_socket_id");
  if (!model::bool_member(frame, "success").value_or(false) || id == nullptr) {
    const std::string sentence = "the server did not let the socket in";
    return login_.access.empty() ? over(sentence, out) : refuse(Code::auth, sentence, out);
  }
  table.web_socket_id = *id;
  if (const auto epoch = model::count_member(frame, "_epoch")) {
    is_ours_ = true;
    records_.is_in(*epoch);
    // A place in another history says nothing.
    if (table.epoch != *epoch) table.place = 0;
    table.epoch = *epoch;
  }
  turn_to(table, out);
}

void Client::on_joined(const std::string& name, Table& table, const Value& frame, ClientSteps& out) {
  if (!std::exchange(table.is_awaited, false)) return;
  const bool was_joined = std::exchange(table.is_joined, true);
  table.until = now_ + base::milliseconds(is_ours_ ? silence_ms : long_silence_ms);
  const auto replayed = model::count_member(frame, "replayed");
  if (!is_ours_ || !replayed) {
    return look_again(name);
  }
  table.next_place = model::count_member(frame, "_event_id").value_or(0);
  table.replays = *replayed;
  // A creation that was not answered is recognised by reading.
  if (!was_joined && records_.doubts(name)) read_rows(name);
  if (table.replays == 0) resume(name, table, out);
}

// All that was missed has been told.
void Client::resume(const std::string& name, Table& table, ClientSteps& out) {
  note_place(name, table, table.next_place);
  if (!table.is_read) records_.resumed(name, out);
  out.push_back(dialect::Progress{.cursor = records_.cursor()});
}

void Client::note_place(const std::string& name, Table& table, std::uint64_t place) {
  table.place = std::max(table.place, place);
  records_.reached(name, table.place);
}

// The page is refused, or taken away: the table is read from time to time.
void Client::lose_page(const std::string& name, Table& table, ClientSteps& out) {
  out.push_back(dialect::CloseStream{.carrier = table.socket, .code = wire::CloseCode::normal, .reason = ""});
  table.socket = 0;
  table.web_socket_id.clear();
  table.is_awaited = false;
  table.is_polled = true;
  look(name);
}

// ---- what happens -----------------------------------------------------------------------------------------

void Client::on_news(const std::string& name, Table& table, const Value& frame, ClientSteps& out) {
  const std::string& type = *model::text_member(frame, "type");
  if (type == "rows_created" || type == "rows_updated") {
    if (is_of(frame, table.id)) on_rows(name, table, frame, out);
  } else if (type == "rows_deleted") {
    if (is_of(frame, table.id)) on_gone(name, frame, out);
  } else if (type.starts_with("field_")) {
    // Of what becomes of the cells nothing is said.
    if (is_of(frame, table.id)) look_again(name);
  } else if (type == "resync") {
    look_again(name);
  } else if (type == "row_orders_recalculated") {
    if (is_of(frame, table.id)) read_rows(name);
  } else if (type == "table_updated" || type == "table_deleted") {
    const bool is_other = model::bool_member(frame, "force_table_refresh").value_or(type == "table_deleted");
    if (is_other && model::count_member(frame, "table_id") == table.id) look_again(name);
  } else if (type == "table_created" || type.starts_with("application_") || type.starts_with("group_")) {
    const bool is_wanted = std::any_of(tables_.begin(), tables_.end(), [](const auto& one) {
      return one.second.id == 0 || one.second.is_gone;
    });
    if (is_wanted) look_around();
  }
}

void Client::look_again(const std::string& name) {
  records_.misses(name);
  look(name);
}

// On newer servers the cells that have changed, and no others.
void Client::on_rows(const std::string& name, Table& table, const Value& frame, ClientSteps& out) {
  const Value* rows = model::member(frame, "rows");
  const Value* notes = model::member(frame, "_rows");
  if (rows == nullptr || !table.fields) return;
  for (std::size_t i = 0; i < rows->size(); ++i) {
    const Value& row = rows->elements()[i];
    const auto id = model::count_member(row, "id");
    if (!id) continue;
    const bool is_noted = notes != nullptr && i < notes->size();
    const std::string remote = base::decimal(*id);
    auto state =
        table.fields->state_of(row, is_noted ? &notes->elements()[i] : nullptr, records_.shown(name, remote));
    state->place = model::count_member(frame, "_event_id").value_or(0);
    if (table.fields->is_whole(*state))
      records_.changed(name, std::move(*state), out);
    else
      request({.step = Step::news, .key = {name, ""}, .remote = remote}, "GET", rows_path(table, remote));
  }
}

void Client::on_gone(const std::string& name, const Value& frame, ClientSteps& out) {
  const Value* ids = model::member(frame, "row_ids");
  const Value* notes = model::member(frame, "_rows");
  if (ids == nullptr) return;
  for (std::size_t i = 0; i < ids->size(); ++i) {
    const auto id = model::as_count(ids->elements()[i]);
    if (!id) continue;
    State state{.remote = base::decimal(*id), .data = {}};
    if (notes != nullptr && i < notes->size()) note_state(notes->elements()[i], state);
    state.place = model::count_member(frame, "_event_id").value_or(0);
    records_.changed(name, std::move(state), out);
  }
}

}  // namespace rockpool::dialects::baserow
