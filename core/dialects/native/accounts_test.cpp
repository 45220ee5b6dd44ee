#include "core/dialects/native/accounts.h"

#include "core/dialects/native/http_place_test.h"

namespace rockpool::dialects::native {
namespace {

const wire::Headers json = {{"Content-Type", "application/json"}};
const std::string ada = R"({"user":"ada","password":"secret"})";

std::string header_of(const Respond& respond, std::string_view name) {
  const std::string* found = wire::find_header(respond.head.headers, name);
  return found == nullptr ? "" : *found;
}

class AccountsPlace : public HttpPlace {
 public:
  CarrierId send(const std::string& method, const std::string& target, const std::string& body,
                 wire::Headers headers = json) {
    const CarrierId request = ask(method, target, std::move(headers));
    if (all<ReadBody>().empty()) return request;
    steps.clear();
    hear(request, dialect::Body{0, body});
    return request;
  }
  AccountsPlace& log_in(const std::string& body = ada) {
    send("POST", "/v1/session", body);
    dialect::Identified known{{.user = "ada", .roles = {"a \"b\""}, .credential = "password:1"}};
    known.issued = dialect::Issued{
        .id = "id1", .token = "rs_id1_s", .record = R"({"user":"ada"})", .expires_ms = now.ms + 60'000};
    identify(std::move(known));
    return *this;
  }
  AccountsPlace& acked() {
    answer(model::Written{.outcomes = {model::Acked{}}});
    return *this;
  }
  model::Mutation mutation() const { return command<model::Write>().groups.at(0).at(0); }
  std::string body() const { return *last<Respond>().body; }
  int status() const { return last<Respond>().head.status; }
};

TEST(Accounts, a_log_in_is_answered_once_its_session_is_stored) {
  AccountsPlace place;
  place.send("POST", "/v1/session", ada);
  const Identify question = place.last<Identify>();
  EXPECT_TRUE(question.by_password && question.issue);
  EXPECT_EQ(question.user, "ada");
  EXPECT_EQ(question.password, "secret");
  EXPECT_EQ(question.space, "");
  EXPECT_NE(question.address, "");

  place.log_in();
  EXPECT_TRUE(place.all<Respond>().empty());
  const Asked asked = place.last<Asked>();
  EXPECT_TRUE(asked.principal.system);
  EXPECT_EQ(asked.space, "default");
  EXPECT_EQ(place.mutation().key, (model::Key{"$sessions", "id1"}));
  EXPECT_EQ(place.mutation().data, R"({"user":"ada"})");

  place.acked();
  EXPECT_EQ(place.status(), 200);
  EXPECT_EQ(place.body(),
            R"({"token":"rs_id1_s","session":"id1","user":"ada","roles":["a \"b\""],"expiresIn":60000})");
  EXPECT_EQ(header_of(place.last<Respond>(), "Set-Cookie"), "");
}

TEST(Accounts, a_page_that_asks_for_a_cookie_never_sees_the_token) {
  AccountsPlace place;
  place.log_in(R"({"user":"ada","password":"secret","cookie":true})").acked();
  EXPECT_EQ(place.body().find("rs_id1_s"), std::string::npos);
  EXPECT_EQ(header_of(place.last<Respond>(), "Set-Cookie"),
            "__Host-rockpool=rs_id1_s; Path=/; Max-Age=60; Secure; HttpOnly; SameSite=Lax");
}

TEST(Accounts, basic_needs_no_body) {
  AccountsPlace place;
  place.send("POST", "/v1/session", "", {{"Authorization", "Basic YWRhOnNlYzpyZXQ="}});
  EXPECT_EQ(place.last<Identify>().user, "ada");
  EXPECT_EQ(place.last<Identify>().password, "sec:ret");
  EXPECT_TRUE(place.last<Identify>().issue);
}

TEST(Accounts, who_may_not_enter_is_told_why_by_the_status) {
  const auto status = [](const dialect::Denied& denied) {
    AccountsPlace place;
    place.send("POST", "/v1/session", ada);
    place.identify(denied);
    return place.last<Respond>();
  };
  EXPECT_EQ(status({{Code::auth, "no", ""}}).head.status, 401);
  EXPECT_EQ(status({{Code::overloaded, "no", ""}}).head.status, 503);
  const Respond throttled = status({{Code::overloaded, "no", ""}, 60'001});
  EXPECT_EQ(throttled.head.status, 429);
  EXPECT_EQ(header_of(throttled, "Retry-After"), "61");
}

TEST(Accounts, a_session_that_could_not_be_stored_is_none) {
  AccountsPlace place;
  place.log_in();
  place.answer(model::Failed{.error = {.code = Code::storage, .message = "full", .path = ""}});
  EXPECT_EQ(place.status(), 503);
  EXPECT_EQ(place.body().find("rs_"), std::string::npos);
}

TEST(Accounts, bodies_that_are_none_are_refused) {
  for (const char* body : {"", "{", "[]", "7", R"({"user":"ada"})", R"({"user":1,"password":"x"})",
                           R"({"user":"ada","password":"x","cookie":"yes"})",
                           R"({"a":[[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]]})"}) {
    AccountsPlace place;
    place.send("POST", "/v1/session", body);
    EXPECT_EQ(place.status(), 400) << body;
  }
}

TEST(Accounts, what_a_form_can_send_is_refused) {
  for (const char* type : {"text/plain", "application/x-www-form-urlencoded", "multipart/form-data", ""}) {
    AccountsPlace place;
    place.send("POST", "/v1/session", ada, {{"Content-Type", type}});
    EXPECT_EQ(place.status(), 415) << type;
  }
}

TEST(Accounts, says_who_one_is) {
  AccountsPlace place;
  place.ask("GET", "/v1/session", {{"Authorization", "Bearer token"}});
  EXPECT_EQ(place.last<Identify>().token, "token");
  EXPECT_FALSE(place.last<Identify>().issue);
  place.identify(dialect::Identified{{.user = "ada", .read_only = true, .expires_ms = place.now.ms + 5}});
  EXPECT_EQ(place.body(), R"({"user":"ada","roles":[],"readOnly":true,"expiresIn":5})");
  place.ask("GET", "/v1/session");
  EXPECT_EQ(place.status(), 401);
}

TEST(Accounts, a_log_out_removes_the_session_and_the_cookie) {
  AccountsPlace place;
  place.ask("DELETE", "/v1/session",
            {{"Cookie", "__Host-rockpool=rs_id1_s"}, {"Origin", "https://app.example"}});
  place.identify(dialect::Identified{.principal = {.user = "ada"}, .session = "id1"});
  EXPECT_EQ(place.mutation().op, model::Op::remove);
  EXPECT_EQ(place.mutation().key.id, "id1");
  place.acked();
  EXPECT_EQ(place.status(), 204);
  EXPECT_EQ(header_of(place.last<Respond>(), "Set-Cookie"),
            "__Host-rockpool=; Path=/; Max-Age=0; Secure; HttpOnly; SameSite=Lax");
}

TEST(Accounts, only_sessions_can_be_logged_out) {
  AccountsPlace place;
  place.ask("DELETE", "/v1/session", {{"Authorization", "Bearer token"}});
  place.identify(dialect::Identified{{.user = "ada"}});
  EXPECT_EQ(place.status(), 400);
}

TEST(Accounts, an_admin_revokes_what_a_user_has_or_one_session) {
  AccountsPlace place;
  const wire::Headers admin = {{"Content-Type", "application/json"}, {"Authorization", "Bearer admin"}};
  place.send("POST", "/v1/revoke", R"({"user":"ada"})", admin);
  place.identify(dialect::Identified{{.user = "admin", .admin = true}});
  EXPECT_EQ(place.mutation().key, (model::Key{"$revocations", "ada"}));
  EXPECT_EQ(place.mutation().data, R"({"before":1000000})");
  place.acked();
  EXPECT_EQ(place.status(), 204);

  place.send("POST", "/v1/revoke", R"({"session":"id1"})", admin);
  place.identify(dialect::Identified{{.user = "admin", .admin = true}});
  EXPECT_EQ(place.mutation().key, (model::Key{"$sessions", "id1"}));
  place.answer(model::Written{.outcomes = {model::Conflicted{}}});
  EXPECT_EQ(place.status(), 204) << "it is gone, whoever removed it";
}

TEST(Accounts, nobody_else_revokes) {
  AccountsPlace place;
  const wire::Headers user = {{"Content-Type", "application/json"}, {"Authorization", "Bearer token"}};
  place.send("POST", "/v1/revoke", R"({"user":"ada"})", user);
  place.identify(dialect::Identified{{.user = "admin", .roles = {"admin"}}});
  EXPECT_EQ(place.status(), 403);
  for (const char* body : {"{}", R"({"user":"a","session":"b"})", R"({"user":1})"}) {
    place.send("POST", "/v1/revoke", body, user);
    EXPECT_EQ(place.status(), 400) << body;
  }
}

TEST(Accounts, other_methods_are_refused) {
  AccountsPlace place;
  place.ask("PUT", "/v1/session");
  EXPECT_EQ(place.status(), 405);
  EXPECT_EQ(header_of(place.last<Respond>(), "Allow"), "GET, POST, DELETE");
  place.ask("GET", "/v1/revoke");
  EXPECT_EQ(header_of(place.last<Respond>(), "Allow"), "POST");
}

TEST(Accounts, sessions_that_have_run_out_are_removed_when_another_begins) {
  AccountsPlace place;
  place.log_in().acked();
  EXPECT_EQ(place.command<model::Scan>().collection, "$sessions");
  model::Page page{
      .collection = "$sessions", .records = {record("old"), record("new")}, .cursor = "", .done = true};
  page.records[0].data = R"({"expires":1000000})";
  page.records[1].data = R"({"expires":1000001})";
  place.answer(std::move(page));
  const auto groups = place.command<model::Write>().groups;
  ASSERT_EQ(groups.size(), 1u);
  EXPECT_EQ(groups[0][0].key.id, "old");
  EXPECT_EQ(groups[0][0].base, 2u);
  place.acked();
  place.log_in().acked();
  EXPECT_TRUE(place.all<Asked>().empty()) << "once an hour";
}

TEST(Accounts, a_request_that_broke_off_is_nobodys) {
  AccountsPlace place;
  const CarrierId request = place.send("POST", "/v1/session", ada);
  const Identify question = place.last<Identify>();
  place.steps.clear();
  place.hear(request, dialect::Closed{});
  place.server().identified(place.now, question.ticket, dialect::Denied{{Code::auth, "no", ""}}, place.steps);
  EXPECT_TRUE(place.steps.empty());
}

// ---- what requests say of who sends them ------------------------------------------------------------------

Credentials credentials(wire::Headers headers) {
  return credentials_of({.method = "POST", .path = "/", .query = "", .headers = std::move(headers)});
}

TEST(Credentials, reads_bearer_and_basic) {
  EXPECT_EQ(credentials({{"Authorization", "Bearer abc"}}).token, "abc");
  EXPECT_EQ(credentials({{"authorization", "bearer  abc "}}).token, "abc");
  const Credentials basic = credentials({{"Authorization", "Basic YWRhOg=="}});
  EXPECT_TRUE(basic.by_password);
  EXPECT_EQ(basic.user, "ada");
  EXPECT_EQ(basic.password, "");
}

TEST(Credentials, what_cannot_be_read_is_wrong_and_not_nothing) {
  for (const char* field :
       {"Basic !!", "Basic YWRhOg=", "Basic", "Basic _-==", "Digest x", "abc", "Bearer"}) {
    const Credentials said = credentials({{"Authorization", field}});
    EXPECT_TRUE(said.by_password || !said.token.empty()) << field;
  }
}

TEST(Credentials, a_cookie_counts_for_our_own_pages_alone) {
  const auto token = [](const wire::Headers& more) {
    wire::Headers headers = {{"Cookie", "a=b; __Host-rockpool=rs_1; c=d"}};
    headers.insert(headers.end(), more.begin(), more.end());
    return credentials(headers).token;
  };
  EXPECT_EQ(token({{"Origin", "https://app.example"}}), "rs_1") << "the edge looked at it";
  EXPECT_EQ(token({{"Sec-Fetch-Site", "same-origin"}}), "rs_1");
  EXPECT_EQ(token({}), "");
  for (const char* site : {"cross-site", "same-site", "none", ""})
    EXPECT_EQ(token({{"Sec-Fetch-Site", site}}), "");
  EXPECT_EQ(token({{"Origin", "https://app.example"}, {"Authorization", "Bearer t"}}), "t");
}

TEST(Credentials, a_cookie_that_is_there_twice_is_none) {
  const auto token = [](const char* cookie) {
    return credentials({{"Cookie", cookie}, {"Origin", "https://app.example"}}).token;
  };
  EXPECT_EQ(token("__Host-rockpool=a; __Host-rockpool=b"), "");
  EXPECT_EQ(token("rockpool=a; X__Host-rockpool=b; __host-rockpool=c"), "");
  EXPECT_EQ(token("__Host-rockpool"), "");
}

TEST(Credentials, hello_wins_over_the_request) {
  HttpPlace place;
  place.post(hello, {{"Authorization", "Bearer of-the-request"}});
  EXPECT_EQ(place.last<Identify>().token, "t");
  place.post(R"({"type":"hello","protocol":1,"client":"0123456789abcdef"})",
             {{"Authorization", "Bearer of-the-request"}});
  EXPECT_EQ(place.last<Identify>().token, "of-the-request");
  place.post(R"({"type":"hello","protocol":1,"client":"0123456789abcdef"})",
             {{"Authorization", "Basic YWRhOnB3"}});
  EXPECT_TRUE(place.last<Identify>().by_password);
  EXPECT_EQ(place.last<Identify>().password, "pw");
}

}  // namespace
}  // namespace rockpool::dialects::native
