#include "server/auth/jwt.h"

#include <gtest/gtest.h>

#include "core/base/text.h"
#include "server/auth/crypto.h"

namespace rockpool::auth {
namespace {

constexpr base::Instant now{1'700'000'000'000};
const std::string demo_secret = "demo-secret-demo-secret-demo-secret";
JwtRules rules_of(const std::string& secret, const std::string& issuer = "",
                  const std::string& audience = "") {
  return {.keys = {{.secret = secret, .issuer = issuer, .audience = audience}}};
}
const JwtRules rules = rules_of(demo_secret);
const std::string good_header = R"({"alg":"HS256","typ":"JWT"})";
const std::string good_payload = R"({"sub":"ada","exp":1700000060})";

std::string sign(std::string_view header, std::string_view payload, std::string_view secret = demo_secret) {
  const std::string text = base::base64url(header) + "." + base::base64url(payload);
  return text + "." + base::base64url(hmac_sha256(secret, text));
}

// Signed, with the parts as they are given.
std::string sign_encoded(const std::string& header, const std::string& payload) {
  const std::string text = header + "." + payload;
  return text + "." + base::base64url(hmac_sha256(demo_secret, text));
}

Claims claims_of(const JwtRules& by, bool realtime = false) {
  Claims claims{.subject = "ada", .expires_ms = now.ms + 60'000, .issued_ms = now.ms, .realtime = realtime};
  claims.key = fingerprint(by.keys.front());
  return claims;
}

TEST(Jwt, accepts_what_it_issued) {
  Claims claims = claims_of(rules);
  claims.roles = {"editor", "viewer"};
  EXPECT_EQ(*verify(issue(claims, rules.keys.front(), now), rules, now), claims);
}

TEST(Jwt, accepts_a_token_of_another_maker) {
  const auto claims = verify(sign(good_header, good_payload), rules, now);
  ASSERT_TRUE(claims.ok());
  EXPECT_EQ(claims->subject, "ada");
  EXPECT_EQ(claims->expires_ms, 1'700'000'060'000);
}

TEST(Jwt, carries_realtime_issuer_and_audience) {
  const JwtRules strict = rules_of(demo_secret, "us", "them");
  const Claims claims = claims_of(strict, true);
  EXPECT_EQ(*verify(issue(claims, strict.keys.front(), now), strict, now), claims);
}

TEST(Jwt, takes_roles_as_a_list_or_as_one_and_from_the_claim_that_is_set) {
  JwtRules named = rules;
  const auto roles = [&](const char* payload) {
    const auto claims = verify(sign(good_header, payload), named, now);
    return claims.ok() ? claims->roles : std::vector<std::string>{"refused"};
  };
  EXPECT_EQ(roles(R"({"sub":"ada","exp":1700000060,"roles":["a","b"]})"),
            (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(roles(R"({"sub":"ada","exp":1700000060,"roles":"a"})"), std::vector<std::string>{"a"});
  named.roles_claim = "groups";
  EXPECT_EQ(roles(R"({"sub":"ada","exp":1700000060,"roles":["a"],"groups":["c"]})"),
            std::vector<std::string>{"c"});
}

TEST(Jwt, runs_out_without_slack) {
  const std::string token = sign(good_header, good_payload);
  EXPECT_TRUE(verify(token, rules, {1'700'000'059'999}).ok());
  EXPECT_FALSE(verify(token, rules, {1'700'000'060'000}).ok());
}

TEST(Jwt, without_a_secret_nothing_is_accepted) {
  EXPECT_FALSE(verify(sign(good_header, good_payload, ""), {}, now).ok());
  const JwtRules weak = rules_of("short");
  EXPECT_FALSE(verify(sign(good_header, good_payload, "short"), weak, now).ok());
}

struct BadToken {
  const char* why;
  std::string token;
};

std::string with_header(const char* header) { return sign(header, good_payload); }
std::string with_payload(const char* payload) { return sign(good_header, payload); }

std::vector<BadToken> bad_headers() {
  return {
      {"alg none, unsigned",
       base::base64url(R"({"alg":"none"})") + "." + base::base64url(good_payload) + "."},
      {"alg none, signed", with_header(R"({"alg":"none"})")},
      {"alg None", with_header(R"({"alg":"None"})")},
      {"alg in small letters", with_header(R"({"alg":"hs256"})")},
      {"another hash", with_header(R"({"alg":"HS512"})")},
      {"asymmetric algorithm, key confusion", with_header(R"({"alg":"RS256"})")},
      {"unknown algorithm", with_header(R"({"alg":"XX"})")},
      {"alg is a list", with_header(R"({"alg":["HS256"]})")},
      {"alg is null", with_header(R"({"alg":null})")},
      {"no alg", with_header(R"({"typ":"JWT"})")},
      {"empty header", with_header("{}")},
      {"crit", with_header(R"({"alg":"HS256","crit":["exp"]})")},
      {"empty crit", with_header(R"({"alg":"HS256","crit":[]})")},
      {"its own key", with_header(R"({"alg":"HS256","jwk":{"kty":"oct","k":"AA"}})")},
      {"key from a url", with_header(R"({"alg":"HS256","jku":"https://evil.example"})")},
      {"certificate from a url", with_header(R"({"alg":"HS256","x5u":"https://evil.example"})")},
      {"unencoded payload", with_header(R"({"alg":"HS256","b64":false})")},
      {"compressed", with_header(R"({"alg":"HS256","zip":"DEF"})")},
      {"encrypted", with_header(R"({"alg":"HS256","enc":"A128GCM"})")},
      {"another type", with_header(R"({"alg":"HS256","typ":"at+jwt"})")},
      {"type is a number", with_header(R"({"alg":"HS256","typ":1})")},
      {"alg twice", with_header(R"({"alg":"none","alg":"HS256"})")},
      {"alg twice, escaped", with_header(R"({"al\u0067":"none","alg":"HS256"})")},
      {"alg with a full-width letter", with_header("{\"alg\":\"\xef\xbc\xa8S256\"}")},
      {"alg with a space", with_header(R"({"alg":"HS256 "})")},
      {"alg with a NUL", with_header(R"({"alg":"HS256\u0000"})")},
      {"certificate chain", with_header(R"({"alg":"HS256","x5c":["AA"]})")},
      {"kid is a number", with_header(R"({"alg":"HS256","kid":1})")},
      {"kid is a list", with_header(R"({"alg":"HS256","kid":["a"]})")},
      {"header is a list", with_header("[]")},
      {"header is text", with_header("\"HS256\"")},
      {"header is no JSON", with_header("{alg:HS256}")},
      {"header with NUL behind", with_header("{\"alg\":\"HS256\"}\\u0000x")},
  };
}

std::vector<BadToken> bad_payloads() {
  return {
      {"no exp", with_payload(R"({"sub":"ada"})")},
      {"exp is text", with_payload(R"({"sub":"ada","exp":"1700000060"})")},
      {"exp is null", with_payload(R"({"sub":"ada","exp":null})")},
      {"exp is negative", with_payload(R"({"sub":"ada","exp":-1})")},
      {"exp is a fraction", with_payload(R"({"sub":"ada","exp":1700000060.5})")},
      {"exp is beyond time", with_payload(R"({"sub":"ada","exp":1e300})")},
      {"exp is over", with_payload(R"({"sub":"ada","exp":1699999999})")},
      {"exp twice", with_payload(R"({"sub":"ada","exp":1,"exp":1700000060})")},
      {"nbf in the future", with_payload(R"({"sub":"ada","exp":1700000060,"nbf":1700000001})")},
      {"nbf is text", with_payload(R"({"sub":"ada","exp":1700000060,"nbf":"now"})")},
      {"iat is text", with_payload(R"({"sub":"ada","exp":1700000060,"iat":"now"})")},
      {"for somebody else", with_payload(R"({"sub":"ada","exp":1700000060,"aud":"others"})")},
      {"aud is an empty list", with_payload(R"({"sub":"ada","exp":1700000060,"aud":[]})")},
      {"no sub", with_payload(R"({"exp":1700000060})")},
      {"empty sub", with_payload(R"({"sub":"","exp":1700000060})")},
      {"sub is a number", with_payload(R"({"sub":1,"exp":1700000060})")},
      {"sub with a line break", with_payload(R"({"sub":"a\nb","exp":1700000060})")},
      {"sub twice", with_payload(R"({"sub":"eve","sub":"ada","exp":1700000060})")},
      {"nested repeat", with_payload(R"({"sub":"ada","exp":1700000060,"x":{"a":1,"a":2}})")},
      {"realtime is text", with_payload(R"({"sub":"ada","exp":1700000060,"realtime":"no"})")},
      {"payload is a list", with_payload("[1]")},
      {"payload is no JSON", with_payload("{")},
      {"payload is not UTF-8", with_payload("{\"sub\":\"\xff\",\"exp\":1700000060}")},
      {"roles is a number", with_payload(R"({"sub":"ada","exp":1700000060,"roles":1})")},
      {"roles with a number in it", with_payload(R"({"sub":"ada","exp":1700000060,"roles":["a",1]})")},
      {"roles with an empty name", with_payload(R"({"sub":"ada","exp":1700000060,"roles":[""]})")},
      {"roles as an object", with_payload(R"({"sub":"ada","exp":1700000060,"roles":{"admin":true}})")},
      {"sub of 257 bytes", sign(good_header, R"({"exp":1700000060,"sub":")" + std::string(257, 'a') + "\"}")},
      {"sub is a dot", with_payload(R"({"sub":".","exp":1700000060})")},
      {"payload too deep", with_payload(R"({"sub":"ada","exp":1700000060,"x":[[[[[[[[[[1]]]]]]]]]]})")},
  };
}

std::vector<BadToken> bad_forms() {
  const std::string header = base::base64url(good_header);
  const std::string payload = base::base64url(good_payload);
  const std::string good = sign(good_header, good_payload);
  std::string other_signature = good;
  other_signature.back() = other_signature.back() == 'A' ? 'E' : 'A';
  return {
      {"empty", ""},
      {"dots only", ".."},
      {"two parts", header + "." + payload},
      {"four parts", good + ".x"},
      {"five parts, an encrypted one", "a.b.c.d.e"},
      {"no signature", header + "." + payload + "."},
      {"wrong signature", other_signature},
      {"cut signature", good.substr(0, good.size() - 2)},
      {"longer signature", good + "AA"},
      {"signed by another key", sign(good_header, good_payload, "another-secret-another-secret-another")},
      {"signed by no key", sign(good_header, good_payload, "")},
      {"padded signature", good + "="},
      {"padded header", sign_encoded(header + "=", payload)},
      {"standard alphabet", sign_encoded(header, base::base64url(good_payload) + "+/")},
      {"stray bits at the end", sign_encoded(header, base::base64url("{}").substr(0, 2) + "1")},
      {"white space around", " " + good},
      {"line break behind", good + "\n"},
      {"bearer left in front", "Bearer " + good},
      {"too long",
       sign(good_header, R"({"sub":"ada","exp":1700000060,"x":")" + std::string(9000, 'x') + "\"}")},
      {"payload changed",
       header + "." + base::base64url(R"({"sub":"eve","exp":1700000060})") + good.substr(good.rfind('.'))},
  };
}

TEST(Jwt, refuses_every_bad_token_of_the_list) {
  std::vector<BadToken> all = bad_headers();
  for (auto* more : {&bad_payloads, &bad_forms}) {
    for (BadToken& bad : (*more)()) all.push_back(std::move(bad));
  }
  EXPECT_GE(all.size(), 80u);
  for (const BadToken& bad : all) {
    const auto claims = verify(bad.token, rules, now);
    ASSERT_FALSE(claims.ok()) << bad.why;
    EXPECT_EQ(claims.error().code, base::Code::auth) << bad.why;
    EXPECT_EQ(claims.error().message.find("eve"), std::string::npos)
        << "nothing out of the token: " << bad.why;
  }
}

TEST(Jwt, issuer_and_audience_are_demanded_when_set) {
  const JwtRules strict = rules_of(demo_secret, "us", "them");
  const auto accepts = [&](const char* payload) { return verify(with_payload(payload), strict, now).ok(); };
  EXPECT_TRUE(accepts(R"({"sub":"ada","exp":1700000060,"iss":"us","aud":"them"})"));
  EXPECT_TRUE(accepts(R"({"sub":"ada","exp":1700000060,"iss":"us","aud":["others","them"]})"));
  EXPECT_FALSE(accepts(R"({"sub":"ada","exp":1700000060,"iss":"us"})"));
  EXPECT_FALSE(accepts(R"({"sub":"ada","exp":1700000060,"aud":"them"})"));
  EXPECT_FALSE(accepts(R"({"sub":"ada","exp":1700000060,"iss":"we","aud":"them"})"));
  EXPECT_FALSE(accepts(R"({"sub":"ada","exp":1700000060,"iss":["us"],"aud":"them"})"));
  EXPECT_FALSE(accepts(R"({"sub":"ada","exp":1700000060,"iss":"us","aud":"the"})"));
}

TEST(Crypto, agrees_with_the_vectors_of_rfc_4231_and_fips_180) {
  const auto hex = [](const std::string& bytes) {
    std::string text;
    for (const char c : bytes) text += base::hex(static_cast<unsigned char>(c), 2);
    return text;
  };
  EXPECT_EQ(hex(hmac_sha256("Jefe", "what do ya want for nothing?")),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
  EXPECT_EQ(hex(sha256("abc")), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_TRUE(same_secret("a", "a"));
  EXPECT_FALSE(same_secret("a", "b"));
  EXPECT_FALSE(same_secret("a", "aa"));
}

}  // namespace
}  // namespace rockpool::auth
