// Our server's socket: the results of all queries, and the records of models, which the page keeps, answers
// queries by while it is offline, and writes.
#include <algorithm>
#include <utility>

#include "core/base/text.h"
#include "core/dialect/frames.h"
#include "core/dialect/object_text.h"
#include "core/dialects/datocms/client_session.h"
#include "core/wire/http.h"

namespace rockpool::dialects::datocms {
namespace {

using model::Value;

constexpr std::int64_t opening_ms = 5'000;  // then every query gets a stream
constexpr std::int64_t quiet_ms = 30'000, probe_ms = 15'000;
constexpr std::int64_t refused_ms_min = 30'000, refused_ms_max = 300'000;
constexpr std::string_view subprotocol = "rockpool.datocms.v1";
// The collection that says which models there are: the page answers queries by them.
constexpr std::string_view models_key = "$query:models";

std::string text_in(const Value& object, std::string_view name) {
  const std::string* text = model::text_member(object, name);
  return text == nullptr ? "" : *text;
}

// Of a record that went, or is not to be seen any more.
std::optional<State> gone(const Value& change) {
  return State{.remote = text_in(change, "id"),
               .data = {},
               .version = model::count_member(change, "version").value_or(0)};
}

std::uint64_t place_in(const Value& message) {
  const auto stand = read_stand(text_in(message, "cursor"));
  return stand ? stand->place : 0;
}

}  // namespace

// ---- models -----------------------------------------------------------------------------------------------

void Client::have_no_records(const std::string& name, ClientSteps& out) {
  const char* why = "records need our server and a WebSocket: use db.liveQuery()";
  out.push_back(dialect::Trouble{.error = {.code = Code::unsupported, .message = why, .path = name}});
}

void Client::subscribe_to(const dialect::Subscribe& subscribe, ClientSteps& out) {
  const std::string& name = subscribe.collection;
  if (socket_state_ != Socket::opening && socket_state_ != Socket::open) return have_no_records(name, out);
  const auto cursor = model::read_cursor(subscribe.cursor);
  // A place in another history says nothing.
  const bool is_good = cursor && cursor->epoch == records_.epoch();
  const auto [held, is_new] = models_.try_emplace(name);
  if (is_new && is_good) records_.reached(name, held->second.place = cursor->seq);
  records_.subscribe(subscribe, out);
  if (cursor && !is_good) records_.is_anew(name);
}

void Client::ask_models() {
  for (auto& [name, model] : models_) {
    if (socket_state_ != Socket::open || !std::exchange(model.is_wanted, false)) continue;
    // What our server's log still has need not be read, unless a creation was not answered.
    model.is_resuming = model.place > 0 && !records_.doubts(name);
    model.reading = records_.reads(name);
    std::string text;
    dialect::ObjectText follow(text);
    follow.text("type", "follow").text("model", name);
    if (model.is_resuming) follow.text("since", written({model.place, records_.epoch()}));
    follow.end();
    say(std::move(text));
  }
}

void Client::read(const model::Key& key, const std::string& remote) {
  std::string text;
  dialect::ObjectText(text)
      .text("type", "read")
      .text("model", key.collection)
      .text("id", remote.empty() ? key.id : remote)
      .end();
  say(std::move(text));
  reading_.push_back(key);
}

void Client::on_records(const Value& message, ClientSteps& out) {
  const std::string name = text_in(message, "model");
  const auto held = models_.find(name);
  const Value* records = model::member(message, "records");
  if (held == models_.end() || records == nullptr) return;
  Model& model = held->second;
  model.is_resuming = false;
  if (model::bool_member(message, "begin").value_or(false)) model.found.clear();
  model.place = place_in(message);
  for (const Value& one : records->elements()) {
    auto state = read_record(one);
    if (state) state->place = model.place, model.found.push_back(std::move(*state));
  }
  if (!model::bool_member(message, "done").value_or(false)) return;
  records_.reached(name, model.place);
  records_.all_of(name, std::exchange(model.found, {}),
                  {.number = model.reading, .scope = RemoteRecords::Scope::whole, .place = model.place}, out);
}

void Client::on_changes(const Value& message, ClientSteps& out) {
  const std::string name = text_in(message, "model");
  const auto held = models_.find(name);
  const Value* changes = model::member(message, "changes");
  if (held == models_.end() || changes == nullptr) return;
  Model& model = held->second;
  model.place = place_in(message);
  for (const Value& one : changes->elements()) {
    const Value* record = model::member(one, "record");
    auto state = record == nullptr ? gone(one) : read_record(*record);
    if (!state) continue;
    state->place = model.place;
    records_.changed(name, std::move(*state), out);
  }
  records_.reached(name, model.place);
  if (std::exchange(model.is_resuming, false)) records_.resumed(name, out);
  out.push_back(dialect::Progress{.cursor = records_.cursor()});
}

void Client::on_record(const Value& message, ClientSteps& out) {
  if (reading_.empty()) return;
  const model::Key key = std::exchange(reading_.front(), {});
  reading_.erase(reading_.begin());
  const Value* record = model::member(message, "record");
  records_.is(key, record == nullptr ? State{} : read_record(*record).value_or(State{}), out);
}

// ---- the socket -------------------------------------------------------------------------------------------

void Client::open_socket(Socket state, ClientSteps& out) {
  socket_ = ++last_stream_;
  socket_state_ = state;
  socket_until_ = now_ + base::milliseconds(opening_ms);
  out.push_back(dialect::OpenStream{.carrier = socket_,
                                    .kind = dialect::Carrier::websocket,
                                    .url = address_.socket,
                                    .subprotocol = std::string(subprotocol),
                                    .headers = {}});
}

void Client::send(ClientSteps& out) {
  if (socket_state_ != Socket::open) return;
  for (std::string& text : std::exchange(says_, {}))
    out.push_back(dialect::SendFrame{.carrier = socket_, .bytes = dialect::share(std::move(text))});
}

void Client::on_socket(const dialect::Arrival& arrival, ClientSteps& out) {
  if (const auto* closed = std::get_if<dialect::Closed>(&arrival)) {
    socket_ = 0;
    return lose_socket(closed->reason, out);
  }
  socket_until_ = now_ + base::milliseconds(socket_state_ == Socket::open ? quiet_ms : opening_ms);
  is_probed_ = false;
  if (std::holds_alternative<dialect::Opened>(arrival)) {
    // A new session begins with it.
    if (socket_state_ == Socket::probing) return over("the server closed the connection", out);
    std::string text;
    dialect::ObjectText hello(text);
    hello.text("type", "hello").text("token", token_);
    if (!address_.environment.empty()) hello.text("environment", address_.environment);
    if (address_.drafts) hello.flag("drafts", true);
    hello.end();
    out.push_back(dialect::SendFrame{.carrier = socket_, .bytes = dialect::share(std::move(text))});
  }
  if (const auto* frame = std::get_if<dialect::Frame>(&arrival)) {
    const auto message = read_answer(frame->bytes);
    if (!message) return over("the server answered with what is no record", out);
    on_message(*message, out);
  }
}

void Client::on_message(const Value& message, ClientSteps& out) {
  const std::string type = text_in(message, "type");
  if (type == "welcome") return on_welcome(message, out);
  if (type == "records") return on_records(message, out);
  if (type == "changes") return on_changes(message, out);
  if (type == "record") return on_record(message, out);
  if (type == "error" && model::member(message, "key") == nullptr) return on_problem(message, out);
  const auto query = queries_.find(text_in(message, "key"));
  if (query != queries_.end()) on_told(query->second, read_told(message), out);
}

void Client::on_welcome(const Value& message, ClientSteps& out) {
  socket_state_ = Socket::open;
  socket_until_ = now_ + base::milliseconds(quiet_ms);
  const Value* models = model::member(message, "models");
  if (models == nullptr) return;
  tell_whole(std::string(models_key), model::write(*models), out);
}

void Client::on_problem(const Value& message, ClientSteps& out) {
  const Told told = read_told(message);
  if (!told.is_fatal) return;
  const Code code = code_of(told, 0);
  code == Code::auth ? refuse(code, told.message, out) : over(told.message, out);
}

void Client::on_late_socket(ClientSteps& out) {
  if (socket_state_ == Socket::refused) return open_socket(Socket::probing, out);
  if (socket_state_ != Socket::open) {
    end(socket_, out);
    return lose_socket("the server did not answer in time", out);
  }
  if (is_probed_) return over("the server did not answer in time", out);
  is_probed_ = true;
  socket_until_ = now_ + base::milliseconds(probe_ms);
  say(R"({"type":"ping"})");
}

// One that never opened may be forbidden on the way: each query has a stream then.
void Client::lose_socket(const std::string& reason, ClientSteps& out) {
  if (socket_state_ == Socket::open)
    return over(reason.empty() ? "the server closed the connection" : reason, out);
  socket_state_ = Socket::refused;
  socket_wait_ms_ = std::clamp(2 * socket_wait_ms_, refused_ms_min, refused_ms_max);
  socket_until_ = now_ + base::milliseconds(socket_wait_ms_);
  says_.clear();
  for (auto& [name, model] : models_)
    if (std::exchange(model.is_wanted, false)) have_no_records(name, out);
}

// ---- writes -----------------------------------------------------------------------------------------------

void Client::create(const model::Key& key, const std::string& data) {
  if (!address_.drafts) return unwritable_.push_back(key);
  ItemWrite write = item_write(key.collection, data, "");
  request({.step = Step::create, .key = key, .move = write.move}, "POST",
          address_.items + "?id=" + wire::percent_encode(key.id), std::move(write.body));
}

void Client::write(const model::Key& key, const State& state, const std::string& data) {
  if (!address_.drafts) return unwritable_.push_back(key);
  if (data.empty()) return change({.step = Step::write, .key = key}, "DELETE", state, "");
  const ItemWrite write = item_write(key.collection, data, state.data);
  if (write.body.empty()) return move({.step = Step::write, .key = key, .move = write.move}, state);
  change({.step = Step::write, .key = key, .move = write.move}, "PUT", state, write.body);
}

void Client::change(What what, std::string method, const State& state, const std::string& body) {
  std::string url = address_.items + '/' + wire::percent_encode(state.remote);
  url += "?version=" + base::decimal(state.version);
  request(std::move(what), std::move(method), std::move(url), body);
}

// To another state of publication.
void Client::move(What what, const State& state) {
  std::string url = address_.items + '/' + wire::percent_encode(state.remote) + '/';
  url.append(std::exchange(what.move, {})) += "?version=" + base::decimal(state.version);
  request(std::move(what), "PUT", std::move(url));
}

void Client::on_written(const What& what, const dialect::Body& body, ClientSteps& out) {
  const model::Key& key = what.key;
  const int status = body.status;
  // Nobody knows what became of it.
  if (status >= 500 && status != 503 && status != 507) return over(dialect::said_by(status), out);
  if (status == 412) return records_.overtaken(key);
  if (status == 404 && what.step == Step::write) return records_.is(key, {}, out);
  if (status != 200 && status != 201) {
    const Told told = read_refusal(status, body.bytes);
    return records_.refused(key, {.code = code_of(told, status), .message = told.message, .path = ""}, out);
  }
  const auto* made = records_.sent(key);
  if (made != nullptr && made->empty()) return records_.wrote(key, {}, out);
  const auto said = read_answer(body.bytes);
  const Value* record = said ? model::member(*said, "record") : nullptr;
  auto state = record == nullptr ? std::nullopt : read_record(*record);
  if (!state) return over("the server answered with what is no record", out);
  // A creation that made nothing: an earlier attempt did.
  if (what.step == Step::create && status == 200) return records_.is(key, std::move(*state), out);
  if (!what.move.empty()) return move({.step = Step::write, .key = key, .move = what.move}, *state);
  records_.wrote(key, std::move(*state), out);
}

void Client::refuse_unwritable(ClientSteps& out) {
  while (!unwritable_.empty())
    for (const model::Key& key : std::exchange(unwritable_, {}))
      records_.refused(
          key, {.code = Code::forbidden, .message = "to write, open the address with /preview", .path = ""},
          out);
}

}  // namespace rockpool::dialects::datocms
