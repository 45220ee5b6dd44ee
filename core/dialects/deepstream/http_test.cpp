#include "core/dialects/deepstream/http.h"

#include "core/dialects/deepstream/http_place_test.h"

namespace rockpool::dialects::deepstream {
namespace {

const dialect::Denied wrong{{Code::auth, "no", ""}, 0};

// ---- requests ---------------------------------------------------------------------------------------------

TEST(Http, serves_the_paths_of_the_contract) {
  for (const char* path : {"/api/v1", "/api/v1/", "/api/v1/any/thing", "/api/v1/auth", "/api/v1/auth/x",
                           "/api", "/api/", "/api/auth", "/api/auth/", "/health-check"}) {
    EXPECT_TRUE(Http::serves(path)) << path;
  }
  for (const char* path :
       {"/", "", "/api/x", "/api/auth/x", "/api/v2", "/api/v11", "/health-check/x", "/api/v1x", "/API/v1"}) {
    EXPECT_FALSE(Http::serves(path)) << path;
  }
}

TEST(Http, says_what_there_is_where_nothing_is) {
  HttpPlace place;
  place.steps.push_back(place.http.not_found(1));
  EXPECT_EQ(place.said(),
            "404 Endpoint not found. There are /deepstream/api/v1, /deepstream/api/v1/auth, /deepstream/api, "
            "/deepstream/api/auth, /deepstream/health-check");
}

TEST(Http, only_post_asks_for_anything) {
  HttpPlace place;
  for (const char* path : {"/api/v1", "/api", "/api/v1/auth"}) {
    place.arrive("GET", path);
    EXPECT_EQ(place.said(),
              "400 Reading records via HTTP GET is not possible, use POST with a JSON body instead.");
  }
  for (const char* method : {"PUT", "DELETE", "PATCH", "HEAD"}) {
    place.arrive(method, "/api/v1");
    EXPECT_EQ(place.said(), "405 Unsupported method. Supported methods: GET, POST, OPTIONS");
    EXPECT_EQ(place.header("Allow"), "GET, POST, OPTIONS");
  }
}

TEST(Http, is_healthy) {
  HttpPlace place;
  place.arrive("GET", "/health-check");
  EXPECT_EQ(place.said(), "200 OK");
  EXPECT_EQ(place.header("Content-Type"), "text/plain; charset=utf-8");
}

TEST(Http, takes_json_and_nothing_else) {
  const auto status = [](wire::Headers headers) {
    HttpPlace place;
    place.arrive("POST", "/api/v1", std::move(headers));
    return place.all<dialect::ReadBody>().empty() ? place.said().substr(0, 3) : "read";
  };
  for (const char* type : {"application/json", "Application/JSON", " application/json ; charset=utf-8",
                           "application/json;charset=\"UTF-8\"", "application/json; charset=utf-16",
                           "application/json; version=1"}) {
    EXPECT_EQ(status({{"Content-Type", type}}), "read") << type;
  }
  for (const char* type : {"", "text/plain", "application/vnd.api+json", "application/jsonx",
                           "application/x-www-form-urlencoded", "multipart/form-data"}) {
    EXPECT_EQ(status({{"Content-Type", type}}), "415") << type;
  }
  EXPECT_EQ(status({}), "415");
  EXPECT_EQ(status({{"Content-Type", "application/json; charset=latin1"}}), "400");
}

TEST(Http, asks_for_a_body_of_a_mebibyte) {
  HttpPlace place;
  place.arrive("POST", "/api/v1");
  EXPECT_EQ(place.last<dialect::ReadBody>().bytes_max, 1'048'576u);
}

TEST(Http, a_body_that_is_wrong_is_answered_before_anybody_is_asked) {
  HttpPlace place;
  place.post("/api/v1", "{}");
  EXPECT_EQ(place.said(), "400 Invalid message: the \"body\" parameter must exist.");
  EXPECT_EQ(place.header("Content-Type"), "text/plain; charset=utf-8");
  EXPECT_EQ(place.steps.size(), 1u);
}

// Of levels: the request, its commands, the command, and `data`.
std::string nested(std::size_t levels) {
  const std::string data = std::string(levels - 3, '[') + std::string(levels - 3, ']');
  return R"({"body":[{"topic":"event","action":"emit","eventName":"e","data":)" + data + "}]}";
}

TEST(Http, a_body_may_be_as_deep_as_is_set_and_what_is_deeper_counts) {
  for (const std::size_t depth : {4u, 10u, 64u}) {
    HttpPlace place(R"({"jsonDepth":)" + std::to_string(depth) + "}");
    place.post("/api/v1", nested(depth));
    EXPECT_EQ(place.all<Identify>().size(), 1u) << depth;
    EXPECT_TRUE(place.traffic.met().empty());
    place.post("/api/v1", nested(depth + 1));
    EXPECT_EQ(place.last<Respond>().head.status, 400) << depth;
    place.post("/api/v1/auth", R"({"a":)" + nested(depth) + "}");
    EXPECT_EQ(place.last<Respond>().head.status, 400) << depth;
    EXPECT_EQ(place.traffic.met().at("json"), 2u);
  }
}

TEST(Http, an_array_grows_by_as_much_as_is_set) {
  HttpPlace place(R"({"arrayGap":7})");
  place.batch(put("r", R"(,"path":"l[3]")"));
  EXPECT_EQ(place.command<model::Write>().array_gap_max, 7u);
}

TEST(Http, a_stranger_learns_nothing_of_the_schema) {
  HttpPlace place;
  place.post("/api/v1", R"({"token":"x","body":[{}]})");
  EXPECT_EQ(place.last<Identify>().token, "x");
  place.identify(wrong);
  EXPECT_EQ(place.said(), "401 Unsuccessful authentication attempt.");

  place.post("/api/v1", R"({"token":"x","body":[)" + emit + ",{}]}");
  place.identify_as("mara");
  EXPECT_EQ(place.said(),
            "400 Failed to parse JIF object at index 1. Reason: property 'topic' is required, and text");
}

TEST(Http, a_log_in_that_cannot_be_checked_now_says_when_to_come_back) {
  HttpPlace place;
  const auto answer = [&](const dialect::Denied& denied) {
    place.post("/api/v1/auth", R"({"username":"mara","password":"x"})");
    place.identify(denied);
    return place.said().substr(0, 3) + " " + place.header("Retry-After");
  };
  EXPECT_EQ(answer({{Code::overloaded, "too many", ""}, 60'001}), "429 61");
  EXPECT_EQ(answer({{Code::overloaded, "too many", ""}, 0}), "503 1");
  EXPECT_EQ(answer({{Code::forbidden, "no such space", ""}, 0}), "403 ");
  EXPECT_EQ(answer(wrong), "401 ");
  EXPECT_EQ(place.said(), "401 Invalid authentication data.");
}

TEST(Http, a_request_that_breaks_off_is_forgotten) {
  HttpPlace place;
  const CarrierId request = place.post("/api/v1", R"({"body":[)" + emit + "]}");
  const Ticket ticket = place.last<Identify>().ticket;
  place.hear(request, dialect::Closed{});
  dialect::Identity nobody = dialect::Identified{};
  place.admitted(place.admission.identified(place.now, ticket, nobody, place.steps));
  EXPECT_TRUE(place.steps.empty());
}

// ---- who it is --------------------------------------------------------------------------------------------

TEST(Http, credentials_are_asked_about_as_they_come) {
  HttpPlace place;
  place.post("/api/v1", R"({"body":[)" + emit + "]}");
  EXPECT_TRUE(place.last<Identify>().token.empty() && !place.last<Identify>().by_password);
  EXPECT_EQ(place.last<Identify>().space, "team");
  EXPECT_EQ(place.last<Identify>().address, "10.0.0.9");

  place.post("/api/v1",
             R"({"token":"t","authData":{"username":"mara","password":"p"},"body":[)" + emit + "]}");
  EXPECT_TRUE(place.last<Identify>().by_password && place.last<Identify>().token.empty());
  EXPECT_EQ(place.last<Identify>().user + place.last<Identify>().password, "marap");

  place.post("/api/v1", R"({"authData":{"token":"t"},"body":[)" + emit + "]}");
  EXPECT_EQ(place.last<Identify>().token, "t");

  // Something was said, so that it is looked at, and found to be nobody's.
  place.post("/api/v1", R"({"authData":{"email":"mara"},"body":[)" + emit + "]}");
  EXPECT_TRUE(place.last<Identify>().by_password);
  EXPECT_EQ(place.last<Identify>().user, "");
}

TEST(Http, a_bearer_token_stands_in_for_one_in_the_body) {
  HttpPlace place;
  const wire::Headers headers = {{"Content-Type", "application/json"}, {"Authorization", "bearer  abc "}};
  place.post("/api/v1", R"({"body":[)" + emit + "]}", headers);
  EXPECT_EQ(place.last<Identify>().token, "abc");
  place.post("/api/v1", R"({"token":"own","body":[)" + emit + "]}", headers);
  EXPECT_EQ(place.last<Identify>().token, "own");
}

TEST(Http, where_nobody_comes_in_unknown_nobody_is_asked) {
  HttpPlace place(R"({"auth":{"type":"users","anonymous":false}})");
  place.post("/api/v1", R"({"body":[)" + emit + "]}");
  EXPECT_EQ(place.said(), "401 Unsuccessful authentication attempt.");
  place.post("/api/v1/auth", "{}");
  EXPECT_EQ(place.said(), "401 Invalid authentication data.");
}

TEST(Http, where_tokens_alone_count_a_password_is_nothing) {
  HttpPlace place(R"({"auth":{"type":"jwt"}})");
  place.post("/api/v1/auth", R"({"username":"mara","password":"p"})");
  EXPECT_EQ(place.said(), "401 Invalid authentication data.");
}

TEST(Http, a_log_in_is_answered_once_its_session_is_stored) {
  HttpPlace place(R"({"clientData":{"mara":{"role":"editor"}}})");
  place.post("/api/v1/auth", R"({"username":"mara","password":"p"})");
  EXPECT_TRUE(place.last<Identify>().issue);
  dialect::Identified known{.principal = {.user = "mara", .roles = {}}};
  known.issued = dialect::Issued{.id = "id1", .token = "rs_id1_s", .record = "{}"};
  place.identify(known);
  EXPECT_TRUE(place.all<Respond>().empty());
  EXPECT_TRUE(place.last<Asked>().principal.system);
  const auto mutation = place.command<model::Write>().groups.at(0).at(0);
  EXPECT_EQ(mutation.key, (model::Key{"$sessions", "id1"}));
  place.written({model::Acked{}});
  EXPECT_EQ(place.said(), R"(200 {"success":true,"token":"rs_id1_s","clientData":{"role":"editor"}})");
  // Sessions that have run out go as others begin.
  EXPECT_EQ(place.command<model::Scan>().collection, "$sessions");
  model::Page page{.collection = "$sessions", .done = true};
  page.records.push_back({.key = {"$sessions", "old"}, .version = 3, .data = R"({"expires":1})"});
  place.answer(page);
  EXPECT_EQ(place.command<model::Write>().groups.at(0).at(0).key.id, "old");
}

TEST(Http, a_session_that_could_not_be_stored_is_none) {
  HttpPlace place;
  place.post("/api/v1/auth", R"({"username":"mara","password":"p"})");
  dialect::Identified known{.principal = {.user = "mara", .roles = {}}};
  known.issued = dialect::Issued{.id = "id1", .token = "rs_id1_s", .record = "{}"};
  place.identify(known);
  place.answer(model::Failed{.error = {Code::storage, "full", ""}});
  EXPECT_EQ(place.said().substr(0, 3), "503");
}

TEST(Http, who_has_no_name_gets_a_token_that_is_good_again) {
  HttpPlace place;
  place.post("/api/v1/auth", "{}");
  place.identify_as("");
  EXPECT_EQ(place.said(), R"(200 {"success":true,"token":"s3cret","clientData":{}})");
  place.post("/api/v1", R"({"token":"s3cret","body":[)" + emit + "]}");
  EXPECT_EQ(place.command<model::Emit>().event, "e");
  place.wait(24 * 3600 * 1000);
  place.post("/api/v1", R"({"token":"s3cret","body":[)" + emit + "]}");
  EXPECT_EQ(place.last<Identify>().token, "s3cret");
}

TEST(Http, where_everybody_is_let_in_the_name_is_taken_and_any_token) {
  HttpPlace place(R"({"auth":{"type":"open"},"permissions":{"event":{"*":{"users":["mara"]}}}})");
  place.post("/api/v1", R"({"authData":{"username":"mara"},"body":[)" + emit + "]}");
  EXPECT_FALSE(place.last<Identify>().by_password);
  place.identify_as("");
  EXPECT_EQ(place.last<Asked>().principal.user, "");

  place.post("/api/v1", R"({"token":"any","body":[)" + emit + "]}");
  place.identify(wrong);
  EXPECT_EQ(place.last<Identify>().token, "");
  place.identify_as("");
  EXPECT_EQ(place.said().substr(0, 24), R"(200 {"result":"FAILURE",)");
}

class Webhook : public HttpPlace {
 public:
  Webhook() : HttpPlace(R"({"auth":{"type":"webhook","url":"https://app.example/auth"}})") {}
  void use(const std::string& token) {
    post("/api/v1", R"({"token":")" + token + R"(","body":[)" + emit + "]}");
  }
};

TEST(Http, a_webhook_is_told_what_came_and_its_word_counts) {
  Webhook place;
  place.post("/api/v1/auth", R"({"email":"mara"})",
             {{"Content-Type", "application/json"}, {"Cookie", "a=b"}});
  const auto fetch = place.last<dialect::Fetch>();
  EXPECT_EQ(fetch.url, "https://app.example/auth");
  EXPECT_EQ(fetch.body, R"({"connectionData":{"headers":{"Content-Type":"application/json"},)"
                        R"("url":"/api/v1/auth"},"authData":{"email":"mara"}})");
  place.fetched(dialect::Fetched{200, R"({"id":"mara","token":"w1","clientData":{"a":1},
                                          "serverData":{"roles":["editor"]}})"});
  EXPECT_EQ(place.said(), R"(200 {"success":true,"token":"w1","clientData":{"a":1}})");
  place.use("w1");
  EXPECT_EQ(place.last<Asked>().principal.user, "mara");
  EXPECT_EQ(place.last<Asked>().principal.roles, std::vector<std::string>{"editor"});
}

TEST(Http, whom_a_webhook_gives_no_token_we_give_one) {
  Webhook place;
  place.post("/api/v1/auth", R"({"email":"mara"})");
  place.fetched(dialect::Fetched{200, "mara"});
  place.identify_as("");
  EXPECT_EQ(place.said(), R"(200 {"success":true,"token":"s3cret","clientData":{}})");
  place.use("s3cret");
  EXPECT_EQ(place.last<Asked>().principal.user, "mara");
}

TEST(Http, a_webhook_may_say_no) {
  Webhook place;
  place.post("/api/v1/auth", R"({"email":"mara"})");
  place.fetched(dialect::Fetched{403, "no"});
  EXPECT_EQ(place.said(), "401 Invalid authentication data.");
}

TEST(Http, tokens_of_a_webhook_are_asked_about_again_and_outlive_its_silence) {
  Webhook place;
  place.use("w1");
  place.identify(wrong);
  EXPECT_NE(place.last<dialect::Fetch>().body.find(R"("authData":{"token":"w1"})"), std::string::npos);
  place.fetched(dialect::Fetched{200, R"({"id":"mara"})"});
  EXPECT_EQ(place.last<Asked>().principal.user, "mara");

  place.wait(60'000);
  place.use("w1");
  place.identify(wrong);
  place.fetched(base::Error{Code::offline, "nobody answers", ""});
  EXPECT_EQ(place.last<Asked>().principal.user, "mara");

  place.use("w2");
  place.identify(wrong);
  place.fetched(base::Error{Code::offline, "nobody answers", ""});
  EXPECT_EQ(place.said().substr(0, 3), "503");
}

}  // namespace
}  // namespace rockpool::dialects::deepstream
