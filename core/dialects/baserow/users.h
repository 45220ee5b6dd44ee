// Accounts: to register, to log in, to change and to go. What needs secrets goes by way of the edge:
//
//   register ──► password to a hash ──► user, email and a first group ──► tokens, if wanted ──► answer
//   log-in ──► password? ──► kept after all, if it was to be deleted ──► tokens ──► answer
#pragma once

#include <map>
#include <string>

#include "core/dialects/baserow/office.h"
#include "core/dialects/baserow/shapes.h"

namespace rockpool::dialects::baserow {

class Users {
 public:
  explicit Users(Office& office) : office_(office), shapes_(office.desk, office.books) {}

  Routes routes();
  // False: not one of its tickets.
  bool worked(Instant now, Ticket ticket, const dialect::SecretResult& result, ServerSteps& out);

 private:
  enum class Step : std::uint8_t { hash, check, open, access, refresh };
  // One request under way.
  struct Work {
    VisitPointer visit;
    Step step = Step::hash;
    Pointer<User> user;
    bool is_new = false;        // it was made by this request
    bool is_refreshed = false;  // an access token alone is wanted
    std::string access, refresh;
  };

  void register_user(const VisitPointer& visit, ServerSteps& out);
  void log_in(const VisitPointer& visit, ServerSteps& out);
  void refresh(const VisitPointer& visit, ServerSteps& out);
  void verify(const VisitPointer& visit, ServerSteps& out);
  void change_account(const VisitPointer& visit, ServerSteps& out);
  void schedule_deletion(const VisitPointer& visit, ServerSteps& out);

  void hashed(Work work, const std::string& hash, ServerSteps& out);
  void checked(Instant now, Work work, ServerSteps& out);
  void opened(Instant now, Work work, const dialect::SecretResult& result, ServerSteps& out);
  void sign(Instant now, Work work, Step step, ServerSteps& out);
  void welcome(const Work& work, ServerSteps& out);
  void open_refresh_token(const VisitPointer& visit, bool is_refreshed, ServerSteps& out);
  void work(Work work, dialect::SecretWork wanted, ServerSteps& out);

  Office& office_;
  Shapes shapes_;
  std::map<Ticket, Work> working_;
};

}  // namespace rockpool::dialects::baserow
