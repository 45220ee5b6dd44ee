// Answers the dialects' question "who is it?": tokens at once, passwords through threads of their own, and
// keeps those out who guess. Works with secrets for dialects that keep accounts themselves. Lives on the
// hub's thread.
#pragma once

#include <map>
#include <memory>
#include <optional>

#include "server/auth/access.h"
#include "server/auth/password_pool.h"
#include "server/auth/throttle.h"

namespace rockpool::auth {

class Gatekeeper final : public dialect::Standing {
 public:
  // What was found out about a password.
  using Checked = PasswordPool::Result;
  // Somebody whose question is answered.
  struct Answered {
    model::Ticket ticket = 0;
    dialect::Identity identity;
  };
  // Work that is done.
  struct Worked {
    model::Ticket ticket = 0;
    dialect::SecretResult result;
  };
  struct Figures {
    std::uint64_t log_ins = 0, failed = 0, throttled = 0, overloaded = 0;
  };

  // `tell` is called on threads of the pool; what it is told goes to `checked` on the hub's.
  Gatekeeper(std::shared_ptr<const config::Config> config, FindRecord find,
             std::function<void(const Checked&)> tell);

  // Nothing: `checked` will answer.
  std::optional<dialect::Identity> identify(base::Instant now, const dialect::Identify& question);
  std::optional<Answered> checked(base::Instant now, const Checked& result);
  // Nothing: `finished` will answer.
  std::optional<dialect::SecretResult> work(base::Instant now, const dialect::SecretWork& work);
  // Nothing: it was no such work.
  std::optional<Worked> finished(const Checked& result);
  void configure(std::shared_ptr<const config::Config> config) { config_ = std::move(config); }

  base::Result<model::Principal> renew(const model::Principal& principal) const override {
    return access().renew(principal);
  }
  const Figures& figures() const { return figures_; }

 private:
  // A log-in that is being looked at.
  struct Attempt {
    dialect::Identify question;
    std::string hash;  // that the password was compared with; empty: there is no such account
  };

  // A password of a dialect's own account that is being hashed or looked at.
  struct Job {
    bool checks = false;
    std::string account, place;
  };

  Access access() const { return Access(*config_, find_); }
  dialect::Identity let_in(base::Instant now, dialect::Identity identity,
                           const dialect::Identify& question) const;
  std::optional<dialect::Identity> check_password(base::Instant now, const dialect::Identify& question);
  // What failures are counted for: the address, or for IPv6 the network that one customer has. Empty:
  // loopback, which does not count.
  std::string place_of(const std::string& address) const;
  std::int64_t wait_ms(const std::string& account, const std::string& place, base::Instant now) const;
  void count_failure(base::Instant now, const std::string& account, const std::string& place);
  std::optional<dialect::SecretResult> begin(base::Instant now, const dialect::SecretWork& work);

  std::shared_ptr<const config::Config> config_;
  FindRecord find_;
  Throttle addresses_;
  Throttle accounts_;
  std::map<std::uint64_t, Attempt> attempts_;
  std::map<std::uint64_t, Job> jobs_;
  Figures figures_;
  PasswordPool pool_;  // goes first: its threads tell
};

}  // namespace rockpool::auth
