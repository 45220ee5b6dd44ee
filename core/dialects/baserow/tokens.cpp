#include "core/dialects/baserow/tokens.h"

namespace rockpool::dialects::baserow {

Claims new_claims(Desk& desk, Instant now, Id user, bool refreshes) {
  return {.refreshes = refreshes,
          .user = user,
          .jti = desk.prng.hex(16),
          .issued_ms = now.ms,
          .expires_ms = now.ms + (refreshes ? desk.settings.refresh_ms : desk.settings.access_ms)};
}

std::string claims_text(const Claims& claims) {
  std::string text;
  dialect::ObjectText(text)
      .text("token_type", claims.refreshes ? "refresh" : "access")
      .integer("exp", claims.expires_ms / 1000)
      .integer("iat", claims.issued_ms / 1000)
      .text("jti", claims.jti)
      .count("user_id", claims.user)
      .end();
  return text;
}

std::optional<Claims> read_claims(std::string_view text) {
  const auto value = model::read(text);
  if (!value) return std::nullopt;
  const std::string* type = model::text_member(*value, "token_type");
  const auto expires = model::count_member(*value, "exp");
  const auto user = model::count_member(*value, "user_id");
  if (type == nullptr || (*type != "access" && *type != "refresh")) return std::nullopt;
  if (!expires || !user || *expires > 1ull << 40) return std::nullopt;
  return Claims{.refreshes = *type == "refresh",
                .user = *user,
                .jti = {},
                .expires_ms = static_cast<std::int64_t>(*expires) * 1000};
}

Judgement judge(const Books& books, Instant now, const dialect::SecretResult& opened, bool refreshes) {
  Judgement judgement{.user = {}, .wrong = refreshes ? Wrong::refresh_token : Wrong::access_token};
  const auto* text = std::get_if<std::string>(&opened);
  const auto claims = text == nullptr ? std::nullopt : read_claims(*text);
  if (!claims || claims->refreshes != refreshes || claims->expires_ms <= now.ms) return judgement;
  Pointer<User> user = books.find<User>(claims->user);
  if (user && !user->is_active())
    judgement.wrong = Wrong::deactivated;
  else
    judgement.user = std::move(user);
  return judgement;
}

}  // namespace rockpool::dialects::baserow
