// The realtime paths: requests that wait until something happens.
//
//   ask ──► what is looked at, may it? ──► look into the log ──► answer
//                                                │ nothing yet
//                                                ▼
//                                             parked ──► an event, 30 s, or the end of the server ──► answer
//
// Looking and parking are one step, so that nothing happens between them.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "core/dialect/deadlines.h"
#include "core/dialects/jsonpad/books.h"

namespace rockpool::dialects::jsonpad {

class Polls {
 public:
  Polls(Desk& desk, Books& books) : desk_(desk), books_(books) {}

  struct Request {
    Caller caller;
    Place place;
    std::string query;
    std::string address;
    Instant came;
  };
  void ask(Instant now, CarrierId carrier, Request request, ServerSteps& out);
  // False: not its question.
  bool answer(Instant now, Ticket ticket, const model::Reply& reply, ServerSteps& out);
  void happened(Instant now, const std::vector<Books::Happened>& events, ServerSteps& out);
  // False: not one of its carriers.
  bool gone(CarrierId carrier);
  void review(const dialect::Standing& standing, ServerSteps& out);
  void drain(Instant now, ServerSteps& out);
  void wake(Instant now, ServerSteps& out);
  std::optional<Instant> next_wake() const { return deadlines_.next(); }
  std::size_t parked() const { return parked_; }

 private:
  struct Poll {
    Caller caller;
    Target target;
    Wish wish;
    std::string address;
    std::string memory;  // the key of an old connector's, empty without
    Instant until;
    Revision since = 0;  // everything up to here was looked at
    bool is_parked = false;
    bool is_checking = false;  // what it may is being found out, and then it looks
    bool is_doubtful = false;  // rights may have changed since it was parked
  };
  struct Memory {
    Revision cursor = 0;
    Instant until;
    std::size_t parked = 0;
    bool is_ambiguous = false;  // two at a time: nobody knows whose cursor it is
  };
  struct Room {  // of one account
    std::set<CarrierId> all;
    std::map<std::string, std::set<CarrierId>> by_target;
  };

  std::optional<Fault> find_target(Poll& poll, const Place& place) const;
  void take_item(Instant now, CarrierId carrier, const model::Reply& reply, ServerSteps& out);
  void check_rights(Instant now, CarrierId carrier, Poll& poll, ServerSteps& out);
  void take_rights(Instant now, CarrierId carrier, const model::Reply& reply, ServerSteps& out);
  void look(Instant now, CarrierId carrier, Poll& poll, ServerSteps& out);
  void park(CarrierId carrier, Poll& poll);
  void unpark(CarrierId carrier, Poll& poll);
  bool has_room(const Poll& poll);
  void begin_memory(Instant now, Poll& poll, const Place& place);
  std::set<CarrierId> hearers(const Books::Happened& happened) const;

  void refuse(CarrierId carrier, Fault fault, ServerSteps& out);
  void respond(Instant now, CarrierId carrier, Revision cursor, dialect::Shared body, ServerSteps& out);
  void say_nothing(Instant now, CarrierId carrier, Poll& poll, ServerSteps& out);
  void say(Instant now, CarrierId carrier, Poll& poll, const std::vector<const Event*>& events,
           ServerSteps& out);
  void end(CarrierId carrier);

  Desk& desk_;
  Books& books_;
  std::map<CarrierId, Poll> polls_;
  std::map<Ticket, CarrierId> items_, rights_;
  std::map<std::string, Room> rooms_;
  std::map<std::string, std::size_t> of_address_;
  std::map<std::string, Memory> memories_;
  dialect::Deadlines deadlines_;
  std::size_t parked_ = 0;
  dialect::Shared nothing_;
};

}  // namespace rockpool::dialects::jsonpad
