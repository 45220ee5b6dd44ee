// RESTED's records over HTTP: every row of the contract's tables, over a real hub.
#include "core/gateway/rested_place_test.h"

namespace rockpool::gateway {
namespace {

using Headers = wire::Headers;

class RestedRest : public testing::Test {
 protected:
  RestedRest() {
    rested.make_project(R"(,"masterKey":true)");
    rested.make_endpoint("parts");
  }
  std::string at(const std::string& more = "") const { return rested.at("parts", more); }
  std::string get(const std::string& more = "") { return rested.ask("GET", at(more)); }
  std::string put(const std::string& id, const std::string& data, const std::string& more = "",
                  Asks asks = {}) {
    return rested.write("PUT", at("&uniqueId=" + id + more), data, std::move(asks));
  }
  static std::string data(const std::string& answer) { return Rested::member(answer, "data"); }

  Rested rested;
};

model::Mutation native_put(const std::string& id, const std::string& data, std::uint64_t number = 1) {
  return put(number, id, data, 0, "parts");
}

const Asks text{.headers = {}, .type = "text/plain; charset=utf-8"};

TEST_F(RestedRest, what_is_posted_is_a_record) {
  const std::string made = rested.write("POST", at(), R"({ "part": "bolt" })");
  const std::string id = Rested::member(made, "uniqueId");
  EXPECT_EQ(id.size(), 32u);
  EXPECT_EQ(id.find_first_not_of("0123456789abcdef"), std::string::npos);
  EXPECT_EQ(id[12], '4');
  EXPECT_EQ(made, R"(200 {"uniqueId":")" + id +
                      R"(","data":{"part":"bolt"},"createdAt":"2023-11-14T22:13:20.000Z",)"
                      R"("updatedAt":"2023-11-14T22:13:20.000Z"})");
  EXPECT_EQ(get("&uniqueId=" + id), made);
  EXPECT_EQ(get(), "200 [" + made.substr(4) + "]");
}

TEST_F(RestedRest, any_json_value_is_data_and_text_is_a_string) {
  for (const char* body : {"1", "null", "true", "[1,2]", "\"x\"", "9007199254740993", "{}"})
    EXPECT_EQ(data(rested.write("POST", at(), body)), std::string(body) == "\"x\"" ? "x" : body);
  const std::string made = rested.write("POST", at(), "two\nlines", text);
  EXPECT_EQ(data(made), "two\nlines");
  EXPECT_EQ(rested.write("POST", at("&dataOnly=true"), "plain words", text), "200 plain words");
  EXPECT_EQ(rested.last_header("Content-Type"), "text/plain; charset=utf-8");
  EXPECT_EQ(rested.write("POST", at("&dataOnly=true"), "\"a text\""), "200 \"a text\"");
  EXPECT_EQ(rested.last_header("Content-Type"), "application/json");
}

TEST_F(RestedRest, bodies_that_make_no_sense_are_refused) {
  EXPECT_EQ(Rested::status(rested.write("POST", at(), "")), "400");
  EXPECT_EQ(Rested::status(rested.write("POST", at(), "", text)), "400");
  for (const char* body : {"{", "1 2", "nul", "\xff", "{\"a\":1e999}"})
    EXPECT_EQ(Rested::status(rested.write("POST", at(), body)), "400") << body;
  EXPECT_EQ(Rested::status(rested.write("POST", at(), "\xff", text)), "400");
  for (const char* type : {"", "text/html", "application/x-www-form-urlencoded", "application/jsonp"})
    EXPECT_EQ(Rested::status(rested.write("POST", at(), "1", {.headers = {}, .type = type})), "400") << type;
  EXPECT_EQ(Rested::status(rested.write("POST", at(), "1", {.headers = {}, .type = "Application/JSON"})),
            "200");
  const auto with_length = [&](const char* bytes) {
    return Rested::status(rested.ask(
        "POST", at(), {.headers = {{"Content-Type", "application/json"}, {"Content-Length", bytes}}}));
  };
  EXPECT_EQ(with_length("1048577"), "413") << "before any of it has come";
  EXPECT_EQ(with_length("1048576"), "not");
  EXPECT_EQ(Rested::status(rested.write("POST", at(), '"' + std::string(1 << 20, 'x') + '"')), "413");
  EXPECT_EQ(get("&dataOnly=true"), "200 [1]") << "nothing of what was refused is there";
}

TEST_F(RestedRest, the_checks_come_in_their_order) {
  rested.make_endpoint("vault", R"(,"secure":true)");
  rested.manage("PATCH", "projects/" + rested.project, R"({"allowedOrigins":"https://good.test"})");
  const Asks bad{.headers = {{"Origin", "https://bad.test"}}};
  const Asks good{.headers = {{"Origin", "https://good.test"}}};
  const std::string wrong_key = "?key=" + std::string(32, '0');
  const auto status = [&](const std::string& target, const Asks& asks) {
    return Rested::status(rested.ask("GET", target, asks));
  };
  EXPECT_EQ(status("/api/2/ce/vault" + wrong_key, bad), "404");
  EXPECT_EQ(status("/api/1/xx/vault" + wrong_key, bad), "404");
  EXPECT_EQ(status("/api/1/ce/unknown", bad), "400");
  EXPECT_EQ(status("/api/1/ce/%zz", bad), "400");
  EXPECT_EQ(status("/api/1/ce/vault", bad), "403") << "the API key is missing";
  EXPECT_EQ(status("/api/1/ce/vault" + wrong_key, bad), "400");
  EXPECT_EQ(status(rested.at("vault"), bad), "403") << "the origin";
  EXPECT_EQ(status(rested.at("vault"), good), "401") << "the token";
  EXPECT_NE(rested.ask("GET", rested.at("vault"), bad).find("origin"), std::string::npos);
  EXPECT_NE(rested.ask("GET", "/api/1/ce/vault", bad).find("API key is missing"), std::string::npos);
}

TEST_F(RestedRest, the_key_is_that_of_the_project_by_either_name) {
  const std::string old = rested.key;
  EXPECT_EQ(rested.ask("GET", "/api/1/ce/parts?apiKey=" + old), "200 []");
  EXPECT_EQ(rested.ask("GET", "/api/1/ce/parts?apiKey=wrong&key=" + old), "200 []") << "key wins";
  EXPECT_EQ(Rested::status(rested.ask("GET", "/api/1/ce/parts?key=wrong&apiKey=" + old)), "400");
  EXPECT_EQ(Rested::status(rested.ask("GET", "/api/1/ce/parts?key=" + old.substr(1))), "400");
  rested.make_project();
  EXPECT_EQ(Rested::status(rested.ask("GET", at())), "400") << "the key of another project";
  EXPECT_EQ(rested.ask("GET", "/api/1/ce/parts?unknown=1&key=" + old), "200 []") << "other words are ignored";
  EXPECT_EQ(rested.ask("GET", "/api/1/ce/p%61rts?key=" + old), "200 []");
}

TEST_F(RestedRest, one_id_is_one_record_and_several_are_a_list) {
  const std::string a = rested.add("parts", "1"), b = rested.add("parts", "2"), c = rested.add("parts", "3");
  EXPECT_EQ(data(get("&uniqueId=" + b)), "2");
  EXPECT_EQ(get("&dataOnly=true&uniqueId=" + b), "200 2");
  EXPECT_EQ(get("&dataOnly=true&uniqueId=" + c + "&uniqueId=" + a), "200 [3,1]");
  EXPECT_EQ(get("&dataOnly=true&uniqueId=" + c + "," + a), "200 [3,1]");
  EXPECT_EQ(get("&dataOnly=true&uniqueId=" + c + "," + a + "&uniqueId=" + b), "200 [3,1,2]");
  EXPECT_EQ(get("&dataOnly=true"), "200 [1,2,3]") << "oldest first";
  const std::string none(32, '0');
  for (const std::string& id :
       {none, a + "," + none, std::string("x"), a.substr(1), std::string("%zz,") + none})
    EXPECT_EQ(Rested::status(get("&uniqueId=" + id)), "404") << id;
}

TEST_F(RestedRest, pages_follow_each_other) {
  std::string last;
  for (int i = 0; i < 5; ++i) last = rested.add("parts", std::to_string(i));
  const std::string page = get("&limit=2");
  const auto value = model::read(page.substr(4));
  ASSERT_EQ(value->size(), 2u);
  const std::string second = *model::text_member(value->elements()[1], "uniqueId");
  EXPECT_EQ(get("&dataOnly=true&limit=2&after=" + second), "200 [2,3]");
  rested.ask("DELETE", at("&uniqueId=" + second));
  EXPECT_EQ(get("&dataOnly=true&after=" + second), "200 [2,3,4]") << "what was deleted still has its place";
  EXPECT_EQ(get("&after=" + last), "200 []");
  EXPECT_EQ(get("&dataOnly=true&limit=1000"), "200 [0,2,3,4]");
  for (const char* limit : {"0", "1001", "x", "-1", ""})
    EXPECT_EQ(Rested::status(get(std::string("&limit=") + limit)), "400") << limit;
  EXPECT_EQ(Rested::status(get("&after=" + std::string(32, '0'))), "404");
}

TEST_F(RestedRest, more_than_a_page_of_the_hub_comes_whole) {
  for (int i = 0; i < 1'205; ++i) rested.add("parts", "1");
  const auto all = model::read(get("&dataOnly=true").substr(4));
  EXPECT_EQ(all->size(), 1'205u);
  EXPECT_EQ(get("&jsonata=$count($)"), "200 1205");
}

TEST_F(RestedRest, a_few_forms_of_jsonata_are_answered) {
  rested.add("parts", R"({"part":"bolt","of":{"size":3}})");
  rested.add("parts", R"({"part":"nut","of":{"size":3}})");
  rested.add("parts", R"([1])");
  const auto asked = [&](const std::string& expression) {
    return get("&dataOnly=true&jsonata=" + wire::percent_encode(expression));
  };
  EXPECT_EQ(asked("$count($)"), "200 3");
  EXPECT_EQ(asked("$[of.size=3]"), R"(200 [{"part":"bolt","of":{"size":3}},{"part":"nut","of":{"size":3}}])");
  EXPECT_EQ(asked(R"($[part="nut"])"), R"(200 {"part":"nut","of":{"size":3}})") << "one thing is no list";
  EXPECT_EQ(asked(R"($[part='none'])"), "200 []");
  EXPECT_EQ(Rested::member(get("&jsonata=" + wire::percent_encode(R"($[data.part="bolt"])")), "data"),
            R"({"part":"bolt","of":{"size":3}})");
  for (const char* other : {"", "part", "$.part", "$[0]", "$sum($)", "$[part=\"a\" and x=1]", "$[part!=1]",
                            "$count($", "$[part=\"a\"].x", "$[=1]", "$[part=[1]]"}) {
    const std::string answer = asked(other);
    EXPECT_EQ(Rested::status(answer), "400") << other;
    EXPECT_NE(answer.find("JSONata is not supported"), std::string::npos);
  }
}

TEST_F(RestedRest, force_puts_anything_over_anything) {
  const std::string id = rested.add("parts", R"({"a":1})");
  rested.world.now.ms += 5000;
  const std::string put_back = put(id, "7");
  EXPECT_EQ(data(put_back), "7");
  EXPECT_EQ(Rested::member(put_back, "createdAt"), "2023-11-14T22:13:20.000Z");
  EXPECT_EQ(Rested::member(put_back, "updatedAt"), "2023-11-14T22:13:25.000Z");
  EXPECT_EQ(data(put(id, "words", "&strategy=force", text)), "words");
  EXPECT_EQ(put(id, R"({"b":2})", "&dataOnly=true"), R"(200 {"b":2})");
  EXPECT_EQ(data(get("&uniqueId=" + id)), R"({"b":2})");
}

TEST_F(RestedRest, merge_is_of_objects_member_by_member) {
  const std::string id = rested.add("parts", R"({"a":1,"b":{"c":2,"d":3}})");
  EXPECT_EQ(data(put(id, R"({"b":{"c":null},"e":[1]})", "&strategy=merge")),
            R"({"a":1,"b":{"c":null,"d":3},"e":[1]})");
  EXPECT_EQ(data(rested.write("PATCH", at("&uniqueId=" + id), R"({"a":18446744073709551615})")),
            R"({"a":18446744073709551615,"b":{"c":null,"d":3},"e":[1]})");
  EXPECT_EQ(Rested::status(put(id, "1", "&strategy=merge")), "400");
  EXPECT_EQ(Rested::status(put(id, "words", "&strategy=merge", text)), "400");
  EXPECT_EQ(data(rested.write("PATCH", at("&strategy=force&uniqueId=" + id), "1")), "1");
  EXPECT_EQ(Rested::status(put(id, "{}", "&strategy=merge")), "400") << "what is there is no object";
}

TEST_F(RestedRest, numbers_keep_their_digits_when_objects_are_merged) {
  const std::string made =
      rested.write("POST", at(), R"({"a":12345678901234567890123,"b":{"c":1.10},"\u0064":1})");
  const std::string id = Rested::member(made, "uniqueId");
  EXPECT_EQ(rested.write("PATCH", at("&dataOnly=true&uniqueId=" + id), R"({"b":{"e":0.50},"d":2})"),
            R"(200 {"a":12345678901234567890123,"b":{"c":1.10,"e":0.50},"\u0064":2})");
}

TEST_F(RestedRest, members_keep_their_order_when_objects_are_merged) {
  const std::string id = rested.add("parts", R"({"a":1,"b":{"x":1,"y":{"z":2}},"c":3})");
  EXPECT_EQ(rested.write("PATCH", at("&dataOnly=true&uniqueId=" + id),
                         R"({"d":4,"b":{"y":{"w":5},"x":6},"a":{"n":7},"e":8})"),
            R"(200 {"a":{"n":7},"b":{"x":6,"y":{"z":2,"w":5}},"c":3,"d":4,"e":8})");
}

TEST_F(RestedRest, replace_keeps_to_the_type) {
  const std::string id = rested.add("parts", R"({"a":1})");
  EXPECT_EQ(data(put(id, "[2]", "&strategy=replace")), "[2]");
  EXPECT_EQ(Rested::status(put(id, "words", "&strategy=replace", text)), "400");
  EXPECT_EQ(data(put(id, "words", "", text)), "words");
  EXPECT_EQ(Rested::status(put(id, "\"words\"", "&strategy=replace")), "400");
  EXPECT_EQ(data(put(id, "other words", "&strategy=replace", text)), "other words");
}

TEST_F(RestedRest, writes_name_one_record_that_is_there) {
  const std::string id = rested.add("parts", "1");
  for (const char* method : {"PUT", "PATCH"}) {
    EXPECT_EQ(Rested::status(rested.write(method, at(), "1")), "400") << "uniqueId is missing";
    EXPECT_EQ(Rested::status(rested.write(method, at("&uniqueId=" + id + "," + id), "1")), "400");
    EXPECT_EQ(Rested::status(rested.write(method, at("&uniqueId=" + std::string(32, '1')), "{}")), "404");
    EXPECT_EQ(Rested::status(rested.write(method, at("&uniqueId=" + id), "")), "400");
    EXPECT_EQ(Rested::status(rested.write(method, at("&strategy=other&uniqueId=" + id), "1")), "400");
  }
  EXPECT_EQ(Rested::status(rested.ask("DELETE", at())), "400");
  EXPECT_EQ(Rested::status(rested.ask("DELETE", at("&uniqueId=" + std::string(32, '1')))), "404");
}

TEST_F(RestedRest, what_is_deleted_is_answered_once_more) {
  const std::string id = rested.add("parts", "1");
  const std::string before = get("&uniqueId=" + id);
  EXPECT_EQ(rested.ask("DELETE", at("&uniqueId=" + id)), before);
  EXPECT_EQ(Rested::status(rested.ask("DELETE", at("&uniqueId=" + id))), "404");
  EXPECT_EQ(get(), "200 []");
  const std::string other = rested.add("parts", "2");
  EXPECT_EQ(rested.ask("DELETE", at("&dataOnly=true&uniqueId=" + other)), "200 2");
}

TEST_F(RestedRest, what_is_refused_says_why) {
  rested.make_endpoint("vault", R"(,"secure":true)");
  rested.make_endpoint("users", R"(,"authentication":true)");
  const std::string id = rested.add("parts", "[1]");
  const auto says = [](const std::string& answer, const std::string& status, const std::string& words) {
    EXPECT_EQ(Rested::status(answer), status) << words;
    EXPECT_NE(Rested::member(answer, "error").find(words), std::string::npos) << answer;
  };
  says(rested.ask("GET", "/api/2/ce/parts"), "404", "nothing is at this address");
  says(rested.ask("GET", rested.at("nothing")), "400", "the endpoint or the API key is not valid");
  says(rested.ask("GET", "/api/1/ce/parts"), "403", "the API key is missing");
  says(rested.write("POST", at(), "1", {.headers = {}, .type = "text/html"}), "400", "Content-Type");
  says(rested.write("POST", at(), ""), "400", "the body is empty");
  says(rested.write("POST", at(), "{"), "400", "not JSON");
  const std::string deep = std::string(65, '[') + std::string(65, ']');
  says(rested.write("POST", at(), deep), "400", "the body is JSON with more than 64 levels of nesting");
  says(rested.write("PUT", at(), "1"), "400", "uniqueId is missing");
  says(rested.ask("DELETE", at()), "400", "uniqueId is missing");
  says(get("&uniqueId=" + std::string(32, '0')), "404", "no record of that uniqueId");
  says(put(id, "{}", "&strategy=merge"), "400", "merge is not possible");
  says(put(id, "words", "&strategy=replace", text), "400", "replace is not possible");
  says(put(id, "1", "&strategy=x"), "400", "strategy must be");
  says(put(id, "1", "", {.headers = {{"If-Match", "\"9\""}}}), "412", "If-Match");
  says(get("&limit=0"), "400", "limit must be");
  says(get("&jsonata=x"), "400", "JSONata is not supported");
  says(rested.ask("GET", rested.at("vault")), "401", "the access token is missing");
  says(rested.ask("GET", rested.at("vault"), Rested::as("x.y.z")), "401", "the access token is not valid");
  says(rested.ask("GET", rested.at("vault", "&masterKey=x")), "401", "masterKey");
  const auto user = [&](const std::string& body, const std::string& more = "") {
    return rested.write("POST", rested.at("users", more), body);
  };
  says(user(R"({"password":"x"})"), "400", "username or email is missing");
  says(user(R"({"username":"ann"})"), "400", "password is missing");
  EXPECT_EQ(Rested::status(user(R"({"username":"ann","password":"some"})")), "200");
  says(user(R"({"username":"ann","password":"other"})"), "400", "the username is taken");
  says(user(R"({"username":"ann","password":"other"})", "&login=true"), "401",
       "the credentials are not right");
}

TEST_F(RestedRest, other_methods_are_not_known) {
  EXPECT_EQ(Rested::status(rested.ask("TRACE", at())), "405");
  EXPECT_EQ(rested.last_header("Allow"), "GET, POST, PUT, PATCH, DELETE, OPTIONS");
}

TEST_F(RestedRest, an_etag_names_what_was_seen) {
  const std::string id = rested.add("parts", "1");
  const std::string tag = rested.last_header("ETag");
  const auto with = [](const char* name, const std::string& value) {
    return Asks{.headers = {{name, value}}};
  };
  EXPECT_EQ(rested.ask("GET", at("&uniqueId=" + id), with("If-None-Match", tag)), "304 ");
  EXPECT_EQ(rested.last_header("ETag"), tag);
  EXPECT_EQ(Rested::status(put(id, "2", "", with("If-Match", "\"other\""))), "412");
  EXPECT_EQ(data(put(id, "2", "", with("If-Match", tag))), "2");
  EXPECT_NE(rested.last_header("ETag"), tag);
  const std::string second = rested.last_header("ETag");
  EXPECT_EQ(Rested::status(put(id, "3", "", with("If-Match", tag))), "412");
  EXPECT_EQ(Rested::status(rested.write("PATCH", at("&uniqueId=" + id), "{}", with("If-Match", tag))), "412");
  EXPECT_EQ(Rested::status(rested.ask("DELETE", at("&uniqueId=" + id), with("If-Match", tag))), "412");
  EXPECT_EQ(Rested::status(rested.ask("GET", at("&uniqueId=" + id), with("If-None-Match", tag))), "200");
  EXPECT_EQ(Rested::status(rested.ask("GET", at("&uniqueId=" + id), with("If-Match", tag))), "412");
  EXPECT_EQ(data(rested.ask("GET", at("&uniqueId=" + id), with("If-Match", second))), "2");
  EXPECT_EQ(data(put(id, "4", "", with("If-Match", "\"x\", " + second))), "4");
  EXPECT_EQ(data(put(id, "5", "", with("If-Match", "*"))), "5");
  EXPECT_EQ(Rested::status(put(std::string(32, '1'), "5", "", with("If-Match", "*"))), "404");
}

TEST_F(RestedRest, pages_of_any_origin_may_ask_where_none_is_listed) {
  const Asks page{.headers = {{"Origin", "https://a.test"}}};
  rested.ask("GET", at(), page);
  EXPECT_EQ(rested.last_header("Access-Control-Allow-Origin"), "https://a.test");
  EXPECT_EQ(rested.last_header("Access-Control-Allow-Credentials"), "true");
  EXPECT_EQ(rested.last_header("Vary"), "Origin");
  EXPECT_NE(rested.last_header("Access-Control-Expose-Headers").find("Authorization"), std::string::npos);
  rested.ask("GET", at());
  EXPECT_EQ(rested.last_header("Access-Control-Allow-Origin"), "");
  const auto can_read = [&] { return rested.last_header("Access-Control-Allow-Origin") == "https://a.test"; };
  for (const char* target : {"/api/1/ce/unknown?key=x", "/api/2/ce/parts", "/api/1/xx/parts", "/elsewhere"}) {
    rested.ask("GET", target, page);
    EXPECT_TRUE(can_read()) << target << ": so that it reads why";
  }
  rested.ask("GET", at("&uniqueId=" + std::string(32, '0')), page);
  EXPECT_TRUE(can_read()) << 404;
  Asks large = page;
  large.headers.emplace_back("Content-Type", "application/json");
  large.headers.emplace_back("Content-Length", "1048577");
  EXPECT_EQ(Rested::status(rested.ask("POST", at(), large)), "413");
  EXPECT_TRUE(can_read()) << 413;
  rested.ask("TRACE", at(), page);
  EXPECT_TRUE(can_read()) << 405;
  rested.ask("GET", "/api/1/manage/projects", page);
  EXPECT_EQ(rested.last_header("Access-Control-Allow-Origin"), "") << "the management is not for pages";
  rested.ask("GET", "/api/1/ce/unknown?key=x", page);
  EXPECT_EQ(rested.last_header("Cache-Control"), "no-store");
  EXPECT_EQ(rested.last_header("Referrer-Policy"), "no-referrer");
}

TEST_F(RestedRest, pages_of_other_origins_than_those_listed_are_refused) {
  rested.manage("PATCH", "projects/" + rested.project,
                R"({"allowedOrigins":"https://a.test,http://localhost:5173"})");
  const auto from = [&](const std::string& origin) {
    return Rested::status(rested.ask("GET", at(), {.headers = {{"Origin", origin}}}));
  };
  EXPECT_EQ(from("https://a.test"), "200");
  EXPECT_EQ(from("HTTPS://A.test"), "200");
  EXPECT_EQ(from("http://localhost:5173"), "200");
  for (const char* origin :
       {"https://b.test", "http://a.test", "https://a.test:8443", "null", "", "https://a.test.evil.test"}) {
    EXPECT_EQ(from(origin), "403") << origin;
    EXPECT_EQ(rested.last_header("Access-Control-Allow-Origin"), "");
  }
  EXPECT_EQ(Rested::status(get()), "200") << "no origin is no page";
  rested.manage("PATCH", "projects/" + rested.project, R"({"disallowNoOrigin":true})");
  EXPECT_EQ(Rested::status(get()), "403");
  EXPECT_EQ(from("https://a.test"), "200");
}

TEST_F(RestedRest, a_preflight_names_what_may_be_sent) {
  const std::string answer = rested.ask("OPTIONS", at(), {.headers = {{"Origin", "https://a.test"}}});
  EXPECT_EQ(answer, "204 ");
  EXPECT_EQ(rested.last_header("Access-Control-Allow-Origin"), "https://a.test");
  EXPECT_EQ(rested.last_header("Access-Control-Allow-Credentials"), "true");
  EXPECT_EQ(rested.last_header("Access-Control-Allow-Methods"), "GET, POST, PUT, PATCH, DELETE, OPTIONS");
  EXPECT_EQ(rested.last_header("Access-Control-Allow-Headers").find("content-type, authorization"), 0u);
  rested.make_endpoint("vault", R"(,"secure":true)");
  EXPECT_EQ(rested.ask("OPTIONS", rested.at("vault"), {.headers = {{"Origin", "https://a.test"}}}), "204 ")
      << "a browser sends no token with it";
  rested.manage("PATCH", "projects/" + rested.project, R"({"allowedOrigins":"https://b.test"})");
  EXPECT_EQ(Rested::status(rested.ask("OPTIONS", at(), {.headers = {{"Origin", "https://a.test"}}})), "403");
}

TEST_F(RestedRest, the_master_key_overrides_origins_and_tokens) {
  rested.make_endpoint("vault", R"(,"secure":true)");
  rested.manage("PATCH", "projects/" + rested.project,
                R"({"allowedOrigins":"https://a.test","disallowNoOrigin":true})");
  const std::string master = "&masterKey=" + rested.master;
  EXPECT_EQ(rested.ask("GET", rested.at("vault", master)), "200 []");
  EXPECT_EQ(rested.ask("GET", rested.at("vault", master), {.headers = {{"Origin", "https://b.test"}}}),
            "200 []");
  EXPECT_EQ(Rested::status(rested.write("POST", rested.at("vault", master), "1")), "200");
  EXPECT_EQ(Rested::status(rested.ask("GET", rested.at("vault", "&masterKey=wrong"),
                                      {.headers = {{"Origin", "https://a.test"}}})),
            "401");
  EXPECT_EQ(Rested::status(rested.ask("GET", "/api/1/ce/vault?masterKey=" + rested.master)), "403")
      << "the API key is needed all the same";
  rested.make_project();
  rested.make_endpoint("other", R"(,"secure":true)");
  EXPECT_EQ(Rested::status(rested.ask("GET", rested.at("other", "&masterKey=null"))), "401")
      << "a project without one has none";
}

TEST_F(RestedRest, records_made_elsewhere_have_an_id_here) {
  Page& page = rested.world.page();
  const std::string hex(32, 'a');
  page.push({{native_put("bolt", R"({"n":1})")}});
  page.push({{native_put(hex, R"({"n":2})", 2)}});
  const auto all = model::read(get().substr(4));
  ASSERT_EQ(all->size(), 2u);
  const std::string made_up = *model::text_member(all->elements()[0], "uniqueId");
  EXPECT_EQ(made_up.substr(0, 16), "726f636b706f6f6c");
  EXPECT_EQ(made_up.size(), 32u);
  EXPECT_EQ(*model::text_member(all->elements()[1], "uniqueId"), hex);
  EXPECT_EQ(data(get("&uniqueId=" + made_up)), R"({"n":1})");
  EXPECT_EQ(data(put(made_up, R"({"n":3})")), R"({"n":3})");
  EXPECT_EQ(rested.world.stored("parts").at("bolt"), R"({"n":3})");
  const std::string looks_so = "726f636b706f6f6c0000000000000001";
  page.push({{native_put(looks_so, R"({"n":4})", 3)}});
  EXPECT_EQ(data(get("&uniqueId=" + looks_so)), R"({"n":4})") << "an id may look like one of ours";
  rested.ask("DELETE", at("&uniqueId=" + made_up));
  EXPECT_FALSE(rested.world.stored("parts").contains("bolt"));
}

TEST_F(RestedRest, an_answer_says_from_where_to_listen) {
  rested.add("parts", "1");
  get();
  const std::string cursor = rested.last_header("Rockpool-Cursor");
  rested.add("parts", "2");
  get();
  EXPECT_LT(std::stoull(cursor), std::stoull(rested.last_header("Rockpool-Cursor")));
}

TEST(RestedPlace, at_the_root_there_is_room_for_pages) {
  Rested rested;
  EXPECT_EQ(Rested::status(rested.ask("GET", "/elsewhere")), "404");
  EXPECT_NE(rested.ask("GET", "/elsewhere").find("/api/1/ce/"), std::string::npos);
}

}  // namespace
}  // namespace rockpool::gateway
