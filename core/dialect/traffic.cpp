#include "core/dialect/traffic.h"

namespace rockpool::dialect {
namespace {

// Whoever goes on for so long does not mean to listen.
constexpr base::Duration patience = base::seconds(10);

}  // namespace

bool Traffic::enter(const std::string& user, base::Instant now) {
  if (user.empty()) return true;
  const auto held = users_.find(user);
  if (held != users_.end() && held->second.sessions >= limits_.of_a_user) {
    count("connections_per_user");
    return false;
  }
  const base::TokenBucket full(limits_.messages_of_a_user, now);
  ++users_.try_emplace(user, User{.messages = full}).first->second.sessions;
  return true;
}

void Traffic::leave(const std::string& user) {
  const auto held = users_.find(user);
  if (held != users_.end() && --held->second.sessions == 0) users_.erase(held);
}

Traffic::Verdict Traffic::judge(base::Instant now, base::TokenBucket& own, const std::string& user) {
  const auto held = users_.find(user);
  base::TokenBucket* const shared = held == users_.end() ? nullptr : &held->second.messages;
  const bool fits = own.take(now);
  const bool fits_user = shared == nullptr || shared->take(now);
  if (fits && fits_user) return Verdict::fine;
  count(fits ? "messages_of_user" : "messages");
  const base::Duration over = std::max(own.over(now), fits_user ? base::Duration{} : shared->over(now));
  return over >= patience ? Verdict::for_too_long : Verdict::too_often;
}

}  // namespace rockpool::dialect
