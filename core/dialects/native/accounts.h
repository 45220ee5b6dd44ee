// Log-in and log-out: `/v1/session` and `/v1/revoke`. Sessions are records of the server's own collections,
// written through the hub like any other, so that they are as durable, and known wherever the log is read.
//
//   POST /v1/session    body ──► identify ──► store ──► 200      (a session begins)
//   GET /v1/session              identify ────────────► 200      (who it is)
//   DELETE /v1/session           identify ──► remove ─► 204
//   POST /v1/revoke     body ──► identify ──► store ──► 204      (an admin ends sessions of others)
//
// Whoever loses a session by this is closed by the edge's review, which the change of the records sets off.
//
// Private to the dialect's server half.
#pragma once

#include <map>
#include <optional>

#include "core/dialect/session_sweep.h"
#include "core/dialects/native/session.h"

namespace rockpool::dialects::native {

inline constexpr std::string_view session_path = "/v1/session";
inline constexpr std::string_view revoke_path = "/v1/revoke";

class Accounts {
 public:
  explicit Accounts(Desk& desk) : desk_(desk), sweep_(desk.last_ticket) {}

  static bool serves(std::string_view path) { return path == session_path || path == revoke_path; }
  void arrive(CarrierId request, const dialect::Arrived& arrived, ServerSteps& out);
  // False: not for us, and untouched.
  bool receive(Instant now, CarrierId request, dialect::Arrival& arrival, ServerSteps& out);
  bool answer(Instant now, Ticket ticket, model::Reply& reply, ServerSteps& out);
  bool identified(Instant now, Ticket ticket, dialect::Identity& identity, ServerSteps& out);

 private:
  enum class Act : std::uint8_t { log_in, tell, log_out, revoke };
  struct Request {
    Act act = Act::tell;
    Visitor visitor;
    bool wants_cookie = false;
    std::string user, session;  // whose tokens to revoke, or which
    std::optional<dialect::Identified> known;
  };
  enum class About : std::uint8_t { identity, write };
  struct Question {
    CarrierId request = 0;
    About about = About::identity;
  };
  using Requests = std::map<CarrierId, Request>;

  void take_body(CarrierId request, Request& asked, const std::string& body, ServerSteps& out);
  bool read_log_in(Request& asked, dialect::Identify& question, const std::string& body) const;
  void identify(CarrierId request, const Request& asked, dialect::Identify question, ServerSteps& out);
  void let_in(Instant now, CarrierId request, Request& asked, dialect::Identified known, ServerSteps& out);
  void refuse(CarrierId request, const Request& asked, const dialect::Denied& denied, ServerSteps& out);
  void respond(CarrierId request, dialect::Respond response, ServerSteps& out);
  void write(CarrierId request, About about, std::vector<model::Group> groups, ServerSteps& out);
  void ask(CarrierId request, About about, model::Command command, ServerSteps& out);
  void written(Instant now, CarrierId request, const Request& asked, const model::Reply& reply,
               ServerSteps& out);

  Desk& desk_;
  dialect::SessionSweep sweep_;
  Requests requests_;
  std::map<Ticket, Question> questions_;
};

}  // namespace rockpool::dialects::native
