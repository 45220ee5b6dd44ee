#include "server/auth/access.h"

#include <algorithm>

#include "core/base/text.h"
#include "core/model/names.h"
#include "core/model/value.h"
#include "server/auth/crypto.h"

namespace rockpool::auth {
namespace {

using base::Code;
using dialect::Identified;
using model::Principal;

constexpr std::size_t session_id_bytes = 12;
constexpr std::size_t secret_bytes = 32;

base::Error denied(std::string_view why) { return {Code::auth, std::string(why), ""}; }

// "rk_<name>_<secret>" without its mark.
struct Named {
  std::string name;
  std::string_view secret;
};
Named split_token(std::string_view token, std::string_view mark) {
  token.remove_prefix(mark.size());
  const std::size_t end = std::min(token.find('_'), token.size());
  return {std::string(token.substr(0, end)), token.substr(std::min(end + 1, token.size()))};
}

void add_roles(std::vector<std::string>& roles, const std::vector<std::string>& more) {
  for (const std::string& role : more) {
    if (std::find(roles.begin(), roles.end(), role) == roles.end()) roles.push_back(role);
  }
}

// What the books say of a session.
struct Session {
  std::string user, hash, stamp;
  std::int64_t created_ms = 0, expires_ms = 0;
};

std::optional<Session> read_session(const model::Record* record) {
  if (record == nullptr || !record->exists()) return std::nullopt;
  const auto value = model::read(record->data);
  if (!value.ok()) return std::nullopt;
  const auto text = [&](std::string_view name) {
    const std::string* held = model::text_member(*value, name);
    return held == nullptr ? std::string() : *held;
  };
  const auto time = [&](std::string_view name) {
    const model::Value* held = model::member(*value, name);
    return held == nullptr ? 0 : static_cast<std::int64_t>(model::as_count(*held).value_or(0));
  };
  return Session{text("user"), text("hash"), text("stamp"), time("created"), time("expires")};
}

}  // namespace

bool is_key_prefix(std::string_view text) {
  constexpr std::size_t bytes_min = 8, bytes_max = 32;
  return text.size() >= bytes_min && text.size() <= bytes_max &&
         std::all_of(text.begin(), text.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
         });
}

std::string password_stamp(const User& user) { return short_hash(user.password); }

dialect::Issued issue_session(const std::string& user, const Identities& identities, base::Instant now,
                              std::string_view random) {
  assert(random.size() >= session_id_bytes + secret_bytes);
  const std::string id = hex(random.substr(0, session_id_bytes));
  const std::string secret = base::base64url(random.substr(session_id_bytes, secret_bytes));
  const auto known = identities.users.find(user);
  model::Value record = model::Value::object();
  record["user"] = user;
  record["hash"] = hex(sha256(secret));
  record["stamp"] = known == identities.users.end() ? "" : password_stamp(known->second);
  record["created"] = now.ms;
  record["expires"] = now.ms + identities.session_ms;
  return {.id = id,
          .token = std::string(session_mark) + id + "_" + secret,
          .record = model::write(record),
          .expires_ms = now.ms + identities.session_ms};
}

// ---- letting in -------------------------------------------------------------------------------------------

dialect::Identity Access::identify(const dialect::Identify& question, base::Instant now) const {
  const std::string_view token = question.token;
  if (token.empty()) return enter(Identified{}, question.space);
  const std::string& admin = config_.identities.admin_token;
  if (!admin.empty() && same_secret(token, admin)) return enter(by_admin_token(), question.space);
  if (token.starts_with(session_mark)) return enter(by_session(token, now), question.space);
  if (token.starts_with(api_key_mark)) return enter(by_api_key(token, now), question.space);
  return enter(by_jwt(token, now), question.space);
}

dialect::Identity Access::welcome(const std::string& user, std::string_view space, base::Instant now) const {
  const auto known = config_.identities.users.find(user);
  if (known == config_.identities.users.end()) return dialect::Denied{denied("there is no such account")};
  Identified found;
  found.principal = {.user = user, .roles = known->second.roles, .issued_ms = now.ms};
  found.principal.credential = "password:" + password_stamp(known->second);
  return enter(std::move(found), space);
}

dialect::Identity Access::enter(Found found, std::string_view space) const {
  if (!found.ok()) return dialect::Denied{found.error()};
  if (space.empty()) return std::move(*found);
  const auto named = config_.spaces.find(std::string(space));
  if (named == config_.spaces.end()) {
    return dialect::Denied{{Code::forbidden, "there is no such space", ""}};
  }
  const bool is_known = !found->principal.credential.empty();
  if (named->second.needs_token() && !is_known) {
    return dialect::Denied{denied("this space is closed; a token is needed")};
  }
  return std::move(*found);
}

Access::Found Access::by_admin_token() const {
  Identified found;
  found.principal = {.user = "admin", .admin = true, .roles = {}};
  found.principal.credential = "admin:" + short_hash(config_.identities.admin_token);
  return found;
}

Access::Found Access::by_session(std::string_view token, base::Instant now) const {
  const base::Error none = denied("token: this session is over; log in again");
  const Named named = split_token(token, session_mark);
  if (!is_name(named.name)) return none;
  const auto session = read_session(find_({std::string(sessions_collection), named.name}));
  if (!session || !same_secret(hex(sha256(named.secret)), session->hash)) return none;
  if (now.ms >= session->expires_ms) return none;
  Identified found;
  found.session = named.name;
  found.principal = {.user = session->user,
                     .expires_ms = session->expires_ms,
                     .credential = "session:" + named.name,
                     .issued_ms = session->created_ms};
  auto renewed = renew(found.principal);
  if (!renewed.ok()) return renewed.error();
  found.principal = std::move(*renewed);
  return found;
}

Access::Found Access::by_api_key(std::string_view token, base::Instant now) const {
  const Named named = split_token(token, api_key_mark);
  const auto key = config_.identities.api_keys.find(named.name);
  const bool is_known = key != config_.identities.api_keys.end();
  // Compared in any case, so that the time tells nothing of prefixes.
  const std::string hash = hex(sha256(named.secret));
  const bool is_right = same_secret(hash, is_known ? key->second.hash : std::string());
  if (!is_known || !is_right) return denied("token: this key is not known, or withdrawn");
  if (key->second.expires_ms != 0 && now.ms >= key->second.expires_ms) {
    return denied("token: this key has run out; ask for a new one");
  }
  Identified found;
  found.principal.credential = "key:" + named.name + ":" + short_hash(key->second.hash);
  auto renewed = renew(found.principal);
  if (!renewed.ok()) return renewed.error();
  found.principal = std::move(*renewed);
  return found;
}

Access::Found Access::by_jwt(std::string_view token, base::Instant now) const {
  auto claims = verify(token, config_.identities.jwt, now);
  if (!claims.ok()) return claims.error();
  Identified found;
  found.principal = {.user = claims->subject,
                     .realtime = claims->realtime,
                     .expires_ms = claims->expires_ms,
                     .credential = "jwt:" + claims->key,
                     .issued_ms = claims->issued_ms};
  for (const std::string& role : claims->roles) found.principal.credential += "\n" + role;
  auto renewed = renew(found.principal);
  if (!renewed.ok()) return renewed.error();
  found.principal = std::move(*renewed);
  return found;
}

// ---- whether it still holds -------------------------------------------------------------------------------

base::Result<Principal> Access::renew(const Principal& principal) const {
  const std::string_view credential = principal.credential;
  if (credential.empty()) return principal;
  if (credential.starts_with("admin:")) {
    const std::string& token = config_.identities.admin_token;
    if (!token.empty() && credential.substr(6) == short_hash(token)) return principal;
    return denied("the admin token is another one now");
  }
  if (credential.starts_with("jwt:")) return renew_jwt(principal);
  if (credential.starts_with("key:")) return renew_key(principal);
  if (credential.starts_with("session:")) return renew_session(principal);
  if (credential.starts_with("dialect:")) {
    const auto fine = check_user(principal);
    return fine.ok() ? base::Result<Principal>(principal) : fine.error();
  }
  return renew_password(principal);
}

// What was given before its user was told to log in again is worth nothing.
base::Status Access::check_user(const Principal& principal) const {
  const auto known = config_.identities.users.find(principal.user);
  if (known != config_.identities.users.end() && known->second.disabled) {
    return denied("this account is disabled");
  }
  if (!is_name(principal.user)) return denied("the name of the account is none");
  const model::Record* record = find_({std::string(revocations_collection), principal.user});
  if (record == nullptr || !record->exists()) return base::done();
  const auto value = model::read(record->data);
  const model::Value* before = value.ok() ? model::member(*value, "before") : nullptr;
  const auto before_ms = before == nullptr ? std::nullopt : model::as_count(*before);
  if (!before_ms || principal.issued_ms <= static_cast<std::int64_t>(*before_ms)) {
    return denied("all tokens of this account were revoked; log in again");
  }
  return base::done();
}

base::Result<Principal> Access::renew_jwt(Principal principal) const {
  const auto said = base::split(std::string_view(principal.credential).substr(4), '\n');
  const auto& keys = config_.identities.jwt.keys;
  const bool is_held = std::any_of(keys.begin(), keys.end(),
                                   [&](const JwtKey& key) { return fingerprint(key) == said.front(); });
  if (!is_held) return denied("the key of this token was withdrawn; ask for a new one");
  if (const auto fine = check_user(principal); !fine.ok()) return fine.error();
  principal.roles.assign(said.begin() + 1, said.end());
  const auto known = config_.identities.users.find(principal.user);
  if (known != config_.identities.users.end()) add_roles(principal.roles, known->second.roles);
  return principal;
}

base::Result<Principal> Access::renew_key(Principal principal) const {
  const auto said = base::split(principal.credential, ':');
  const auto key = config_.identities.api_keys.find(said[1]);
  if (key == config_.identities.api_keys.end() || short_hash(key->second.hash) != said[2]) {
    return denied("this key was withdrawn");
  }
  principal.user = key->second.user;
  principal.roles = key->second.roles;
  principal.read_only = key->second.read_only;
  principal.realtime = key->second.realtime;
  principal.expires_ms = key->second.expires_ms;
  principal.issued_ms = key->second.created_ms;
  if (const auto fine = check_user(principal); !fine.ok()) return fine.error();
  const auto known = config_.identities.users.find(principal.user);
  if (known != config_.identities.users.end()) add_roles(principal.roles, known->second.roles);
  return principal;
}

base::Result<Principal> Access::renew_session(Principal principal) const {
  const std::string id = principal.credential.substr(std::string_view("session:").size());
  const auto session = read_session(find_({std::string(sessions_collection), id}));
  const auto known = config_.identities.users.find(principal.user);
  const bool stands = session && session->user == principal.user && known != config_.identities.users.end() &&
                      session->stamp == password_stamp(known->second);
  if (!stands) return denied("token: this session is over; log in again");
  if (const auto fine = check_user(principal); !fine.ok()) return fine.error();
  principal.roles = known->second.roles;
  return principal;
}

base::Result<Principal> Access::renew_password(Principal principal) const {
  const auto known = config_.identities.users.find(principal.user);
  if (known == config_.identities.users.end() ||
      principal.credential != "password:" + password_stamp(known->second)) {
    return denied("the password is another one now; log in again");
  }
  if (const auto fine = check_user(principal); !fine.ok()) return fine.error();
  principal.roles = known->second.roles;
  return principal;
}

}  // namespace rockpool::auth
