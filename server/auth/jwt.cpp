#include "server/auth/jwt.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <optional>

#include "core/base/text.h"
#include "core/model/names.h"
#include "core/model/value.h"
#include "server/auth/crypto.h"

namespace rockpool::auth {
namespace {

constexpr std::uint64_t time_s_max = 1ull << 43;  // in milliseconds still below 2^53
constexpr std::size_t roles_max = 100;

base::Error bad(std::string_view what) { return {base::Code::auth, "token: " + std::string(what), ""}; }

std::size_t count_members(const model::Value& value) {
  std::size_t count = value.members().size();
  for (const auto& [name, inner] : value.members()) count += count_members(inner);
  for (const model::Value& item : value.elements()) count += count_members(item);
  return count;
}

// In a valid JSON text every colon outside of strings belongs to one member. Repeated keys leave fewer
// members.
std::size_t count_colons(std::string_view text) {
  std::size_t count = 0;
  bool in_string = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (in_string && text[i] == '\\') {
      ++i;
    } else if (text[i] == '"') {
      in_string = !in_string;
    } else if (!in_string && text[i] == ':') {
      ++count;
    }
  }
  return count;
}

base::Result<model::Value> read_part(std::string_view encoded, std::string_view name) {
  const auto text = base::read_base64url(encoded);
  if (!text) return bad(std::string(name) + " is no canonical base64url");
  auto value = model::read(*text, {.bytes_max = token_bytes_max, .depth_max = 8});
  if (!value.ok() || !value->is_object()) return bad(std::string(name) + " is no JSON object");
  if (count_members(*value) != count_colons(*text)) return bad(std::string(name) + " repeats a member");
  return value;
}

std::string lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  return text;
}

// Only fields that cannot change how the token is to be read.
base::Status check_header(const model::Value& header) {
  for (const auto& [name, value] : header.members()) {
    if (name != "alg" && name != "typ" && name != "kid") {
      return bad("its header has a field other than alg, typ and kid");
    }
    if (!value.is_string()) return bad("its header has a field that is no text");
  }
  const std::string* type = model::text_member(header, "typ");
  if (type != nullptr && lower(*type) != "jwt") return bad("is of another type than JWT");
  return base::done();
}

// `kid` chooses among the keys. Who says nothing means the key without a name, or the only one; a key without
// a name that is the only one takes any.
base::Result<const JwtKey*> key_of(const model::Value& header, const JwtRules& rules) {
  const std::string* named = model::text_member(header, "kid");
  const std::string id = named == nullptr ? "" : *named;
  for (const JwtKey& key : rules.keys) {
    if (key.id == id && (named == nullptr || !id.empty())) return &key;
  }
  const bool any = rules.keys.size() == 1 && (named == nullptr || rules.keys.front().id.empty());
  if (!any) return bad(named == nullptr ? "does not name its key by kid" : "names a key that is not known");
  return &rules.keys.front();
}

bool is_signed(const JwtKey& key, std::string_view bytes, std::string_view signature) {
  if (key.algorithm != Algorithm::hs256) {
    return key.public_key != nullptr && key.public_key->verifies(bytes, signature);
  }
  return key.secret.size() >= secret_bytes_min && same_secret(signature, hmac_sha256(key.secret, bytes));
}

// Seconds since 1970. Absent is fine, unless `demanded`.
base::Result<std::optional<std::int64_t>> time_claim(const model::Value& claims, std::string_view name,
                                                     bool demanded) {
  const model::Value* found = model::member(claims, name);
  if (found == nullptr && !demanded) return std::optional<std::int64_t>();
  if (found == nullptr) return bad(std::string(name).append(" is missing"));
  const auto seconds = model::as_count(*found);
  if (!seconds || *seconds > time_s_max) return bad(std::string(name).append(" is no time in whole seconds"));
  return std::optional<std::int64_t>(static_cast<std::int64_t>(*seconds));
}

base::Status read_times(const model::Value& payload, const JwtKey& key, base::Instant now, Claims& claims) {
  const auto expires = time_claim(payload, "exp", true);
  if (!expires.ok()) return expires.error();
  const auto begins = time_claim(payload, "nbf", false);
  if (!begins.ok()) return begins.error();
  const auto issued = time_claim(payload, "iat", false);
  if (!issued.ok()) return issued.error();
  const std::int64_t slack = key.own ? 0 : skew_ms;
  claims.expires_ms = **expires * 1000 + slack;
  claims.issued_ms = issued->value_or(0) * 1000;
  if (now.ms >= claims.expires_ms) return bad("has run out; ask for a new one");
  if (*begins && now.ms + slack < **begins * 1000) return bad("is not valid yet");
  return base::done();
}

base::Status check_issuer(const model::Value& claims, const JwtKey& key) {
  if (key.issuer.empty()) return base::done();
  const std::string* issuer = model::text_member(claims, "iss");
  return issuer != nullptr && *issuer == key.issuer ? base::done()
                                                    : base::Status(bad("is of another issuer"));
}

base::Status check_audience(const model::Value& claims, const JwtKey& key) {
  const model::Value* audience = model::member(claims, "aud");
  if (audience == nullptr && key.audience.empty()) return base::done();
  const auto is_ours = [&](const model::Value& value) {
    const std::string* text = value.get_ptr<const std::string*>();
    return text != nullptr && !key.audience.empty() && *text == key.audience;
  };
  const bool listed =
      audience != nullptr && audience->is_array() && std::any_of(audience->begin(), audience->end(), is_ours);
  if (listed || (audience != nullptr && is_ours(*audience))) return base::done();
  return bad("is for another audience");
}

// A list of names, or one name.
base::Status read_roles(const model::Value& payload, std::string_view name, std::vector<std::string>& roles) {
  const model::Value* found = model::member(payload, name);
  if (found == nullptr) return base::done();
  const base::Error wrong = bad("its roles are no list of names");
  const auto add = [&](const model::Value& value) {
    const std::string* role = value.get_ptr<const std::string*>();
    if (role == nullptr || !is_name(*role)) return false;
    roles.push_back(*role);
    return true;
  };
  if (found->is_string()) return add(*found) ? base::done() : base::Status(wrong);
  if (!found->is_array() || found->size() > roles_max) return wrong;
  return std::all_of(found->begin(), found->end(), add) ? base::done() : base::Status(wrong);
}

base::Result<Claims> read_claims(const model::Value& payload, const JwtRules& rules, const JwtKey& key,
                                 base::Instant now) {
  Claims claims;
  if (const auto fits = read_times(payload, key, now, claims); !fits.ok()) return fits.error();
  if (const auto fits = check_issuer(payload, key); !fits.ok()) return fits.error();
  if (const auto fits = check_audience(payload, key); !fits.ok()) return fits.error();
  const std::string* subject = model::text_member(payload, "sub");
  if (subject == nullptr || !is_name(*subject)) {
    return bad("sub must be a name of 1 to 256 bytes without control characters");
  }
  claims.subject = *subject;
  const auto realtime = model::bool_member(payload, "realtime");
  if (!realtime && model::member(payload, "realtime") != nullptr) {
    return bad("realtime must be true or false");
  }
  claims.realtime = realtime.value_or(false);
  if (const auto fits = read_roles(payload, rules.roles_claim, claims.roles); !fits.ok()) return fits.error();
  claims.key = fingerprint(key);
  return claims;
}

// What a token says whose signature is right, and by which of the keys.
base::Result<model::Value> open_token(std::string_view token, const JwtRules& rules, const JwtKey*& by) {
  if (token.size() > token_bytes_max) return bad("is longer than 8 KiB");
  const auto parts = base::split(token, '.');
  if (parts.size() != 3) return bad("has not the three parts of a JWT");
  const auto header = read_part(parts[0], "its header");
  if (!header.ok()) return header.error();
  if (const auto fits = check_header(*header); !fits.ok()) return fits.error();
  const auto key = key_of(*header, rules);
  if (!key.ok()) return key.error();
  const std::string* algorithm = model::text_member(*header, "alg");
  if (algorithm == nullptr || *algorithm != name_of((*key)->algorithm)) {
    return bad("is not signed with " + std::string(name_of((*key)->algorithm)) + ", as its key demands");
  }
  const auto signature = base::read_base64url(parts[2]);
  const std::string_view signed_bytes = token.substr(0, parts[0].size() + 1 + parts[1].size());
  if (!signature || !is_signed(**key, signed_bytes, *signature)) return bad("its signature is wrong");
  by = *key;
  return read_part(parts[1], "its content");
}

}  // namespace

const JwtKey* JwtRules::own_key() const {
  const auto found = std::find_if(keys.begin(), keys.end(), [](const JwtKey& key) {
    return key.own && key.algorithm == Algorithm::hs256;
  });
  return found == keys.end() ? nullptr : &*found;
}

bool is_name(std::string_view text) {
  return text.size() <= base::limits::name_bytes_max && model::check_id(text).ok();
}

std::string fingerprint(const JwtKey& key) {
  return short_hash(std::string(name_of(key.algorithm)) + "\n" +
                    (key.public_key == nullptr ? key.secret : key.public_key->der()));
}

base::Result<Claims> verify(std::string_view token, const JwtRules& rules, base::Instant now) {
  if (rules.keys.empty()) return bad("this server accepts none; jwt is not configured");
  const JwtKey* key = nullptr;
  const auto payload = open_token(token, rules, key);
  if (!payload.ok()) return payload.error();
  return read_claims(*payload, rules, *key, now);
}

std::string issue(const Claims& claims, const JwtKey& key, base::Instant now, std::string_view roles_claim) {
  assert(key.algorithm == Algorithm::hs256 && key.secret.size() >= secret_bytes_min);
  model::Value payload = model::Value::object();
  payload["sub"] = claims.subject;
  payload["iat"] = now.ms / 1000;
  payload["exp"] = claims.expires_ms / 1000;
  if (!key.issuer.empty()) payload["iss"] = key.issuer;
  if (!key.audience.empty()) payload["aud"] = key.audience;
  if (claims.realtime) payload["realtime"] = true;
  if (!claims.roles.empty()) {
    model::Value roles = model::Value::array();
    for (const std::string& role : claims.roles) roles.push_back(role);
    payload[roles_claim] = std::move(roles);
  }
  model::Value header = model::Value::object();
  header["alg"] = "HS256";
  header["typ"] = "JWT";
  if (!key.id.empty()) header["kid"] = key.id;
  const std::string text =
      base::base64url(model::write(header)) + "." + base::base64url(model::write(payload));
  return text + "." + base::base64url(hmac_sha256(key.secret, text));
}

std::string sign_object(std::string_view object, std::string_view secret) {
  assert(secret.size() >= secret_bytes_min);
  const std::string text = base::base64url(R"({"alg":"HS256","typ":"JWT"})") + "." + base::base64url(object);
  return text + "." + base::base64url(hmac_sha256(secret, text));
}

base::Result<std::string> open_object(std::string_view token, std::string_view secret) {
  JwtRules rules;
  rules.keys.emplace_back().secret = secret;
  const JwtKey* key = nullptr;
  const auto object = open_token(token, rules, key);
  if (!object.ok()) return object.error();
  return model::write(*object);
}

}  // namespace rockpool::auth
