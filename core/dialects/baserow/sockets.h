// WebSockets at /ws/core/: who they belong to, which page they are on, and what they are told.
//
//   accepted ──► token? ──► `authentication` ──► pages, messages
//                  └──────► `authentication` without success, closed
//
// Whoever says where it left off (`rockpool_resume`) is told what it missed out of the log, and then goes on
// with what happens.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "core/dialect/traffic.h"
#include "core/dialects/baserow/events.h"

namespace rockpool::dialects::baserow {

class Sockets {
 public:
  Sockets(Desk& desk, const Books& books) : desk_(desk), books_(books), traffic_(desk.options.limits) {}

  // The books are there: nothing that happened before is known.
  void begin() { log_.begin(last_of(books_.seq())); }
  static bool is_at(std::string_view path) { return path.starts_with("/ws/core/"); }
  void open(CarrierId carrier, const Request& request, ServerSteps& out);
  // Each of these: false, it is not one of its carriers or tickets.
  bool receive(Instant now, CarrierId carrier, const dialect::Arrival& arrival, ServerSteps& out);
  bool worked(Instant now, Ticket ticket, const dialect::SecretResult& result, ServerSteps& out);
  // All of one entry, and its messages in order.
  void happened(Instant now, const Happened& happened, std::vector<Event> events, ServerSteps& out);
  void wake(Instant now) { log_.shrink(now, desk_.settings.log_ms); }
  std::optional<Instant> next_wake() const;
  std::uint64_t size() const { return sockets_.size(); }
  const dialect::LimitsMet& met() const { return traffic_.met(); }

 private:
  struct Page {
    Id table = 0;
    std::string shown;   // table_id as it was said, as JSON
    Revision since = 0;  // messages after it are for this page
  };
  struct Socket {
    Id user = 0;
    std::string web_socket_id;
    std::optional<Page> page;
    bool resumes = false;
    Revision heard = 0;      // of who resumes: everything up to here was sent
    bool is_behind = false;  // and goes on from the log once it has read
    base::TokenBucket messages;
  };
  struct Opening {
    CarrierId carrier = 0;
    std::optional<std::string> since;  // rockpool_resume
    std::vector<dialect::Frame> frames;
  };

  void accept(Instant now, Opening opening, Id user, ServerSteps& out);
  void greet(CarrierId carrier, Socket& socket, const std::string& since, ServerSteps& out);
  void hear(Instant now, CarrierId carrier, const dialect::Frame& frame, ServerSteps& out);
  void turn_page(CarrierId carrier, Socket& socket, const model::Value& wish, ServerSteps& out);
  void leave_page(CarrierId carrier, Socket& socket, ServerSteps& out);
  void join_page(CarrierId carrier, Socket& socket, Page page, const model::Value& wish, ServerSteps& out);
  void discard_pages(const Happened& happened, ServerSteps& out);
  void tell(const Event& event, ServerSteps& out);
  void send(CarrierId carrier, Socket& socket, const Event& event, ServerSteps& out);
  bool is_for(const Socket& socket, const Event& event) const;
  void catch_up(CarrierId carrier, Socket& socket, ServerSteps& out);
  void close(CarrierId carrier, std::optional<wire::CloseCode> code, std::string_view reason,
             ServerSteps& out);
  std::string new_web_socket_id();

  Desk& desk_;
  const Books& books_;
  dialect::Traffic traffic_;
  EventLog log_;
  std::map<Ticket, Opening> opening_;
  std::map<CarrierId, Socket> sockets_;
  std::map<Id, std::set<CarrierId>> by_user_;
  std::map<Id, std::set<CarrierId>> by_table_;  // that their page is of
};

}  // namespace rockpool::dialects::baserow
