#include "core/dialects/baserow/sockets.h"

#include <algorithm>

#include "core/base/text.h"
#include "core/dialect/frames.h"
#include "core/dialects/baserow/tokens.h"

namespace rockpool::dialects::baserow {
namespace {

using dialect::ObjectText;
using wire::CloseCode;

// The contract's.
constexpr dialect::StreamTerms terms{
    .message_bytes_max = 64 << 10, .queue_bytes_max = 4 << 20, .ping_ms = 30'000};

constexpr std::size_t frames_before_token = 16;
// So much of the log goes to a socket before it has read,
constexpr std::size_t piece_bytes = 256 << 10;
// and so much of a page is told again: for who missed more it is quicker to read it anew.
constexpr std::size_t page_events_max = 200;
constexpr std::size_t page_bytes_max = 1 << 20;

void send_text(CarrierId carrier, std::string text, ServerSteps& out) {
  out.push_back(dialect::SendFrame{
      .carrier = carrier, .bytes = dialect::share(std::move(text)), .before = {}, .after = {}});
}

std::string user_key(Id user) { return base::decimal(user); }

// The one that a page's wish names: a number, or a text of digits. 0: none.
Id table_in(const model::Value& wish) {
  const model::Value* said = model::member(wish, "table_id");
  if (said == nullptr) return 0;
  const auto* text = said->get_ptr<const std::string*>();
  return (text != nullptr ? base::read_decimal(*text) : model::as_count(*said)).value_or(0);
}

std::string parameters(const std::string& shown) { return "{\"table_id\":" + shown + '}'; }

}  // namespace

// ---- coming and going -------------------------------------------------------------------------------------

// Version 4 of RFC 4122, section 4.4.
std::string Sockets::new_web_socket_id() {
  std::string hex = desk_.prng.hex(16);
  hex[12] = '4';
  hex[16] = "89ab"[desk_.prng.below(4)];
  for (const std::size_t at : {20u, 16u, 12u, 8u}) hex.insert(at, 1, '-');
  return hex;
}

void Sockets::open(CarrierId carrier, const Request& request, ServerSteps& out) {
  out.push_back(dialect::AcceptStream{.carrier = carrier, .subprotocol = {}, .headers = {}, .terms = terms});
  auto token = wire::query_value(request.query, "jwt_token");
  if (!token) {
    send_text(carrier, R"({"type":"authentication","success":false,"web_socket_id":null})", out);
    out.push_back(dialect::CloseStream{.carrier = carrier, .code = CloseCode::normal, .reason = {}});
    return;
  }
  const Ticket ticket = desk_.work(
      {.what = dialect::SecretWork::What::open, .text = std::move(*token), .key = desk_.settings.jwt_secret},
      out);
  opening_.emplace(ticket, Opening{.carrier = carrier,
                                   .since = wire::query_value(request.query, "rockpool_resume"),
                                   .frames = {}});
}

bool Sockets::worked(Instant now, Ticket ticket, const dialect::SecretResult& result, ServerSteps& out) {
  auto node = opening_.extract(ticket);
  if (node.empty()) return false;
  Opening opening = std::move(node.mapped());
  const Judgement judgement = judge(books_, now, result, false);
  if (judgement.user) return accept(now, std::move(opening), judgement.user->id, out), true;
  std::string text;
  ObjectText(text)
      .text("type", "authentication")
      .flag("success", false)
      .text("web_socket_id", new_web_socket_id())
      .end();
  send_text(opening.carrier, std::move(text), out);
  out.push_back(dialect::CloseStream{.carrier = opening.carrier, .code = CloseCode::normal, .reason = {}});
  return true;
}

void Sockets::accept(Instant now, Opening opening, Id user, ServerSteps& out) {
  const CarrierId carrier = opening.carrier;
  if (!traffic_.enter(user_key(user), now)) {
    out.push_back(dialect::CloseStream{
        .carrier = carrier, .code = CloseCode::try_again, .reason = "too many connections of this user"});
    return;
  }
  by_user_[user].insert(carrier);
  Socket& socket = sockets_
                       .emplace(carrier, Socket{.user = user,
                                                .web_socket_id = new_web_socket_id(),
                                                .page = {},
                                                .resumes = opening.since.has_value(),
                                                .messages = {desk_.options.limits.messages, now}})
                       .first->second;
  greet(carrier, socket, opening.since.value_or(""), out);
  for (const dialect::Frame& frame : opening.frames) hear(now, carrier, frame, out);
}

// Who resumes is told where the log stands; or that nobody knows what it missed.
void Sockets::greet(CarrierId carrier, Socket& socket, const std::string& since, ServerSteps& out) {
  const Revision newest = last_of(books_.seq());
  const auto from = base::read_decimal(since);
  const bool is_known = from && *from <= newest && log_.reaches(*from);
  std::string text;
  ObjectText object(text);
  object.text("type", "authentication").flag("success", true).text("web_socket_id", socket.web_socket_id);
  socket.heard = is_known ? *from : newest;
  if (socket.resumes) object.count("_event_id", socket.heard).count("_epoch", books_.epoch());
  if (socket.resumes && !since.empty() && !is_known) object.flag("resync", true);
  object.end();
  send_text(carrier, std::move(text), out);
  if (socket.resumes) catch_up(carrier, socket, out);
}

void Sockets::close(CarrierId carrier, std::optional<CloseCode> code, std::string_view reason,
                    ServerSteps& out) {
  const auto held = sockets_.find(carrier);
  if (held == sockets_.end()) return;
  const Socket& socket = held->second;
  const auto forget = [&](std::map<Id, std::set<CarrierId>>& all, Id id) {
    const auto same = all.find(id);
    if (same == all.end()) return;
    same->second.erase(carrier);
    if (same->second.empty()) all.erase(same);
  };
  forget(by_user_, socket.user);
  if (socket.page) forget(by_table_, socket.page->table);
  traffic_.leave(user_key(socket.user));
  sockets_.erase(held);
  if (code)
    out.push_back(dialect::CloseStream{.carrier = carrier, .code = *code, .reason = std::string(reason)});
}

bool Sockets::receive(Instant now, CarrierId carrier, const dialect::Arrival& arrival, ServerSteps& out) {
  const auto held = sockets_.find(carrier);
  if (held == sockets_.end()) {
    const auto opening = std::find_if(opening_.begin(), opening_.end(),
                                      [&](const auto& one) { return one.second.carrier == carrier; });
    if (opening == opening_.end()) return false;
    if (std::holds_alternative<dialect::Closed>(arrival)) {
      opening_.erase(opening);
    } else if (const auto* frame = std::get_if<dialect::Frame>(&arrival)) {
      if (opening->second.frames.size() < frames_before_token) opening->second.frames.push_back(*frame);
    }
    return true;
  }
  Socket& socket = held->second;
  if (std::holds_alternative<dialect::Closed>(arrival))
    close(carrier, std::nullopt, {}, out);
  else if (std::holds_alternative<dialect::Stalled>(arrival))
    socket.is_behind = socket.resumes;
  else if (std::holds_alternative<dialect::Drained>(arrival))
    socket.is_behind ? catch_up(carrier, socket, out) : void();
  else if (const auto* frame = std::get_if<dialect::Frame>(&arrival))
    hear(now, carrier, *frame, out);
  return true;
}

// ---- pages ------------------------------------------------------------------------------------------------

void Sockets::hear(Instant now, CarrierId carrier, const dialect::Frame& frame, ServerSteps& out) {
  const auto held = sockets_.find(carrier);
  if (held == sockets_.end()) return;
  Socket& socket = held->second;
  const auto verdict = traffic_.judge(now, socket.messages, user_key(socket.user));
  if (verdict == dialect::Traffic::Verdict::for_too_long)
    return close(carrier, CloseCode::policy, "too many messages", out);
  if (verdict == dialect::Traffic::Verdict::too_often) return;
  if (frame.binary) return close(carrier, CloseCode::unsupported_data, "binary frames are not taken", out);
  const auto wish = model::read(frame.bytes);
  if (!wish && wish.error().code == base::Code::too_large)
    return close(carrier, CloseCode::too_big, "the JSON is too large", out);
  if (!wish) return close(carrier, CloseCode::not_utf8, "invalid JSON", out);
  if (model::text_member(*wish, "page") != nullptr) turn_page(carrier, socket, *wish, out);
}

void Sockets::turn_page(CarrierId carrier, Socket& socket, const model::Value& wish, ServerSteps& out) {
  leave_page(carrier, socket, out);
  if (*model::text_member(wish, "page") != "table") return;
  const Id id = table_in(wish);
  const Pointer<Table> table = books_.present<Table>(id);
  if (!table) return;
  const Pointer<Application> application = books_.find<Application>(table->application);
  if (!books_.member_of(application->group, socket.user)) return;
  join_page(carrier, socket,
            {.table = id, .shown = model::write(*model::member(wish, "table_id")), .since = 0}, wish, out);
}

void Sockets::leave_page(CarrierId carrier, Socket& socket, ServerSteps& out) {
  if (!socket.page) return;
  std::string text;
  ObjectText(text)
      .text("type", "page_discard")
      .text("page", "table")
      .raw("parameters", parameters(socket.page->shown))
      .end();
  send_text(carrier, std::move(text), out);
  const auto same = by_table_.find(socket.page->table);
  same->second.erase(carrier);
  if (same->second.empty()) by_table_.erase(same);
  socket.page.reset();
}

void Sockets::join_page(CarrierId carrier, Socket& socket, Page page, const model::Value& wish,
                        ServerSteps& out) {
  const Revision newest = last_of(books_.seq());
  const auto since = model::count_member(wish, "last_seen_id");
  bool is_known = since && *since <= newest && log_.reaches(*since);
  std::vector<const Event*> missed;
  std::size_t bytes = 0;
  for (auto event = log_.after(is_known ? *since : newest); event != log_.end() && is_known; ++event) {
    if (event->audience.of != Audience::Of::table || event->audience.id != page.table) continue;
    missed.push_back(&*event);
    bytes += event->body->size();
    is_known = missed.size() <= page_events_max && bytes <= page_bytes_max;
  }
  std::string text;
  ObjectText object(text);
  object.text("type", "page_add").text("page", "table").raw("parameters", parameters(page.shown));
  const bool is_asked = model::member(wish, "last_seen_id") != nullptr;
  if (is_asked && is_known) object.count("replayed", missed.size());
  if (is_asked && !is_known) object.flag("resync", true);
  if (is_asked && socket.resumes) object.count("_event_id", newest);
  object.end();
  send_text(carrier, std::move(text), out);
  by_table_[page.table].insert(carrier);
  page.since = newest;
  socket.page = std::move(page);
  if (!is_known) return;
  for (const Event* event : missed)
    out.push_back(dialect::SendFrame{
        .carrier = carrier, .bytes = event->body, .before = {}, .after = end_of(*event, true)});
}

// ---- what happens -----------------------------------------------------------------------------------------

// Whoever is no member any more hears nothing more of the group's tables.
void Sockets::discard_pages(const Happened& happened, ServerSteps& out) {
  for (const Moved<Member>& moved : happened.of<Member>()) {
    if (!moved.before || moved.after) continue;
    const auto held = by_user_.find(moved.before->user);
    if (held == by_user_.end()) continue;
    for (const CarrierId carrier : held->second) {
      Socket& socket = sockets_.at(carrier);
      if (!socket.page) continue;
      const Pointer<Table> table = books_.find<Table>(socket.page->table);
      const Pointer<Application> above = table ? books_.find<Application>(table->application) : nullptr;
      if (above && above->group == moved.before->group) leave_page(carrier, socket, out);
    }
  }
}

void Sockets::happened(Instant now, const Happened& happened, std::vector<Event> events, ServerSteps& out) {
  discard_pages(happened, out);
  Revision revision = happened.seq * revisions_of_entry;
  for (Event& event : events) {
    event.revision = std::min(revision++, last_of(happened.seq));
    event.at = now;
    tell(event, out);
    log_.add(std::move(event), desk_.settings.log_ms, desk_.settings.log_events);
  }
  for (const Moved<User>& moved : happened.of<User>()) {
    const auto held = moved.after ? by_user_.end() : by_user_.find(moved.before->id);
    if (held == by_user_.end()) continue;
    for (const CarrierId carrier : std::set<CarrierId>(held->second))
      close(carrier, CloseCode::normal, "the account is gone", out);
  }
}

void Sockets::tell(const Event& event, ServerSteps& out) {
  const auto to_all = [&](const std::map<Id, std::set<CarrierId>>& all, Id id) {
    const auto held = all.find(id);
    if (held == all.end()) return;
    for (const CarrierId carrier : held->second) {
      Socket& socket = sockets_.at(carrier);
      const bool is_own =
          socket.user == event.excluded.user && socket.web_socket_id == event.excluded.web_socket_id;
      if (!is_own && !socket.is_behind) send(carrier, socket, event, out);
    }
  };
  switch (event.audience.of) {
    case Audience::Of::users:
      for (const Id user : event.audience.users) to_all(by_user_, user);
      break;
    case Audience::Of::group:
      for (const auto& member : books_.below<Member>(Kind::group, event.audience.id))
        to_all(by_user_, member->user);
      break;
    case Audience::Of::table:
      if (books_.is_present(Kind::table, event.audience.id)) to_all(by_table_, event.audience.id);
      break;
  }
}

void Sockets::send(CarrierId carrier, Socket& socket, const Event& event, ServerSteps& out) {
  socket.heard = event.revision;
  out.push_back(dialect::SendFrame{
      .carrier = carrier, .bytes = event.body, .before = {}, .after = end_of(event, socket.resumes)});
}

// As far as the user may see it now.
bool Sockets::is_for(const Socket& socket, const Event& event) const {
  const Audience& audience = event.audience;
  if (socket.user == event.excluded.user && socket.web_socket_id == event.excluded.web_socket_id)
    return false;
  switch (audience.of) {
    case Audience::Of::group: return books_.member_of(audience.id, socket.user) != nullptr;
    case Audience::Of::users:
      return std::binary_search(audience.users.begin(), audience.users.end(), socket.user);
    case Audience::Of::table: break;
  }
  return socket.page && socket.page->table == audience.id && event.revision > socket.page->since &&
         books_.is_present(Kind::table, audience.id);
}

// The next piece of what it missed, or that nobody knows any more what it missed.
void Sockets::catch_up(CarrierId carrier, Socket& socket, ServerSteps& out) {
  socket.is_behind = false;
  if (!log_.reaches(socket.heard)) {
    socket.heard = last_of(books_.seq());
    return send_text(carrier, R"({"type":"resync","_event_id":)" + base::decimal(socket.heard) + '}', out);
  }
  std::size_t bytes = 0;
  for (auto event = log_.after(socket.heard); event != log_.end(); ++event) {
    if (bytes >= piece_bytes) {
      socket.is_behind = true;
      std::get<dialect::SendFrame>(out.back()).tells = true;
      return;
    }
    if (!is_for(socket, *event)) continue;
    bytes += event->body->size();
    send(carrier, socket, *event, out);
  }
}

std::optional<Instant> Sockets::next_wake() const {
  const auto oldest = log_.oldest();
  return oldest ? std::optional(*oldest + base::milliseconds(desk_.settings.log_ms)) : std::nullopt;
}

}  // namespace rockpool::dialects::baserow
