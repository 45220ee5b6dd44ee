// Queries that somebody listens to. What each comes to is the one record of a collection of its own:
//
//   <key>: result = {"query", "variables"?, "response"}    error = {"code", "message", "errors"?}, while
//   there is one
#include <algorithm>

#include "core/dialect/object_text.h"
#include "core/dialects/datocms/client_session.h"

namespace rockpool::dialects::datocms {
namespace {

constexpr std::int64_t wait_ms_min = 1'000, wait_ms_max = 20'000;
constexpr std::int64_t healthy_ms = 10'000;  // a stream that lived as long was a good one
constexpr std::int64_t opening_ms = 15'000;
constexpr std::int64_t look_ms = 10'000;  // between two looks where there is no stream
// A browser has six connections to a host that speaks HTTP/1.1, as ours does.
constexpr std::size_t streams_of_ours = 3, streams_of_others = 200;
// Ours says something every 15 s. Of others nobody knows.
constexpr std::int64_t silence_of_ours_ms = 45'000, silence_of_others_ms = 300'000;

constexpr std::string_view result_id = "result", error_id = "error";

}  // namespace

void Client::take(Wish wish, ClientSteps& out) {
  if (!wish.listens) {
    const auto is_of = [&](const auto& one) { return one.second.wish.sub == wish.sub; };
    const auto held = std::find_if(queries_.begin(), queries_.end(), is_of);
    if (held == queries_.end()) return;
    leave(held->second, out);
    queries_.erase(held);
    return;
  }
  const std::string key = wish.key;
  queries_.try_emplace(key).first->second.wish = std::move(wish);
}

void Client::leave(Query& query, ClientSteps& out) {
  if (query.stream != 0) end(query.stream, out);
  if (socket_state_ != Socket::open || !query.is_asked) return;
  std::string text;
  dialect::ObjectText(text).text("type", "leave").text("key", query.wish.key).end();
  say(std::move(text));
}

// ---- asking -----------------------------------------------------------------------------------------------

void Client::ask_queries() {
  if (socket_state_ == Socket::opening) return;
  std::size_t streams = 0;
  for (const auto& [name, query] : queries_) streams += query.stream != 0 ? 1 : 0;
  for (auto& [name, query] : queries_) {
    if (query.is_asked || query.is_over || query.stream != 0) continue;
    if (query.ask_at && now_ < *query.ask_at) continue;
    query.ask_at.reset();
    query.is_asked = true;
    ask_query(name, query, streams++);
  }
}

void Client::ask_query(const std::string& name, Query& query, std::size_t streams) {
  std::string body = body_of(query.wish);
  if (socket_state_ == Socket::open) {
    std::string text;
    dialect::ObjectText(text).text("type", "listen").text("key", name);
    return say((text += ',') += body.substr(1));
  }
  const bool are_too_many = streams >= (is_ours_ ? streams_of_ours : streams_of_others);
  if (carrier_ == dialect::Carrier::poll || are_too_many)
    return request({.step = Step::query, .key = {name, ""}}, "POST", address_.query, std::move(body));
  const std::string shape = is_ours_ ? "?shape=response" : "";
  request({.step = Step::channel, .key = {name, ""}}, "POST", address_.listen + shape, std::move(body));
}

// Each time twice as long, never in step with others.
void Client::ask_later(Query& query) {
  query.wait_ms = std::clamp(2 * query.wait_ms, wait_ms_min, wait_ms_max);
  const auto spread = static_cast<std::uint64_t>(query.wait_ms) / 5;
  const std::int64_t ms = query.wait_ms * 9 / 10 + static_cast<std::int64_t>(prng_.below(spread + 1));
  query.ask_at = now_ + base::milliseconds(ms);
}

// ---- answers ----------------------------------------------------------------------------------------------

void Client::on_channel(Query& query, const dialect::Body& body, ClientSteps& out) {
  if (query.stream != 0) return;  // it was let go of and asked for again
  std::string url = read_channel(body.bytes);
  if (url.empty()) return ask_later(query);
  query.stream = ++last_stream_;
  query.is_open = false;
  query.opened = query.heard = now_;
  query.reader = wire::SseReader(result_bytes_max);
  dialect::OpenStream open{
      .carrier = query.stream, .kind = dialect::Carrier::sse, .url = std::move(url), .subprotocol = ""};
  open.headers = {{"Accept", "text/event-stream"}};
  out.push_back(std::move(open));
}

void Client::on_result(Query& query, const dialect::Body& body, ClientSteps& out) {
  auto told = read_result(body.bytes);
  if (told) on_told(query, *told, out);
  if (!query.is_over) query.ask_at = now_ + base::milliseconds(look_ms);
}

// What a retry cannot mend is final.
void Client::on_refused(Query& query, const Told& told, int status, ClientSteps& out) {
  if (dialect::is_passing(status)) return ask_later(query);
  query.is_over = true;
  tell_error(query, code_of(told, status), told, out);
}

void Client::on_stream(Query& query, const dialect::Arrival& arrival, ClientSteps& out) {
  query.heard = now_;
  query.is_open = true;
  if (std::holds_alternative<dialect::Closed>(arrival)) {
    query.stream = 0;
    return lose_stream(query, out);
  }
  const auto* frame = std::get_if<dialect::Frame>(&arrival);
  if (frame == nullptr) return;
  std::string_view bytes = frame->bytes;
  while (query.stream != 0 && query.reader.read(bytes)) {
    const auto told = read_event(query.reader.type(), query.reader.data());
    if (told) on_told(query, *told, out);
  }
  if (query.stream != 0 && query.reader.failed()) lose_stream(query, out);
}

void Client::lose_stream(Query& query, ClientSteps& out) {
  if (query.stream != 0) end(query.stream, out);
  if ((now_ - query.opened).ms >= healthy_ms) query.wait_ms = 0;
  ask_later(query);
}

void Client::renew_silent(ClientSteps& out) {
  for (auto& [name, query] : queries_)
    if (query.stream != 0 && (now_ - query.heard).ms >= silence_ms(query)) lose_stream(query, out);
}

std::int64_t Client::silence_ms(const Query& query) const {
  if (!query.is_open) return opening_ms;
  return is_ours_ ? silence_of_ours_ms : silence_of_others_ms;
}

// ---- what is told -----------------------------------------------------------------------------------------

void Client::on_told(Query& query, const Told& told, ClientSteps& out) {
  if (told.code.empty()) return tell_result(query, told.response, out);
  const Code code = code_of(told, 0);
  if (code == Code::auth) return refuse(code, told.message, out);
  if (query.stream != 0) end(query.stream, out);
  query.is_over = told.is_fatal;
  query.is_asked = false;
  told.is_fatal ? tell_error(query, code, told, out) : ask_later(query);
}

// After a new beginning the same may come again.
void Client::tell_result(Query& query, const std::string& response, ClientSteps& out) {
  if (std::exchange(query.is_wrong, false)) tell(query, error_id, "", out);
  if (query.told == response) return;
  query.told = response;
  std::string data;
  dialect::ObjectText text(data);
  text.raw("query", query.wish.query);
  if (!query.wish.variables.empty()) text.raw("variables", query.wish.variables);
  text.raw("response", response).end();
  if (std::exchange(query.is_told, true)) return tell(query, result_id, std::move(data), out);
  query.version = 1;
  tell_whole(query.wish.key, std::move(data), out);
}

void Client::tell_error(Query& query, Code code, const Told& told, ClientSteps& out) {
  std::string data;
  dialect::ObjectText text(data);
  text.text("code", base::name_of(code)).text("message", told.message);
  if (!told.errors.empty()) text.raw("errors", told.errors);
  text.end();
  query.is_wrong = true;
  tell(query, error_id, std::move(data), out);
}

// Without data the record goes. What an earlier page was told stays beside it.
void Client::tell(Query& query, std::string_view id, std::string data, ClientSteps& out) {
  const std::string& name = query.wish.key;
  model::Change change;
  change.record = {.key = {name, std::string(id)}, .version = ++query.version};
  change.record.data = std::move(data);
  change.record.updated = now_;
  if (!std::exchange(query.is_told, true)) out.push_back(dialect::Live{.collection = name, .cursor = ""});
  out.push_back(dialect::ChangedAt{.collections = {name}, .changes = {std::move(change)}, .cursor = ""});
}

// All that an earlier page was told of the collection is over.
void Client::tell_whole(const std::string& name, std::string data, ClientSteps& out) {
  model::Record record{.key = {name, std::string(result_id)}, .version = 1};
  record.data = std::move(data);
  record.updated = now_;
  dialect::Part part{.collection = name, .records = {}, .cursor = "", .begin = true, .done = true};
  part.records.push_back(std::move(record));
  out.push_back(std::move(part));
  out.push_back(dialect::Live{.collection = name, .cursor = ""});
}

}  // namespace rockpool::dialects::datocms
