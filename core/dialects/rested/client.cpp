// The page's end: requests, and a WebSocket for each endpoint.
//
//         open        any answer
//   idle ──────► greeting ──────► open ──► a request fails or is late, a socket ends, or the session is
//                                          closed: over
//
// Our server says with what it answers where its log stands (Rockpool-Cursor): a socket then tells from there
// on, and an endpoint that the page has is not read again. At any other the endpoint is read once its socket
// is open, so that nothing falls between.
#include "core/dialects/rested/client.h"

#include <algorithm>

#include "core/base/text.h"
#include "core/dialect/requests.h"
#include "core/dialects/rested/client_words.h"
#include "core/wire/url.h"

namespace rockpool::dialects::rested {
namespace {

using base::Code;
using base::Instant;
using dialect::CarrierId;
using dialect::ClientSteps;
using dialect::RemoteRecords;

constexpr std::size_t requests_at_once = 4;  // of a browser's six
constexpr CarrierId sockets_max = 1'000'000;
constexpr std::size_t page_records = 1000;  // fewer where they are large
constexpr std::int64_t socket_ms_max = 20'000;
constexpr std::int64_t look_ms = 30'000;  // between two looks at an endpoint that tells nothing
// A socket that says nothing may have ended without a word. One that goes on where the last one stood costs
// little, one after which all is read again more.
constexpr std::int64_t silence_ms = 45'000, long_silence_ms = 300'000;

enum class Step : std::uint8_t { hello, knock, page, record, create, write };

struct What {
  Step step = Step::hello;
  model::Key key;
  std::uint64_t reading = 0;
};

class Client final : public dialect::ClientSession, RemoteRecords::Service {
 public:
  explicit Client(const dialect::ClientOptions& options) : options_(options) {}

  void open(Instant now, dialect::Carrier carrier, const dialect::Greeting& greeting,
            ClientSteps& out) override;
  void ask(Instant now, const dialect::ClientCommand& command, ClientSteps& out) override;
  void flush(Instant now, ClientSteps& out) override;
  void receive(Instant now, CarrierId from, dialect::Arrival arrival, ClientSteps& out) override;
  void close(Instant now, ClientSteps& out) override;
  void wake(Instant now, ClientSteps& out) override;
  std::optional<Instant> next_wake() const override;

 private:
  enum class Phase : std::uint8_t { idle, greeting, open, over };
  using Requests = dialect::Requests<What>;
  struct Endpoint {
    CarrierId socket = 0;
    bool wants_socket = false;
    bool is_open = false;
    bool is_refused = false;   // a socket: it is read from time to time
    bool is_read = false;      // just now
    bool is_stale = false;     // and has to be once more
    std::uint64_t place = 0;   // in our server's log,
    std::uint64_t epoch = 0;   // and which history it is of
    std::vector<State> found;  // by the reading under way
    std::size_t page_records = rested::page_records;
    std::uint64_t first_place = 0;  // in the log, when its first page was read
    Instant until;                  // when the socket has to be open, or has been silent for too long
    std::optional<Instant> look_at;
  };

  // ---- RemoteRecords::Service
  void read_all(const std::string& collection) override;
  void read(const model::Key& key, const std::string& remote) override;
  void create(const model::Key& key, const std::string& data) override;
  void write(const model::Key& key, const State& state, const std::string& data) override;
  bool fences() const override { return is_ours_; }
  bool names(const model::Key& key) const override { return is_ours_ && may_be_made(key.id); }

  std::string address(const std::string& base, const std::string& endpoint) const;
  void request(What what, std::string method, const std::string& more, std::string body = {});
  void read_whole(const std::string& name);
  void read_page(const What& what, const std::string& after);
  void listen_to(Instant now, Endpoint& endpoint) const;
  void renew_silent(Instant now, ClientSteps& out);
  void open_sockets(Instant now, ClientSteps& out);
  void note_place(const std::string& name, Endpoint& endpoint, std::uint64_t place);

  void answered(const Requests::Request& request, const dialect::Body& body, ClientSteps& out);
  void on_page(const What& what, const dialect::Body& body, ClientSteps& out);
  void cannot_read(const std::string& name, const dialect::Body& body, ClientSteps& out);
  void on_written(const What& what, const dialect::Body& body, ClientSteps& out);
  void on_opened(const std::string& name, Endpoint& endpoint, ClientSteps& out);
  void on_frame(const std::string& name, Endpoint& endpoint, const std::string& bytes, ClientSteps& out);
  void on_closed(const std::string& name, Endpoint& endpoint, const dialect::Closed& closed,
                 ClientSteps& out);
  std::optional<Instant> late_at() const;
  void let_go(ClientSteps& out);
  void refuse(Code code, std::string problem, ClientSteps& out);
  void over(std::string reason, ClientSteps& out);

  dialect::ClientOptions options_;
  std::string base_;
  Login login_;
  Phase phase_ = Phase::idle;
  Requests requests_{requests_at_once, sockets_max};
  RemoteRecords records_{*this};
  std::map<std::string, Endpoint> endpoints_;
  CarrierId last_socket_ = 0;
  std::uint64_t epoch_ = 0;  // of our server's log, once it is known
  bool is_ours_ = false;
  Instant now_;
};

// ---- the engine's side ------------------------------------------------------------------------------------

void Client::open(Instant now, dialect::Carrier, const dialect::Greeting& greeting, ClientSteps& out) {
  const auto base = wire::base_url(options_.url);
  auto login = read_login(greeting.token);
  if (!base) {
    const std::string problem = "\"" + options_.url + "\" is no address of a server, give one like ";
    return refuse(Code::usage, problem + "https://app.example/rested", out);
  }
  if (!login) {
    const std::string form = R"({"key", "accessToken"})";
    return refuse(Code::auth, "RESTED needs a project's API key as token, or JSON text like " + form, out);
  }
  base_ = *base;
  login_ = std::move(*login);
  if (!login_.access_token.empty()) requests_.headers = {{"Authorization", "Bearer " + login_.access_token}};
  phase_ = Phase::greeting;
  request({.step = Step::hello}, "GET", "");
  requests_.flush(now, out);
}

void Client::ask(Instant, const dialect::ClientCommand& command, ClientSteps& out) {
  if (phase_ != Phase::open) return;
  if (const auto* subscribe = std::get_if<dialect::Subscribe>(&command)) {
    const auto cursor = model::read_cursor(subscribe->cursor);
    const std::uint64_t place = cursor ? cursor->seq : 0;
    const std::uint64_t epoch = cursor ? cursor->epoch : 0;
    if (endpoints_.try_emplace(subscribe->collection, Endpoint{.place = place, .epoch = epoch}).second)
      records_.reached(subscribe->collection, place);
    records_.subscribe(*subscribe, out);
  } else if (const auto* unsubscribe = std::get_if<dialect::Unsubscribe>(&command)) {
    records_.unsubscribe(unsubscribe->collection);
  } else if (const auto* push = std::get_if<dialect::Push>(&command)) {
    records_.push(*push, out);
  }
}

void Client::flush(Instant now, ClientSteps& out) {
  now_ = now;
  if (phase_ == Phase::open) open_sockets(now, out);
  requests_.flush(now, out);
}

// ---- asking -----------------------------------------------------------------------------------------------

// The documentation calls the key by two names.
std::string Client::address(const std::string& base, const std::string& endpoint) const {
  std::string path;
  for (const std::string_view part : base::split(endpoint, '/')) path += '/' + wire::percent_encode(part);
  const std::string key = wire::percent_encode(login_.key);
  return base + "/api/1/ce" + path + "?key=" + key + "&apiKey=" + key;
}

void Client::request(What what, std::string method, const std::string& more, std::string body) {
  std::string url = address(base_, what.key.collection) + "&versions=true" + more;
  requests_.add(
      {.what = std::move(what), .method = std::move(method), .url = std::move(url), .body = std::move(body)});
}

void Client::read_all(const std::string& name) {
  Endpoint& endpoint = endpoints_[name];
  // A creation that was not answered is recognised by reading, unless it goes by its name.
  if (endpoint.place == 0 || records_.doubts(name)) return read_whole(name);
  is_ours_ = true;  // nobody else gave it a place
  // A socket opens for whoever comes, and is closed then: whether we are let in is said here.
  request({.step = Step::knock, .key = {name, ""}}, "GET", "&limit=1");
}

// Once more, if it is just being read.
void Client::read_whole(const std::string& name) {
  Endpoint& endpoint = endpoints_[name];
  endpoint.is_stale = endpoint.is_read;
  if (std::exchange(endpoint.is_read, true)) return;
  endpoint.found.clear();
  read_page({.step = Step::page, .key = {name, ""}, .reading = records_.reads(name)}, "");
}

void Client::read_page(const What& what, const std::string& after) {
  std::string more = "&limit=" + base::decimal(std::uint64_t{endpoints_[what.key.collection].page_records});
  if (!after.empty()) more += "&after=" + wire::percent_encode(after);
  request(what, "GET", more);
}

void Client::read(const model::Key& key, const std::string& remote) {
  request({.step = Step::record, .key = key}, "GET", "&uniqueId=" + wire::percent_encode(remote));
}

void Client::create(const model::Key& key, const std::string& data) {
  request({.step = Step::create, .key = key}, "POST", "&uniqueId=" + unique_id_for(key.id), data);
}

void Client::write(const model::Key& key, const State& state, const std::string& data) {
  std::string more = "&uniqueId=" + wire::percent_encode(state.remote);
  if (is_ours_) more += "&version=" + base::decimal(state.version);
  request({.step = Step::write, .key = key}, data.empty() ? "DELETE" : "PUT", more, data);
}

void Client::open_sockets(Instant now, ClientSteps& out) {
  for (auto& [name, endpoint] : endpoints_) {
    if (!std::exchange(endpoint.wants_socket, false)) continue;
    endpoint.socket = ++last_socket_;
    endpoint.until = now + base::milliseconds(socket_ms_max);
    std::string url = address(wire::socket_url(base_), name);
    if (!login_.access_token.empty()) url += "&accessToken=" + wire::percent_encode(login_.access_token);
    if (endpoint.place > 0)
      url += "&versions=true&since=" + base::decimal(endpoint.place) + '-' + base::hex(epoch_, 16);
    out.push_back(dialect::OpenStream{
        .carrier = endpoint.socket, .url = std::move(url), .subprotocol = "", .headers = {}});
  }
}

void Client::listen_to(Instant now, Endpoint& endpoint) const {
  const bool goes_on = is_ours_ && endpoint.place > 0;
  endpoint.until = now + base::milliseconds(goes_on ? silence_ms : long_silence_ms);
}

void Client::renew_silent(Instant now, ClientSteps& out) {
  for (auto& [name, endpoint] : endpoints_) {
    if (!endpoint.is_open || now < endpoint.until) continue;
    out.push_back(
        dialect::CloseStream{.carrier = endpoint.socket, .code = wire::CloseCode::normal, .reason = ""});
    endpoint.socket = 0;
    endpoint.is_open = false;
    endpoint.wants_socket = true;
  }
}

void Client::note_place(const std::string& name, Endpoint& endpoint, std::uint64_t place) {
  // Places of another history are no less and no more than it.
  if (std::exchange(endpoint.epoch, epoch_) != epoch_) endpoint.place = 0, records_.is_anew(name);
  endpoint.place = std::max(endpoint.place, place);
  records_.reached(name, endpoint.place);
}

// ---- hearing ----------------------------------------------------------------------------------------------

void Client::receive(Instant now, CarrierId from, dialect::Arrival arrival, ClientSteps& out) {
  if (phase_ == Phase::over || phase_ == Phase::idle) return;
  now_ = now;
  if (const auto request = requests_.answered(from)) {
    if (auto* closed = std::get_if<dialect::Closed>(&arrival)) return over(std::move(closed->reason), out);
    if (const auto* body = std::get_if<dialect::Body>(&arrival)) answered(*request, *body, out);
  } else {
    for (auto& [name, endpoint] : endpoints_) {
      if (endpoint.socket != from) continue;
      listen_to(now, endpoint);
      if (std::holds_alternative<dialect::Opened>(arrival)) on_opened(name, endpoint, out);
      if (const auto* frame = std::get_if<dialect::Frame>(&arrival))
        on_frame(name, endpoint, frame->bytes, out);
      if (const auto* closed = std::get_if<dialect::Closed>(&arrival))
        on_closed(name, endpoint, *closed, out);
      break;
    }
  }
  if (phase_ != Phase::over) flush(now, out);
}

void Client::answered(const Requests::Request& request, const dialect::Body& body, ClientSteps& out) {
  const Step step = request.what.step;
  const bool writes = step == Step::create || step == Step::write;
  if (dialect::is_passing(body.status) && !writes) return over(dialect::said_by(body.status), out);
  if (body.status == 401 && !login_.access_token.empty())
    return refuse(Code::auth, "the server wants another access token", out);
  const std::string& name = request.what.key.collection;
  if (const auto stand = read_stand(body.cursor)) {
    // All that is known of it is a place in the other one.
    if (epoch_ != 0 && epoch_ != stand->epoch) return over("the server was restored", out);
    epoch_ = stand->epoch;
    records_.is_in(epoch_);
  }
  const bool is_let_in = step == Step::knock && body.status == 200 && !body.cursor.empty();
  if (is_let_in && endpoints_[name].epoch == epoch_) return void(endpoints_[name].wants_socket = true);
  if (is_let_in) {
    note_place(name, endpoints_[name], 0);
    return read_whole(name);
  }
  if (step == Step::knock || step == Step::page) return on_page(request.what, body, out);
  if (step != Step::hello) return on_written(request.what, body, out);
  phase_ = Phase::open;
  out.push_back(dialect::Ready{.epoch = 1, .user = options_.user});
}

void Client::cannot_read(const std::string& name, const dialect::Body& body, ClientSteps& out) {
  Endpoint& endpoint = endpoints_[name];
  endpoint.is_read = false;
  base::Error error{.code = Code::forbidden, .message = read_error(body.bytes), .path = name};
  if (error.message.empty()) error.message = dialect::said_by(body.status);
  out.push_back(dialect::Trouble{.error = std::move(error)});
  endpoint.look_at = now_ + base::milliseconds(look_ms);
}

void Client::on_page(const What& what, const dialect::Body& body, ClientSteps& out) {
  const std::string& name = what.key.collection;
  Endpoint& endpoint = endpoints_[name];
  // It was ours when we were here last.
  const bool is_other = !endpoint.is_read && body.status == 200;
  if (is_other) {
    is_ours_ = false;
    endpoint.place = 0;
    return read_whole(name);
  }
  const std::string after = endpoint.found.empty() ? "" : endpoint.found.back().remote;
  const bool is_too_large = body.status == 413 || body.status == 400;
  if (is_too_large && endpoint.is_read && endpoint.page_records > 1) {
    endpoint.page_records /= 8;
    return read_page(what, after);
  }
  // The record that it was to begin behind is forgotten.
  if (body.status == 404 && endpoint.is_read && !after.empty()) {
    endpoint.is_read = false;
    return read_whole(name);
  }
  auto page = body.status == 200 ? read_records(body.bytes) : std::nullopt;
  if (!page) return cannot_read(name, body, out);
  const auto stand = read_stand(body.cursor);
  is_ours_ = is_ours_ || stand;
  if (after.empty() && stand && endpoint.epoch != epoch_) note_place(name, endpoint, stand->place);
  if (after.empty()) endpoint.first_place = stand ? stand->place : 0;
  const bool goes_on = stand && page->size() == endpoint.page_records;
  for (State& state : *page) endpoint.found.push_back(std::move(state));
  if (goes_on) return read_page(what, endpoint.found.back().remote);
  endpoint.is_read = false;
  // What was read before the socket was there may have changed since.
  if (endpoint.socket == 0 && !endpoint.is_refused) endpoint.wants_socket = true;
  if (endpoint.is_refused) endpoint.look_at = now_ + base::milliseconds(look_ms);
  const bool is_safe = is_ours_ || endpoint.is_open || endpoint.is_refused;
  const bool is_still = after.empty() || (stand && stand->place == endpoint.first_place);
  const auto scope = is_still ? RemoteRecords::Scope::whole : RemoteRecords::Scope::in_pieces;
  if (is_safe)
    records_.all_of(name, std::exchange(endpoint.found, {}),
                    {.number = what.reading, .scope = scope, .place = endpoint.first_place}, out);
  if (endpoint.first_place > 0) note_place(name, endpoint, endpoint.first_place);
  if (endpoint.is_stale) read_whole(name);
}

void Client::on_written(const What& what, const dialect::Body& body, ClientSteps& out) {
  const model::Key& key = what.key;
  const int status = body.status;
  // Nobody knows what became of it.
  if (status >= 500 && status != 503 && status != 507) return over(dialect::said_by(status), out);
  if (status == 404 && what.step != Step::create) return records_.is(key, {}, out);
  if (status == 412) return records_.overtaken(key);
  if (status == 204) return records_.wrote(key, {}, out);
  if (status == 200 || status == 201) {
    auto said = read_records(body.bytes);
    if (!said || said->size() != 1) return over("the server answered with what is no record", out);
    State& state = said->front();
    // Of a removal the record as it was.
    const auto* made = records_.sent(key);
    if (made != nullptr && made->empty() && what.step == Step::write) return records_.wrote(key, {}, out);
    const bool is_made = what.step == Step::write || (made != nullptr && dialect::is_same(*made, state.data));
    const bool is_answer = what.step == Step::record || !is_made;
    return is_answer ? records_.is(key, std::move(state), out) : records_.wrote(key, std::move(state), out);
  }
  base::Error error{.code = Code::invalid, .message = read_error(body.bytes), .path = ""};
  if (error.message.empty()) error.message = dialect::said_by(status);
  if (dialect::is_passing(status)) error.code = Code::overloaded;
  if (status == 401 || status == 403) error.code = Code::forbidden;
  if (status == 404) error.code = Code::not_found;
  if (status == 413) error.code = Code::too_large;
  if (status == 507) error.code = Code::quota;
  records_.refused(key, std::move(error), out);
}

// ---- sockets ----------------------------------------------------------------------------------------------

void Client::on_opened(const std::string& name, Endpoint& endpoint, ClientSteps& out) {
  endpoint.is_open = true;
  // What was missed comes now, if it is ours; and whoever has written meanwhile is told so by version.
  if (is_ours_ && endpoint.place > 0) return records_.resumed(name, out);
  read_whole(name);
}

void Client::on_frame(const std::string& name, Endpoint& endpoint, const std::string& bytes,
                      ClientSteps& out) {
  auto message = read_message(bytes);
  if (!message) return;  // of some later version, perhaps
  if (message->type == "RESYNC") records_.misses(name);
  if (message->type == "RESYNC") read_whole(name);
  const bool is_gone = message->type == "DELETE";
  const bool is_news = is_gone || message->type == "POST" || message->type == "PUT";
  for (State& state : message->records) {
    if (is_gone) state.data.clear();
    state.place = message->seq;
    if (is_news) records_.changed(name, std::move(state), out);
  }
  if (message->seq > 0) note_place(name, endpoint, message->seq);
}

void Client::on_closed(const std::string& name, Endpoint& endpoint, const dialect::Closed& closed,
                       ClientSteps& out) {
  endpoint.socket = 0;
  endpoint.is_open = false;
  const std::string reason = closed.reason.empty() ? "the server closed the connection" : closed.reason;
  switch (read_ending(closed.code, closed.reason)) {
    case Ending::token:
      if (!login_.access_token.empty()) return refuse(Code::auth, reason, out);
      [[fallthrough]];
    case Ending::origin:
    case Ending::not_valid:
      endpoint.is_refused = true;
      endpoint.look_at = now_ + base::milliseconds(look_ms);
      out.push_back(dialect::Trouble{.error = {.code = Code::forbidden, .message = reason, .path = name}});
      return;
    case Ending::other: return over(reason, out);
  }
}

// ---- the end ----------------------------------------------------------------------------------------------

void Client::let_go(ClientSteps& out) {
  requests_.close(out);
  for (const auto& [name, endpoint] : endpoints_) {
    if (endpoint.socket != 0)
      out.push_back(
          dialect::CloseStream{.carrier = endpoint.socket, .code = wire::CloseCode::normal, .reason = ""});
  }
  phase_ = Phase::over;
}

// The same would be said again, until something is changed here.
void Client::refuse(Code code, std::string problem, ClientSteps& out) {
  out.push_back(
      dialect::Trouble{.error = {.code = code, .message = problem, .path = ""}, .fatal = code != Code::auth});
  over(std::move(problem), out);
}

void Client::over(std::string reason, ClientSteps& out) {
  let_go(out);
  out.push_back(dialect::Ended{.retry_after_ms = 0, .reason = std::move(reason), .spoken = false});
}

void Client::close(Instant, ClientSteps& out) { let_go(out); }

void Client::wake(Instant now, ClientSteps& out) {
  if (phase_ == Phase::over || phase_ == Phase::idle) return;
  now_ = now;
  if (const auto at = late_at(); at && now >= *at) return over("the server did not answer in time", out);
  for (auto& [name, endpoint] : endpoints_) {
    if (!endpoint.look_at || now < *endpoint.look_at) continue;
    endpoint.look_at.reset();
    read_whole(name);
  }
  renew_silent(now, out);
  flush(now, out);
}

std::optional<Instant> Client::late_at() const {
  std::optional<Instant> next = requests_.late_at();
  for (const auto& [name, endpoint] : endpoints_) {
    const bool is_awaited = endpoint.socket != 0 && !endpoint.is_open;
    if (is_awaited && (!next || endpoint.until < *next)) next = endpoint.until;
  }
  return next;
}

std::optional<Instant> Client::next_wake() const {
  if (phase_ == Phase::over || phase_ == Phase::idle) return std::nullopt;
  std::optional<Instant> next = late_at();
  const auto consider = [&](Instant at) { next = std::min(next.value_or(at), at); };
  for (const auto& [name, endpoint] : endpoints_) {
    if (endpoint.look_at) consider(*endpoint.look_at);
    if (endpoint.is_open) consider(endpoint.until);
  }
  return next;
}

}  // namespace

std::unique_ptr<dialect::ClientSession> make_client(const dialect::ClientOptions& options, base::Prng) {
  return std::make_unique<Client>(options);
}

}  // namespace rockpool::dialects::rested
