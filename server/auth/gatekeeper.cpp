#include "server/auth/gatekeeper.h"

#include <algorithm>

#include <arpa/inet.h>

#include "core/model/names.h"
#include "server/auth/crypto.h"
#include "server/auth/password.h"
#include "server/clock.h"

namespace rockpool::auth {
namespace {

constexpr std::size_t random_bytes = 64;

dialect::Denied wrong() { return {{base::Code::auth, "user or password is wrong", ""}}; }

dialect::Denied throttled(std::int64_t wait_ms) {
  return {{base::Code::overloaded, "too many failed log-ins; try again later", ""}, wait_ms};
}

dialect::Denied crowded() { return {{base::Code::overloaded, "too many log-ins at once; try again", ""}}; }

bool is_loopback(std::string_view address) {
  return address.starts_with("127.") || address == "::1" || address.starts_with("::ffff:127.");
}

}  // namespace

Gatekeeper::Gatekeeper(std::shared_ptr<const config::Config> config, FindRecord find,
                       std::function<void(const Checked&)> tell)
    : config_(std::move(config)),
      find_(std::move(find)),
      addresses_(config_->limits.log_in_failures),
      accounts_(config_->limits.log_in_failures),
      pool_(config_->limits.password_queue, std::move(tell)) {}

std::optional<dialect::Identity> Gatekeeper::identify(base::Instant now, const dialect::Identify& question) {
  if (question.token.empty() && question.by_password) return check_password(now, question);
  return let_in(now, access().identify(question, now), question);
}

dialect::Identity Gatekeeper::let_in(base::Instant now, dialect::Identity identity,
                                     const dialect::Identify& question) const {
  auto* known = std::get_if<dialect::Identified>(&identity);
  if (known == nullptr) return identity;
  known->secret = hex(server::secret_bytes(16));
  if (question.issue) {
    known->issued =
        issue_session(known->principal.user, config_->identities, now, server::secret_bytes(random_bytes));
  }
  return identity;
}

std::string Gatekeeper::place_of(const std::string& address) const {
  if (!config_->limits.count_loopback && is_loopback(address)) return "";
  constexpr std::size_t network_bytes = 8;
  std::string bytes(sizeof(in6_addr), '\0');
  const bool is_v6 = inet_pton(AF_INET6, address.c_str(), bytes.data()) == 1;
  return is_v6 ? hex(std::string_view(bytes).substr(0, network_bytes)) : address;
}

std::int64_t Gatekeeper::wait_ms(const std::string& account, const std::string& place,
                                 base::Instant now) const {
  return std::max(addresses_.wait_ms(place, now), accounts_.wait_ms(account, now));
}

// Until it is known to be none.
void Gatekeeper::count_failure(base::Instant now, const std::string& account, const std::string& place) {
  accounts_.failed(account, now);
  if (!place.empty()) addresses_.failed(place, now);
}

std::optional<dialect::Identity> Gatekeeper::check_password(base::Instant now,
                                                            const dialect::Identify& question) {
  if (!is_name(question.user) || question.password.size() > password_bytes_max) return wrong();
  const std::string place = place_of(question.address);
  if (const std::int64_t wait = wait_ms(question.user, place, now); wait > 0) {
    ++figures_.throttled;
    return throttled(wait);
  }
  const auto user = config_->identities.users.find(question.user);
  const bool may_be_right =
      user != config_->identities.users.end() && !user->second.disabled && !user->second.password.empty();
  Attempt attempt{question, may_be_right ? user->second.password : ""};
  attempt.question.password.clear();
  if (!pool_.begin({question.ticket, question.password, may_be_right ? attempt.hash : nobodys_hash()})) {
    ++figures_.overloaded;
    return crowded();
  }
  count_failure(now, question.user, place);
  attempts_.emplace(question.ticket, std::move(attempt));
  return std::nullopt;
}

std::optional<Gatekeeper::Answered> Gatekeeper::checked(base::Instant now, const Checked& result) {
  const auto found = attempts_.find(result.ticket);
  if (found == attempts_.end()) return std::nullopt;
  const Attempt attempt = std::move(found->second);
  attempts_.erase(found);
  const dialect::Identify& question = attempt.question;
  // Meanwhile the account may have got another password, or may be gone.
  const auto user = config_->identities.users.find(question.user);
  const bool stands = user != config_->identities.users.end() && !user->second.disabled &&
                      user->second.password == attempt.hash && !attempt.hash.empty();
  if (!result.right || !stands) {
    ++figures_.failed;
    return Answered{result.ticket, wrong()};
  }
  ++figures_.log_ins;
  accounts_.forget(question.user);
  addresses_.take_back(place_of(question.address));
  auto identity = access().welcome(question.user, question.space, now);
  return Answered{result.ticket, let_in(now, std::move(identity), question)};
}

// ---- for dialects that keep accounts themselves -----------------------------------------------------------

std::optional<dialect::SecretResult> Gatekeeper::work(base::Instant now, const dialect::SecretWork& work) {
  using What = dialect::SecretWork::What;
  switch (work.what) {
    case What::random: return hex(server::secret_bytes(16));
    case What::sign: return sign_object(work.text, work.key);
    case What::open: {
      auto object = open_object(work.text, work.key);
      if (!object.ok()) return dialect::Denied{object.error()};
      return std::move(*object);
    }
    case What::hash_password:
    case What::check_password: return begin(now, work);
  }
  return wrong();
}

std::optional<dialect::SecretResult> Gatekeeper::begin(base::Instant now, const dialect::SecretWork& work) {
  Job job{.checks = work.what == dialect::SecretWork::What::check_password,
          .account = work.account,
          .place = place_of(work.address)};
  if (work.text.size() > password_bytes_max) return wrong();
  if (const std::int64_t wait = job.checks ? wait_ms(job.account, job.place, now) : 0; wait > 0) {
    ++figures_.throttled;
    return throttled(wait);
  }
  const bool is_known = is_password_hash(work.key);
  if (!pool_.begin({work.ticket, work.text, is_known ? work.key : nobodys_hash(), !job.checks})) {
    ++figures_.overloaded;
    return crowded();
  }
  if (job.checks) count_failure(now, job.account, job.place);
  jobs_.emplace(work.ticket, std::move(job));
  return std::nullopt;
}

std::optional<Gatekeeper::Worked> Gatekeeper::finished(const Checked& result) {
  const auto node = jobs_.extract(result.ticket);
  if (node.empty()) return std::nullopt;
  const Job& job = node.mapped();
  if (!job.checks) return Worked{result.ticket, result.hash};
  if (!result.right) {
    ++figures_.failed;
    return Worked{result.ticket, wrong()};
  }
  ++figures_.log_ins;
  accounts_.forget(job.account);
  addresses_.take_back(job.place);
  return Worked{result.ticket, std::string()};
}

}  // namespace rockpool::auth
