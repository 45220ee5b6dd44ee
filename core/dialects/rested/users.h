// The users of authentication endpoints: they register, log in and out, and change themselves.
//
//   what is said ──► names: whose are they? ──► password to a hash ──► write ──► answer
//   log-in ──► name ──► user ──► password? ──► token ──► answer
//
// A user's record has no password in its data; the hash is in the meta. Names (username, email) are records
// of their own, so that two cannot have one. A name whose user has another one by now, or is gone, is free.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/dialects/rested/door.h"

namespace rockpool::dialects::rested {

class Users {
 public:
  Users(Desk& desk, const Registry& registry, const Door& door)
      : desk_(desk), registry_(registry), door_(door) {}

  struct Visit {
    CarrierId carrier = 0;
    Request asked;
    Caller caller;
  };
  // `login`, `logout`, or a new user.
  void post(Visit visit, ServerSteps& out);
  // The user's record as it is, and what it becomes; empty: it goes. The new data may hold a new password.
  void change(Visit visit, const model::Record& user, std::string data, ServerSteps& out);

  // Each of these: false, it is not one of its carriers or tickets.
  bool receive(Instant now, CarrierId carrier, const dialect::Arrival& arrival, ServerSteps& out);
  bool worked(Instant now, Ticket ticket, const dialect::SecretResult& result, ServerSteps& out);
  bool answer(Instant now, Ticket ticket, const model::Reply& reply, ServerSteps& out);
  void happened(const Registry::Happened& happened);

 private:
  struct Name {
    std::string member, value;
    bool is_claimed = true;  // otherwise it is given up
    std::string holder;      // uniqueId of the user it is stored for, empty: nobody
    model::Version version = 0;
  };
  enum class Step : std::uint8_t { body, names, holder, hash, write, check, jti, sign, open, revoke };
  struct Work {
    Visit visit;
    Step step = Step::body;
    bool logs_in = false;
    model::Record user;    // as it is; without a version: a new one
    std::string data;      // as it will be, empty: it goes
    std::string password;  // to be hashed or checked
    std::string hash;
    std::vector<Name> names;
    std::size_t name = 0;  // the one that is being looked up
    int tries = 0;
  };

  void begin(Work work, const std::string& body, ServerSteps& out);
  void log_out(Work work, ServerSteps& out);
  void look_up(Work work, ServerSteps& out);
  void found(Work work, const model::Found& found, ServerSteps& out);
  void name_found(Work work, const model::Found& found, ServerSteps& out);
  void holder_found(Work work, const model::Found& found, ServerSteps& out);
  void prepare(Work work, ServerSteps& out);
  void write(Work work, ServerSteps& out);
  void revoked(const Work& work, bool is_done, ServerSteps& out);
  void written(Work work, const model::Written& written, ServerSteps& out);
  void worked(Instant now, Work work, const std::string& text, ServerSteps& out);
  void denied(const Work& work, const dialect::Denied& denied, ServerSteps& out);
  void sign(Instant now, Work work, const std::string& jti, ServerSteps& out);
  void welcome(const Work& work, const std::string& token, ServerSteps& out);

  bool stands(Instant now, Work& work, ServerSteps& out);
  void ask(Work work, model::Command command, ServerSteps& out);
  void secret_work(Work work, dialect::SecretWork wanted, ServerSteps& out);
  void show(const Work& work, const model::Record& user, ServerSteps& out, wire::Headers headers = {});
  void refuse(const Work& work, const Refusal& refusal, ServerSteps& out);

  Desk& desk_;
  const Registry& registry_;
  const Door& door_;
  std::map<CarrierId, Work> reading_;  // their body is still to come
  std::map<Ticket, Work> working_;
};

// Answer with a record: `dataOnly` and the ETag as the request wants them.
dialect::Respond record_answer(CarrierId carrier, const Request& request, const model::Record& record);
std::string tag_of(const model::Record& record);

}  // namespace rockpool::dialects::rested
