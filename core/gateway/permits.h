// Questions to the hub in spaces whose rights an authorization service decides: each waits until the service
// has said all that the hub will want to know, and behind the earlier ones of the same people, so that
// nothing they ask overtakes.
//
// An answer holds for a while. Of people who are there, what they listen to is asked again when it runs out,
// so that a service that changes its mind is heard though nobody asks anything new.
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <vector>

#include "core/dialect/dialect.h"
#include "core/hub/hub.h"
#include "core/rights/decisions.h"

namespace rockpool::gateway {

// The edge asks the service and calls Gateway::authorized with the same ticket.
struct Authorize {
  model::Ticket ticket = 0;
  model::Principal principal;
  std::string space;
  rights::Verb verb = rights::Verb::read;
  rights::Kind kind = rights::Kind::collection;
  std::string name;
};

struct Permitted {
  bool allowed = false;
  base::Duration holds;  // how long that may be relied on
};

class Permits {
 public:
  // `decisions` are what the hub's rights look at.
  explicit Permits(const hub::Hub& hub) : hub_(hub) {}
  void reset(std::shared_ptr<rights::Decisions> decisions);

  // What goes on to the hub, or is refused because the service did not answer.
  struct Ready {
    hub::Ask ask;
    std::optional<base::Error> error;
  };
  struct Turn {
    std::vector<Authorize> questions;
    std::vector<Ready> ready;
    bool turned = false;  // somebody may do what they might not, or the reverse
  };
  Turn take(base::Instant now, hub::Ask ask);
  Turn answered(base::Instant now, model::Ticket ticket, base::Result<Permitted> answer);
  Turn wake(base::Instant now);
  std::optional<base::Instant> next_wake() const;
  std::size_t waiting() const { return waiting_; }

 private:
  using Questions = std::set<rights::Question>;
  struct Waiting {
    hub::Ask ask;
    Questions open;
    std::optional<base::Error> error;
  };
  struct People {
    model::Principal principal;
    base::Instant seen;
    std::deque<Waiting> queue;
  };

  Questions needed(const hub::Ask& ask) const;
  void put_question(const rights::Question& question, const model::Principal& principal, Turn& turn);
  static void release(People& people, std::size_t& waiting, Turn& turn);

  const hub::Hub& hub_;
  std::shared_ptr<rights::Decisions> decisions_;
  std::map<std::string, People> people_;  // by rights::who_of
  std::map<model::Ticket, rights::Question> asked_;
  Questions under_way_;
  std::map<rights::Question, base::Instant> resting_;  // got no answer; when it is asked again unasked
  std::size_t waiting_ = 0;
  model::Ticket last_ticket_ = 0;
  base::Instant look_at_;
};

}  // namespace rockpool::gateway
