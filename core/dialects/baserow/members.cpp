#include "core/dialects/baserow/members.h"

#include <algorithm>
#include <array>

#include "core/base/text.h"

namespace rockpool::dialects::baserow {
namespace {

constexpr std::array<std::string_view, 2> permissions = {"ADMIN", "MEMBER"};
constexpr std::size_t email_letters_max = 254;
constexpr std::size_t message_letters_max = 10'000;
constexpr std::size_t url_letters_max = 2'000;

bool is_admin(const std::string& said) { return said == permissions.front(); }

}  // namespace

Routes Members::routes() {
  const auto to = [this](auto handler) {
    return [this, handler](const VisitPointer& visit, ServerSteps& out) { (this->*handler)(visit, out); };
  };
  return {{.method = "GET", .path = "groups/users/group/#/", .handle = to(&Members::list)},
          {.method = "PATCH", .path = "groups/users/#/", .handle = to(&Members::change)},
          {.method = "DELETE", .path = "groups/users/#/", .handle = to(&Members::remove)},
          {.method = "POST", .path = "groups/invitations/group/#/", .handle = to(&Members::invite)},
          {.method = "GET", .path = "user/dashboard/", .handle = to(&Members::dashboard)},
          {.method = "POST", .path = "groups/invitations/#/accept/", .handle = to(&Members::accept)},
          {.method = "POST", .path = "groups/invitations/#/reject/", .handle = to(&Members::reject)}};
}

// ---- members ----------------------------------------------------------------------------------------------

void Members::list(const VisitPointer& visit, ServerSteps& out) {
  const Id group = visit->ids.front();
  if (const auto fault = office_.check_admin(group, visit->user->id))
    return out.push_back(refuse(visit->carrier, *fault));
  std::string body;
  dialect::append_list(body, office_.books.present_below<Member>(Kind::group, group),
                       [&](const Pointer<Member>& member) { body += shapes_.group_user(*member); });
  out.push_back(answer(visit->carrier, std::move(body)));
}

std::variant<Pointer<Member>, Fault> Members::find(const Visit& visit) const {
  const Pointer<Member> member = office_.books.present<Member>(visit.ids.front());
  if (!member) return Fault{.wrong = Wrong::no_member};
  if (auto fault = office_.check_admin(member->group, visit.user->id)) return std::move(*fault);
  return member;
}

void Members::change(const VisitPointer& visit, ServerSteps& out) {
  Checks checks(visit->body);
  const std::string said = checks.choice("permissions", permissions);
  if (const auto fault = checks.fault()) return out.push_back(refuse(visit->carrier, *fault));
  office_.change(
      visit,
      [this, visit, said](Plan& plan) -> MaybeFault {
        const auto found = find(*visit);
        if (const auto* fault = std::get_if<Fault>(&found)) return *fault;
        Member member = *std::get<Pointer<Member>>(found);
        if (office_.is_last_admin(member) && !is_admin(said)) return Fault{.wrong = Wrong::last_admin};
        member.is_admin = is_admin(said);
        plan.put(member);
        return std::nullopt;
      },
      [this, visit] { return shapes_.group_user(*office_.books.find<Member>(visit->ids.front())); }, out);
}

void Members::remove(const VisitPointer& visit, ServerSteps& out) {
  office_.change(
      visit,
      [this, visit](Plan& plan) -> MaybeFault {
        const auto found = find(*visit);
        if (const auto* fault = std::get_if<Fault>(&found)) return *fault;
        const Pointer<Member>& member = std::get<Pointer<Member>>(found);
        if (member->user == visit->user->id) return Fault{.wrong = Wrong::deletes_oneself};
        plan.remove(*member);
        return std::nullopt;
      },
      [] { return std::string(); }, out);
}

// ---- invitations ------------------------------------------------------------------------------------------

std::string Members::invitation_text(const Invitation& invitation) const {
  std::string text;
  dialect::ObjectText object(text);
  object.count("id", invitation.id);
  shapes_.add_group_member(object, "group", base::decimal(invitation.group));
  object.text("email", invitation.email)
      .text("permissions", permissions_of(invitation.is_admin))
      .text("message", invitation.message)
      .text("created_on", shown_time(invitation.created_ms))
      .end();
  return text;
}

// Whoever is asked twice has one invitation, the newest.
void Members::invite(const VisitPointer& visit, ServerSteps& out) {
  Checks checks(visit->body);
  const std::string email = lower_case(checks.text("email", {.letters_max = email_letters_max}));
  if (!email.empty() && !is_email(email)) checks.wrong("email", "Enter a valid email address.");
  const std::string said = checks.choice("permissions", permissions);
  const std::string message =
      checks.maybe_text("message", {.letters_max = message_letters_max, .letters_min = 0}).value_or("");
  checks.text("base_url", {.letters_max = url_letters_max});
  if (const auto fault = checks.fault()) return out.push_back(refuse(visit->carrier, *fault));
  const auto invitation = std::make_shared<Invitation>();
  office_.change(
      visit,
      [this, visit, email, said, message, invitation](Plan& plan) -> MaybeFault {
        const Id group = visit->ids.front();
        if (auto fault = office_.check_admin(group, visit->user->id)) return fault;
        const Pointer<User> known = office_.books.user_of(email);
        if (known && office_.books.member_of(group, known->id)) return Fault{.wrong = Wrong::already_member};
        *invitation = {.group = group, .invited_by = visit->user->id, .email = email};
        for (const auto& before : office_.books.below<Invitation>(Kind::group, group))
          if (before->email == email) invitation->id = before->id;
        if (invitation->id == 0) invitation->id = plan.next_id(Kind::invitation);
        invitation->is_admin = is_admin(said);
        invitation->message = message;
        invitation->created_ms = plan.now.ms;
        plan.put(*invitation);
        return std::nullopt;
      },
      [this, invitation] { return invitation_text(*invitation); }, out);
}

void Members::dashboard(const VisitPointer& visit, ServerSteps& out) {
  std::string body;
  dialect::ObjectText object(body);
  std::string invitations;
  dialect::append_list(invitations, office_.books.invitations_for(visit->user->email),
                       [&](const auto& invitation) {
                         const Pointer<User> by = office_.books.find<User>(invitation->invited_by);
                         std::string group;
                         model::append_quoted(group, office_.books.find<Group>(invitation->group)->name);
                         dialect::ObjectText one(invitations);
                         one.count("id", invitation->id).text("invited_by", by ? by->name : "");
                         shapes_.add_group_member(one, "group", group);
                         one.text("email", invitation->email)
                             .text("message", invitation->message)
                             .text("created_on", shown_time(invitation->created_ms))
                             .flag("email_exists", true)
                             .end();
                       });
  shapes_.add_group_member(object, "group_invitations", invitations);
  object.end();
  out.push_back(answer(visit->carrier, std::move(body)));
}

std::variant<Pointer<Invitation>, Fault> Members::find_own_invitation(const Visit& visit) const {
  const Pointer<Invitation> invitation = office_.books.present<Invitation>(visit.ids.front());
  if (!invitation) return Fault{.wrong = Wrong::no_invitation};
  const Pointer<User> user = office_.books.find<User>(visit.user->id);
  if (user->email != invitation->email) return Fault{.wrong = Wrong::invitation_mismatch};
  return invitation;
}

void Members::accept(const VisitPointer& visit, ServerSteps& out) {
  const auto member = std::make_shared<Member>();
  office_.change(
      visit,
      [this, visit, member](Plan& plan) -> MaybeFault {
        const auto found = find_own_invitation(*visit);
        if (const auto* fault = std::get_if<Fault>(&found)) return *fault;
        const Pointer<Invitation>& invitation = std::get<Pointer<Invitation>>(found);
        plan.remove(*invitation);
        const Id user = visit->user->id;
        if (const auto already = office_.books.member_of(invitation->group, user))
          return *member = *already, std::nullopt;
        *member = {.id = plan.next_id(Kind::member),
                   .group = invitation->group,
                   .user = user,
                   .is_admin = invitation->is_admin,
                   .order = shapes_.next_group_order(user),
                   .created_ms = plan.now.ms};
        plan.put(*member);
        return std::nullopt;
      },
      [this, member] { return shapes_.group_user_group(*office_.books.find<Group>(member->group), *member); },
      out);
}

void Members::reject(const VisitPointer& visit, ServerSteps& out) {
  office_.change(
      visit,
      [this, visit](Plan& plan) -> MaybeFault {
        const auto found = find_own_invitation(*visit);
        if (const auto* fault = std::get_if<Fault>(&found)) return *fault;
        plan.remove(*std::get<Pointer<Invitation>>(found));
        return std::nullopt;
      },
      [] { return std::string(); }, out);
}

}  // namespace rockpool::dialects::baserow
