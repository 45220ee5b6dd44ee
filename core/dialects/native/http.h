// The requests of rockpool.v1, and the sessions that are carried by them.
//
// Private to the dialect's server half.
#pragma once

#include <map>

#include "core/dialect/deadlines.h"
#include "core/dialects/native/http_session.h"

namespace rockpool::dialects::native {

class Http {
 public:
  explicit Http(Desk& desk) : desk_(desk), last_kept_(desk.options.kept) {}

  static bool serves(std::string_view path);
  void arrive(Instant now, CarrierId request, const dialect::Arrived& arrived, ServerSteps& out);
  void receive(Instant now, CarrierId request, dialect::Arrival arrival, ServerSteps& out);

  // For a kept carrier.
  void tell(Instant now, CarrierId kept, const dialect::Shared& frame, ServerSteps& out);
  void answer(Instant now, CarrierId kept, Ticket ticket, model::Reply reply, ServerSteps& out);
  void identified(Instant now, CarrierId kept, Ticket ticket, dialect::Identity identity, ServerSteps& out);

  void replaced(Instant now, CarrierId kept, ServerSteps& out);
  void wake(Instant now, ServerSteps& out);
  void drain(Instant now, ServerSteps& out);
  void review(Instant now, const dialect::Standing& standing, ServerSteps& out);
  std::optional<Instant> next_wake() const { return deadlines_.next(); }
  void count(dialect::Census& census) const;

 private:
  // A request that is under way.
  struct Request {
    CarrierId session = 0;  // 0: a POST that will begin one
    Visitor visitor;        // that would
  };

  void read(Instant now, CarrierId request, CarrierId kept, const wire::RequestHead& head, ServerSteps& out);
  // True: it was told that there are too many sessions, in all or from its address.
  bool turned_away(CarrierId request, const std::string& address, ServerSteps& out) const;
  void take_body(Instant now, CarrierId request, const std::string& body, ServerSteps& out);
  // A word to a session, if it is there: afterwards it may be over, or have a name, or its deadline may have
  // come nearer.
  template <typename Turn>
  void run(CarrierId kept, ServerSteps& out, const Turn& turn);
  // The same to every session.
  template <typename Turn>
  void run_all(ServerSteps& out, const Turn& turn);

  Desk& desk_;
  CarrierId last_kept_;
  std::map<CarrierId, HttpSession> sessions_;
  std::map<std::string, CarrierId> names_;
  std::map<std::string, std::uint64_t> addresses_;  // those that have sessions, and how many
  std::map<CarrierId, Request> requests_;
  dialect::Deadlines deadlines_;
};

}  // namespace rockpool::dialects::native
