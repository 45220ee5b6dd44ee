// What sessions say and how many there are, each user's together: so much is served, and no more.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "core/dialect/dialect.h"

namespace rockpool::dialect {

class Traffic {
 public:
  // The limits stay where they are.
  explicit Traffic(const SessionLimits& limits) : limits_(limits) {}

  // A session of that user begins, who is nobody in particular when the name is empty. False: there are as
  // many as there may be.
  bool enter(const std::string& user, base::Instant now);
  void leave(const std::string& user);

  enum class Verdict : std::uint8_t { fine, too_often, for_too_long };
  // A frame came in a session with this bucket; `user` only once it has entered.
  Verdict judge(base::Instant now, base::TokenBucket& own, const std::string& user);

  void count(std::string_view limit) { ++met_[limit]; }
  const LimitsMet& met() const { return met_; }
  const SessionLimits& limits() const { return limits_; }

 private:
  struct User {
    std::uint64_t sessions = 0;
    base::TokenBucket messages;
  };

  const SessionLimits& limits_;
  std::map<std::string, User> users_;
  LimitsMet met_;
};

}  // namespace rockpool::dialect
