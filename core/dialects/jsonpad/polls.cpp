#include "core/dialects/jsonpad/polls.h"

#include <algorithm>

#include "core/base/text.h"
#include "core/dialect/frames.h"

namespace rockpool::dialects::jsonpad {
namespace {

using Kind = Place::Kind;

constexpr base::Duration memory_time = base::seconds(60);
constexpr std::size_t memories_max = 20'000;

std::string word(std::string_view type) { return event_text("null", type, "null"); }

// Polls that hear of the same things.
std::string key_of(const Target& target) {
  switch (target.kind) {
    case Kind::watch_lists: return target.all ? "A" : "L";
    case Kind::watch_list: return "l" + target.collection;
    default: return "i" + base::decimal(target.num);
  }
}

}  // namespace

// ---- asking -----------------------------------------------------------------------------------------------

void Polls::ask(Instant now, CarrierId carrier, Request request, ServerSteps& out) {
  Poll poll{.caller = std::move(request.caller),
            .address = std::move(request.address),
            .until = request.came + base::milliseconds(desk_.settings.poll_ms)};
  if (const auto fault = read_wish(request.query, poll.wish)) return refuse(carrier, *fault, out);
  poll.target.events = poll.wish.events;
  poll.target.all = poll.wish.all;
  poll.target.kind = request.place.kind;
  if (const auto fault = find_target(poll, request.place)) return refuse(carrier, *fault, out);
  if (!has_room(poll)) return refuse(carrier, Fault::too_often, out);
  poll.since = poll.wish.since.value_or(books_.newest());
  begin_memory(now, poll, request.place);
  Poll& held = polls_.emplace(carrier, std::move(poll)).first->second;
  deadlines_.set(carrier, held.until);
  if (held.target.kind != Kind::watch_item) return check_rights(now, carrier, held, out);
  // The token may only listen, but whether there is such an item is no more than that.
  const Ticket ticket =
      desk_.ask({.system = true, .roles = {}}, model::Read{.key = {}, .num = held.target.num}, out);
  items_[ticket] = carrier;
}

std::optional<Fault> Polls::find_target(Poll& poll, const Place& place) const {
  if (place.kind == Kind::watch_item) {
    const auto num = read_num(place.item);
    poll.target.num = num.value_or(0);
    return num ? std::nullopt : std::optional(Fault::no_item_to_watch);
  }
  if (place.kind != Kind::watch_list) return std::nullopt;
  const auto list = books_.list_of(poll.caller.user, place.list);
  if (!list) return Fault::no_list_to_watch;
  poll.target.collection = list->collection;
  return std::nullopt;
}

bool Polls::has_room(const Poll& poll) {
  const dialect::SessionLimits& limits = desk_.options.limits;
  const auto held = of_address_.find(poll.address);
  const bool is_counted = limits.counts(poll.address);
  const bool is_one_too_many =
      is_counted && held != of_address_.end() && held->second >= limits.of_an_address;
  if (is_one_too_many) ++desk_.met["sessions_per_address"];
  const bool is_full = parked_ >= limits.sessions;
  if (is_full) ++desk_.met["sessions"];
  return !is_one_too_many && !is_full;
}

// What an old connector was told last, by the name it gives all its polls of one watch.
void Polls::begin_memory(Instant now, Poll& poll, const Place& place) {
  if (!poll.wish.connection || poll.wish.since) return;
  for (const std::string_view part :
       {std::string_view(poll.caller.user), std::string_view(place.list), std::string_view(place.item),
        std::string_view(poll.wish.events_text), std::string_view(*poll.wish.connection),
        std::string_view(poll.address)}) {
    poll.memory += base::decimal(std::uint64_t{part.size()});
    (poll.memory += ':') += part;
  }
  poll.memory += poll.target.all ? 'A' : static_cast<char>('0' + static_cast<int>(place.kind));
  if (memories_.size() >= memories_max && !memories_.contains(poll.memory))
    std::erase_if(memories_,
                  [&](const auto& one) { return one.second.parked == 0 && one.second.until <= now; });
  if (memories_.size() >= memories_max && !memories_.contains(poll.memory)) return poll.memory.clear();
  Memory& memory = memories_[poll.memory];
  if (++memory.parked > 1) memory.is_ambiguous = true;
  const bool is_good = !memory.is_ambiguous && memory.cursor > 0 && now < memory.until &&
                       books_.log(poll.caller.user).reaches(memory.cursor);
  if (!is_good) return;
  poll.since = memory.cursor;
}

void Polls::take_item(Instant now, CarrierId carrier, const model::Reply& reply, ServerSteps& out) {
  const auto held = polls_.find(carrier);
  if (held == polls_.end()) return;
  Poll& poll = held->second;
  const auto* found = std::get_if<model::Found>(&reply);
  if (found == nullptr) return look(now, carrier, poll, out);  // a passing problem: it waits
  const bool is_there = found->record && found->record->exists() &&
                        books_.list_over(poll.caller.user, found->record->key.collection);
  if (!is_there) {
    end(carrier);
    return refuse(carrier, Fault::no_item_to_watch, out);
  }
  poll.target.collection = found->record->key.collection;
  check_rights(now, carrier, poll, out);
}

// May it see what it asks for, and all of it? Events are for an account, not for each of its readers.
void Polls::check_rights(Instant now, CarrierId carrier, Poll& poll, ServerSteps& out) {
  poll.is_checking = true;
  model::CatchUp question;
  question.collection = poll.target.collection;
  if (poll.target.kind == Kind::watch_lists && poll.target.all) {
    for (const List& list : books_.lists(poll.caller.user)) question.beside.push_back(list.collection);
    if (!question.beside.empty()) {
      question.collection = std::move(question.beside.back());
      question.beside.pop_back();
    }
  }
  // Lists themselves are the account's own.
  if (question.collection.empty()) return look(now, carrier, poll, out);
  rights_[desk_.ask(*poll.caller.principal, std::move(question), out)] = carrier;
}

void Polls::take_rights(Instant now, CarrierId carrier, const model::Reply& reply, ServerSteps& out) {
  const auto held = polls_.find(carrier);
  if (held == polls_.end()) return;
  const auto* since = std::get_if<model::Since>(&reply);
  const auto* failed = std::get_if<model::Failed>(&reply);
  const bool is_refused = failed != nullptr && failed->error.code == base::Code::forbidden;
  if (is_refused || (since != nullptr && !since->whole)) {
    end(carrier);
    return refuse(carrier, Fault::wrong_token, out);
  }
  held->second.is_doubtful = false;
  look(now, carrier, held->second, out);
}

bool Polls::answer(Instant now, Ticket ticket, const model::Reply& reply, ServerSteps& out) {
  if (const auto item = items_.extract(ticket); !item.empty()) {
    take_item(now, item.mapped(), reply, out);
  } else if (const auto rights = rights_.extract(ticket); !rights.empty()) {
    take_rights(now, rights.mapped(), reply, out);
  } else {
    return false;
  }
  return true;
}

// ---- looking and waiting ----------------------------------------------------------------------------------

void Polls::look(Instant now, CarrierId carrier, Poll& poll, ServerSteps& out) {
  poll.is_checking = false;
  const Log& log = books_.log(poll.caller.user);
  const bool is_lost = poll.since > books_.newest() || !log.reaches(poll.since);
  if (is_lost && !poll.wish.since) poll.since = log.begins();
  if (is_lost && poll.wish.since) {
    std::string body = word("resync");
    if (poll.wish.batch > 0) body = '[' + body + ']';
    return respond(now, carrier, books_.newest(), dialect::share(std::move(body)), out);
  }
  const auto events = log.find(poll.target, poll.since, std::max<std::size_t>(poll.wish.batch, 1));
  if (!events.empty()) return say(now, carrier, poll, events, out);
  poll.since = books_.newest();
  if (!poll.wish.waits || desk_.draining || now >= poll.until) return say_nothing(now, carrier, poll, out);
  park(carrier, poll);
}

void Polls::park(CarrierId carrier, Poll& poll) {
  if (poll.is_parked) return;
  poll.is_parked = true;
  ++parked_;
  ++of_address_[poll.address];
  Room& room = rooms_[poll.caller.user];
  room.all.insert(carrier);
  room.by_target[key_of(poll.target)].insert(carrier);
}

void Polls::unpark(CarrierId carrier, Poll& poll) {
  if (!poll.is_parked) return;
  poll.is_parked = false;
  --parked_;
  if (--of_address_[poll.address] == 0) of_address_.erase(poll.address);
  const auto room = rooms_.find(poll.caller.user);
  room->second.all.erase(carrier);
  const auto same = room->second.by_target.find(key_of(poll.target));
  same->second.erase(carrier);
  if (same->second.empty()) room->second.by_target.erase(same);
  if (room->second.all.empty()) rooms_.erase(room);
}

// Those that may hear of it; each of them is asked what it waits for.
std::set<CarrierId> Polls::hearers(const Books::Happened& happened) const {
  const auto room = rooms_.find(happened.account);
  if (room == rooms_.end()) return {};
  const Event& event = happened.event;
  if (event.happening < Happening::item_create || event.happening == Happening::item_delete_all)
    return room->second.all;
  std::set<CarrierId> found;
  for (const std::string& key : {std::string("A"), "l" + event.collection, "i" + base::decimal(event.num)}) {
    const auto held = room->second.by_target.find(key);
    if (held != room->second.by_target.end()) found.insert(held->second.begin(), held->second.end());
  }
  return found;
}

void Polls::happened(Instant now, const std::vector<Books::Happened>& events, ServerSteps& out) {
  std::set<CarrierId> woken;
  for (const Books::Happened& one : events) {
    for (const CarrierId carrier : hearers(one)) {
      if (matches(polls_.at(carrier).target, one.event)) woken.insert(carrier);
    }
  }
  // All of an entry is there before anybody is answered, so that a batch has all of it.
  for (const CarrierId carrier : woken) {
    Poll& poll = polls_.at(carrier);
    if (poll.is_checking) continue;
    // It has heard of everything before, however short the log is.
    poll.since = std::max(poll.since, events.front().event.revision - 1);
    poll.is_doubtful ? check_rights(now, carrier, poll, out) : look(now, carrier, poll, out);
  }
}

bool Polls::gone(CarrierId carrier) {
  if (!polls_.contains(carrier)) return false;
  end(carrier);
  return true;
}

void Polls::review(const dialect::Standing& standing, ServerSteps& out) {
  std::vector<CarrierId> lost;
  for (auto& [carrier, poll] : polls_) {
    poll.is_doubtful = true;
    // Tokens of the configuration have no credential, and go with a new start.
    if (poll.caller.principal->credential.empty()) continue;
    auto renewed = standing.renew(*poll.caller.principal);
    if (!renewed || renewed->user != poll.caller.user) {
      lost.push_back(carrier);
    } else {
      poll.caller.principal = std::make_shared<const model::Principal>(std::move(*renewed));
    }
  }
  for (const CarrierId carrier : lost) {
    end(carrier);
    refuse(carrier, Fault::denied, out);
  }
}

void Polls::drain(Instant now, ServerSteps& out) {
  std::vector<CarrierId> parked;
  for (const auto& [carrier, poll] : polls_)
    if (poll.is_parked) parked.push_back(carrier);
  for (const CarrierId carrier : parked) say_nothing(now, carrier, polls_.at(carrier), out);
}

void Polls::wake(Instant now, ServerSteps& out) {
  for (const CarrierId carrier : deadlines_.take(now)) {
    const auto held = polls_.find(carrier);
    if (held != polls_.end()) say_nothing(now, carrier, held->second, out);
  }
}

// ---- answering --------------------------------------------------------------------------------------------

void Polls::end(CarrierId carrier) {
  const auto held = polls_.find(carrier);
  unpark(carrier, held->second);
  deadlines_.forget(carrier);
  const auto memory = memories_.find(held->second.memory);
  if (memory != memories_.end() && --memory->second.parked == 0 &&
      (memory->second.cursor == 0 || memory->second.is_ambiguous))
    memories_.erase(memory);
  polls_.erase(held);
}

void Polls::refuse(CarrierId carrier, Fault fault, ServerSteps& out) {
  out.push_back(jsonpad::refuse(carrier, fault));
}

void Polls::respond(Instant now, CarrierId carrier, Revision cursor, dialect::Shared body, ServerSteps& out) {
  const auto memory = memories_.find(polls_.at(carrier).memory);
  if (memory != memories_.end()) {
    memory->second.cursor = cursor;
    memory->second.until = now + memory_time;
  }
  end(carrier);
  auto respond = jsonpad::answer(carrier, 200, std::move(body));
  respond.head.headers.emplace_back("Rockpool-Cursor", base::decimal(cursor));
  respond.head.headers.emplace_back("Access-Control-Expose-Headers", "Rockpool-Cursor");
  out.push_back(std::move(respond));
}

void Polls::say_nothing(Instant now, CarrierId carrier, Poll& poll, ServerSteps& out) {
  if (!nothing_) nothing_ = dialect::share(word("timeout"));
  const bool has_seen_all = poll.is_parked && !poll.is_checking;
  respond(now, carrier, has_seen_all ? books_.newest() : poll.since,
          poll.wish.batch > 0 ? dialect::share("[]") : nothing_, out);
}

void Polls::say(Instant now, CarrierId carrier, Poll& poll, const std::vector<const Event*>& events,
                ServerSteps& out) {
  const bool with_list = poll.target.all && poll.target.kind == Kind::watch_lists;
  const Revision last = events.back()->revision;
  if (poll.wish.batch > 0) {
    std::string body = "[";
    for (const Event* event : events) {
      if (body.size() > 1) body += ',';
      body += event_text(*event, with_list);
    }
    return respond(now, carrier, last, dialect::share(body += ']'), out);
  }
  if (!with_list) return respond(now, carrier, last, events.front()->body, out);
  respond(now, carrier, last, dialect::share(event_text(*events.front(), true)), out);
}

}  // namespace rockpool::dialects::jsonpad
