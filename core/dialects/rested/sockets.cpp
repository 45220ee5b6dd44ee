#include "core/dialects/rested/sockets.h"

#include <algorithm>
#include <utility>

#include "core/base/text.h"
#include "core/dialect/frames.h"

namespace rockpool::dialects::rested {
namespace {

// The contract's.
constexpr auto refused = static_cast<wire::CloseCode>(4000);
constexpr dialect::StreamTerms terms{
    .message_bytes_max = 64 << 10, .queue_bytes_max = 4 << 20, .ping_ms = 30'000};

// So much of the log goes to a socket before it has read.
constexpr std::size_t piece_bytes = 256 << 10;

// Of the topics of a collection the one on which every change is told once. The others are of owners.
bool is_of_all(const model::Topic& topic) { return topic.scope.find('=') == std::string::npos; }

bool sees(const Caller& caller, const std::string& owner) {
  const Endpoint& endpoint = *caller.endpoint;
  if (caller.is_master || !endpoint.needs_token()) return true;
  if (endpoint.read_by_others && !endpoint.authentication) return true;
  return caller.claims && caller.claims->user == owner;
}

// Of a log nobody has seen anything of.
bool wants_all(const Request& request) {
  const auto since = values_of(request.query, "since");
  return !since.empty() && since.front() == "0";
}

Shared message(std::string_view type, const std::string& record) {
  std::string text = R"({"type":")";
  text.append(type).append(R"(","record":)").append(record);
  return dialect::share(std::move(text));
}

// What one entry's changes are to an endpoint.
class Teller {
 public:
  Teller(Instant now, const Endpoint& endpoint) : now_(now), endpoint_(endpoint) {}

  std::vector<Event> tell(const model::Changed& changed) {
    for (std::size_t i = 0; i < changed.changes.size(); ++i)
      one(changed.changes[i], i < changed.hints.size() ? changed.hints[i] : model::Hint());
    end_upload();
    return std::move(events_);
  }

 private:
  void one(const model::Change& change, const model::Hint& hint) {
    const model::Record& record = change.record;
    const bool existed = hint.before != nullptr && hint.before->exists();
    if (!record.exists() && !existed) return;
    next_ = std::max(next_, change.seq * revisions_of_entry);
    const model::Record& shown = record.exists() ? record : *hint.before;
    const Beside beside = read_beside(shown.meta);
    const std::string owner = endpoint_.authentication ? unique_id_of(shown) : beside.owner;
    if (record.exists() && !existed && !beside.upload.empty())
      return add_upload(beside.upload, owner, told_text(shown));
    end_upload();
    add(owner,
        message(!record.exists() ? "DELETE"
                : existed        ? "PUT"
                                 : "POST",
                told_text(shown)),
        record.version);
  }
  // Several files that came together are told together.
  void add_upload(const std::string& upload, const std::string& owner, std::string text) {
    if (upload != upload_) end_upload();
    upload_ = upload;
    owner_ = owner;
    files_.push_back(std::move(text));
  }
  void end_upload() {
    if (files_.empty()) return;
    std::string records = files_.front();
    if (files_.size() > 1) {
      for (std::size_t i = 1; i < files_.size(); ++i) records.append(",").append(files_[i]);
      records = '[' + records + ']';
    }
    files_.clear();
    add(owner_, message("POST", records));
  }
  void add(const std::string& owner, Shared body, model::Version version = 0) {
    events_.push_back(
        {.revision = next_++, .at = now_, .owner = owner, .body = std::move(body), .version = version});
  }

  Instant now_;
  const Endpoint& endpoint_;
  Revision next_ = 0;
  std::vector<Event> events_;
  std::string upload_, owner_;
  std::vector<std::string> files_;
};

}  // namespace

// ---- coming and going -------------------------------------------------------------------------------------

void Sockets::refuse(CarrierId carrier, std::string_view reason, ServerSteps& out) {
  out.push_back(dialect::AcceptStream{.carrier = carrier, .subprotocol = {}, .headers = {}, .terms = terms});
  out.push_back(dialect::CloseStream{.carrier = carrier, .code = refused, .reason = std::string(reason)});
}

// The rules of the space count too: messages are for who sees all of the collection.
void Sockets::open(CarrierId carrier, Caller caller, Request request, ServerSteps& out) {
  const model::Principal principal = door_.principal_of(caller);
  model::CatchUp question;
  question.collection = caller.endpoint->collection;
  Opening opening{.carrier = carrier, .asked = std::move(request), .caller = std::move(caller)};
  opening_.emplace(desk_.ask(principal, std::move(question), out), std::move(opening));
}

bool Sockets::answer(Instant now, Ticket ticket, const model::Reply& reply, ServerSteps& out) {
  const auto* since = std::get_if<model::Since>(&reply);
  const bool sees_all = since != nullptr && since->whole;
  if (auto node = opening_.extract(ticket); !node.empty()) {
    Opening opening = std::move(node.mapped());
    if (!opening.is_let_in && !sees_all) return refuse(opening.carrier, not_valid, out), true;
    const bool is_first = !std::exchange(opening.is_let_in, true);
    if (is_first && wants_all(opening.asked) && log(opening.caller.endpoint->id).birth())
      return ask_for_oldest(std::move(opening), out), true;
    if (const auto* oldest = std::get_if<model::Listed>(&reply))
      opening.beginning = beginning(*opening.caller.endpoint, *oldest);
    accept(now, std::move(opening), out);
    return true;
  }
  const auto node = reviews_.extract(ticket);
  if (node.empty()) return false;
  const auto* failed = std::get_if<model::Failed>(&reply);
  const bool is_passing = failed != nullptr && failed->error.code != base::Code::forbidden;
  if (sees_all || is_passing) return true;
  close_all(
      [&](const Socket& socket) {
        return socket.caller.endpoint->id == node.mapped().first &&
               socket.caller.user() == node.mapped().second;
      },
      options_changed, out);
  return true;
}

// Were there records before there was the endpoint? Then its messages are not all.
void Sockets::ask_for_oldest(Opening opening, ServerSteps& out) {
  model::List list{.collection = opening.caller.endpoint->collection,
                   .order = model::List::Order::created,
                   .records_max = 1,
                   .bytes_max = 1};
  const model::Principal principal = door_.principal_of(opening.caller);
  opening_.emplace(desk_.ask(principal, std::move(list), out), std::move(opening));
}

std::optional<Revision> Sockets::beginning(const Endpoint& endpoint, const model::Listed& oldest) {
  const auto& birth = log(endpoint.id).birth();
  const bool has_all = birth && (oldest.records.empty() || oldest.records.front().created >= birth->at);
  return has_all ? std::optional(birth->revision) : std::nullopt;
}

void Sockets::accept(Instant now, Opening opening, ServerSteps& out) {
  const CarrierId carrier = opening.carrier;
  const auto judged = std::pair(opening.caller.endpoint, opening.caller.project);
  if (const auto refusal = door_.look_again(now, opening.asked, opening.caller))
    return refuse(carrier, refusal->reason, out);
  const auto& endpoint = opening.caller.endpoint;
  out.push_back(dialect::AcceptStream{.carrier = carrier, .subprotocol = {}, .headers = {}, .terms = terms});
  if (judged != std::pair(endpoint, opening.caller.project)) {
    out.push_back(dialect::CloseStream{.carrier = carrier, .reason = std::string(options_changed)});
    return;
  }
  if (!traffic_.enter(opening.caller.user(), now)) {
    out.push_back(dialect::CloseStream{.carrier = carrier,
                                       .code = wire::CloseCode::try_again,
                                       .reason = "too many connections of this user"});
    return;
  }
  by_endpoint_[endpoint->id].insert(carrier);
  const auto since = values_of(opening.asked.query, "since");
  Socket& socket = sockets_
                       .emplace(carrier, Socket{.caller = std::move(opening.caller),
                                                .with_seq = !since.empty(),
                                                .with_version = is_set(opening.asked.query, "versions"),
                                                .messages = {desk_.options.limits.messages, now}})
                       .first->second;
  if (socket.caller.claims) deadlines_.set(carrier, {socket.caller.claims->expires_ms});
  if (since.empty()) return;
  // A position that is none, or one of another history, is one that nobody can resume from.
  const std::size_t behind = std::min(since.front().find('-'), since.front().size());
  const std::string_view epoch = std::string_view(since.front()).substr(behind);
  const bool is_known = epoch.empty() || base::read_hex(epoch.substr(1)) == registry_.epoch();
  const auto place = base::read_decimal(std::string_view(since.front()).substr(0, behind));
  socket.heard = is_known ? place.value_or(UINT64_MAX) : UINT64_MAX;
  if (opening.beginning) socket.heard = *opening.beginning;
  catch_up(carrier, socket, out);
}

// The next piece of what it missed, or that nobody knows what it missed.
void Sockets::catch_up(CarrierId carrier, Socket& socket, ServerSteps& out) {
  const Log& events = log(socket.caller.endpoint->id);
  const Revision newest = last_of(registry_.seq());
  socket.is_behind = false;
  if (socket.heard > newest || !events.reaches(socket.heard)) {
    std::string text = R"({"type":"RESYNC","seq":)" + base::decimal(newest) + '}';
    socket.heard = newest;
    out.push_back(dialect::SendFrame{
        .carrier = carrier, .bytes = dialect::share(std::move(text)), .before = {}, .after = {}});
    return;
  }
  std::size_t bytes = 0;
  for (auto event = events.after(socket.heard); event != events.end(); ++event) {
    if (bytes >= piece_bytes) {
      socket.is_behind = true;
      std::get<dialect::SendFrame>(out.back()).tells = true;
      return;
    }
    socket.heard = event->revision;
    if (!sees(socket.caller, event->owner)) continue;
    bytes += event->body->size();
    out.push_back(dialect::SendFrame{.carrier = carrier,
                                     .bytes = event->body,
                                     .before = {},
                                     .after = end_of(*event, true, socket.with_version)});
  }
}

void Sockets::close(CarrierId carrier, wire::CloseCode code, std::string_view reason, ServerSteps& out) {
  const auto held = sockets_.find(carrier);
  if (held == sockets_.end()) return;
  const auto same = by_endpoint_.find(held->second.caller.endpoint->id);
  same->second.erase(carrier);
  if (same->second.empty()) by_endpoint_.erase(same);
  traffic_.leave(held->second.caller.user());
  deadlines_.forget(carrier);
  sockets_.erase(held);
  if (!reason.empty())
    out.push_back(dialect::CloseStream{.carrier = carrier, .code = code, .reason = std::string(reason)});
}

template <typename Which>
void Sockets::close_all(const Which& which, std::string_view reason, ServerSteps& out) {
  std::vector<CarrierId> over;
  for (const auto& [carrier, socket] : sockets_)
    if (which(socket)) over.push_back(carrier);
  for (const CarrierId carrier : over) close(carrier, wire::CloseCode::normal, reason, out);
}

bool Sockets::receive(Instant now, CarrierId carrier, const dialect::Arrival& arrival, ServerSteps& out) {
  const auto held = sockets_.find(carrier);
  if (held == sockets_.end()) {
    const bool is_gone = std::holds_alternative<dialect::Closed>(arrival);
    return is_gone &&
           std::erase_if(opening_, [&](const auto& one) { return one.second.carrier == carrier; }) > 0;
  }
  Socket& socket = held->second;
  if (std::holds_alternative<dialect::Closed>(arrival)) {
    close(carrier, wire::CloseCode::normal, {}, out);
  } else if (std::holds_alternative<dialect::Stalled>(arrival)) {
    socket.is_behind = socket.with_seq;
  } else if (std::holds_alternative<dialect::Drained>(arrival)) {
    if (socket.is_behind) catch_up(carrier, socket, out);
  } else if (std::holds_alternative<dialect::Frame>(arrival)) {
    // There is nothing to say; whoever goes on saying it is stopped.
    if (traffic_.judge(now, socket.messages, socket.caller.user()) == dialect::Traffic::Verdict::for_too_long)
      close(carrier, wire::CloseCode::policy, "too many messages", out);
  }
  return true;
}

// ---- what happens -----------------------------------------------------------------------------------------

Log& Sockets::log(const std::string& endpoint) {
  return logs_.try_emplace(endpoint, last_of(began_seq_)).first->second;
}

void Sockets::happened(Instant now, const Registry::Happened& happened,
                       const dialect::ServerDialect::Notices& notices, ServerSteps& out) {
  for (const std::string& id : happened.endpoints) {
    // What its readers saw before, they may see no more, and others may: nobody resumes over that.
    if (registry_.endpoint(id))
      logs_.insert_or_assign(
          id, Log(last_of(registry_.seq()), happened.made.contains(id) ? std::optional(now) : std::nullopt));
    else
      logs_.erase(id);
    const auto held = by_endpoint_.find(id);
    if (held == by_endpoint_.end()) continue;
    for (const CarrierId carrier : std::set<CarrierId>(held->second))
      close(carrier, wire::CloseCode::normal, options_changed, out);
  }
  if (!happened.endpoints.empty()) count_logs();
  for (const auto& [topic, notice] : notices) {
    const auto* changed = std::get_if<model::Changed>(&notice);
    if (changed == nullptr || !is_of_all(topic) || topic.name.starts_with('$')) continue;
    for (const auto& endpoint : registry_.endpoints_over(topic.name)) tell(now, *endpoint, *changed, out);
  }
  if (happened.revoked.empty() && happened.gone_users.empty() && happened.endpoints.empty()) return;
  for (auto& [ticket, opening] : opening_) Door::mark_deleted(happened, opening.caller);
  close_all(
      [&](const Socket& socket) {
        const auto& claims = socket.caller.claims;
        return claims && door_.ends(happened, *claims);
      },
      token_expired, out);
}

void Sockets::tell(Instant now, const Endpoint& endpoint, const model::Changed& changed, ServerSteps& out) {
  for (Event& event : Teller(now, endpoint).tell(changed)) {
    tell_one(endpoint.id, event, out);
    Log& kept = log(endpoint.id);
    log_bytes_ -= kept.bytes();
    kept.add(std::move(event), desk_.settings.log_ms, desk_.settings.log_events);
    log_bytes_ += kept.bytes();
    if (log_bytes_ > desk_.settings.log_bytes) {
      for (auto& [id, one] : logs_) one.halve();
      count_logs();
    }
    if (!shrinks_at_) shrinks_at_ = now + base::milliseconds(desk_.settings.log_ms + 1);
  }
}

void Sockets::tell_one(const std::string& endpoint, const Event& event, ServerSteps& out) {
  const auto held = by_endpoint_.find(endpoint);
  if (held == by_endpoint_.end()) return;
  for (const CarrierId carrier : held->second) {
    Socket& socket = sockets_.at(carrier);
    if (socket.is_behind) continue;
    socket.heard = event.revision;
    if (!sees(socket.caller, event.owner)) continue;
    out.push_back(dialect::SendFrame{.carrier = carrier,
                                     .bytes = event.body,
                                     .before = {},
                                     .after = end_of(event, socket.with_seq, socket.with_version)});
  }
}

// Rules of the space are others now: what each may see is asked once for all who are the same.
void Sockets::review(ServerSteps& out) {
  std::set<std::pair<std::string, std::string>> asked;
  for (const auto& [carrier, socket] : sockets_) {
    const auto who = std::pair(socket.caller.endpoint->id, socket.caller.user());
    if (!asked.insert(who).second) continue;
    model::CatchUp question;
    question.collection = socket.caller.endpoint->collection;
    reviews_.emplace(desk_.ask(door_.principal_of(socket.caller), std::move(question), out), who);
  }
}

// Memory goes back after a burst, though nothing more happens.
void Sockets::shrink_logs(Instant now) {
  for (auto& [endpoint, log] : logs_) log.shrink(now, desk_.settings.log_ms, desk_.settings.log_events);
  count_logs();
  shrinks_at_.reset();
  if (log_bytes_ > 0) shrinks_at_ = now + base::milliseconds(desk_.settings.log_ms + 1);
}

void Sockets::count_logs() {
  log_bytes_ = 0;
  for (const auto& [endpoint, log] : logs_) log_bytes_ += log.bytes();
}

std::optional<Instant> Sockets::next_wake() const {
  const auto deadline = deadlines_.next();
  return deadline && shrinks_at_ ? std::min(*deadline, *shrinks_at_) : deadline ? deadline : shrinks_at_;
}

void Sockets::wake(Instant now, ServerSteps& out) {
  if (shrinks_at_ && *shrinks_at_ <= now) shrink_logs(now);
  for (const CarrierId carrier : deadlines_.take(now)) {
    const auto held = sockets_.find(carrier);
    if (held == sockets_.end() || !held->second.caller.claims) continue;
    if (held->second.caller.claims->expires_ms <= now.ms)
      close(carrier, wire::CloseCode::normal, token_expired, out);
    else
      deadlines_.set(carrier, {held->second.caller.claims->expires_ms});
  }
}

}  // namespace rockpool::dialects::rested
