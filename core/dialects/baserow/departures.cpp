#include "core/dialects/baserow/departures.h"

#include <algorithm>

namespace rockpool::dialects::baserow {
namespace {

constexpr base::Duration retry_time = base::seconds(5);

}  // namespace

void Departures::look(const Happened* happened) {
  const auto take = [&](Id id, const Pointer<User>& user) {
    if (user && !user->is_active())
      due_[id] = user->deletion_ms + office_.desk.settings.deletion_grace_ms;
    else
      due_.erase(id);
  };
  if (happened == nullptr) {
    for (const auto& user : office_.books.all<User>()) take(user->id, user);
    return;
  }
  for (const Moved<User>& moved : happened->of<User>())
    take((moved.after ? moved.after : moved.before)->id, moved.after);
}

std::optional<Instant> Departures::next_wake() const {
  if (again_) return again_;
  std::optional<Instant> next;
  for (const auto& [user, at_ms] : due_)
    if (!going_.contains(user) && (!next || at_ms < next->ms)) next = Instant{at_ms};
  return next;
}

void Departures::wake(Instant now, ServerSteps& out) {
  if (again_ && *again_ > now) return;
  again_.reset();
  std::vector<Id> over;
  for (const auto& [user, at_ms] : due_)
    if (at_ms <= now.ms && !going_.contains(user)) over.push_back(user);
  for (const Id user : over) depart(now, user, out);
}

void Departures::depart(Instant now, Id user, ServerSteps& out) {
  going_.insert(user);
  office_.clerk.change(now,
                       {.plan = [this, user](Plan& made) { return plan(made, user); },
                        .done = [this, user](ServerSteps&) { going_.erase(user); },
                        .refuse =
                            [this, user, now](const Fault&, ServerSteps&) {
                              going_.erase(user);
                              again_ = now + retry_time;
                            }},
                       out);
}

// Whoever has come back in the meantime stays.
MaybeFault Departures::plan(Plan& plan, Id id) const {
  const Books& books = office_.books;
  const Pointer<User> user = books.find<User>(id);
  if (!user || user->is_active()) return std::nullopt;
  for (const auto& member : books.below<Member>(Kind::user, id)) {
    const Pointer<Group> group = books.find<Group>(member->group);
    if (group && office_.is_last_admin(*member)) {
      Group gone = *group;
      gone.trashed_ms = trashed_for_good_ms;
      plan.put(gone);
    }
    plan.remove(*member);
  }
  plan.remove_email(user->email);
  plan.remove(*user);
  return std::nullopt;
}

}  // namespace rockpool::dialects::baserow
