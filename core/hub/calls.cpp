#include "core/hub/calls.h"

#include <algorithm>

#include "core/model/names.h"

namespace rockpool::hub {
namespace {

using base::Code;
namespace limits = base::limits;

base::Error error(Code code, std::string message) {
  return {.code = code, .message = std::move(message), .path = {}};
}

// The first of the map's names that begin so.
template <typename Map>
auto first_of(Map& map, const std::string& prefix) {
  const auto found = map.lower_bound(prefix);
  return found != map.end() && found->first.starts_with(prefix) ? found : map.end();
}

base::Duration time_for(const model::Call& call) {
  return base::milliseconds(call.timeout_ms <= 0 ? limits::call_ms
                                                 : std::min(call.timeout_ms, limits::call_ms_max));
}

template <typename Map, typename Value>
void erase_one(Map& map, const std::string& name, const Value& value) {
  const auto held = map.find(name);
  if (held == map.end()) return;
  held->second.erase(value);
  if (held->second.empty()) map.erase(held);
}

}  // namespace

void Calls::emit(const Ask& ask, model::Emit& command) {
  if (auto fine = model::check_event(command.event); !fine) return state_.fail(ask.ticket, fine.error());
  state_.answer(ask.ticket, model::Done{});
  Tell tell;
  tell.notices.emplace_back(
      model::Topic{.space = ask.space, .kind = model::Topic::Kind::event, .name = command.event},
      model::Emitted{.data = std::move(command.data), .user = ask.principal.user, .author = command.author});
  state_.out.push_back(std::move(tell));
}

// ---- who provides -----------------------------------------------------------------------------------------

void Calls::provide(const Ask& ask, const model::Provide& command) {
  if (auto fine = model::check_procedure(command.procedure); !fine)
    return state_.fail(ask.ticket, fine.error());
  const Procedure procedure(ask.space, command.procedure);
  const auto mine = provided_.find(command.provider);
  const bool does = mine != provided_.end() && mine->second.contains(procedure);
  if (command.on && !does) {
    if (mine != provided_.end() && mine->second.size() >= limits::procedures_max) {
      return state_.fail(ask.ticket, error(Code::quota, "a connection provides at most 1000 procedures"));
    }
    provided_[command.provider].insert(procedure);
    providers_[procedure].list.push_back({.name = command.provider, .accepts = command.accepts});
    size_ += 1;
  } else if (!command.on && does) {
    withdraw(procedure, command.provider);
  }
  state_.answer(ask.ticket, model::Done{});
}

void Calls::withdraw(const Procedure& procedure, const std::string& provider) {
  erase_one(provided_, provider, procedure);
  const auto held = providers_.find(procedure);
  std::erase_if(held->second.list, [&](const Provider& one) { return one.name == provider; });
  if (held->second.list.empty()) providers_.erase(held);
  size_ -= 1;
}

const Calls::Provider* Calls::choose(const Open& call) {
  const auto held = providers_.find({call.space, call.call.procedure});
  if (held == providers_.end()) return nullptr;
  Providers& providers = held->second;
  for (std::size_t left = providers.list.size(); left > 0; --left) {
    const Provider& next = providers.list[providers.next++ % providers.list.size()];
    if (!call.asked.contains(next.name)) return &next;
  }
  return nullptr;
}

// ---- calls ------------------------------------------------------------------------------------------------

void Calls::call(base::Instant now, const Ask& ask, model::Call& command) {
  if (auto fine = model::check_procedure(command.procedure); !fine)
    return state_.fail(ask.ticket, fine.error());
  const auto mine = of_caller_.find(command.caller);
  if (mine != of_caller_.end() && mine->second.size() >= state_.limits.open_calls_max) {
    return state_.fail(
        ask.ticket,
        error(Code::quota, "the connection has as many open calls as there may be, wait for one"));
  }
  const std::uint64_t number = ++last_number_;
  of_caller_[command.caller].insert(number);
  Open& open = open_[number];
  open.ticket = ask.ticket;
  open.space = ask.space;
  open.user = ask.principal.user;
  open.call = std::move(command);
  put(now, number);
}

void Calls::put(base::Instant now, std::uint64_t number) {
  Open& open = open_[number];
  const Provider* provider = choose(open);
  if (provider == nullptr) {
    const std::string why = (open.asked.empty() ? "nobody provides " : "nobody takes ") + open.call.procedure;
    return settle(number, model::Failed{.error = error(Code::not_found, why)});
  }
  open.provider = provider->name;
  open.has_to_accept = provider->accepts;
  of_provider_[open.provider].insert(number);
  const std::int64_t accept_ms = open.call.accept_ms > 0 ? open.call.accept_ms : limits::call_accept_ms;
  if (open.call.wants_accepted && !open.has_to_accept) state_.answer(open.ticket, model::Accepted{});
  set_deadline(number, now + (open.has_to_accept ? base::milliseconds(accept_ms) : time_for(open.call)));
  Tell tell;
  tell.notices.emplace_back(
      model::Topic{.space = open.space, .kind = model::Topic::Kind::call, .name = open.provider},
      model::Called{
          .call = number, .procedure = open.call.procedure, .data = open.call.data, .user = open.user});
  state_.out.push_back(std::move(tell));
}

void Calls::put_elsewhere(base::Instant now, std::uint64_t number) {
  Open& open = open_[number];
  erase_one(of_provider_, open.provider, number);
  open.asked.insert(std::exchange(open.provider, {}));
  put(now, number);
}

void Calls::set_deadline(std::uint64_t number, base::Instant deadline) {
  Open& open = open_[number];
  deadlines_.erase({open.deadline, number});
  open.deadline = deadline;
  deadlines_.emplace(deadline, number);
}

Calls::Open* Calls::asked(const std::string& provider, std::uint64_t number) {
  const auto held = open_.find(number);
  return held == open_.end() || held->second.provider != provider ? nullptr : &held->second;
}

void Calls::accept(base::Instant now, const Ask& ask, const model::Accept& command) {
  state_.answer(ask.ticket, model::Done{});
  Open* open = asked(command.provider, command.call);
  if (open == nullptr || !open->has_to_accept) return;
  open->has_to_accept = false;
  if (open->call.wants_accepted) state_.answer(open->ticket, model::Accepted{});
  set_deadline(command.call, now + time_for(open->call));
}

// What comes too late, or from somebody who was not asked, is nobody's.
void Calls::answer(base::Instant now, const Ask& ask, model::Return& command) {
  state_.answer(ask.ticket, model::Done{});
  if (asked(command.provider, command.call) == nullptr) return;
  if (command.rejected) return put_elsewhere(now, command.call);
  settle(command.call, model::Returned{.data = std::move(command.data), .error = std::move(command.error)});
}

void Calls::settle(std::uint64_t number, model::Reply reply) {
  const Open call = std::move(open_.extract(number).mapped());
  deadlines_.erase({call.deadline, number});
  erase_one(of_provider_, call.provider, number);
  erase_one(of_caller_, call.call.caller, number);
  if (const auto* failed = std::get_if<model::Failed>(&reply)) {
    state_.figures.errors[static_cast<std::size_t>(failed->error.code)] += 1;
  }
  state_.answer(call.ticket, std::move(reply));
}

void Calls::gone(base::Instant now, const std::string& prefix) {
  for (auto mine = first_of(provided_, prefix); mine != provided_.end(); mine = first_of(provided_, prefix)) {
    const std::string provider = mine->first;
    const std::set<Procedure> procedures = mine->second;
    for (const Procedure& procedure : procedures) withdraw(procedure, provider);
  }
  for (auto at = first_of(of_caller_, prefix); at != of_caller_.end(); at = first_of(of_caller_, prefix)) {
    settle(*at->second.begin(), model::Failed{.error = error(Code::closed, "the caller went away")});
  }
  for (auto at = first_of(of_provider_, prefix); at != of_provider_.end();
       at = first_of(of_provider_, prefix)) {
    const std::uint64_t number = *at->second.begin();
    if (open_[number].has_to_accept) {
      put_elsewhere(now, number);
    } else {
      settle(number, model::Failed{.error = error(Code::closed,
                                                  "who provides it went away; it may have been done all the "
                                                  "same")});
    }
  }
}

void Calls::wake(base::Instant now) {
  while (!deadlines_.empty() && deadlines_.begin()->first <= now) {
    const std::uint64_t number = deadlines_.begin()->second;
    if (open_[number].has_to_accept) {
      settle(number, model::Unaccepted{});
    } else {
      settle(number,
             model::Failed{.error = error(Code::timeout, "no answer came in time; it may still be done")});
    }
  }
}

std::optional<base::Instant> Calls::next_wake() const {
  return deadlines_.empty() ? std::nullopt : std::optional(deadlines_.begin()->first);
}

}  // namespace rockpool::hub
