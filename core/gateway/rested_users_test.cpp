// RESTED's users, access tokens and whose records are whose: every row of the contract's tables, over a real
// hub.
#include "core/gateway/rested_place_test.h"

namespace rockpool::gateway {
namespace {

class Everybody final : public dialect::Standing {
 public:
  base::Result<model::Principal> renew(const model::Principal& principal) const override { return principal; }
};

class RestedUsers : public testing::Test {
 protected:
  RestedUsers() {
    rested.make_project(R"(,"masterKey":true,"accessTokenTtl":60)");
    rested.make_endpoint("users", R"(,"authentication":true)");
    vault_id = rested.make_endpoint("vault", R"(,"secure":true)");
  }
  std::string post(const std::string& body, const std::string& more = "") {
    return rested.write("POST", rested.at("users", more), body);
  }
  std::string with(const std::string& method, const std::string& endpoint, const std::string& token,
                   const std::string& more = "") {
    return rested.ask(method, rested.at(endpoint, more), Rested::as(token));
  }
  std::string put(const std::string& endpoint, const std::string& id, const std::string& token,
                  const std::string& data, const std::string& method = "PUT") {
    return rested.write(method, rested.at(endpoint, "&uniqueId=" + id), data, Rested::as(token));
  }

  Rested rested;
  std::string vault_id;
};

constexpr const char* ann_user = R"({"username":"ann","password":"a secret word","age":7})";

TEST_F(RestedUsers, who_registers_is_a_record_without_a_password) {
  const std::string made = post(ann_user);
  EXPECT_EQ(Rested::status(made), "200");
  EXPECT_EQ(Rested::member(made, "data"), R"({"username":"ann","age":7})");
  for (const std::string& collection : {std::string("$rested"), "rested:" + rested.project + "/users"})
    for (const auto& [id, data] : rested.world.stored(collection))
      EXPECT_EQ(data.find("a secret word"), std::string::npos) << collection << "/" << id;
  bool is_hashed = false;
  for (const auto& work : rested.world.secret_works)
    is_hashed =
        is_hashed || (work.what == dialect::SecretWork::What::hash_password && work.text == "a secret word");
  EXPECT_TRUE(is_hashed);
  EXPECT_EQ(Rested::status(post(R"({"email":"a@b.test","password":"x"})")), "200");
}

TEST_F(RestedUsers, names_and_passwords_are_needed_and_names_are_unique) {
  for (const char* body : {"", "{", "[]", "{}", R"({"username":"ann"})", R"({"password":"x"})",
                           R"({"username":"","password":"x"})", R"({"username":"ann","password":""})",
                           R"({"username":7,"password":"x"})", R"({"username":"ann","password":7})",
                           R"({"username":"a\nb","password":"x"})"})
    EXPECT_EQ(Rested::status(post(body)), "400") << body;
  EXPECT_EQ(Rested::status(post(R"({"username":"ann","password":")" + std::string(1025, 'x') + R"("})")),
            "400");
  EXPECT_EQ(Rested::status(
                rested.write("POST", rested.at("users"), ann_user, {.headers = {}, .type = "text/plain"})),
            "400");
  EXPECT_EQ(Rested::status(post(ann_user)), "200");
  const std::string again = post(ann_user);
  EXPECT_EQ(Rested::status(again), "400");
  EXPECT_NE(Rested::member(again, "error").find("taken"), std::string::npos);
  EXPECT_EQ(Rested::status(post(R"({"email":"ann","password":"x"})")), "200") << "that is no username";
  EXPECT_EQ(Rested::status(post(R"({"username":"ben","email":"ann","password":"x"})")), "400");
  rested.make_endpoint("others", R"(,"authentication":true)");
  EXPECT_EQ(Rested::status(rested.write("POST", rested.at("others"), ann_user)), "200")
      << "of another endpoint";
}

TEST_F(RestedUsers, a_log_in_brings_a_cookie) {
  const std::string made = post(ann_user);
  const std::string come = post(R"({"username":"ann","password":"a secret word"})", "&login=true");
  EXPECT_EQ(come, made) << "the record without the password";
  const std::string cookie = rested.last_header("Set-Cookie");
  EXPECT_EQ(cookie.find("__Secure-rested-access-token="), 0u);
  for (const char* part : {"; Path=/", "; HttpOnly", "; Secure", "; SameSite=None", "; Max-Age=60"})
    EXPECT_NE(cookie.find(part), std::string::npos) << cookie;
  EXPECT_EQ(rested.last_header("Authorization"), "");
  const std::string pair = cookie.substr(0, cookie.find(';'));
  EXPECT_EQ(rested.ask("GET", rested.at("vault"), {.headers = {{"Cookie", pair}}}), "200 []");
}

TEST_F(RestedUsers, or_a_header_where_that_is_wanted) {
  post(ann_user);
  post(R"({"username":"ann","password":"a secret word"})", "&login=true&noATCookie=true");
  EXPECT_EQ(rested.last_header("Set-Cookie"), "");
  const std::string header = rested.last_header("Authorization");
  EXPECT_EQ(header.substr(0, 7), "Bearer ");
  EXPECT_EQ(rested.ask("GET", rested.at("vault"), {.headers = {{"Authorization", header}}}), "200 []");
  EXPECT_EQ(Rested::status(rested.ask("GET", rested.at("vault", "&accessToken=" + header.substr(7)))), "401")
      << "in the query for WebSockets alone";
}

TEST_F(RestedUsers, a_log_in_by_email_is_one_as_well) {
  post(R"({"username":"ann","email":"ann@a.test","password":"x"})");
  EXPECT_EQ(Rested::status(post(R"({"email":"ann@a.test","password":"x"})", "&login=true")), "200");
  EXPECT_EQ(Rested::status(post(R"({"username":"ann@a.test","password":"x"})", "&login=true")), "401");
}

TEST_F(RestedUsers, wrong_log_ins_are_refused_in_the_same_words) {
  post(ann_user);
  const std::string wrong = post(R"({"username":"ann","password":"x"})", "&login=true");
  EXPECT_EQ(Rested::status(wrong), "401");
  EXPECT_EQ(post(R"({"username":"nobody","password":"x"})", "&login=true"), wrong);
  const auto& last = rested.world.secret_works.back();
  EXPECT_EQ(last.what, dialect::SecretWork::What::check_password) << "which takes as long";
  EXPECT_EQ(last.key, "");
  for (const char* body : {R"({"username":"ann"})", R"({"password":"x"})", "{}", "[]", ""})
    EXPECT_EQ(Rested::status(post(body, "&login=true")), "400") << body;
}

TEST_F(RestedUsers, who_guesses_has_to_wait) {
  post(ann_user);
  rested.world.no_secrets =
      dialect::Denied{{base::Code::overloaded, "too many failed log-ins; try again later", ""}, 61'500};
  EXPECT_EQ(Rested::status(post(R"({"username":"ann","password":"x"})", "&login=true")), "429");
  EXPECT_EQ(rested.last_header("Retry-After"), "62");
  rested.world.no_secrets =
      dialect::Denied{{base::Code::overloaded, "too many log-ins at once; try again", ""}};
  EXPECT_EQ(Rested::status(post(R"({"username":"ann","password":"x"})", "&login=true")), "503");
  EXPECT_EQ(Rested::status(post(R"({"username":"ben","password":"x"})")), "503");
  rested.world.no_secrets.reset();
  EXPECT_EQ(rested.world.secret_works[rested.world.secret_works.size() - 2].address, "127.0.0.1");
}

TEST_F(RestedUsers, who_logs_out_is_out) {
  const auto [ann, token] = rested.make_user("users", "ann");
  EXPECT_EQ(with("GET", "vault", token), "200 []");
  EXPECT_EQ(with("POST", "users", token, "&logout=true"), "200 {}");
  EXPECT_EQ(rested.last_header("Set-Cookie"),
            "__Secure-rested-access-token=; Path=/; Max-Age=0; HttpOnly; Secure; SameSite=None");
  EXPECT_EQ(Rested::status(with("GET", "vault", token)), "401");
  EXPECT_EQ(Rested::status(with("POST", "users", token, "&logout=true")), "401");
  EXPECT_EQ(Rested::status(with("POST", "users", "", "&logout=true")), "401");
  EXPECT_EQ(Rested::status(with("POST", "users", "x.y", "&logout=true")), "401");
  const std::string by_cookie = rested.log_in("users", "ann");
  EXPECT_EQ(
      Rested::status(rested.ask("POST", rested.at("users", "&logout=true"),
                                {.headers = {{"Cookie", "__Secure-rested-access-token=" + by_cookie}}})),
      "200");
  EXPECT_EQ(Rested::status(with("GET", "vault", by_cookie)), "401");
}

TEST_F(RestedUsers, withdrawn_tokens_are_forgotten_once_they_have_run_out) {
  const auto [ann, token] = rested.make_user("users", "ann");
  with("POST", "users", token, "&logout=true");
  const auto revoked = [&] {
    std::size_t count = 0;
    for (const auto& [id, data] : rested.world.stored("$rested")) count += id.starts_with("revoked/") ? 1 : 0;
    return count;
  };
  EXPECT_EQ(revoked(), 1u);
  rested.world.wait(61'000);
  with("POST", "users", rested.log_in("users", "ann"), "&logout=true");
  EXPECT_EQ(revoked(), 1u) << "the new one";
}

TEST_F(RestedUsers, tokens_are_good_for_the_project_and_its_time) {
  const auto [ann, token] = rested.make_user("users", "ann");
  const std::string target = rested.at("vault");
  for (const std::string& bad : {std::string("x"), token + "x", token.substr(1), std::string("a.b.c")})
    EXPECT_EQ(Rested::status(with("GET", "vault", bad)), "401") << bad;
  EXPECT_EQ(Rested::status(rested.ask("GET", target)), "401");
  EXPECT_EQ(Rested::status(rested.ask("GET", target, {.headers = {{"Authorization", "Basic " + token}}})),
            "401");
  rested.world.wait(59'999);
  EXPECT_EQ(Rested::status(rested.ask("GET", target, Rested::as(token))), "200");
  rested.world.wait(1);
  EXPECT_EQ(Rested::status(rested.ask("GET", target, Rested::as(token))), "401");
  const std::string fresh = rested.log_in("users", "ann");
  EXPECT_EQ(Rested::status(rested.ask("GET", target, Rested::as(fresh))), "200");
  rested.make_project();
  rested.make_endpoint("other", R"(,"secure":true)");
  EXPECT_EQ(Rested::status(with("GET", "other", fresh)), "401") << "of another project";
}

TEST_F(RestedUsers, a_token_is_good_for_all_secure_endpoints_of_the_project) {
  rested.make_endpoint("safes", R"(,"secure":true)");
  rested.make_endpoint("staff", R"(,"authentication":true)");
  const auto [ann, token] = rested.make_user("users", "ann");
  const auto [ben, other] = rested.make_user("staff", "ben");
  for (const char* endpoint : {"vault", "safes"}) {
    EXPECT_EQ(with("GET", endpoint, token), "200 []") << endpoint;
    EXPECT_EQ(with("GET", endpoint, other), "200 []") << endpoint;
  }
  EXPECT_EQ(with("GET", "staff", token), "200 []") << "where she is nobody";
  EXPECT_EQ(Rested::status(with("GET", "staff", token, "&uniqueId=" + ben)), "403");
}

TEST_F(RestedUsers, the_token_of_the_header_comes_before_that_of_the_cookie) {
  const auto [ann, ann_token] = rested.make_user("users", "ann");
  const auto [ben, ben_token] = rested.make_user("users", "ben");
  const auto seen = [&](const std::string& header, const std::string& cookie) {
    return rested.ask("GET", rested.at("users", "&dataOnly=true"),
                      {.headers = {{"Cookie", "__Secure-rested-access-token=" + cookie},
                                   {"Authorization", "Bearer " + header}}});
  };
  EXPECT_EQ(seen(ann_token, ben_token), R"(200 [{"username":"ann"}])");
  EXPECT_EQ(seen(ben_token, ann_token), R"(200 [{"username":"ben"}])");
  EXPECT_EQ(Rested::status(seen("x.y.z", ben_token)), "401");
  EXPECT_EQ(seen("", ben_token), R"(200 [{"username":"ben"}])");
}

TEST_F(RestedUsers, the_master_key_changes_what_belongs_to_others) {
  const auto [ann, token] = rested.make_user("users", "ann");
  const std::string id = rested.add("vault", "1", token);
  const auto by_master = [&](const std::string& endpoint, const std::string& of) {
    return rested.at(endpoint, "&masterKey=" + rested.master + "&uniqueId=" + of);
  };
  EXPECT_EQ(Rested::member(rested.write("PUT", by_master("vault", id), "2"), "data"), "2");
  EXPECT_EQ(with("GET", "vault", token, "&dataOnly=true"), "200 [2]") << "it is still hers";
  EXPECT_EQ(Rested::status(rested.ask("DELETE", by_master("vault", id))), "200");
  EXPECT_EQ(Rested::status(rested.write("PATCH", by_master("users", ann), R"({"password":"by master"})")),
            "200");
  EXPECT_EQ(Rested::status(post(R"({"username":"ann","password":"by master"})", "&login=true")), "200");
  EXPECT_EQ(Rested::status(rested.ask("DELETE", by_master("users", ann))), "200");
  EXPECT_EQ(Rested::status(post(R"({"username":"ann","password":"by master"})", "&login=true")), "401");
}

TEST_F(RestedUsers, a_user_is_found_behind_those_who_came_before_it) {
  const auto [ann, ann_token] = rested.make_user("users", "ann");
  const auto [ben, ben_token] = rested.make_user("users", "ben");
  EXPECT_EQ(with("GET", "users", ben_token, "&dataOnly=true&limit=1&after=" + ann),
            R"(200 [{"username":"ben"}])");
  EXPECT_EQ(with("GET", "users", ann_token, "&after=" + ann), "200 []");
  EXPECT_EQ(with("GET", "users", ben_token, "&jsonata=$count($)"), "200 1");
}

TEST_F(RestedUsers, a_page_of_ones_own_records_is_filled_from_among_all) {
  const auto [ann, ann_token] = rested.make_user("users", "ann");
  const auto [ben, ben_token] = rested.make_user("users", "ben");
  for (int i = 0; i < 4; ++i) {
    rested.add("vault", std::to_string(i), ann_token);
    rested.add("vault", "0", ben_token);
  }
  EXPECT_EQ(with("GET", "vault", ann_token, "&dataOnly=true&limit=3"), "200 [0,1,2]");
}

TEST_F(RestedUsers, a_user_sees_itself_alone) {
  const auto [ann, ann_token] = rested.make_user("users", "ann");
  const auto [ben, ben_token] = rested.make_user("users", "ben");
  EXPECT_EQ(Rested::status(rested.ask("GET", rested.at("users"))), "401");
  EXPECT_EQ(with("GET", "users", ann_token, "&dataOnly=true"), R"(200 [{"username":"ann"}])");
  EXPECT_EQ(Rested::member(with("GET", "users", ann_token, "&uniqueId=" + ann), "data"),
            R"({"username":"ann"})");
  EXPECT_EQ(Rested::status(with("GET", "users", ann_token, "&uniqueId=" + ben)), "403");
  EXPECT_EQ(rested.ask("GET", rested.at("users", "&dataOnly=true&masterKey=" + rested.master)),
            R"(200 [{"username":"ann"},{"username":"ben"}])");
}

TEST_F(RestedUsers, a_user_changes_itself_alone) {
  const auto [ann, token] = rested.make_user("users", "ann");
  const auto [ben, ben_token] = rested.make_user("users", "ben");
  EXPECT_EQ(Rested::status(put("users", ben, token, R"({"username":"ben"})")), "403");
  EXPECT_EQ(Rested::status(with("DELETE", "users", token, "&uniqueId=" + ben)), "403");
  EXPECT_EQ(Rested::member(put("users", ann, token, R"({"username":"ann","age":8})"), "data"),
            R"({"username":"ann","age":8})");
  EXPECT_EQ(rested.log_in("users", "ann").empty(), false) << "the password is what it was";
  EXPECT_EQ(Rested::status(put("users", ann, token, R"({"age":8})")), "400") << "a user has a name";
  EXPECT_EQ(Rested::status(put("users", ann, token, "7")), "400");
  EXPECT_EQ(Rested::status(put("users", ann, token, R"({"password":""})", "PATCH")), "400");
  const std::string changed = put("users", ann, token, R"({"password":"new"})", "PATCH");
  EXPECT_EQ(Rested::member(changed, "data"), R"({"username":"ann","age":8})");
  EXPECT_EQ(Rested::status(post(R"({"username":"ann","password":"pass of ann"})", "&login=true")), "401");
  EXPECT_EQ(Rested::status(post(R"({"username":"ann","password":"new"})", "&login=true")), "200");
}

TEST_F(RestedUsers, a_new_name_is_taken_and_the_old_one_is_free) {
  const auto [ann, token] = rested.make_user("users", "ann");
  rested.make_user("users", "ben");
  EXPECT_EQ(Rested::status(put("users", ann, token, R"({"username":"ben"})")), "400");
  EXPECT_EQ(Rested::status(put("users", ann, token, R"({"username":"anna"})")), "200");
  EXPECT_EQ(Rested::status(post(R"({"username":"ann","password":"pass of ann"})", "&login=true")), "401");
  EXPECT_EQ(Rested::status(post(R"({"username":"anna","password":"pass of ann"})", "&login=true")), "200");
  EXPECT_EQ(Rested::status(post(ann_user)), "200") << "somebody else is called that now";
}

TEST_F(RestedUsers, a_user_that_goes_leaves_nothing_behind) {
  const auto [ann, token] = rested.make_user("users", "ann");
  const std::string gone = with("DELETE", "users", token, "&uniqueId=" + ann);
  EXPECT_EQ(Rested::member(gone, "data"), R"({"username":"ann"})");
  EXPECT_EQ(Rested::status(with("GET", "vault", token)), "401") << "no user is found";
  EXPECT_EQ(Rested::status(post(R"({"username":"ann","password":"pass of ann"})", "&login=true")), "401");
  EXPECT_EQ(Rested::status(post(ann_user)), "200");
}

TEST_F(RestedUsers, an_if_match_counts_for_users_too) {
  const auto [ann, token] = rested.make_user("users", "ann");
  Asks asks = Rested::as(token);
  asks.headers.emplace_back("If-Match", "\"7777\"");
  EXPECT_EQ(Rested::status(rested.write("PUT", rested.at("users", "&uniqueId=" + ann), ann_user, asks)),
            "412");
}

TEST_F(RestedUsers, records_of_a_secure_endpoint_are_their_makers) {
  const auto [ann, ann_token] = rested.make_user("users", "ann");
  const auto [ben, ben_token] = rested.make_user("users", "ben");
  const std::string id = rested.add("vault", "1", ann_token);
  const std::string own = rested.add("vault", "2", ben_token);
  EXPECT_EQ(with("GET", "vault", ann_token, "&dataOnly=true"), "200 [1]");
  EXPECT_EQ(with("GET", "vault", ben_token, "&dataOnly=true"), "200 [2]");
  EXPECT_EQ(with("GET", "vault", ben_token, "&jsonata=$count($)"), "200 1");
  EXPECT_EQ(Rested::status(with("GET", "vault", ben_token, "&uniqueId=" + id)), "403");
  EXPECT_EQ(Rested::status(with("GET", "vault", ben_token, "&uniqueId=" + own + "," + id)), "403");
  EXPECT_EQ(Rested::status(put("vault", id, ben_token, "3")), "403");
  EXPECT_EQ(Rested::status(with("DELETE", "vault", ben_token, "&uniqueId=" + id)), "403");
  EXPECT_EQ(Rested::member(put("vault", id, ann_token, "3"), "data"), "3");
  EXPECT_EQ(Rested::status(put("vault", id, ben_token, "4")), "403") << "it is still hers";
  EXPECT_EQ(Rested::status(with("DELETE", "vault", ann_token, "&uniqueId=" + id)), "200");
}

TEST_F(RestedUsers, switches_let_others_do_it) {
  const auto [ann, ann_token] = rested.make_user("users", "ann");
  const auto [ben, ben_token] = rested.make_user("users", "ben");
  const std::string id = rested.add("vault", "1", ann_token);
  const auto allow = [&](const std::string& what) {
    rested.manage("PATCH", rested.endpoint_path(vault_id),
                  R"({"readByOthers":false,"updateByOthers":false,"deleteByOthers":false})");
    rested.manage("PATCH", rested.endpoint_path(vault_id), "{\"" + what + "\":true}");
  };
  const auto statuses = [&] {
    std::string said = Rested::status(with("GET", "vault", ben_token, "&uniqueId=" + id));
    said += Rested::status(put("vault", id, ben_token, "2"));
    return said += Rested::status(with("DELETE", "vault", ben_token, "&uniqueId=" + id));
  };
  EXPECT_EQ(statuses(), "403403403");
  allow("readByOthers");
  EXPECT_EQ(statuses(), "200403403");
  EXPECT_EQ(with("GET", "vault", ben_token, "&dataOnly=true"), "200 [1]");
  allow("updateByOthers");
  EXPECT_EQ(statuses(), "403200403");
  allow("deleteByOthers");
  EXPECT_EQ(statuses(), "403403200");
}

TEST_F(RestedUsers, a_record_of_nobody_is_for_those_who_may_read_all) {
  Rested named({.is_open = true, .names = {"shared"}});
  named.make_project(R"(,"masterKey":true)");
  named.make_endpoint("users", R"(,"authentication":true)");
  const std::string id = named.make_endpoint("vault", R"(,"secure":true,"collection":"shared")");
  named.world.page().push({{gateway::put(1, "x", "1", 0, "shared")}});
  const auto [ann, token] = named.make_user("users", "ann");
  EXPECT_EQ(named.ask("GET", named.at("vault"), Rested::as(token)), "200 []");
  EXPECT_EQ(named.ask("GET", named.at("vault", "&dataOnly=true&masterKey=" + named.master)), "200 [1]");
  named.manage("PATCH", named.endpoint_path(id), R"({"readByOthers":true})");
  EXPECT_EQ(named.ask("GET", named.at("vault", "&dataOnly=true"), Rested::as(token)), "200 [1]");
}

TEST_F(RestedUsers, who_is_logged_in_asks_so_often_and_no_more) {
  dialect::SessionLimits limits;
  limits.messages_of_a_user = {.per_second = 1, .burst = 3};
  Rested strict({}, R"({"adminToken":"admin"})", limits);
  strict.make_project();
  strict.make_endpoint("users", R"(,"authentication":true)");
  const auto [ann, token] = strict.make_user("users", "ann");
  std::string statuses;
  for (int i = 0; i < 4; ++i)
    statuses += Rested::status(strict.ask("GET", strict.at("users"), Rested::as(token)));
  EXPECT_EQ(statuses, "200200200429");
  EXPECT_EQ(strict.last_header("Retry-After"), "1");
  Asks page = Rested::as(token);
  page.headers.emplace_back("Origin", "https://a.test");
  EXPECT_EQ(Rested::status(strict.ask("GET", strict.at("users"), page)), "429");
  EXPECT_EQ(strict.last_header("Access-Control-Allow-Origin"), "https://a.test") << "pages read it as well";
  strict.world.wait(1000);
  EXPECT_EQ(Rested::status(strict.ask("GET", strict.at("users"), Rested::as(token))), "200");
}

TEST_F(RestedUsers, a_closed_space_knows_a_key_by_name_and_an_open_one_does_not) {
  Rested closed({.is_open = false, .names = {"parts"}});
  rights::SpaceRules rules;
  rules.access = rights::Access::closed;
  auto all = std::make_shared<rights::Rights>();
  all->add_space("default", rules);
  closed.world.gateway->set_rights(all);
  closed.make_project();
  closed.make_endpoint("parts");
  const auto socket = closed.socket(closed.at("parts"));
  EXPECT_EQ(Rested::status(closed.write("POST", closed.at("parts"), "1")), "200");
  EXPECT_EQ(closed.frames(socket).size(), 1u);
  rules.access = rights::Access::rules;
  all = std::make_shared<rights::Rights>();
  all->add_space("default", rules);
  closed.world.gateway->set_rights(all);
  EXPECT_EQ(Rested::status(closed.write("POST", closed.at("parts"), "1")), "403");
  EXPECT_EQ(closed.state(closed.socket(closed.at("parts"))), "4000 Endpoint or API Key not valid.");
  closed.world.gateway->review(closed.world.now, Everybody());
  closed.world.perform();
  EXPECT_EQ(closed.state(socket), "1000 Options of the endpoint are changed.");
}

}  // namespace
}  // namespace rockpool::gateway
