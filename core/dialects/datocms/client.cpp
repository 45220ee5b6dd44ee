// The page's end: requests, a stream for each query, and on our server one WebSocket instead of all of them.
//
//         open        hello answered
//   idle ──────► greeting ────────► open ──► a request fails or is late, the socket ends, or the session is
//                                            closed: over
//
// Our server says in the hello's answer where its log stands (Rockpool-Cursor). Any other has results of
// queries alone, and tells of each on a stream of its own.
#include "core/dialects/datocms/client.h"

#include <algorithm>

#include "core/base/text.h"
#include "core/dialects/datocms/client_session.h"

namespace rockpool::dialects::datocms {
namespace {

constexpr std::int64_t rest_ms = 1'000;  // when a server that is asked too often does not say for how long
constexpr std::int64_t rest_seconds_max = 3'600;

}  // namespace

// ---- the engine's side ------------------------------------------------------------------------------------

void Client::open(Instant now, dialect::Carrier carrier, const dialect::Greeting& greeting,
                  ClientSteps& out) {
  now_ = now;
  auto address = read_address(options_.url);
  if (!address) {
    const std::string problem = "\"" + options_.url + "\" is no address of a server, give one like ";
    return refuse(Code::usage, problem + "https://app.example/datocms", out);
  }
  if (greeting.token.empty()) return refuse(Code::auth, "DatoCMS needs an API token", out);
  carrier_ = carrier;
  address_ = std::move(*address);
  token_ = greeting.token;
  requests_.headers = headers_of(address_, token_);
  phase_ = Phase::greeting;
  request({.step = Step::hello}, "POST", address_.query, R"json({"query":"{__typename}"})json");
  flush(now, out);
}

void Client::ask(Instant now, const dialect::ClientCommand& command, ClientSteps& out) {
  if (phase_ != Phase::open) return;
  now_ = now;
  if (const auto* signal = std::get_if<dialect::Signal>(&command)) {
    if (auto wish = read_wish(signal->text)) take(std::move(*wish), out);
  } else if (const auto* subscribe = std::get_if<dialect::Subscribe>(&command)) {
    subscribe_to(*subscribe, out);
  } else if (const auto* unsubscribe = std::get_if<dialect::Unsubscribe>(&command)) {
    records_.unsubscribe(unsubscribe->collection);
  } else if (const auto* push = std::get_if<dialect::Push>(&command)) {
    records_.push(*push, out);
  }
}

void Client::flush(Instant now, ClientSteps& out) {
  now_ = now;
  if (phase_ == Phase::open) {
    refuse_unwritable(out);
    ask_queries();
    ask_models();
    send(out);
  }
  if (!rest_until_) requests_.flush(now, out);
}

void Client::request(What what, std::string method, std::string url, std::string body) {
  requests_.add(
      {.what = std::move(what), .method = std::move(method), .url = std::move(url), .body = std::move(body)});
}

// ---- hearing ----------------------------------------------------------------------------------------------

void Client::receive(Instant now, CarrierId from, dialect::Arrival arrival, ClientSteps& out) {
  if (phase_ == Phase::over || phase_ == Phase::idle) return;
  now_ = now;
  if (const auto request = requests_.answered(from)) {
    if (auto* closed = std::get_if<dialect::Closed>(&arrival)) return over(std::move(closed->reason), out);
    if (const auto* body = std::get_if<dialect::Body>(&arrival)) answered(*request, *body, out);
  } else if (from == socket_) {
    on_socket(arrival, out);
  } else {
    const auto is_of = [&](const auto& one) { return one.second.stream == from; };
    const auto query = std::find_if(queries_.begin(), queries_.end(), is_of);
    if (query != queries_.end()) on_stream(query->second, arrival, out);
  }
  if (phase_ != Phase::over) flush(now, out);
}

void Client::answered(const Requests::Request& request, const dialect::Body& body, ClientSteps& out) {
  const Step step = request.what.step;
  if (body.status == 429) return rest(request, body, out);
  const Told told = body.status == 200 ? Told{} : read_refusal(body.status, body.bytes);
  if (body.status != 200 && code_of(told, body.status) == Code::auth)
    return refuse(Code::auth, told.message, out);
  if (step == Step::hello) return on_hello(body, told, out);
  if (step == Step::create || step == Step::write) return on_written(request.what, body, out);
  const auto query = queries_.find(request.what.key.collection);
  if (query == queries_.end()) return;  // nobody listens any more
  query->second.is_asked = false;
  if (body.status != 200) return on_refused(query->second, told, body.status, out);
  step == Step::channel ? on_channel(query->second, body, out) : on_result(query->second, body, out);
}

void Client::on_hello(const dialect::Body& body, const Told& told, ClientSteps& out) {
  if (dialect::is_passing(body.status)) return over(told.message, out);
  const auto result = body.status == 200 ? read_result(body.bytes) : std::nullopt;
  if (body.status == 200 && !result)
    return refuse(Code::unsupported, "there is no DatoCMS at " + address_.query, out);
  if (body.status != 200) return refuse(code_of(told, body.status), told.message, out);
  if (const auto stand = read_stand(body.cursor)) {
    is_ours_ = true;
    records_.is_in(stand->epoch);
    if (carrier_ == dialect::Carrier::websocket && !address_.socket.empty())
      open_socket(Socket::opening, out);
  }
  phase_ = Phase::open;
  out.push_back(dialect::Ready{.epoch = 1, .user = options_.user});
}

// ---- the end ----------------------------------------------------------------------------------------------

// It was asked too often: the same is asked again after as long as it says.
void Client::rest(const Requests::Request& request, const dialect::Body& body, ClientSteps& out) {
  const auto seconds = static_cast<std::int64_t>(base::read_decimal(body.cursor).value_or(0));
  std::int64_t ms = seconds > 0 ? std::min(seconds, rest_seconds_max) * 1'000 : rest_ms;
  ms += static_cast<std::int64_t>(prng_.below(static_cast<std::uint64_t>(ms) / 4 + 1));
  if (request.what.step == Step::hello) return over(dialect::said_by(body.status), out, ms);
  rest_until_ = now_ + base::milliseconds(ms);
  requests_.add(request);
}

// The same would be said again, until something is changed here.
void Client::refuse(Code code, std::string problem, ClientSteps& out) {
  out.push_back(
      dialect::Trouble{.error = {.code = code, .message = problem, .path = ""}, .fatal = code != Code::auth});
  over(std::move(problem), out);
}

void Client::over(std::string reason, ClientSteps& out, std::int64_t retry_after_ms) {
  let_go(out);
  out.push_back(
      dialect::Ended{.retry_after_ms = retry_after_ms, .reason = std::move(reason), .spoken = false});
}

void Client::close(Instant, ClientSteps& out) { let_go(out); }

void Client::let_go(ClientSteps& out) {
  requests_.close(out);
  if (socket_ != 0) end(socket_, out);
  for (auto& [name, query] : queries_)
    if (query.stream != 0) end(query.stream, out);
  phase_ = Phase::over;
}

void Client::end(CarrierId& stream, ClientSteps& out) {
  out.push_back(dialect::CloseStream{
      .carrier = std::exchange(stream, 0), .code = wire::CloseCode::normal, .reason = ""});
}

void Client::wake(Instant now, ClientSteps& out) {
  if (phase_ == Phase::over || phase_ == Phase::idle) return;
  now_ = now;
  if (const auto at = requests_.late_at(); at && now >= *at)
    return over("the server did not answer in time", out);
  if (socket_state_ != Socket::none && now >= socket_until_) on_late_socket(out);
  if (phase_ == Phase::over) return;
  if (rest_until_ && now >= *rest_until_) rest_until_.reset();
  renew_silent(out);
  flush(now, out);
}

std::optional<Instant> Client::next_wake() const {
  if (phase_ == Phase::over || phase_ == Phase::idle) return std::nullopt;
  std::optional<Instant> next = requests_.late_at();
  const auto consider = [&](Instant at) { next = std::min(next.value_or(at), at); };
  if (rest_until_) consider(*rest_until_);
  if (socket_state_ != Socket::none) consider(socket_until_);
  for (const auto& [name, query] : queries_) {
    if (query.ask_at) consider(*query.ask_at);
    if (query.stream != 0) consider(query.heard + base::milliseconds(silence_ms(query)));
  }
  return next;
}

std::unique_ptr<dialect::ClientSession> make_client(const dialect::ClientOptions& options, base::Prng prng) {
  return std::make_unique<Client>(options, prng);
}

}  // namespace rockpool::dialects::datocms
