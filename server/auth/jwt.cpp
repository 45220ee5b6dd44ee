#include "server/auth/jwt.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <optional>

#include "core/base/text.h"
#include "core/model/value.h"
#include "server/auth/crypto.h"

namespace rockpool::auth {
namespace {

constexpr std::uint64_t time_s_max = 1ull << 43;  // in milliseconds still below 2^53
constexpr std::size_t subject_bytes_max = 256;

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
  }
  const std::string* algorithm = model::text_member(header, "alg");
  if (algorithm == nullptr || *algorithm != "HS256") return bad("is not signed with HS256");
  if (model::member(header, "typ") != nullptr) {
    const std::string* type = model::text_member(header, "typ");
    if (type == nullptr || lower(*type) != "jwt") return bad("is of another type than JWT");
  }
  return base::done();
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

base::Result<std::int64_t> check_times(const model::Value& claims, base::Instant now) {
  const auto expires = time_claim(claims, "exp", true);
  if (!expires.ok()) return expires.error();
  const auto begins = time_claim(claims, "nbf", false);
  if (!begins.ok()) return begins.error();
  const auto issued = time_claim(claims, "iat", false);
  if (!issued.ok()) return issued.error();
  if (now.ms >= **expires * 1000) return bad("has run out; ask for a new one");
  if (*begins && now.ms < **begins * 1000) return bad("is not valid yet");
  return **expires * 1000;
}

base::Status check_issuer(const model::Value& claims, const JwtRules& rules) {
  if (rules.issuer.empty()) return base::done();
  const std::string* issuer = model::text_member(claims, "iss");
  return issuer != nullptr && *issuer == rules.issuer ? base::done()
                                                      : base::Status(bad("is of another issuer"));
}

base::Status check_audience(const model::Value& claims, const JwtRules& rules) {
  const model::Value* audience = model::member(claims, "aud");
  if (audience == nullptr && rules.audience.empty()) return base::done();
  const auto is_ours = [&](const model::Value& value) {
    const std::string* text = value.get_ptr<const std::string*>();
    return text != nullptr && !rules.audience.empty() && *text == rules.audience;
  };
  const bool listed =
      audience != nullptr && audience->is_array() && std::any_of(audience->begin(), audience->end(), is_ours);
  if (listed || (audience != nullptr && is_ours(*audience))) return base::done();
  return bad("is for another audience");
}

bool is_subject(std::string_view text) {
  const auto is_control = [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; };
  return !text.empty() && text.size() <= subject_bytes_max &&
         std::none_of(text.begin(), text.end(), is_control);
}

base::Result<Claims> read_claims(const model::Value& payload, const JwtRules& rules, base::Instant now) {
  const auto expires_ms = check_times(payload, now);
  if (!expires_ms.ok()) return expires_ms.error();
  if (const auto fits = check_issuer(payload, rules); !fits.ok()) return fits.error();
  if (const auto fits = check_audience(payload, rules); !fits.ok()) return fits.error();
  const std::string* subject = model::text_member(payload, "sub");
  if (subject == nullptr || !is_subject(*subject)) return bad("sub must be text of 1 to 256 bytes");
  const auto realtime = model::bool_member(payload, "realtime");
  if (!realtime && model::member(payload, "realtime") != nullptr) {
    return bad("realtime must be true or false");
  }
  return Claims{*subject, *expires_ms, realtime.value_or(false)};
}

}  // namespace

base::Result<Claims> verify(std::string_view token, const JwtRules& rules, base::Instant now) {
  if (rules.secret.size() < secret_bytes_min) return bad("this server accepts none; jwt.secret is not set");
  if (token.size() > token_bytes_max) return bad("is longer than 8 KiB");
  const auto parts = base::split(token, '.');
  if (parts.size() != 3) return bad("has not the three parts of a JWT");
  const auto header = read_part(parts[0], "its header");
  if (!header.ok()) return header.error();
  if (const auto fits = check_header(*header); !fits.ok()) return fits.error();
  const auto signature = base::read_base64url(parts[2]);
  const std::string_view signed_bytes = token.substr(0, parts[0].size() + 1 + parts[1].size());
  if (!signature || !same_secret(*signature, hmac_sha256(rules.secret, signed_bytes))) {
    return bad("its signature is wrong");
  }
  const auto payload = read_part(parts[1], "its content");
  if (!payload.ok()) return payload.error();
  return read_claims(*payload, rules, now);
}

std::string issue(const Claims& claims, const JwtRules& rules, base::Instant now) {
  assert(rules.secret.size() >= secret_bytes_min);
  model::Value payload = model::Value::object();
  payload["sub"] = claims.subject;
  payload["iat"] = now.ms / 1000;
  payload["exp"] = claims.expires_ms / 1000;
  if (!rules.issuer.empty()) payload["iss"] = rules.issuer;
  if (!rules.audience.empty()) payload["aud"] = rules.audience;
  if (claims.realtime) payload["realtime"] = true;
  const std::string head = base::base64url(R"({"alg":"HS256","typ":"JWT"})");
  const std::string text = head + "." + base::base64url(model::write(payload));
  return text + "." + base::base64url(hmac_sha256(rules.secret, text));
}

}  // namespace rockpool::auth
