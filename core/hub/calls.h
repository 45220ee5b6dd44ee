// Events and calls: passed on at once or never, nothing of them is stored.
#pragma once

#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "core/hub/state.h"

namespace rockpool::hub {

class Calls {
 public:
  explicit Calls(State& state) : state_(state) {}

  void emit(const Ask& ask, model::Emit& command);
  void provide(const Ask& ask, const model::Provide& command);
  void call(base::Instant now, const Ask& ask, model::Call& command);
  void answer(const Ask& ask, model::Return& command);
  // Who provided does no longer, and what it was asked fails at once; who called is told nothing more.
  void gone(const std::string& prefix);
  void wake(base::Instant now);
  std::optional<base::Instant> next_wake() const;

  std::uint64_t open() const { return open_.size(); }
  std::uint64_t providers() const { return size_; }

 private:
  using Procedure = std::pair<std::string, std::string>;  // space, name
  using Numbers = std::set<std::uint64_t>;
  // Asked in turn.
  struct Providers {
    std::vector<std::string> names;
    std::size_t next = 0;
  };
  struct Open {
    model::Ticket ticket = 0;
    std::string provider;
    std::string caller;
    base::Instant deadline;
  };

  void withdraw(const Procedure& procedure, const std::string& provider);
  void settle(std::uint64_t number, model::Reply reply);

  State& state_;
  std::map<Procedure, Providers> providers_;  // none of them empty
  std::map<std::string, std::set<Procedure>> provided_;
  std::uint64_t size_ = 0;
  std::map<std::uint64_t, Open> open_;
  std::uint64_t last_number_ = 0;
  std::set<std::pair<base::Instant, std::uint64_t>> deadlines_;
  std::map<std::string, Numbers> of_provider_, of_caller_;  // none of them empty
};

}  // namespace rockpool::hub
