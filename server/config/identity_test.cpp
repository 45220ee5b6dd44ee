#include <gtest/gtest.h>

#include "server/auth/password.h"
#include "server/auth/signer_test.h"
#include "server/clock.h"
#include "server/config/config.h"

namespace rockpool::config {
namespace {

std::string mistake_in(const std::string& text) {
  const auto config = read_config(text, "");
  return config.ok() ? "" : config.error().message;
}

std::string one_line(std::string pem) {
  for (std::size_t at = pem.find('\n'); at != std::string::npos; at = pem.find('\n', at))
    pem.replace(at, 1, "\\n");
  return pem;
}

const std::string hash = std::string(64, 'a');

TEST(IdentityConfig, reads_users_and_keys) {
  const auto config = read_config(R"({
    "users": { "ada": { "password": ")" +
                                      auth::nobodys_hash() + R"(", "roles": ["editor"] },
               "bob": { "disabled": true } },
    "apiKeys": { "abcd1234": { "hash": ")" +
                                      hash + R"(", "user": "ada", "roles": ["r"], "readOnly": true,
                               "realtime": true, "created": "2026-01-31",
                               "expires": "2027-01-31T12:00:00Z" } },
    "sessions": { "ttlHours": 2 } })",
                                  "");
  ASSERT_TRUE(config.ok()) << config.error().message;
  const auth::Identities& known = config->identities;
  EXPECT_EQ(known.users.at("ada").roles, std::vector<std::string>{"editor"});
  EXPECT_TRUE(known.users.at("bob").disabled);
  const auth::ApiKey& key = known.api_keys.at("abcd1234");
  EXPECT_TRUE(key.read_only && key.realtime);
  EXPECT_EQ(server::iso_time({key.created_ms}), "2026-01-31T00:00:00.000Z");
  EXPECT_EQ(server::iso_time({key.expires_ms}), "2027-01-31T12:00:00.000Z");
  EXPECT_EQ(known.session_ms, 2 * 3600 * 1000);
}

TEST(IdentityConfig, reads_keys_of_tokens) {
  const auth::Signer p256(auth::Algorithm::es256);
  const auto config =
      read_config(R"({ "jwt": { "secret": "0123456789abcdef0123456789abcdef", "rolesClaim": "groups",
    "keys": [ { "id": "a", "algorithm": "ES256", "publicKey": ")" +
                      one_line(p256.pem()) + R"(", "issuer": "i" },
              { "id": "b", "algorithm": "HS256", "secret": "0123456789abcdef0123456789abcdef",
                "own": true } ] } })",
                  "");
  ASSERT_TRUE(config.ok()) << config.error().message;
  const auth::JwtRules& jwt = config->identities.jwt;
  ASSERT_EQ(jwt.keys.size(), 3u);
  EXPECT_TRUE(jwt.keys[0].own);
  EXPECT_FALSE(jwt.keys[1].own);
  EXPECT_EQ(jwt.keys[1].issuer, "i");
  EXPECT_NE(jwt.keys[1].public_key, nullptr);
  EXPECT_TRUE(jwt.keys[2].own);
  EXPECT_EQ(jwt.roles_claim, "groups");
}

TEST(IdentityConfig, mistakes_are_named_with_their_place_and_never_with_what_stands_there) {
  const std::vector<std::pair<std::string, std::string>> wrong = {
      {R"({"users": {"ada": {"password": "hunter2hunter2"}}})",
       "users.ada.password: must be what `rockpool password` prints, never the password itself"},
      {R"({"users": {"": {}}})", "users.: is no name for a user; 1 to 256 bytes are"},
      {R"({"users": {"ada": {"pasword": ""}}})", "users.ada.pasword: unknown key; did you mean 'password'?"},
      {R"({"users": {"ada": {"roles": [""]}}})", "users.ada.roles: a role is a name of 1 to 256 bytes"},
      {R"({"apiKeys": {"abcd1234": {"hash": "x", "user": "ada"}}})",
       "apiKeys.abcd1234.hash: must be the 64 hex digits that `rockpool key` prints"},
      {R"({"apiKeys": {"abcd1234": {"hash": ")" + hash + R"("}}})",
       "apiKeys.abcd1234.user: must name the user in whose name the key acts"},
      {R"({"apiKeys": {"a_b": {}}})", "apiKeys: one is no prefix; `rockpool key` makes them"},
      {R"({"apiKeys": {"abcd1234": {"hash": ")" + hash + R"(", "user": "a", "expires": "2027-02-30"}}})",
       "apiKeys.abcd1234.expires: must be a day or a time in UTC, 2027-01-31 or 2027-01-31T12:00:00Z"},
      {R"({"jwt": {}})", "jwt.secret: is missing; jwt needs it, or keys"},
      {R"({"jwt": {"secret": "-----BEGIN PUBLIC KEY-----0123456789"}})",
       "jwt.secret: is a key in PEM form; give it as publicKey, with its algorithm"},
      {R"({"jwt": {"keys": [{"algorithm": "RS256"}]}})",
       "jwt.keys[0].algorithm: must be \"HS256\", \"ES256\" or \"EdDSA\""},
      {R"({"jwt": {"keys": [{"algorithm": "EdDSA"}]}})", "jwt.keys[0].publicKey: is missing"},
      {R"({"jwt": {"keys": [{"algorithm": "EdDSA", "publicKey": "/no/such/file"}]}})",
       "jwt.keys[0].publicKey: names a file that cannot be read"},
      {R"({"jwt": {"secret": "0123456789abcdef0123456789abcdef",
           "keys": [{"algorithm": "HS256", "secret": "0123456789abcdef0123456789abcdef"}]}})",
       "jwt.keys[0].id: must differ from key to key; tokens name it by kid"},
      {R"({"sessions": {"ttlHours": 0}})", "sessions.ttlHours: must be a whole number from 1 to 87600"},
  };
  for (const auto& [text, mistake] : wrong) EXPECT_EQ(mistake_in(text), mistake);
}

TEST(IdentityConfig, a_file_that_is_no_json_is_not_quoted) {
  const std::string mistake = mistake_in("{\"adminToken\": \"hunter2hunter2\n\"}");
  EXPECT_NE(mistake, "");
  EXPECT_EQ(mistake.find("hunter2"), std::string::npos) << mistake;
}

TEST(Clock, reads_days_and_times_and_nothing_else) {
  for (const char* text : {"2026-01-31", "2026-01-31T12:30:00Z", "2026-01-31T12:30:00.000Z"}) {
    EXPECT_TRUE(server::read_iso_time(text)) << text;
  }
  for (const char* text : {"", "2026", "2026-1-31", "2026-01-32", "2026-01-31T12:30:00",
                           "2026-01-31T12:30:00+01:00", "31.1.2026", "2026-01-31 "}) {
    EXPECT_FALSE(server::read_iso_time(text)) << text;
  }
}

}  // namespace
}  // namespace rockpool::config
