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
  void accept(base::Instant now, const Ask& ask, const model::Accept& command);
  void answer(base::Instant now, const Ask& ask, model::Return& command);
  // Who provided does no longer. What it was asked goes to another one if it had still to be accepted, and
  // fails at once otherwise. Who called is told nothing more.
  void gone(base::Instant now, const std::string& prefix);
  void wake(base::Instant now);
  std::optional<base::Instant> next_wake() const;

  std::uint64_t open() const { return open_.size(); }
  std::uint64_t providers() const { return size_; }

 private:
  using Procedure = std::pair<std::string, std::string>;  // space, name
  using Numbers = std::set<std::uint64_t>;
  struct Provider {
    std::string name;
    bool accepts = false;
  };
  // Asked in turn.
  struct Providers {
    std::vector<Provider> list;
    std::size_t next = 0;
  };
  struct Open {
    model::Ticket ticket = 0;
    std::string space;
    std::string user;
    model::Call call;
    std::string provider;
    std::set<std::string> asked;  // that rejected it, or went away
    bool has_to_accept = false;
    base::Instant deadline;
  };

  void withdraw(const Procedure& procedure, const std::string& provider);
  // Null: all have been asked, or there are none.
  const Provider* choose(const Open& call);
  // Asks one of those that provide it, or fails.
  void put(base::Instant now, std::uint64_t number);
  void put_elsewhere(base::Instant now, std::uint64_t number);
  void set_deadline(std::uint64_t number, base::Instant deadline);
  void settle(std::uint64_t number, model::Reply reply);
  Open* asked(const std::string& provider, std::uint64_t number);

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
