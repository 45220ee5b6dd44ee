// The page's end: a log-in, requests, and a WebSocket for each table.
//
//         open        logged in, tables known
//   idle ──────► greeting ──────► open ──► a request fails or is late, a socket ends, or the session is
//                                          closed: over
//
// A table: its fields are read, its socket is let in (`authentication`) and turned to its page (`page_add`).
// Our server then tells what was missed since `last_seen_id`; at any other the rows are read once the page is
// there, so that nothing falls between.
#include "core/dialects/baserow/client.h"

#include <algorithm>

#include "core/base/text.h"
#include "core/dialects/baserow/client_session.h"
#include "core/wire/url.h"

namespace rockpool::dialects::baserow {
namespace {

constexpr std::int64_t look_ms = 30'000;  // between two looks at a table that tells nothing
constexpr std::size_t rows_singly = 4;    // beside one for each page of what is here

// One of two times, or of one.
void earliest(std::optional<Instant>& next, std::optional<Instant> at) {
  if (at && (!next || *at < *next)) next = at;
}

}  // namespace

// ---- the engine's side ------------------------------------------------------------------------------------

void Client::open(Instant now, dialect::Carrier, const dialect::Greeting& greeting, ClientSteps& out) {
  now_ = now;
  const auto base = wire::base_url(options_.url);
  auto login = read_login(greeting.token);
  if (!base) return refuse(Code::usage, "\"" + options_.url + "\" is no address of a server", out);
  if (!login) {
    const std::string form = R"(give {"email", "password"}, {"refresh_token"} or a token)";
    return refuse(Code::auth, form, out);
  }
  base_ = *base;
  login_ = std::move(*login);
  phase_ = Phase::greeting;
  log_in();
  flush(now, out);
}

void Client::ask(Instant now, const dialect::ClientCommand& command, ClientSteps& out) {
  if (phase_ != Phase::open) return;
  now_ = now;
  if (const auto* subscribe = std::get_if<dialect::Subscribe>(&command)) {
    const auto cursor = model::read_cursor(subscribe->cursor);
    Table table;
    if (cursor) table.place = cursor->seq;
    if (cursor) table.epoch = cursor->epoch;
    const std::uint64_t place = table.place;
    if (tables_.try_emplace(subscribe->collection, std::move(table)).second)
      records_.reached(subscribe->collection, place);
    records_.subscribe(*subscribe, out);
  } else if (const auto* unsubscribe = std::get_if<dialect::Unsubscribe>(&command)) {
    records_.unsubscribe(unsubscribe->collection);
  } else if (const auto* push = std::get_if<dialect::Push>(&command)) {
    records_.push(*push, out);
    refuse_unsendable(out);
  } else if (const auto* token = std::get_if<dialect::RenewToken>(&command)) {
    if (auto login = read_login(token->token)) login_ = std::move(*login);
    log_in();
  }
}

void Client::flush(Instant now, ClientSteps& out) {
  now_ = now;
  if (phase_ == Phase::open) {
    open_sockets(now, out);
    for (auto& [name, table] : tables_) {
      read_wanted(name, table);
      send_writes(table);
    }
  }
  requests_.flush(now, out);
}

// ---- asking -----------------------------------------------------------------------------------------------

// With a token that the app has made, or one that is asked for before the last has run out.
void Client::log_in() {
  renew_at_.reset();
  if (login_.path.empty()) {
    take_token(login_.secret);
    return phase_ == Phase::greeting ? look_around() : void();
  }
  request({.step = Step::login}, "POST", "user/" + login_.path, login_.secret);
}

void Client::take_token(const std::string& access) {
  access_ = access;
  requests_.headers.clear();
  requests_.headers.emplace_back("Authorization", "JWT " + access);
}

void Client::request(What what, std::string_view method, const std::string& path, std::string body) {
  const auto table = tables_.find(what.key.collection);
  wire::Headers headers;
  if (method != "GET" && table != tables_.end() && !table->second.web_socket_id.empty())
    headers.emplace_back("WebSocketId", table->second.web_socket_id);
  requests_.add({.what = std::move(what),
                 .method = std::string(method),
                 .url = base_ + "/api/" + path,
                 .body = std::move(body),
                 .headers = std::move(headers)});
}

std::string Client::rows_path(const Table& table, const std::string& remote) const {
  std::string path = "database/rows/table/" + base::decimal(table.id) + '/';
  if (!remote.empty()) (path += remote) += '/';
  return path + (is_ours_ ? "?rockpool=1" : "");
}

// Which table is it, and what are its fields? Its rows are read, or what was missed is told, after that.
void Client::look(const std::string& name) {
  Table& table = tables_[name];
  table.look_at.reset();
  if (table.id == 0) table.id = find_table(known_, name);
  if (table.id == 0) return look_around();
  // What its socket does not tell yet is read once it does. What it missed is told with the first word.
  if (table.socket == 0 && !table.is_polled && table.place == 0) return void(table.wants_socket = true);
  table.is_stale = table.is_asked_for;
  if (std::exchange(table.is_asked_for, true)) return;
  request({.step = Step::fields, .key = {name, ""}}, "GET",
          "database/fields/table/" + base::decimal(table.id) + '/');
}

void Client::look_later(Table& table) const { table.look_at = now_ + base::milliseconds(look_ms); }

// Which tables are there?
void Client::look_around() {
  if (!std::exchange(is_looking_around_, true)) request({.step = Step::tables}, "GET", "applications/");
}

// Once more, if they are just being read.
void Client::read_rows(const std::string& name) {
  Table& table = tables_[name];
  table.is_read_again = table.is_read;
  if (std::exchange(table.is_read, true)) return;
  table.found.clear();
  for (RowWrite& row : std::exchange(table.wanted_rows, {})) table.rows_of_reading.push_back(std::move(row));
  read_page({.step = Step::page, .key = {name, ""}, .reading = records_.reads(name)});
}

// On our server a page is what comes behind a row: what goes meanwhile moves nothing past it.
void Client::read_page(What what) {
  const Table& table = tables_[what.key.collection];
  std::string path = rows_path(table, "") + (is_ours_ ? "&" : "?");
  path += "size=" + base::decimal(std::uint64_t{page_rows});
  if (is_ours_)
    path += "&rockpool_after=" + (table.found.empty() ? "0" : table.found.back().remote);
  else
    path += "&page=" + base::decimal(what.page);
  request(std::move(what), "GET", path);
}

void Client::read(const model::Key& key, const std::string& remote) {
  tables_[key.collection].wanted_rows.push_back({.key = key, .remote = remote});
}

// Many of them are read with all others, which are fewer requests.
void Client::read_wanted(const std::string& name, Table& table) {
  if (table.wanted_rows.empty()) return;
  if (table.wanted_rows.size() > rows_singly + table.rows_here / page_rows) return read_rows(name);
  for (const RowWrite& row : std::exchange(table.wanted_rows, {}))
    request({.step = Step::row, .key = row.key}, "GET", rows_path(table, row.remote));
}

// ---- the end ----------------------------------------------------------------------------------------------

void Client::trouble(const std::string& collection, Code code, std::string sentence, ClientSteps& out) const {
  base::Error error{.code = code, .message = std::move(sentence), .path = collection};
  out.push_back(dialect::Trouble{.error = std::move(error)});
}

// The same would be said again, until something is changed here.
void Client::refuse(Code code, std::string problem, ClientSteps& out, bool is_final) {
  out.push_back(dialect::Trouble{.error = {.code = code, .message = problem, .path = ""},
                                 .fatal = is_final || code != Code::auth});
  over(std::move(problem), out);
}

void Client::let_go(ClientSteps& out) {
  requests_.close(out);
  for (const auto& [name, table] : tables_)
    if (table.socket != 0)
      out.push_back(
          dialect::CloseStream{.carrier = table.socket, .code = wire::CloseCode::normal, .reason = ""});
  phase_ = Phase::over;
}

void Client::over(std::string reason, ClientSteps& out) {
  let_go(out);
  out.push_back(dialect::Ended{.retry_after_ms = 0, .reason = std::move(reason), .spoken = false});
}

void Client::close(Instant, ClientSteps& out) { let_go(out); }

void Client::wake(Instant now, ClientSteps& out) {
  if (phase_ == Phase::over || phase_ == Phase::idle) return;
  now_ = now;
  const auto late_at = requests_.late_at();
  bool is_late = late_at && now >= *late_at;
  if (renew_at_ && now >= *renew_at_) log_in();
  for (auto& [name, table] : tables_) {
    if (table.look_at && now >= *table.look_at) look(name);
    if (table.socket == 0 || now < table.until) continue;
    if (table.web_socket_id.empty() || (table.is_awaited && table.is_joined)) is_late = true;
    // Long silent: is it still there? Where pages are refused they are so without a word.
    else if (!table.is_awaited)
      turn_to(table, out);
    else
      lose_page(name, table, out);
  }
  if (is_late) return over("the server did not answer in time", out);
  flush(now, out);
}

std::optional<Instant> Client::next_wake() const {
  if (phase_ == Phase::over || phase_ == Phase::idle) return std::nullopt;
  std::optional<Instant> next = requests_.late_at();
  earliest(next, renew_at_);
  for (const auto& [name, table] : tables_) {
    earliest(next, table.look_at);
    if (table.socket != 0) earliest(next, table.until);
  }
  return next;
}

std::unique_ptr<dialect::ClientSession> make_client(const dialect::ClientOptions& options, base::Prng) {
  return std::make_unique<Client>(options);
}

}  // namespace rockpool::dialects::baserow
