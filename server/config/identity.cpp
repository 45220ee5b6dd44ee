// The part of the configuration that says who is known: users, keys, tokens, sessions.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "core/model/names.h"
#include "server/auth/password.h"
#include "server/clock.h"
#include "server/config/config.h"
#include "server/config/section.h"

namespace rockpool::config {
namespace {

constexpr std::size_t key_file_bytes_max = 16 << 10;
constexpr std::size_t hash_digits = 64;

std::vector<std::string> read_roles(Section& section) {
  std::vector<std::string> roles = section.texts("roles");
  for (const std::string& role : roles) {
    if (!auth::is_name(role)) section.mistake("roles", "a role is a name of 1 to 256 bytes");
  }
  return roles;
}

void check_name(Section& section, const std::string& name) {
  if (!auth::is_name(name)) section.mistake(name, "is no name for a user; 1 to 256 bytes are");
}

void read_users(Section section, auth::Identities& into) {
  for (const std::string& name : section.keys()) {
    check_name(section, name);
    auto inner = section.section(name);
    auth::User user;
    user.password = inner->text("password").value_or("");
    if (inner->has("password") && !auth::is_password_hash(user.password)) {
      inner->mistake("password", "must be what `rockpool password` prints, never the password itself");
    }
    user.roles = read_roles(*inner);
    user.disabled = inner->boolean("disabled").value_or(false);
    inner->finish();
    into.users.emplace(name, std::move(user));
  }
  section.finish();
}

std::int64_t read_time(Section& section, std::string_view key) {
  const auto text = section.text(key);
  if (!text) return 0;
  const auto at = server::read_iso_time(*text);
  if (!at) section.mistake(key, "must be a day or a time in UTC, 2027-01-31 or 2027-01-31T12:00:00Z");
  return at ? at->ms : 0;
}

bool is_hash(const std::string& text) {
  return text.size() == hash_digits && text.find_first_not_of("0123456789abcdef") == std::string::npos;
}

void read_api_keys(Section& root, Section section, auth::Identities& into) {
  for (const std::string& prefix : section.keys()) {
    // Not quoted: it might be the whole key.
    if (!auth::is_key_prefix(prefix)) root.mistake("apiKeys", "one is no prefix; `rockpool key` makes them");
    auto inner = section.section(prefix);
    auth::ApiKey key;
    key.hash = inner->text("hash").value_or("");
    if (!is_hash(key.hash)) inner->mistake("hash", "must be the 64 hex digits that `rockpool key` prints");
    key.user = inner->text("user").value_or("");
    if (!auth::is_name(key.user)) inner->mistake("user", "must name the user in whose name the key acts");
    key.roles = read_roles(*inner);
    key.read_only = inner->boolean("readOnly").value_or(false);
    key.realtime = inner->boolean("realtime").value_or(false);
    key.created_ms = read_time(*inner, "created");
    key.expires_ms = read_time(*inner, "expires");
    inner->finish();
    into.api_keys.emplace(prefix, std::move(key));
  }
  section.finish();
}

// ---- tokens -----------------------------------------------------------------------------------------------

std::string read_secret(Section& section) {
  std::string secret = section.text("secret").value_or("");
  if (secret.size() < auth::secret_bytes_min) section.mistake("secret", "must be at least 32 bytes long");
  // Whoever knows a public key could sign with it as a secret (RFC 8725 section 2.1).
  if (secret.find("-----BEGIN") != std::string::npos) {
    section.mistake("secret", "is a key in PEM form; give it as publicKey, with its algorithm");
  }
  return secret;
}

void read_demands(Section& section, auth::JwtKey& key) {
  key.issuer = section.text("issuer").value_or("");
  key.audience = section.text("audience").value_or("");
}

// PEM text, or the name of a file with it.
std::string read_pem(Section& section, std::string_view folder) {
  const auto said = section.text("publicKey");
  if (!said) section.mistake("publicKey", "is missing");
  if (!said || said->find("-----BEGIN") != std::string::npos) return said.value_or("");
  std::ifstream stream(std::filesystem::path(folder) / *said, std::ios::binary);
  std::string text(key_file_bytes_max, '\0');
  stream.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(std::max<std::streamsize>(stream.gcount(), 0)));
  if (text.empty()) section.mistake("publicKey", "names a file that cannot be read");
  return text;
}

void read_public_key(Section& section, std::string_view folder, auth::JwtKey& key) {
  const std::string pem = read_pem(section, folder);
  if (pem.empty()) return;
  auto read = auth::PublicKey::read(pem, key.algorithm);
  read.ok() ? void(key.public_key = std::move(*read)) : section.mistake("publicKey", read.error().message);
}

auth::JwtKey read_key(Section section, std::string_view folder) {
  auth::JwtKey key;
  key.id = section.text("id").value_or("");
  const std::string algorithm = section.text("algorithm").value_or("");
  using enum auth::Algorithm;
  for (const auth::Algorithm one : {hs256, es256, eddsa}) {
    if (algorithm == auth::name_of(one)) key.algorithm = one;
  }
  if (algorithm != auth::name_of(key.algorithm)) {
    section.mistake("algorithm", "must be \"HS256\", \"ES256\" or \"EdDSA\"");
  } else if (key.algorithm == hs256) {
    key.secret = read_secret(section);
  } else {
    read_public_key(section, folder, key);
  }
  read_demands(section, key);
  key.own = section.boolean("own").value_or(false);
  section.finish();
  return key;
}

void read_jwt(Section section, std::string_view folder, auth::JwtRules& jwt) {
  if (section.has("secret")) {
    auth::JwtKey& key = jwt.keys.emplace_back();
    key.secret = read_secret(section);
    read_demands(section, key);
  } else if (!section.has("keys")) {
    section.mistake("secret", "is missing; jwt needs it, or keys");
  }
  for (Section& one : section.sections("keys")) {
    auth::JwtKey key = read_key(one, folder);
    const bool is_taken = std::any_of(jwt.keys.begin(), jwt.keys.end(),
                                      [&](const auth::JwtKey& other) { return other.id == key.id; });
    if (is_taken) one.mistake("id", "must differ from key to key; tokens name it by kid");
    jwt.keys.push_back(std::move(key));
  }
  if (const auto claim = section.text("rolesClaim")) {
    jwt.roles_claim = *claim;
    if (claim->empty()) section.mistake("rolesClaim", "must not be empty");
  }
  section.finish();
}

}  // namespace

void read_identities(Section& root, std::string_view folder, auth::Identities& into) {
  into.admin_token = root.text("adminToken").value_or("");
  if (root.has("adminToken") && into.admin_token.empty()) root.mistake("adminToken", "must not be empty");
  if (auto section = root.section("users")) read_users(*section, into);
  if (auto section = root.section("apiKeys")) read_api_keys(root, *section, into);
  if (auto section = root.section("jwt")) read_jwt(*section, folder, into.jwt);
  if (auto section = root.section("sessions")) {
    constexpr std::int64_t hour_ms = 3600 * 1000;
    if (const auto hours = section->count("ttlHours", 1, 24 * 3650)) {
      into.session_ms = static_cast<std::int64_t>(*hours) * hour_ms;
    }
    section->finish();
  }
}

}  // namespace rockpool::config
