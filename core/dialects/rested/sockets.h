// WebSockets: silent until something happens at their endpoint.
//
//   let in ──► may it see the collection? ──► open, with what it missed since its cursor ──► messages
//                                               │ token over, user gone, options changed: 1000
//                                               ▼
//                                             closed
//
// A message is written once, whoever is told of it. Looking into the log and listening are one step, so that
// nothing happens between them. Who resumes and is slow is behind: it is told nothing but the log, piece by
// piece as it reads, until it has caught up.
#pragma once

#include <map>
#include <set>
#include <string>

#include "core/dialect/deadlines.h"
#include "core/dialect/traffic.h"
#include "core/dialects/rested/door.h"
#include "core/dialects/rested/events.h"

namespace rockpool::dialects::rested {

class Sockets {
 public:
  Sockets(Desk& desk, const Registry& registry, const Door& door)
      : desk_(desk), registry_(registry), door_(door), traffic_(desk.options.limits) {}

  // The registry is loaded: from here on everything is heard.
  void begin() { began_seq_ = registry_.seq(); }
  // Whoever was judged: the upgrade is answered now.
  void open(CarrierId carrier, Caller caller, Request request, ServerSteps& out);
  void refuse(CarrierId carrier, std::string_view reason, ServerSteps& out);
  // False: not one of its tickets.
  bool answer(Instant now, Ticket ticket, const model::Reply& reply, ServerSteps& out);
  // False: not one of its carriers.
  bool receive(Instant now, CarrierId carrier, const dialect::Arrival& arrival, ServerSteps& out);
  void happened(Instant now, const Registry::Happened& happened,
                const dialect::ServerDialect::Notices& notices, ServerSteps& out);
  void review(ServerSteps& out);
  void wake(Instant now, ServerSteps& out);
  std::optional<Instant> next_wake() const;
  std::size_t size() const { return sockets_.size(); }
  const dialect::LimitsMet& met() const { return traffic_.met(); }

 private:
  struct Socket {
    Caller caller;
    bool with_seq = false;
    bool with_version = false;
    bool is_behind = false;  // more of the log follows, once it has read
    Revision heard = 0;      // with_seq: of all up to here
    base::TokenBucket messages;
  };
  struct Opening {
    CarrierId carrier = 0;
    Request asked;
    Caller caller;
    bool is_let_in = false;
    std::optional<Revision> beginning = {};  // of the endpoint, where its log has everything
  };

  void ask_for_oldest(Opening opening, ServerSteps& out);
  void accept(Instant now, Opening opening, ServerSteps& out);
  void catch_up(CarrierId carrier, Socket& socket, ServerSteps& out);
  void close(CarrierId carrier, wire::CloseCode code, std::string_view reason, ServerSteps& out);
  template <typename Which>
  void close_all(const Which& which, std::string_view reason, ServerSteps& out);
  Log& log(const std::string& endpoint);
  std::optional<Revision> beginning(const Endpoint& endpoint, const model::Listed& oldest);
  void shrink_logs(Instant now);
  void count_logs();
  void tell(Instant now, const Endpoint& endpoint, const model::Changed& changed, ServerSteps& out);
  void tell_one(const std::string& endpoint, const Event& event, ServerSteps& out);

  Desk& desk_;
  const Registry& registry_;
  const Door& door_;
  dialect::Traffic traffic_;
  std::map<CarrierId, Socket> sockets_;
  std::map<std::string, std::set<CarrierId>> by_endpoint_;  // id
  std::map<std::string, Log> logs_;                         // by endpoint's id
  std::map<Ticket, Opening> opening_;
  std::map<Ticket, std::pair<std::string, std::string>> reviews_;  // of an endpoint's sockets of one user
  dialect::Deadlines deadlines_;
  std::size_t log_bytes_ = 0;  // of all of them
  std::optional<Instant> shrinks_at_;
  std::uint64_t began_seq_ = 0;
};

}  // namespace rockpool::dialects::rested
