#include "core/dialects/datocms/sdk_socket.h"

#include <algorithm>

#include "core/base/text.h"
#include "core/dialect/heads.h"
#include "core/dialect/object_text.h"

namespace rockpool::dialects::datocms {
namespace {

using dialect::ObjectText;
using wire::CloseCode;

constexpr base::Duration greeted_within = base::seconds(10);
constexpr std::size_t message_bytes_max = 1 << 20;
constexpr dialect::StreamTerms terms{.message_bytes_max = message_bytes_max, .ping_ms = 30'000};
constexpr std::size_t early_bytes_max = 256 << 10;
constexpr std::size_t keys_max = 200;
constexpr std::size_t key_bytes_max = 300;
constexpr int mistakes_max = 20;
// A few milliseconds of others' time.
constexpr std::size_t prepared_at_once = 1000;
constexpr std::string_view too_slow = "too slow for all that happens";
// Of all pages together.
constexpr std::size_t queries_bytes_max = 256 << 20;

bool offers_us(const wire::RequestHead& head) {
  const std::string* offered = wire::find_header(head.headers, "Sec-WebSocket-Protocol");
  if (offered == nullptr) return false;
  for (std::string_view one : base::split(*offered, ',')) {
    while (one.starts_with(' ')) one.remove_prefix(1);
    while (one.ends_with(' ')) one.remove_suffix(1);
    if (one == sdk_subprotocol) return true;
  }
  return false;
}

// What is wrong with a query, or with the page. `key` and `response` may be empty.
struct Trouble {
  std::string_view key, code, message;
  bool is_fatal = true;
  std::string_view response = {};
};
std::string error_text(const Trouble& trouble) {
  std::string text;
  ObjectText object(text);
  object.text("type", "error");
  if (!trouble.key.empty()) object.text("key", trouble.key);
  if (!trouble.code.empty()) object.text("code", trouble.code);
  object.text("message", trouble.message).flag("fatal", trouble.is_fatal);
  if (!trouble.response.empty()) object.raw("response", trouble.response);
  object.end();
  return text;
}

// The page may ask again.
std::string no_room(std::string_view key) {
  const Words words = words_of(Fault::unavailable);
  return error_text({.key = key, .code = words.code, .message = words.message, .is_fatal = false});
}

std::string_view hash_of(const LiveQuery& live) {
  const std::string_view id = live.id();
  return id.substr(id.find('-') + 1);
}

// The headers that ask for the same as a hello's members; or what is wrong with them.
base::Result<wire::Headers> headers_of(const model::Value& hello) {
  const auto wrong = [](std::string_view what) {
    return base::Error{.code = base::Code::invalid, .message = "hello: " + std::string(what)};
  };
  const std::string* token = model::text_member(hello, "token");
  if (token == nullptr) return wrong("give token as a text");
  wire::Headers headers = {{"Authorization", "Bearer " + *token}};
  if (const model::Value* said = model::member(hello, "environment")) {
    const auto* name = said->get_ptr<const std::string*>();
    if (name == nullptr) return wrong("environment is a text");
    headers.emplace_back("X-Environment", *name);
  }
  for (const auto& [member, header] :
       {std::pair("drafts", "X-Include-Drafts"), std::pair("validOnly", "X-Exclude-Invalid")}) {
    const model::Value* said = model::member(hello, member);
    if (said == nullptr) continue;
    const auto* flag = said->get_ptr<const bool*>();
    if (flag == nullptr) return wrong(std::string(member) + " is true or false");
    if (*flag) headers.emplace_back(header, "true");
  }
  return headers;
}

}  // namespace

SdkSockets::SdkSockets(Desk& desk, Lives& lives, Library& library, Knock knock)
    : desk_(desk), lives_(lives), library_(library), knock_(std::move(knock)) {
  model::Value models = model::Value::object();
  for (const Model& model : desk.settings.models) models[model.key] = written(model);
  models_ = dialect::share(model::write(models));
}

// ---- coming and going -------------------------------------------------------------------------------------

void SdkSockets::open(Instant now, CarrierId carrier, const dialect::Arrived& arrived, ServerSteps& out) {
  if (!arrived.head.upgrade || !offers_us(arrived.head)) {
    const std::string what = "this is a WebSocket, sub-protocol " + std::string(sdk_subprotocol);
    auto respond = datocms::refuse(carrier, Fault::unknown_path, what);
    respond.head.status = 426;
    respond.head.headers.emplace_back("Upgrade", "websocket");
    respond.head.headers.emplace_back("Connection", "Upgrade");
    return out.push_back(std::move(respond));
  }
  if (desk_.draining || sockets_.size() >= desk_.settings.channels_max) {
    ++desk_.met["channels"];
    return out.push_back(datocms::refuse(carrier, Fault::too_many));
  }
  out.push_back(dialect::AcceptStream{
      .carrier = carrier, .subprotocol = std::string(sdk_subprotocol), .headers = {}, .terms = terms});
  sockets_.emplace(carrier, Socket{.outlet = Outlet(carrier),
                                   .messages = {desk_.options.limits.messages, now},
                                   .origin = dialect::header_of(arrived.head, "Origin"),
                                   .peer = arrived.peer});
  greetings_.set(carrier, now + greeted_within);
}

void SdkSockets::greet(Instant now, Socket& socket, const Message& message, ServerSteps& out) {
  auto headers = headers_of(message);
  if (!headers) return complain(socket, headers.error().message, out);
  if (!socket.origin.empty()) headers->emplace_back("Origin", socket.origin);
  socket.stage = Stage::judged;
  const CarrierId carrier = socket.outlet.carrier();
  greetings_.forget(carrier);
  knock_(now, carrier,
         {.head = {.method = "GET", .path = "/rockpool", .query = {}, .headers = std::move(*headers)},
          .peer = socket.peer},
         out);
}

void SdkSockets::refuse(CarrierId carrier, Fault fault, ServerSteps& out) {
  const auto held = sockets_.find(carrier);
  if (held == sockets_.end()) return;
  const Words words = words_of(fault);
  held->second.outlet.send(
      error_text({.key = {}, .code = words.code, .message = words.message, .is_fatal = !words.is_passing}),
      out);
  end(held->second, words.is_passing ? CloseCode::try_again : CloseCode::policy, words.message, out);
}

void SdkSockets::welcome(Instant now, CarrierId carrier, Guest guest, ServerSteps& out) {
  const auto held = sockets_.find(carrier);
  if (held == sockets_.end()) return;
  Socket& socket = held->second;
  if (!desk_.sit(guest.caller.name, socket.peer, socket.seat)) return refuse(carrier, Fault::too_many, out);
  socket.guest = std::move(guest);
  const Environment* environment = socket.guest.environment;
  const Feed& feed = feeds_.try_emplace(environment, environment->content).first->second;
  if (feed.is_ready()) let_in(now, socket, feed, out);
}

void SdkSockets::let_in(Instant now, Socket& socket, const Feed& feed, ServerSteps& out) {
  const CarrierId carrier = socket.outlet.carrier();
  socket.stage = Stage::open;
  socket.follows.emplace(library_, feed, *socket.guest.environment, socket.guest.sight);
  socket.outlet.send(models_, R"({"type":"welcome","cursor":")" + library_.cursor() + R"(","models":)", "}",
                     false, out);
  for (const std::string& text : std::exchange(socket.early, {})) {
    if (!sockets_.contains(carrier)) return;
    hear(now, socket, text, out);
  }
}

void SdkSockets::remove(CarrierId carrier) {
  const auto held = sockets_.find(carrier);
  Socket& socket = held->second;
  for (const auto& [key, listening] : socket.listenings) forget(listening);
  if (socket.follows)
    socket.follows->for_each([&](std::size_t model) {
      followers_[{socket.guest.environment, model}].erase(carrier);
    });
  greetings_.forget(carrier);
  sockets_.erase(held);
}

void SdkSockets::end(Socket& socket, CloseCode code, std::string_view reason, ServerSteps& out) {
  const CarrierId carrier = socket.outlet.carrier();
  remove(carrier);
  out.push_back(dialect::CloseStream{.carrier = carrier, .code = code, .reason = std::string(reason)});
}

void SdkSockets::complain(Socket& socket, std::string_view what, ServerSteps& out) {
  socket.outlet.send(error_text({.key = {}, .code = {}, .message = what, .is_fatal = false}), out);
  if (++socket.mistakes == mistakes_max) end(socket, CloseCode::policy, "too many mistakes", out);
}

void SdkSockets::review(const dialect::Standing& standing, ServerSteps& out) {
  std::vector<CarrierId> lost;
  for (const auto& [carrier, socket] : sockets_) {
    const auto& principal = socket.guest.caller.principal;
    if (principal == nullptr || principal->credential.empty()) continue;
    const auto renewed = standing.renew(*principal);
    if (!renewed || !Door::lets_in(*renewed)) lost.push_back(carrier);
  }
  for (const CarrierId carrier : lost) refuse(carrier, Fault::denied, out);
}

void SdkSockets::wake(Instant now, ServerSteps& out) {
  for (const CarrierId carrier : greetings_.take(now))
    end(sockets_.at(carrier), CloseCode::policy, "no hello came", out);
  for (auto& [environment, feed] : feeds_) {
    if (feed.is_ready()) continue;
    feed.prepare(prepared_at_once, library_.seq());
    if (!feed.is_ready()) continue;
    std::vector<CarrierId> waiting;
    for (const auto& [carrier, socket] : sockets_)
      if (socket.guest.environment == environment) waiting.push_back(carrier);
    for (const CarrierId carrier : waiting) let_in(now, sockets_.at(carrier), feed, out);
  }
}

// ---- messages ---------------------------------------------------------------------------------------------

bool SdkSockets::receive(Instant now, CarrierId carrier, const dialect::Arrival& arrival, ServerSteps& out) {
  const auto held = sockets_.find(carrier);
  if (held == sockets_.end()) return false;
  Socket& socket = held->second;
  if (std::holds_alternative<dialect::Closed>(arrival)) {
    remove(carrier);
  } else if (std::holds_alternative<dialect::Stalled>(arrival)) {
    socket.outlet.stalled();
  } else if (std::holds_alternative<dialect::Drained>(arrival)) {
    socket.outlet.drained();
    go_on(socket, out);
  } else if (const auto* frame = std::get_if<dialect::Frame>(&arrival)) {
    if (frame->binary)
      end(socket, CloseCode::unsupported_data, "binary frames are not taken", out);
    else if (frame->bytes.size() > message_bytes_max)
      end(socket, CloseCode::too_big, "a message is longer than 1 MiB", out);
    else if (socket.messages.take(now))
      hear(now, socket, frame->bytes, out);
    else
      ++desk_.met["messages"], end(socket, CloseCode::try_again, "too many messages", out);
  }
  return true;
}

void SdkSockets::hear(Instant now, Socket& socket, const std::string& text, ServerSteps& out) {
  if (socket.stage == Stage::judged) {
    socket.early_bytes += text.size();
    if (socket.early_bytes > early_bytes_max)
      return end(socket, CloseCode::policy, "too much was said before the welcome", out);
    return socket.early.push_back(text);
  }
  const auto message = model::read(text);
  if (!message) return complain(socket, "the message is no JSON: " + message.error().message, out);
  const std::string* type = model::text_member(*message, "type");
  if (type == nullptr) return complain(socket, "a message is an object with a text as its type", out);
  if (socket.stage == Stage::open) return obey(now, socket, *type, *message, out);
  if (*type != "hello") return complain(socket, "say hello first", out);
  greet(now, socket, *message, out);
}

void SdkSockets::obey(Instant now, Socket& socket, std::string_view type, const Message& message,
                      ServerSteps& out) {
  if (type == "listen") return listen(now, socket, message, out);
  if (type == "leave") return leave(socket, message, out);
  if (type == "follow") return follow(socket, message, out);
  if (type == "unfollow") return unfollow(socket, message, out);
  if (type == "read") return read(socket, message, out);
  if (type == "ping") return socket.outlet.send(R"({"type":"pong"})", out);
  if (type == "hello") return complain(socket, "hello was said already", out);
  complain(socket, "there is no such type; there are listen, leave, follow, unfollow, read and ping", out);
}

// ---- queries ----------------------------------------------------------------------------------------------

void SdkSockets::listen(Instant now, Socket& socket, const Message& message, ServerSteps& out) {
  const std::string* key = model::text_member(message, "key");
  if (key == nullptr || key->empty() || key->size() > key_bytes_max)
    return complain(socket, "listen: give key as a text of 1 to 300 bytes", out);
  if (socket.listenings.contains(*key))
    return complain(socket, "listen: the key is in use, say leave before", out);
  const auto refuse_it = [&](Trouble trouble) {
    trouble.key = *key;
    socket.outlet.send(error_text(trouble), out);
  };
  const auto query = query_of(message);
  if (!query || (model::member(message, "have") != nullptr && !model::text_member(message, "have"))) {
    if (++socket.mistakes == mistakes_max) return end(socket, CloseCode::policy, "too many mistakes", out);
    const std::string_view what = "listen: give query as a text; variables are an object, and have is a text";
    return refuse_it({.key = {}, .code = "INVALID_QUERY", .message = what});
  }
  if (socket.listenings.size() == keys_max)
    return refuse_it({.key = {}, .code = "TOO_MANY_QUERIES", .message = "a socket has at most 200 queries"});
  if (!desk_.takes(now, socket.guest.caller.name)) {
    const Words words = words_of(Fault::too_often);
    return refuse_it({.key = {}, .code = words.code, .message = words.message, .is_fatal = false});
  }
  Listening listening{.listener = ++last_listener_, .bytes = query->text.size() + query->variables.size()};
  if (query_bytes_ + listening.bytes > queries_bytes_max) return socket.outlet.send(no_room(*key), out);
  auto joined = lives_.join(listening.listener, *socket.guest.environment, socket.guest.sight, *query);
  if (const auto* errors = std::get_if<std::string>(&joined))
    return refuse_it({.key = {},
                      .code = "INVALID_QUERY",
                      .message = query_is_wrong,
                      .is_fatal = true,
                      .response = *errors});
  listening.live = std::get<LiveQuery*>(joined);
  if (listening.live == nullptr) {
    ++desk_.met["live_bytes"];
    return socket.outlet.send(no_room(*key), out);
  }
  if (const std::string* have = model::text_member(message, "have")) listening.held = *have;
  query_bytes_ += listening.bytes;
  listeners_.emplace(listening.listener, std::pair(socket.outlet.carrier(), *key));
  tell(socket, *key, socket.listenings.emplace(*key, std::move(listening)).first->second, out);
}

void SdkSockets::leave(Socket& socket, const Message& message, ServerSteps& out) {
  const std::string* key = model::text_member(message, "key");
  if (key == nullptr) return complain(socket, "leave: give key as a text", out);
  // It may have been refused while that was on its way.
  const auto node = socket.listenings.extract(*key);
  if (!node.empty()) forget(node.mapped());
}

void SdkSockets::forget(const Listening& listening) {
  lives_.leave(listening.listener, *listening.live);
  listeners_.erase(listening.listener);
  query_bytes_ -= listening.bytes;
}

void SdkSockets::tell(Socket& socket, const std::string& key, Listening& listening, ServerSteps& out) {
  listening.is_behind = socket.outlet.is_full();
  if (listening.is_behind) return;
  const std::string_view hash = hash_of(*listening.live);
  const bool is_same = listening.held == hash;
  const bool was_answered = std::exchange(listening.is_answered, true);
  if (is_same && was_answered) return;
  std::string text;
  ObjectText object(text);
  object.text("type", is_same ? "same" : "update").text("key", key);
  if (is_same) {
    object.end();
    return socket.outlet.send(std::move(text), out);
  }
  listening.held = hash;
  object.text("id", listening.live->id()).member("response");
  socket.outlet.send(lives_.body(*listening.live, Shape::data), std::move(text), "}", false, out);
}

void SdkSockets::refresh(const Lives::Refreshed& refreshed, ServerSteps& out) {
  for (const LiveQuery* live : refreshed.changed)
    for (auto one = live->listeners().lower_bound(sdk_listeners); one != live->listeners().end(); ++one) {
      const auto& [carrier, key] = listeners_.at(*one);
      Socket& socket = sockets_.at(carrier);
      tell(socket, key, socket.listenings.at(key), out);
    }
  for (const CarrierId listener : refreshed.lost) {
    if (listener < sdk_listeners) continue;
    const auto [carrier, key] = listeners_.at(listener);
    Socket& socket = sockets_.at(carrier);
    forget(socket.listenings.extract(key).mapped());
    ++desk_.met["live_bytes"];
    socket.outlet.send(no_room(key), out);
  }
}

void SdkSockets::go_on(Socket& socket, ServerSteps& out) {
  for (auto& [key, listening] : socket.listenings)
    if (listening.is_behind && !socket.outlet.is_full()) tell(socket, key, listening, out);
  if (socket.follows && !socket.follows->tell_all(socket.outlet, out))
    end(socket, CloseCode::try_again, too_slow, out);
}

// ---- records ----------------------------------------------------------------------------------------------

std::optional<std::size_t> SdkSockets::model_of(Socket& socket, const Message& message, ServerSteps& out) {
  const std::string* key = model::text_member(message, "model");
  const Content& content = socket.guest.environment->content;
  if (key != nullptr && content.find(*key) != nullptr) return content.place_of(*key);
  complain(socket, "give model as the name of one that is there", out);
  return std::nullopt;
}

void SdkSockets::follow(Socket& socket, const Message& message, ServerSteps& out) {
  const auto model = model_of(socket, message, out);
  if (!model) return;
  const model::Value* since = model::member(message, "since");
  const auto* cursor = since == nullptr ? nullptr : since->get_ptr<const std::string*>();
  if (since != nullptr && cursor == nullptr) return complain(socket, "follow: since is a cursor", out);
  followers_[{socket.guest.environment, *model}].insert(socket.outlet.carrier());
  if (!socket.follows->begin(*model, cursor == nullptr ? "" : *cursor, socket.outlet, out))
    end(socket, CloseCode::try_again, too_slow, out);
}

void SdkSockets::unfollow(Socket& socket, const Message& message, ServerSteps& out) {
  const auto model = model_of(socket, message, out);
  if (!model) return;
  socket.follows->end(*model);
  followers_[{socket.guest.environment, *model}].erase(socket.outlet.carrier());
}

void SdkSockets::read(Socket& socket, const Message& message, ServerSteps& out) {
  const auto model = model_of(socket, message, out);
  if (!model) return;
  const std::string* id = model::text_member(message, "id");
  if (id == nullptr) return complain(socket, "read: give id as a text", out);
  const Content& content = socket.guest.environment->content;
  const Row* row = content.shelf(*model).find_named(*id);
  const Row::Version* version = row == nullptr ? nullptr : socket.guest.sight.of(*row);
  std::string text;
  ObjectText object(text);
  object.text("type", "record").text("model", content.models()[*model].key).text("id", *id);
  if (version != nullptr) object.raw("record", record_text(content, *model, *row, *version));
  object.end();
  socket.outlet.send(std::move(text), out);
}

void SdkSockets::moved(const Environment& environment, std::size_t model, const Shelf::Moved& moved) {
  const auto feed = feeds_.find(&environment);
  if (feed != feeds_.end()) feed->second.moved(model, moved, library_.seq());
}

bool SdkSockets::has_work() const {
  return std::any_of(feeds_.begin(), feeds_.end(),
                     [](const auto& one) { return one.second.has_touched() || !one.second.is_ready(); });
}

void SdkSockets::tell_touched(ServerSteps& out) {
  std::vector<CarrierId> slow;
  for (auto& [environment, feed] : feeds_) {
    Told told;
    for (const std::size_t model : feed.take_touched())
      for (const CarrierId carrier : followers_[{environment, model}]) {
        Socket& socket = sockets_.at(carrier);
        if (!socket.follows->tell(model, told, socket.outlet, out)) slow.push_back(carrier);
      }
  }
  for (const CarrierId carrier : slow)
    if (sockets_.contains(carrier)) end(sockets_.at(carrier), CloseCode::try_again, too_slow, out);
}

}  // namespace rockpool::dialects::datocms
