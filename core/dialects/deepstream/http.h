// The HTTP API: batches of commands, log-ins, and a word of health.
//
//   POST .../api/v1        body ──► checks ──► who is it ──► commands (batches.h) ──► 200 | 4xx
//   POST .../api/v1/auth   body ──► who is it ──► 200 with a token | 401
//
// A request that is wrong as a whole is answered by text and a 4xx status, and nothing of it is done; from
// the first command on the answer is 200 and JSON. Preflights of browsers the edge answers, out of `cors`.
//
// Private to the dialect's server half.
#pragma once

#include "core/dialect/traffic.h"
#include "core/dialects/deepstream/batches.h"

namespace rockpool::dialects::deepstream {

// What browsers are told, for Dialect::cors.
inline constexpr dialect::Cors cors{
    .methods = "GET, POST, OPTIONS",
    .headers = "X-Requested-With, X-HTTP-Method-Override, Content-Type, Accept, Authorization"};

class Http {
 public:
  // All stay where they are.
  Http(Desk& desk, Admission& admission, dialect::Traffic& traffic)
      : desk_(desk), admission_(admission), traffic_(traffic), batches_(desk) {}

  // Paths below the mount.
  static bool serves(std::string_view path);
  // Of a path that nobody serves.
  dialect::Respond not_found(CarrierId request) const;

  void arrive(CarrierId request, const dialect::Arrived& arrived, ServerSteps& out);
  // False: not for us, and untouched.
  bool receive(Instant now, CarrierId request, dialect::Arrival& arrival, ServerSteps& out);
  bool answer(Ticket ticket, model::Reply& reply, ServerSteps& out);
  void admitted(Instant now, Admission::Answer answer, ServerSteps& out);
  void wake(Instant now, ServerSteps& out) { batches_.wake(now, out); }
  std::optional<Instant> next_wake() const { return batches_.next_wake(); }

 private:
  enum class Place : std::uint8_t { none, batch, auth, health };
  struct Request {
    Place place = Place::batch;
    Visitor visitor;
    std::string token;  // of `Authorization: Bearer`
    base::Result<std::vector<Command>> commands = std::vector<Command>();
  };

  static Place place_of(std::string_view path);
  void take_batch(Instant now, CarrierId request, Request& asked, const std::string& body, ServerSteps& out);
  void take_log_in(Instant now, CarrierId request, Request& asked, const std::string& body, ServerSteps& out);
  void admit(Instant now, CarrierId request, const Request& asked, Credentials credentials, ServerSteps& out);
  void refuse(CarrierId request, const Request& asked, const dialect::Denied& denied, ServerSteps& out);
  void refuse_body(CarrierId request, const base::Error& error, ServerSteps& out);
  void respond(dialect::Respond answer, ServerSteps& out);

  Desk& desk_;
  Admission& admission_;
  dialect::Traffic& traffic_;
  Batches batches_;
  std::map<CarrierId, Request> requests_;  // before their commands begin
};

}  // namespace rockpool::dialects::deepstream
