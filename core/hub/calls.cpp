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
      model::Emitted{.data = std::move(command.data), .user = ask.principal.user});
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
    providers_[procedure].names.push_back(command.provider);
    size_ += 1;
  } else if (!command.on && does) {
    withdraw(procedure, command.provider);
  }
  state_.answer(ask.ticket, model::Done{});
}

void Calls::withdraw(const Procedure& procedure, const std::string& provider) {
  erase_one(provided_, provider, procedure);
  const auto held = providers_.find(procedure);
  std::erase(held->second.names, provider);
  if (held->second.names.empty()) providers_.erase(held);
  size_ -= 1;
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
  const auto held = providers_.find({ask.space, command.procedure});
  if (held == providers_.end()) {
    return state_.fail(ask.ticket, error(Code::not_found, "nobody provides " + command.procedure));
  }
  Providers& providers = held->second;
  const std::string& provider = providers.names[providers.next++ % providers.names.size()];
  const std::int64_t timeout_ms =
      command.timeout_ms <= 0 ? limits::call_ms : std::min(command.timeout_ms, limits::call_ms_max);
  const std::uint64_t number = ++last_number_;
  const base::Instant deadline = now + base::milliseconds(timeout_ms);
  open_[number] = {
      .ticket = ask.ticket, .provider = provider, .caller = command.caller, .deadline = deadline};
  deadlines_.emplace(deadline, number);
  of_provider_[provider].insert(number);
  of_caller_[command.caller].insert(number);
  Tell tell;
  tell.notices.emplace_back(
      model::Topic{.space = ask.space, .kind = model::Topic::Kind::call, .name = provider},
      model::Called{.call = number,
                    .procedure = command.procedure,
                    .data = std::move(command.data),
                    .user = ask.principal.user});
  state_.out.push_back(std::move(tell));
}

// What comes too late, or from somebody who was not asked, is nobody's.
void Calls::answer(const Ask& ask, model::Return& command) {
  state_.answer(ask.ticket, model::Done{});
  const auto held = open_.find(command.call);
  if (held == open_.end() || held->second.provider != command.provider) return;
  settle(command.call, model::Returned{.data = std::move(command.data), .error = std::move(command.error)});
}

void Calls::settle(std::uint64_t number, model::Reply reply) {
  const Open call = std::move(open_.extract(number).mapped());
  deadlines_.erase({call.deadline, number});
  erase_one(of_provider_, call.provider, number);
  erase_one(of_caller_, call.caller, number);
  state_.answer(call.ticket, std::move(reply));
}

void Calls::gone(const std::string& prefix) {
  for (auto mine = first_of(provided_, prefix); mine != provided_.end(); mine = first_of(provided_, prefix)) {
    const std::string provider = mine->first;
    const std::set<Procedure> procedures = mine->second;
    for (const Procedure& procedure : procedures) withdraw(procedure, provider);
  }
  const auto fail_all = [&](std::map<std::string, Numbers>& of, const std::string& why) {
    for (auto at = first_of(of, prefix); at != of.end(); at = first_of(of, prefix)) {
      const std::uint64_t number = *at->second.begin();
      settle(number, model::Failed{.error = error(Code::closed, why)});
    }
  };
  fail_all(of_provider_, "who provides it went away; it may have been done all the same");
  fail_all(of_caller_, "the caller went away");
}

void Calls::wake(base::Instant now) {
  while (!deadlines_.empty() && deadlines_.begin()->first <= now) {
    settle(deadlines_.begin()->second,
           model::Failed{.error = error(Code::timeout, "no answer came in time; it may still be done")});
  }
}

std::optional<base::Instant> Calls::next_wake() const {
  return deadlines_.empty() ? std::nullopt : std::optional(deadlines_.begin()->first);
}

}  // namespace rockpool::hub
