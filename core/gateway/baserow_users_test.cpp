#include "core/gateway/baserow_world_test.h"

namespace rockpool::gateway {
namespace {

const std::string ada = R"({"name":"Ada","email":"Ada@X.test","password":"a secret word"})";

TEST(BaserowUsers, register_and_get_a_group_of_their_own) {
  Baserow baserow;
  EXPECT_EQ(baserow.ask("POST", "user/", ada, {}),
            R"(200 {"user":{"first_name":"Ada","username":"ada@x.test","is_staff":false,"id":1,)"
            R"("language":"en"}})");
  const std::string come =
      baserow.ask("POST", "user/token-auth/", R"({"email":"ada@x.test","password":"a secret word"})", {});
  EXPECT_EQ(Baserow::status(come), "200");
  const auto record = baserow.world.stored("$baserow");
  EXPECT_EQ(record.at("group/1").find(R"({"name":"Ada's group")"), 0u);
  EXPECT_EQ(record.at("member/1").find(R"({"group":1,"user":1,"admin":true,"order":1)"), 0u);
}

TEST(BaserowUsers, get_tokens_at_once_where_that_is_wanted) {
  Baserow baserow;
  const std::string made = baserow.ask(
      "POST", "user/",
      R"({"name":"Ada","email":"ada@x.test","password":"a secret word","authenticate":true})", {});
  EXPECT_EQ(Baserow::status(made), "200");
  EXPECT_EQ(Baserow::member(made, "token"), Baserow::member(made, "access_token"));
  EXPECT_NE(Baserow::member(made, "refresh_token"), Baserow::member(made, "access_token"));
  EXPECT_EQ(Baserow::member(made, "user.username"), "ada@x.test");
}

TEST(BaserowUsers, say_what_is_wrong_with_each_member) {
  Baserow baserow;
  EXPECT_EQ(baserow.ask("POST", "user/", "{}", {}),
            R"(400 {"error":"ERROR_REQUEST_BODY_VALIDATION","detail":)"
            R"({"name":[{"error":"This field is required.","code":"required"}],)"
            R"("email":[{"error":"This field is required.","code":"required"}],)"
            R"("password":[{"error":"This field is required.","code":"required"}]}})");
  for (const char* body : {"{", "[]", "7", R"({"name":"","email":"a@x.test","password":"12345678"})",
                           R"({"name":7,"email":"a@x.test","password":"12345678"})",
                           R"({"name":"a","email":"a","password":"12345678"})",
                           R"({"name":"a","email":null,"password":"12345678"})",
                           R"({"name":"a","email":"a@x.test","password":"1234567"})",
                           R"({"name":"a","email":"a@x.test","password":"12345678","authenticate":"x"})"})
    EXPECT_EQ(Baserow::refusal(baserow.ask("POST", "user/", body, {})), "400 ERROR_REQUEST_BODY_VALIDATION")
        << body;
  EXPECT_EQ(Baserow::refusal(baserow.ask("POST", "user/", ada, {.type = "text/plain"})),
            "415 ERROR_UNSUPPORTED_MEDIA_TYPE");
}

TEST(BaserowUsers, have_an_email_that_nobody_else_has) {
  Baserow baserow;
  baserow.ask("POST", "user/", ada, {});
  EXPECT_EQ(Baserow::refusal(baserow.ask("POST", "user/", ada, {})), "400 ERROR_EMAIL_ALREADY_EXISTS");
}

TEST(BaserowUsers, cannot_register_where_that_is_closed) {
  Baserow baserow(R"(,"registration":false)");
  EXPECT_EQ(Baserow::refusal(baserow.ask("POST", "user/", ada, {})), "400 ERROR_DISABLED_SIGNUP");
}

TEST(BaserowUsers, log_in_by_email_and_password) {
  Baserow baserow;
  baserow.ask("POST", "user/", ada, {});
  for (const char* name : {"email", "username"}) {
    const std::string come =
        baserow.ask("POST", "user/token-auth/",
                    R"({")" + std::string(name) + R"(":"ADA@x.test","password":"a secret word"})", {});
    EXPECT_EQ(Baserow::status(come), "200") << come;
    EXPECT_EQ(Baserow::member(come, "token"), Baserow::member(come, "access_token"));
    EXPECT_EQ(Baserow::member(come, "user.id"), "1");
  }
  const std::string wrong =
      baserow.ask("POST", "user/token-auth/", R"({"email":"ada@x.test","password":"another word"})", {});
  EXPECT_EQ(Baserow::refusal(wrong), "401 ERROR_INVALID_CREDENTIALS");
  EXPECT_EQ(baserow.ask("POST", "user/token-auth/", R"({"email":"b@x.test","password":"another word"})", {}),
            wrong)
      << "nobody learns who has an account";
  EXPECT_EQ(baserow.world.secret_works.back().key, "") << "which takes as long";
}

TEST(BaserowUsers, who_guess_have_to_wait) {
  Baserow baserow;
  baserow.world.no_secrets =
      dialect::Denied{{base::Code::overloaded, "too many failed log-ins; try again later", ""}, 61'500};
  const std::string login = R"({"email":"ada@x.test","password":"a secret word"})";
  EXPECT_EQ(Baserow::refusal(baserow.ask("POST", "user/token-auth/", login, {})),
            "429 ERROR_TOO_MANY_REQUESTS");
  EXPECT_EQ(baserow.last_header("Retry-After"), "62");
  baserow.world.no_secrets->retry_after_ms = 0;
  EXPECT_EQ(Baserow::refusal(baserow.ask("POST", "user/token-auth/", login, {})), "503 ERROR_NOT_AVAILABLE");
}

TEST(BaserowUsers, refresh_and_verify_their_tokens) {
  Baserow baserow;
  const auto person = baserow.make_person("ada");
  const auto ask = [&](const std::string& what, const std::string& name, const std::string& token) {
    return baserow.ask("POST", "user/token-" + what + "/", R"({")" + name + R"(":")" + token + R"("})", {});
  };
  for (const char* name : {"refresh_token", "token"}) {
    const std::string fresh = ask("refresh", name, person.refresh_token);
    EXPECT_EQ(Baserow::status(fresh), "200") << fresh;
    EXPECT_EQ(Baserow::member(fresh, "token"), Baserow::member(fresh, "access_token"));
    EXPECT_EQ(Baserow::member(fresh, "user.username"), "ada@x.test");
    EXPECT_EQ(fresh.find("refresh_token"), std::string::npos);
    EXPECT_EQ(ask("verify", name, person.refresh_token),
              R"(200 {"user":{"first_name":"ada","username":"ada@x.test","is_staff":false,"id":1,)"
              R"("language":"en"}})");
  }
  for (const char* what : {"refresh", "verify"}) {
    EXPECT_EQ(Baserow::refusal(ask(what, "refresh_token", person.token)), "401 ERROR_INVALID_REFRESH_TOKEN")
        << "an access token is none";
    EXPECT_EQ(Baserow::refusal(ask(what, "refresh_token", "x")), "401 ERROR_INVALID_REFRESH_TOKEN");
    EXPECT_EQ(Baserow::refusal(ask(what, "other", "x")), "400 ERROR_REQUEST_BODY_VALIDATION");
  }
  baserow.world.now.ms += 7ll * 86'400'000;
  EXPECT_EQ(Baserow::refusal(ask("verify", "refresh_token", person.refresh_token)),
            "401 ERROR_INVALID_REFRESH_TOKEN");
}

TEST(BaserowUsers, are_known_by_their_access_token_while_it_lasts) {
  Baserow baserow;
  const auto person = baserow.make_person("ada");
  const auto ask = [&](const std::string& token) {
    return baserow.ask("PATCH", "user/account/", R"({"first_name":"Ada"})", {.token = token});
  };
  EXPECT_EQ(ask(person.token), R"(200 {"first_name":"Ada","language":"en"})");
  EXPECT_EQ(Baserow::refusal(ask("")), "401 ERROR_INVALID_ACCESS_TOKEN");
  EXPECT_EQ(Baserow::refusal(ask("x")), "401 ERROR_INVALID_ACCESS_TOKEN");
  EXPECT_EQ(Baserow::refusal(ask(person.refresh_token)), "401 ERROR_INVALID_ACCESS_TOKEN");
  baserow.world.now.ms += 600'000;
  EXPECT_EQ(Baserow::refusal(ask(person.token)), "401 ERROR_INVALID_ACCESS_TOKEN");
}

TEST(BaserowUsers, are_there_after_a_restart) {
  Baserow baserow;
  const auto person = baserow.make_person("ada");
  baserow.restart();
  EXPECT_EQ(baserow.ask("PATCH", "user/account/", R"({"language":"de"})", person),
            R"(200 {"first_name":"ada","language":"de"})");
  EXPECT_EQ(baserow.make_person("ben").id, "2");
}

TEST(BaserowUsers, find_nothing_at_other_addresses) {
  Baserow baserow;
  EXPECT_EQ(Baserow::refusal(baserow.ask("GET", "nothing/")), "404 URL_NOT_FOUND");
  EXPECT_EQ(Baserow::refusal(baserow.ask("POST", "user", ada, {})), "404 URL_NOT_FOUND");
  EXPECT_EQ(Baserow::refusal(baserow.ask("GET", "user/")), "405 ERROR_METHOD_NOT_ALLOWED");
}

}  // namespace
}  // namespace rockpool::gateway
