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

constexpr std::int64_t socket_ms_max = 20'000;
constexpr std::int64_t page_ms_max = 5'000;  // in which a page is there, or refused
// After so long without a word it is asked whether there is still somebody: where what was missed is told by
// the way that costs little, where all is read again more.
constexpr std::int64_t silence_ms = 30'000, long_silence_ms = 300'000;

// Is it about that table? Of a field its table is said in it.
bool is_of(const Value& frame, std::uint64_t table) {
  const Value* field = model::member(frame, "field");
  return model::count_member(field == nullptr ? frame : *field, "table_id") == table;
}

}  // namespace

void Client::open_sockets(Instant now, ClientSteps& out) {
  for (auto& [name, table] : tables_) {
    if (!std::exchange(table.wants_socket, false)) continue;
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
  if (*type == "authentication") return on_authentication(name, table, *frame, out);
  if (*type == "page_add") return on_joined(name, table, *frame, out);
  if (*type == "page_discard") return table.is_awaited ? void() : lose_page(name, table, out);
  on_news(name, table, *frame, out);
  if (phase_ == Phase::over) return;
  const auto place = model::count_member(*frame, "_event_id");
  if (is_ours_ && place) note_place(name, table, *place);
  if (table.replays > 0 && --table.replays == 0) resume(name, table, out);
}

void Client::on_authentication(const std::string& name, Table& table, const Value& frame, ClientSteps& out) {
  const std::string* id = model::text_member(frame, "web_socket_id");
  if (!model::bool_member(frame, "success").value_or(false) || id == nullptr)
    return turned_away({.status = 401, .bytes = {}}, out);
  table.web_socket_id = *id;
  if (const auto epoch = model::count_member(frame, "_epoch")) {
    is_ours_ = true;
    records_.is_in(*epoch);
    // A place in another history says nothing, and a version neither.
    if (std::exchange(table.epoch, *epoch) != *epoch) table.place = 0, records_.is_anew(name);
    records_.reached(name, table.place);
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
  const auto begins = [&](std::string_view word) { return type.starts_with(word); };
  const bool is_here = is_of(frame, table.id);
  if (is_here && (type == "rows_created" || type == "rows_updated" || type == "rows_deleted"))
    on_rows(name, table, frame, out);
  // Of what becomes of the rows nothing is said.
  else if (type == "resync" || (is_here && (begins("field_") || begins("table_") || begins("row_orders"))))
    look_again(name);
}

void Client::look_again(const std::string& name) {
  records_.misses(name);
  look(name);
}

// On newer servers the cells that have changed, and no others.
void Client::on_rows(const std::string& name, Table& table, const Value& frame, ClientSteps& out) {
  const Value* gone = model::member(frame, "row_ids");
  const Value* rows = gone == nullptr ? model::member(frame, "rows") : gone;
  if (rows == nullptr || table.fields.empty()) return;
  // It may have gone since.
  const std::uint64_t place = model::count_member(frame, "_event_id").value_or(0);
  if (place > 0 && place <= table.read_place) return;
  for (std::size_t i = 0; i < rows->size(); ++i) {
    const Value& one = rows->elements()[i];
    const std::string remote =
        base::decimal((gone == nullptr ? model::count_member(one, "id") : model::as_count(one)).value_or(0));
    TableFields::Row row;
    if (gone == nullptr) row = table.fields.row_of(one, records_.shown(name, remote));
    row.state.remote = remote;
    row.state.place = place;
    take_note(frame, i, row.state);
    if (row.is_whole)
      records_.changed(name, std::move(row.state), out);
    else
      request({.step = Step::news, .key = {name, remote}}, "GET", rows_path(table, remote));
  }
}

}  // namespace rockpool::dialects::baserow
