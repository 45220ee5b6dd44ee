// Tokens of issuers with public keys, and of several keys at once.
#include <gtest/gtest.h>

#include "server/auth/crypto.h"
#include "server/auth/jwt.h"
#include "server/auth/signer_test.h"

namespace rockpool::auth {
namespace {

constexpr base::Instant now{1'700'000'000'000};
const std::string payload = R"({"sub":"ada","exp":1700000060})";
const std::string secret = "demo-secret-demo-secret-demo-secret";

JwtKey key_of(const Signer& signer, Algorithm algorithm, const std::string& id = "") {
  return {.id = id,
          .algorithm = algorithm,
          .public_key = *PublicKey::read(signer.pem(), algorithm),
          .own = false};
}

std::string header_of(Algorithm algorithm) {
  return R"({"alg":")" + std::string(name_of(algorithm)) + R"(","typ":"JWT"})";
}

// Why a token is refused, empty when it is not.
std::string refusal(const std::string& token, const JwtRules& rules) {
  const auto claims = verify(token, rules, now);
  return claims.ok() ? "" : claims.error().message;
}

std::string with_signature(const std::string& token, const std::string& signature) {
  return token.substr(0, token.rfind('.') + 1) + base::base64url(signature);
}

std::string hs256(const std::string& header, const std::string& key) {
  const std::string text = base::base64url(header) + "." + base::base64url(payload);
  return text + "." + base::base64url(hmac_sha256(key, text));
}

class JwtOf : public testing::TestWithParam<Algorithm> {
 protected:
  const Signer signer{GetParam()};
  const JwtRules rules{.keys = {key_of(signer, GetParam())}};
  const std::string header = header_of(GetParam());
  const std::string good = signer.token(header, payload);
};

TEST_P(JwtOf, a_public_key_accepts_what_its_private_key_signed) {
  EXPECT_EQ(refusal(good, rules), "");
  EXPECT_EQ(verify(good, rules, now)->subject, "ada");
}

TEST_P(JwtOf, other_issuers_clocks_may_be_a_minute_off) {
  const auto expires = [&](base::Instant at) { return verify(good, rules, at).ok(); };
  EXPECT_TRUE(expires({1'700'000'119'999}));
  EXPECT_FALSE(expires({1'700'000'120'000}));
  EXPECT_EQ(verify(good, rules, now)->expires_ms, 1'700'000'120'000);
  const auto begins = [&](const char* at) {
    return refusal(signer.token(header, std::string(R"({"sub":"ada","exp":1700009999,"nbf":)") + at + "}"),
                   rules);
  };
  EXPECT_EQ(begins("1700000060"), "");
  EXPECT_EQ(begins("1700000061"), "token: is not valid yet");
}

TEST_P(JwtOf, the_algorithm_is_the_keys_never_the_tokens) {
  const std::string pem = signer.pem();
  EXPECT_NE(refusal(hs256(R"({"alg":"HS256"})", pem), rules), "") << "the public key as a secret";
  EXPECT_NE(refusal(hs256(header, pem), rules), "") << "the same, said to be of the key's algorithm";
  EXPECT_NE(refusal(hs256(R"({"alg":"HS256"})", ""), rules), "");
  for (const char* name :
       {"none", "RS256", "PS256", "ES384", "ES512", "ES256K", "Ed25519", "es256", "EDDSA", ""}) {
    const std::string other = R"({"alg":")" + std::string(name) + R"("})";
    EXPECT_NE(refusal(signer.token(other, payload), rules), "") << name;
  }
}

TEST_P(JwtOf, signatures_that_are_none_are_refused) {
  const std::string text = good.substr(0, good.rfind('.'));
  const std::string right = signer.sign(text);
  std::string flipped = right;
  flipped[10] = static_cast<char>(flipped[10] ^ 1);
  const std::string zeros(64, '\0');
  const std::vector<std::pair<const char*, std::string>> wrong = {
      {"empty", ""},
      {"cut", right.substr(0, 63)},
      {"longer", right + "x"},
      {"doubled", right + right},
      {"a bit flipped", flipped},
      {"zero", zeros},
      {"r is zero", zeros.substr(32) + right.substr(32)},
      {"s is zero", right.substr(0, 32) + zeros.substr(32)},
      {"all ones", std::string(64, '\xff')},
      {"halves exchanged", right.substr(32) + right.substr(0, 32)},
      {"of another text", signer.sign("another")},
      {"of another key", Signer(GetParam()).sign(text)},
  };
  for (const auto& [why, signature] : wrong) {
    EXPECT_EQ(refusal(with_signature(good, signature), rules), "token: its signature is wrong") << why;
  }
}

INSTANTIATE_TEST_SUITE_P(, JwtOf, testing::Values(Algorithm::es256, Algorithm::eddsa),
                         [](const auto& tested) { return std::string(name_of(tested.param)); });

TEST(JwtKeys, an_ecdsa_signature_in_der_is_refused) {
  const Signer signer(Algorithm::es256);
  const JwtRules rules{.keys = {key_of(signer, Algorithm::es256)}};
  const std::string good = signer.token(header_of(Algorithm::es256), payload);
  EXPECT_NE(refusal(with_signature(good, signer.sign_plain(good.substr(0, good.rfind('.')))), rules), "");
}

// s + L is the same number to a careless verifier, and another signature (RFC 8032 section 8.4).
TEST(JwtKeys, an_eddsa_signature_has_one_form) {
  const Signer signer(Algorithm::eddsa);
  const JwtRules rules{.keys = {key_of(signer, Algorithm::eddsa)}};
  const std::string good = signer.token(header_of(Algorithm::eddsa), payload);
  std::string signature = signer.sign(good.substr(0, good.rfind('.')));
  constexpr unsigned char order[32] = {0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7,
                                       0xa2, 0xde, 0xf9, 0xde, 0x14, 0,    0,    0,    0,    0,    0,
                                       0,    0,    0,    0,    0,    0,    0,    0,    0,    0x10};
  unsigned carry = 0;
  for (std::size_t i = 0; i < sizeof order; ++i) {
    carry += static_cast<unsigned char>(signature[32 + i]) + order[i];
    signature[32 + i] = static_cast<char>(carry & 0xff);
    carry >>= 8;
  }
  EXPECT_NE(refusal(with_signature(good, signature), rules), "");
}

TEST(JwtKeys, kid_chooses_the_key_and_nothing_else) {
  const Signer one(Algorithm::es256), two(Algorithm::eddsa);
  const JwtRules rules{.keys = {key_of(one, Algorithm::es256, "one"), key_of(two, Algorithm::eddsa, "two")}};
  const auto with_kid = [](const char* algorithm, const std::string& kid) {
    return R"({"alg":")" + std::string(algorithm) + R"(","kid":")" + kid + R"("})";
  };
  EXPECT_EQ(refusal(one.token(with_kid("ES256", "one"), payload), rules), "");
  EXPECT_EQ(refusal(two.token(with_kid("EdDSA", "two"), payload), rules), "");
  EXPECT_NE(refusal(one.token(with_kid("ES256", "two"), payload), rules), "") << "another key's name";
  EXPECT_NE(refusal(two.token(with_kid("ES256", "one"), payload), rules), "");
  EXPECT_EQ(refusal(one.token(R"({"alg":"ES256"})", payload), rules), "token: does not name its key by kid");
  for (const char* kid :
       {"../../etc/passwd", "/dev/null", "' OR 1=1 --", "", "ONE", "one ", "three", "one\\u0000"}) {
    EXPECT_EQ(refusal(one.token(with_kid("ES256", kid), payload), rules),
              "token: names a key that is not known")
        << kid;
  }
}

TEST(JwtKeys, a_token_without_kid_is_of_the_key_without_a_name) {
  const Signer other(Algorithm::es256);
  const JwtRules both{.keys = {{.secret = secret}, key_of(other, Algorithm::es256, "other")}};
  EXPECT_EQ(refusal(hs256(R"({"alg":"HS256"})", secret), both), "");
  EXPECT_EQ(refusal(other.token(R"({"alg":"ES256","kid":"other"})", payload), both), "");
  EXPECT_NE(refusal(other.token(R"({"alg":"ES256"})", payload), both), "");
  EXPECT_NE(refusal(hs256(R"({"alg":"HS256","kid":"other"})", secret), both), "");
  EXPECT_EQ(both.own_key(), &both.keys.front());
}

TEST(JwtKeys, only_public_keys_of_the_right_kind_are_read) {
  const Signer p256(Algorithm::es256), p384(Algorithm::es256, "P-384"), ed(Algorithm::eddsa);
  const auto problem = [](const std::string& pem, Algorithm algorithm) {
    const auto key = PublicKey::read(pem, algorithm);
    return key.ok() ? "" : key.error().message;
  };
  EXPECT_EQ(problem(p256.pem(), Algorithm::es256), "");
  EXPECT_EQ(problem(ed.pem(), Algorithm::eddsa), "");
  EXPECT_EQ(problem(ed.pem(), Algorithm::es256), "is a key of another kind: ES256 needs one of P-256");
  EXPECT_EQ(problem(p256.pem(), Algorithm::eddsa), "is a key of another kind: EdDSA needs one of Ed25519");
  EXPECT_NE(problem(p384.pem(), Algorithm::es256), "");
  EXPECT_NE(problem(p256.pem(true), Algorithm::es256), "") << "a private key has no place here";
  EXPECT_NE(problem("-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n", Algorithm::es256), "");
  EXPECT_NE(problem("", Algorithm::eddsa), "");
}

}  // namespace
}  // namespace rockpool::auth
