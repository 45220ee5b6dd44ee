// The page's end: requests to the API, and polls for what happens.
//
//         open        hello answered
//   idle ──────► greeting ────────► open ──► a request fails, is late, or the session is closed: over
//
// Our server says in the hello's answer where its log stands (Rockpool-Cursor). Then one poll brings all that
// happens, from the cursor on that the page has. Any other server is asked list by list, and read again
// whenever one of its polls is answered.
#include "core/dialects/jsonpad/client.h"

#include <algorithm>

#include "core/base/text.h"
#include "core/dialect/object_text.h"
#include "core/dialects/jsonpad/client_session.h"
#include "core/wire/url.h"

namespace rockpool::dialects::jsonpad {
namespace {

constexpr std::int64_t look_ms = 30'000;  // between two looks at a list that tells nothing
constexpr std::int64_t rest_ms = 1'000;   // after a poll that the server did not let wait
constexpr int polls_max = 4;              // of a server that is asked list by list
constexpr int readings_max = 3;
constexpr std::size_t news_max = 500;  // of a poll, as it says
constexpr std::uint64_t list_taken = 4001;

}  // namespace

// ---- the engine's side ------------------------------------------------------------------------------------

void Client::open(Instant now, dialect::Carrier, const dialect::Greeting& greeting, ClientSteps& out) {
  const auto base = wire::base_url(options_.url);
  auto login = read_login(greeting.token);
  if (!base) {
    const std::string problem = "\"" + options_.url + "\" is no address of a server, give one like ";
    return refuse(Code::usage, problem + "https://app.example/jsonpad", out);
  }
  if (!login) {
    const std::string form = R"({"user", "token", "realtimeToken"})";
    return refuse(Code::auth, "JSONPad needs an account and its two tokens: JSON text like " + form, out);
  }
  base_ = *base;
  login_ = std::move(*login);
  api_.headers = {{"Authorization", login_.api}};
  realtime_.headers = {{"Authorization", login_.realtime}};
  phase_ = Phase::greeting;
  request({.step = Step::hello}, "GET", "lists?page_size=1&versions=1");
  flush(now, out);
}

void Client::ask(Instant, const dialect::ClientCommand& command, ClientSteps& out) {
  if (phase_ != Phase::open) return;
  if (const auto* subscribe = std::get_if<dialect::Subscribe>(&command)) {
    const auto cursor = model::read_cursor(subscribe->cursor);
    // A place in another history says nothing.
    const bool is_good = cursor && cursor->epoch == records_.epoch();
    lists_.try_emplace(subscribe->collection, List{.cursor = is_good ? cursor->seq : 0});
    records_.subscribe(*subscribe, out);
    if (cursor && !is_good) records_.is_anew(subscribe->collection);
  } else if (const auto* unsubscribe = std::get_if<dialect::Unsubscribe>(&command)) {
    records_.unsubscribe(unsubscribe->collection);
  } else if (const auto* push = std::get_if<dialect::Push>(&command)) {
    records_.push(*push, out);
  }
}

void Client::flush(Instant now, ClientSteps& out) {
  now_ = now;
  if (phase_ == Phase::open) start_polls();
  api_.flush(now, out);
  realtime_.flush(now, out);
}

// ---- asking -----------------------------------------------------------------------------------------------

void Client::request(const What& what, std::string_view method, std::string_view path,
                     const std::string& body) {
  api_.add({.what = what,
            .method = std::string(method),
            .url = (base_ + "/api/v1.0/").append(path),
            .body = body});
}

// Of a list's items, or of one of them; `more` begins with `&`.
void Client::request_item(const What& what, std::string_view method, const std::string& remote,
                          std::string_view more) {
  std::string path = "lists/" + wire::percent_encode(what.key.collection) + "/items";
  if (!remote.empty()) (path += '/') += wire::percent_encode(remote);
  request(what, method, (path += "?versions=1").append(more), what.data);
}

// Is the list there, and has it changed? Its items are read if so.
void Client::look(const std::string& collection) {
  lists_[collection].look_at.reset();
  ++looking_;
  request({.step = Step::list, .key = {collection, ""}, .reading = records_.reads(collection)}, "GET",
          "lists/" + wire::percent_encode(collection));
}

void Client::begin_reading(const std::string& collection) {
  lists_[collection].found.clear();
  read_page({.step = Step::page, .key = {collection, ""}, .reading = records_.reads(collection)}, "0");
}

// On our server the page is what comes behind an item: what goes meanwhile moves nothing past it.
void Client::read_page(const What& what, const std::string& after) {
  std::string more = "&page_size=" + base::decimal(lists_[what.key.collection].page_items);
  more += is_ours_ ? "&after=" : "&page=";
  request_item(what, "GET", "", more += is_ours_ ? after : base::decimal(what.page));
}

void Client::read(const model::Key& key, const std::string& remote) {
  request_item({.step = Step::item, .key = key}, "GET", remote, "");
}

void Client::create(const model::Key& key, const std::string& data) {
  create({.step = Step::create, .key = key, .data = data});
}

void Client::create(const What& what) {
  request_item(what, "POST", "", "&id=" + wire::percent_encode(what.key.id));
}

void Client::write(const model::Key& key, const State& state, const std::string& data) {
  std::string more;
  if (is_ours_) more = "&version=" + base::decimal(state.version);
  request_item({.step = Step::write, .key = key, .data = data}, data.empty() ? "DELETE" : "PUT", state.remote,
               more);
}

// On our server one poll is for everything, and begins once it is known from where on.
void Client::start_polls() {
  if (is_ours_) {
    if (!is_polling_ && looking_ == 0 && !lists_.empty()) poll();
    return;
  }
  int free = polls_max;
  for (const auto& [name, list] : lists_) free -= list.is_polled ? 1 : 0;
  for (auto& [name, list] : lists_) {
    if (!list.is_realtime || list.is_polled) continue;
    if (free > 0)
      poll_list(name, list);
    else if (!list.look_at)
      list.look_at = now_ + base::milliseconds(look_ms);
    --free;
  }
}

void Client::poll() {
  poll_at_.reset();
  for (const auto& [name, list] : lists_)
    if (list.is_resuming && !is_polling_) place_ = std::min(place_, list.cursor);
  is_polling_ = true;
  std::string path = "?all=1&batch=500&since=" + base::decimal(place_);
  if (!has_caught_up_) path += "&wait=0";
  wait_for({.step = Step::poll}, path);
}

void Client::poll_list(const std::string& name, List& list) {
  list.is_polled = true;
  wait_for({.step = Step::poll, .key = {name, ""}}, '/' + wire::percent_encode(name));
}

void Client::wait_for(What what, std::string_view path) {
  what.asked = now_;
  realtime_.add({.what = what,
                 .method = "GET",
                 .url = (base_ + "/lists").append(path),
                 .ms_max = poll_ms_max,
                 .waits = true});
}

// ---- hearing ----------------------------------------------------------------------------------------------

void Client::receive(Instant now, CarrierId from, dialect::Arrival arrival, ClientSteps& out) {
  if (phase_ == Phase::over || phase_ == Phase::idle) return;
  now_ = now;
  auto request = api_.answered(from);
  if (!request) request = realtime_.answered(from);
  if (!request) return;
  if (auto* closed = std::get_if<dialect::Closed>(&arrival)) return over(std::move(closed->reason), out);
  const auto* body = std::get_if<dialect::Body>(&arrival);
  if (body == nullptr) return;
  answered(now, *request, *body, out);
  if (phase_ != Phase::over) flush(now, out);
}

void Client::answered(Instant now, const Requests::Request& request, const dialect::Body& body,
                      ClientSteps& out) {
  const What& what = request.what;
  // The other token may be fine, so that asking for both again would not end.
  if (what.step == Step::poll && (body.status == 401 || body.status == 403))
    return refuse(Code::auth, "the server does not know the realtime token", out, true);
  if (body.status == 401) return refuse(Code::auth, "the server does not know this account and token", out);
  const bool writes = what.step == Step::create || what.step == Step::make_list || what.step == Step::write;
  if (dialect::is_passing(body.status) && !writes) return over(dialect::said_by(body.status), out);
  switch (what.step) {
    case Step::hello: return on_hello(body, out);
    case Step::list: return on_list(now, what, body, out);
    case Step::page: return on_page(what, body, out);
    case Step::poll: return on_poll(now, what, body, out);
    default: return on_written(what, body, out);
  }
}

void Client::on_hello(const dialect::Body& body, ClientSteps& out) {
  if (body.status == 403) return refuse(Code::auth, "the token is not one for the API", out);
  if (body.status != 200) return refuse(Code::unsupported, "there is no JSONPad at " + base_, out);
  is_ours_ = !body.cursor.empty();
  place_ = base::read_decimal(body.cursor).value_or(0);
  records_.reached(place_);
  if (const auto epoch = read_epoch(body.bytes)) records_.is_in(*epoch);
  phase_ = Phase::open;
  out.push_back(dialect::Ready{.epoch = 1, .user = options_.user});
}

void Client::on_list(Instant now, const What& what, const dialect::Body& body, ClientSteps& out) {
  --looking_;
  const std::string& name = what.key.collection;
  List& list = lists_[name];
  const auto said = body.status == 200 ? read_list_state(body.bytes) : std::nullopt;
  if (!said && body.status != 404) return cannot_read(name, out);
  const bool was_read = !list.text.empty();
  list.is_realtime = said && said->is_realtime;
  if (!list.is_realtime) list.look_at = now + base::milliseconds(look_ms);
  const std::string text = said ? said->text : "none";
  if (was_read && text == list.text) return;
  list.text = text;
  list.readings = 0;
  if (list.is_read) return list.text.clear();  // it has to be read once more
  if (!said) return finish(what, RemoteRecords::Scope::whole, out);
  // What our server's log still has need not be read.
  const bool resumes = list.cursor > 0 && !has_caught_up_ && !is_polling_ && !records_.doubts(name);
  if (!was_read && is_ours_ && list.is_realtime && resumes) {
    list.is_resuming = true;
    return;
  }
  list.is_read = true;
  begin_reading(name);
}

// For now: rights may be others later.
void Client::cannot_read(const std::string& name, ClientSteps& out) {
  List& list = lists_[name];
  list.is_read = false;
  list.text.clear();
  list.look_at = now_ + base::milliseconds(look_ms);
  base::Error error{.code = Code::forbidden, .message = "the server does not show this list", .path = name};
  out.push_back(dialect::Trouble{.error = std::move(error)});
}

void Client::finish(const What& what, RemoteRecords::Scope scope, ClientSteps& out) {
  const std::string& name = what.key.collection;
  List& list = lists_[name];
  list.is_read = false;
  if (scope == RemoteRecords::Scope::some) list.look_at = now_ + base::milliseconds(look_ms);
  records_.all_of(name, std::exchange(list.found, {}), {.number = what.reading, .scope = scope}, out);
  if (list.text.empty()) look(name);
}

// Fewer at a time, down to one.
void Client::too_large(const What& what, ClientSteps& out) {
  const std::string& name = what.key.collection;
  List& list = lists_[name];
  if (list.page_items == 1) return cannot_read(name, out);
  list.page_items /= 2;
  if (!is_ours_) return begin_reading(name);
  read_page(what, list.found.empty() ? "0" : list.found.back().remote);
}

void Client::on_page(const What& what, const dialect::Body& body, ClientSteps& out) {
  const std::string& name = what.key.collection;
  List& list = lists_[name];
  using Scope = RemoteRecords::Scope;
  if (body.status == 404) list.found.clear();
  if (body.status == 404) return finish(what, Scope::whole, out);
  if (body.status == 400 || body.status == 413) return too_large(what, out);
  if (body.status == 403) return cannot_read(name, out);
  auto page = body.status == 200 ? jsonpad::read_page(body.bytes) : std::nullopt;
  if (!page) return over(dialect::said_by(body.status) + " with what is no item", out);
  const bool is_full = page->items.size() + page->odd >= list.page_items;
  for (State& item : page->items) list.found.push_back(std::move(item));
  What next = what;
  ++next.page;
  if (is_ours_) return is_full ? read_page(next, list.found.back().remote) : finish(what, Scope::whole, out);
  if (what.page < page->pages) return read_page(next, "");
  // Items may have gone meanwhile, and others moved from a page that was still to come to one that was read.
  const bool is_whole = !page->total || list.found.size() + page->odd == *page->total;
  if (!is_whole && ++list.readings < readings_max) return begin_reading(name);
  finish(what, !is_whole ? Scope::some : what.page > 1 ? Scope::in_pieces : Scope::whole, out);
}

void Client::on_written(const What& what, const dialect::Body& body, ClientSteps& out) {
  const model::Key& key = what.key;
  const int status = body.status;
  // Nobody knows what became of it.
  if (status >= 500 && status != 503) return over(dialect::said_by(status), out);
  if (what.step == Step::make_list && (status == 201 || error_code(body.bytes) == list_taken)) {
    look(key.collection);
    return create({.step = Step::create, .key = key, .data = what.data, .page = 2});
  }
  if (status == 404 && what.step == Step::create && what.page == 1) {
    std::string list;
    dialect::ObjectText(list).text("name", key.collection).flag("realtime_enabled", true).end();
    return request({.step = Step::make_list, .key = key, .data = what.data}, "POST", "lists",
                   std::move(list));
  }
  if (status == 404 && what.step != Step::create) return records_.is(key, {}, out);
  if (status == 204) return records_.wrote(key, {}, out);
  if (status == 412) return records_.overtaken(key);
  if (status == 200 || status == 201) {
    const auto said = read_answer(body.bytes);
    const model::Value* item = said ? model::member(*said, "item") : nullptr;
    auto state = item == nullptr ? std::nullopt : read_item(*item);
    if (!state) return over(dialect::said_by(status) + " with what is no item", out);
    // A creation that made nothing: an earlier attempt did.
    const bool is_answer =
        what.step == Step::item || (what.step == Step::create && status == 200 && is_ours_);
    return is_answer ? records_.is(key, std::move(*state), out) : records_.wrote(key, std::move(*state), out);
  }
  Code code = dialect::is_passing(status) ? Code::overloaded : Code::invalid;
  if (status == 403) code = Code::forbidden;
  if (status == 404) code = Code::not_found;
  if (status == 413) code = Code::too_large;
  base::Error error{.code = code, .message = dialect::said_by(status), .path = ""};
  if (const auto said = model::read(body.bytes)) {
    if (const std::string* message = model::text_member(*said, "message")) error.message = *message;
  }
  records_.refused(key, std::move(error), out);
}

// ---- what happens -----------------------------------------------------------------------------------------

void Client::on_poll(Instant now, const What& what, const dialect::Body& body, ClientSteps& out) {
  auto news = body.status == 200 ? read_news(body.bytes) : std::nullopt;
  const bool says_nothing = news && (news->empty() || news->front().type == "timeout");
  // A server that is about to end lets nobody wait, however often it is asked.
  const bool did_not_wait = says_nothing && (now - what.asked).ms < rest_ms;
  if (!is_ours_) {
    List& list = lists_[what.key.collection];
    list.is_polled = false;
    // The next poll goes first: what happens after the reading is told by it.
    const bool goes_on = news && !did_not_wait;
    if (goes_on) poll_list(what.key.collection, list);
    if (!goes_on) list.is_realtime = false;
    if (news && !says_nothing) list.text.clear();
    if (goes_on) return look(what.key.collection);
    return void(list.look_at = now + base::milliseconds(did_not_wait ? rest_ms : look_ms));
  }
  const auto place = base::read_decimal(body.cursor);
  if (!news || !place) return over(dialect::said_by(body.status), out);
  place_ = *place;
  for (const News& one : *news) on_news(one, out);
  if (std::exchange(reads_everything_, false)) read_everything();
  records_.reached(place_);
  const bool rests = did_not_wait && has_caught_up_;
  if (news->size() < news_max) {
    has_caught_up_ = true;
    for (auto& [name, list] : lists_)
      if (std::exchange(list.is_resuming, false)) records_.resumed(name, out);
  }
  out.push_back(dialect::Progress{.cursor = records_.cursor()});
  if (!rests) return poll();
  poll_at_ = now + base::milliseconds(rest_ms);
}

void Client::on_news(const News& news, ClientSteps& out) {
  if (news.type == "resync" || news.type == "list-update") return void(reads_everything_ = true);
  if (news.type == "list-create" && lists_.contains(news.list)) {
    lists_[news.list].text.clear();
    return look(news.list);
  }
  // One poll is for all lists, and begins where the last of them is.
  const auto held = lists_.find(news.list);
  if (news.place > 0 && held != lists_.end() && news.place <= held->second.cursor) return;
  if (news.type == "list-delete-all") {
    for (auto& [name, list] : lists_) records_.cleared(name, out);
  } else if (news.type == "list-delete" || news.type == "item-delete-all") {
    records_.cleared(news.list, out);
  } else if (news.type.starts_with("item-")) {
    records_.changed(news.list, news.item, out);
  }
}

void Client::read_everything() {
  for (auto& [name, list] : lists_) {
    list.is_resuming = false;
    list.text.clear();
    list.cursor = 0;
    records_.misses(name);
    look(name);
  }
}

// ---- the end ----------------------------------------------------------------------------------------------

// The same would be said again, until something is changed here.
void Client::refuse(Code code, std::string problem, ClientSteps& out, bool is_final) {
  out.push_back(dialect::Trouble{.error = {.code = code, .message = problem, .path = ""},
                                 .fatal = is_final || code != Code::auth});
  over(std::move(problem), out);
}

void Client::over(std::string reason, ClientSteps& out) {
  api_.close(out);
  realtime_.close(out);
  phase_ = Phase::over;
  out.push_back(dialect::Ended{.retry_after_ms = 0, .reason = std::move(reason), .spoken = false});
}

void Client::close(Instant, ClientSteps& out) {
  api_.close(out);
  realtime_.close(out);
  phase_ = Phase::over;
}

void Client::wake(Instant now, ClientSteps& out) {
  if (phase_ == Phase::over || phase_ == Phase::idle) return;
  now_ = now;
  if (const auto late = late_at(); late && now >= *late)
    return over("the server did not answer in time", out);
  for (auto& [name, list] : lists_)
    if (list.look_at && now >= *list.look_at) look(name);
  if (poll_at_ && now >= *poll_at_) poll();
  flush(now, out);
}

// The first answer that will be too late.
std::optional<Instant> Client::late_at() const {
  const auto api = api_.late_at(), realtime = realtime_.late_at();
  return !api || (realtime && *realtime < *api) ? realtime : api;
}

std::optional<Instant> Client::next_wake() const {
  if (phase_ == Phase::over || phase_ == Phase::idle) return std::nullopt;
  std::optional<Instant> next = late_at();
  for (const auto& [name, list] : lists_)
    if (list.look_at && (!next || *list.look_at < *next)) next = list.look_at;
  if (poll_at_ && (!next || *poll_at_ < *next)) next = poll_at_;
  return next;
}

std::unique_ptr<dialect::ClientSession> make_client(const dialect::ClientOptions& options, base::Prng) {
  return std::make_unique<Client>(options);
}

}  // namespace rockpool::dialects::jsonpad
