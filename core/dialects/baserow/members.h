// Who is in a group, and who is asked in: GROUP_USER and invitations.
#pragma once

#include <string>
#include <variant>

#include "core/dialects/baserow/office.h"
#include "core/dialects/baserow/shapes.h"

namespace rockpool::dialects::baserow {

class Members {
 public:
  explicit Members(Office& office) : office_(office), shapes_(office.desk, office.books) {}

  Routes routes();

 private:
  void list(const VisitPointer& visit, ServerSteps& out);
  void change(const VisitPointer& visit, ServerSteps& out);
  void remove(const VisitPointer& visit, ServerSteps& out);

  void invite(const VisitPointer& visit, ServerSteps& out);
  void dashboard(const VisitPointer& visit, ServerSteps& out);
  void accept(const VisitPointer& visit, ServerSteps& out);
  void reject(const VisitPointer& visit, ServerSteps& out);

  // The member of the path, whose group the user is admin of; or what is wrong.
  std::variant<Pointer<Member>, Fault> find(const Visit& visit) const;
  // The invitation of the path, if it is for the user.
  std::variant<Pointer<Invitation>, Fault> find_own_invitation(const Visit& visit) const;
  std::string invitation_text(const Invitation& invitation) const;

  Office& office_;
  Shapes shapes_;
};

}  // namespace rockpool::dialects::baserow
