#include "core/dialects/native/http.h"

#include "core/base/text.h"
#include "core/dialect/frames.h"

namespace rockpool::dialects::native {
namespace {

using base::Code;

// The header, or for EventSource, which cannot send any, the query.
std::string name_in(const wire::RequestHead& head) {
  const std::string* said = wire::find_header(head.headers, session_header);
  return said != nullptr ? *said : wire::query_value(head.query, "session").value_or("");
}

// The last number that came, from `Last-Event-ID` or `n`; false: it is none.
bool read_number(const wire::RequestHead& head, std::optional<std::uint64_t>& n) {
  const std::string* last = wire::find_header(head.headers, "Last-Event-ID");
  const auto said = last != nullptr ? std::optional(*last) : wire::query_value(head.query, "n");
  if (!said || said->empty()) return true;
  n = base::read_decimal(std::string_view(*said).substr(0, said->find('.')));
  return n.has_value();
}

}  // namespace

bool Http::serves(std::string_view path) {
  return path == messages_path || path == events_path || path == poll_path;
}

void Http::arrive(Instant now, CarrierId request, const dialect::Arrived& arrived, ServerSteps& out) {
  const wire::RequestHead& head = arrived.head;
  const bool is_messages = head.path == messages_path;
  if (!is_messages && head.method != "GET") return out.push_back(wrong_method(request, "GET"));
  if (is_messages && head.method != "POST" && head.method != "DELETE") {
    return out.push_back(wrong_method(request, "POST, DELETE"));
  }
  const std::string name = name_in(head);
  const auto named = names_.find(name);
  const bool begins = head.method == "POST" && name.empty();
  if (!begins && named == names_.end()) return out.push_back(no_session(request));
  if (begins && turned_away(request, arrived.peer, out)) return;
  const CarrierId kept = begins ? 0 : named->second;
  if (head.method == "GET") return read(now, request, kept, head, out);
  if (head.method == "DELETE") {
    run(kept, out, [](HttpSession& session, ServerSteps& steps) { session.remove(steps); });
    out.push_back(
        dialect::Respond{.carrier = request, .head = {.status = 204, .headers = {}}, .body = nullptr});
    return;
  }
  requests_[request] = {.session = kept, .visitor = visitor_of(arrived)};
  out.push_back(dialect::ReadBody{.carrier = request, .bytes_max = base::limits::message_bytes_max});
}

void Http::read(Instant now, CarrierId request, CarrierId kept, const wire::RequestHead& head,
                ServerSteps& out) {
  std::optional<std::uint64_t> n;
  if (!read_number(head, n)) {
    return out.push_back(refusal(request, 400, Code::bad_message, "the number of the last event is none"));
  }
  requests_[request] = {.session = kept, .visitor = {}};
  const bool streams = head.path == events_path;
  run(kept, out, [&](HttpSession& session, ServerSteps& steps) {
    streams ? session.stream(now, request, n, steps) : session.poll(now, request, n, steps);
  });
}

void Http::receive(Instant now, CarrierId request, dialect::Arrival arrival, ServerSteps& out) {
  const auto held = requests_.find(request);
  if (held == requests_.end()) return;
  if (const auto* body = std::get_if<dialect::Body>(&arrival))
    return take_body(now, request, body->bytes, out);
  if (!std::holds_alternative<dialect::Closed>(arrival)) return;
  const CarrierId kept = held->second.session;
  requests_.erase(held);
  run(kept, out, [&](HttpSession& session, ServerSteps& steps) { session.broken_off(now, request, steps); });
}

bool Http::turned_away(CarrierId request, const std::string& address, ServerSteps& out) const {
  const dialect::SessionLimits& limits = desk_.options.limits;
  const bool is_counted = limits.counts(address);
  const auto held = addresses_.find(address);
  const std::uint64_t of_address = held == addresses_.end() ? 0 : held->second;
  const int status = sessions_.size() >= limits.sessions                ? 503
                     : is_counted && of_address >= limits.of_an_address ? 429
                                                                        : 0;
  if (status == 0) return false;
  desk_.traffic.count(status == 503 ? "sessions" : "sessions_per_address");
  out.push_back(refusal(request, status, Code::overloaded, "there are too many sessions: try again later"));
  return true;
}

void Http::take_body(Instant now, CarrierId request, const std::string& body, ServerSteps& out) {
  Request asked = std::move(requests_.extract(request).mapped());
  const bool begins = asked.session == 0;
  if (begins && turned_away(request, asked.visitor.address, out)) return;
  const auto held = sessions_.find(asked.session);
  if (!begins && (held == sessions_.end() || held->second.is_closed()))
    return out.push_back(no_session(request));
  auto post = decode_post(body);
  if (!post) return out.push_back(refusal(request, 400, post.error().code, post.error().message));
  if (!begins) {
    return run(asked.session, out, [&](HttpSession& session, ServerSteps& steps) {
      session.take(now, request, std::move(*post), body.size(), steps);
    });
  }
  if (post->messages.empty() || post->number.value_or(1) != 1) {
    return out.push_back(refusal(request, 400, Code::bad_message, "the first message is hello"));
  }
  const CarrierId kept = ++last_kept_;
  ++addresses_[asked.visitor.address];
  sessions_.try_emplace(kept, now, kept, request, std::move(asked.visitor), desk_);
  requests_[request] = {.session = kept, .visitor = {}};
  run(kept, out, [&](HttpSession& session, ServerSteps& steps) {
    session.begin(now, std::move(*post), body.size(), steps);
  });
}

template <typename Turn>
void Http::run(CarrierId kept, ServerSteps& out, const Turn& turn) {
  const auto held = sessions_.find(kept);
  if (held == sessions_.end()) return;
  HttpSession& session = held->second;
  ServerSteps steps;
  turn(session, steps);
  for (dialect::ServerStep& step : steps) {
    if (const auto* respond = std::get_if<dialect::Respond>(&step)) requests_.erase(respond->carrier);
    out.push_back(std::move(step));
  }
  if (session.is_over()) {
    deadlines_.forget(kept);
    names_.erase(session.name());
    const auto counted = addresses_.find(session.address());
    if (--counted->second == 0) addresses_.erase(counted);
    sessions_.erase(held);
    return;
  }
  deadlines_.set(kept, session.deadline());
  if (session.is_open()) names_.emplace(session.name(), kept);
}

// ---- kept carriers ----------------------------------------------------------------------------------------

void Http::tell(Instant now, CarrierId kept, const dialect::Shared& frame, ServerSteps& out) {
  run(kept, out, [&](HttpSession& session, ServerSteps& steps) { session.tell(now, frame, steps); });
}

void Http::answer(Instant now, CarrierId kept, Ticket ticket, model::Reply reply, ServerSteps& out) {
  run(kept, out, [&](HttpSession& session, ServerSteps& steps) {
    session.answer(now, ticket, std::move(reply), steps);
  });
}

void Http::identified(Instant now, CarrierId kept, Ticket ticket, dialect::Identity identity,
                      ServerSteps& out) {
  run(kept, out, [&](HttpSession& session, ServerSteps& steps) {
    session.identified(now, ticket, std::move(identity), steps);
  });
}

void Http::replaced(Instant now, CarrierId kept, ServerSteps& out) {
  run(kept, out, [&](HttpSession& session, ServerSteps& steps) { session.replaced(now, steps); });
}

// ---- time -------------------------------------------------------------------------------------------------

void Http::wake(Instant now, ServerSteps& out) {
  for (const CarrierId kept : deadlines_.take(now)) {
    run(kept, out, [&](HttpSession& session, ServerSteps& steps) { session.wake(now, steps); });
  }
}

template <typename Turn>
void Http::run_all(ServerSteps& out, const Turn& turn) {
  for (auto next = sessions_.begin(); next != sessions_.end();) {
    const CarrierId kept = (next++)->first;
    run(kept, out, turn);
  }
}

void Http::drain(Instant now, ServerSteps& out) {
  run_all(out, [&](HttpSession& session, ServerSteps& steps) { session.drain(now, steps); });
}

void Http::review(Instant now, const dialect::Standing& standing, ServerSteps& out) {
  run_all(out, [&](HttpSession& session, ServerSteps& steps) { session.review(now, standing, steps); });
}

void Http::count(dialect::Census& census) const {
  for (const auto& [kept, session] : sessions_) {
    if (!session.is_closed()) ++(session.is_streaming() ? census.sse : census.poll);
  }
}

}  // namespace rockpool::dialects::native
