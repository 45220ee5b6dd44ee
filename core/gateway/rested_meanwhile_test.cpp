// RESTED: what was allowed when a request came is looked at again before it is done, for much may happen
// while a body comes, a password is hashed, or somebody else is asked.
#include "core/gateway/rested_sockets_test.h"

namespace rockpool::gateway {
namespace {

using What = dialect::SecretWork::What;

class RestedMeanwhile : public RestedSockets {
 protected:
  RestedMeanwhile() {
    const auto [id, made] = rested.make_user("users", "ann");
    ann = id;
    token = made;
  }
  // A request whose body is still to come.
  dialect::CarrierId begin(const std::string& method, const std::string& target, Asks asks = {},
                           const std::string& type = "application/json") {
    asks.headers.emplace_back("Content-Type", type);
    return rested.send(method, target, nullptr, std::move(asks));
  }
  std::string finish(dialect::CarrierId carrier, const std::string& body = "1") {
    rested.world.feed(carrier, dialect::Body{0, body});
    return rested.answer(carrier);
  }
  void change_project(const std::string& patch) {
    rested.manage("PATCH", "projects/" + rested.project, patch);
  }
  std::string records_of(const std::string& endpoint) {
    return rested.ask("GET", rested.at(endpoint, "&dataOnly=true&masterKey=" + rested.master));
  }
  // A service of the operator's decides who may do what, and takes its time.
  void ask_a_service() {
    auto all = std::make_shared<rights::Rights>();
    all->add_space("default", {.access = rights::Access::service, .names = {}});
    rested.world.gateway->set_rights(all);
  }
  void let_the_service_answer() {
    while (!rested.world.authorizes.empty()) {
      for (const Authorize& one : std::exchange(rested.world.authorizes, {}))
        rested.world.gateway->authorized(rested.world.now, one.ticket,
                                         Permitted{.allowed = true, .holds = {10'000}});
      rested.world.perform();
    }
  }

  std::string ann, token;
};

TEST_F(RestedMeanwhile, an_endpoint_that_goes_while_a_body_comes_takes_no_record) {
  const auto plain = begin("POST", rested.at("parts"));
  const auto user = begin("POST", rested.at("users"));
  rested.manage("DELETE", rested.endpoint_path(open_id));
  rested.manage("DELETE", rested.endpoint_path(users_id));
  EXPECT_EQ(finish(plain), R"(400 {"error":"the endpoint or the API key is not valid"})");
  EXPECT_EQ(Rested::status(finish(user, R"({"username":"ben","password":"some of ben"})")), "400");
  EXPECT_TRUE(rested.world.stored("parts").empty());
  EXPECT_TRUE(rested.world.stored("rested:" + rested.project + "/users").empty());
}

TEST_F(RestedMeanwhile, another_endpoint_of_the_same_name_is_not_the_one_that_was_asked) {
  const auto carrier = begin("POST", rested.at("parts"));
  rested.manage("DELETE", rested.endpoint_path(open_id));
  rested.make_endpoint("parts");
  EXPECT_EQ(Rested::status(finish(carrier)), "400");
  EXPECT_EQ(records_of("parts"), "200 []");
}

TEST_F(RestedMeanwhile, a_key_that_is_changed_while_a_body_comes_opens_nothing) {
  const auto carrier = begin("POST", rested.at("parts"));
  const auto by_master = begin("POST", rested.at("vault", "&masterKey=" + rested.master));
  change_project(R"({"masterKey":false})");
  EXPECT_EQ(Rested::status(finish(by_master)), "401");
  change_project(R"({"apiKey":true})");
  EXPECT_EQ(Rested::status(finish(carrier)), "400");
  EXPECT_TRUE(rested.world.stored("parts").empty());
}

TEST_F(RestedMeanwhile, origins_that_are_changed_while_a_body_comes_count) {
  const auto page = begin("POST", rested.at("parts"), {.headers = {{"Origin", "https://a.test"}}});
  const auto nobody = begin("POST", rested.at("parts"));
  change_project(R"({"allowedOrigins":"https://b.test","disallowNoOrigin":true})");
  EXPECT_EQ(Rested::status(finish(page)), "403");
  EXPECT_EQ(Rested::status(finish(nobody)), "403");
}

TEST_F(RestedMeanwhile, a_token_that_ends_while_a_body_comes_writes_nothing) {
  const auto logged_out = begin("POST", rested.at("vault"), Rested::as(token));
  rested.ask("POST", rested.at("users", "&logout=true"), Rested::as(token));
  EXPECT_EQ(Rested::status(finish(logged_out)), "401");
  const auto late = begin("POST", rested.at("vault"), Rested::as(rested.log_in("users", "ann")));
  rested.world.wait(60'000);
  EXPECT_EQ(Rested::status(finish(late)), "401");
  const auto gone = begin("POST", rested.at("vault"), Rested::as(rested.log_in("users", "ann")));
  const std::string found = rested.at("users", "&masterKey=" + rested.master + "&uniqueId=" + ann);
  EXPECT_EQ(Rested::status(rested.ask("DELETE", found)), "200");
  EXPECT_EQ(Rested::status(finish(gone)), "401");
  EXPECT_EQ(records_of("vault"), "200 []");
}

TEST_F(RestedMeanwhile, an_endpoint_that_becomes_secure_while_a_body_comes_wants_a_token) {
  const auto carrier = begin("POST", rested.at("parts"));
  EXPECT_EQ(Rested::status(rested.manage("PATCH", rested.endpoint_path(open_id), R"({"secure":true})")),
            "200");
  EXPECT_EQ(Rested::status(finish(carrier)), "401");
  EXPECT_EQ(records_of("parts"), "200 []");
}

TEST_F(RestedMeanwhile, a_switch_that_is_turned_off_while_a_body_comes_counts) {
  rested.manage("PATCH", rested.endpoint_path(vault_id), R"({"updateByOthers":true})");
  const std::string id = rested.add("vault", "1", token);
  const auto ben = rested.make_user("users", "ben");
  const auto carrier = begin("PUT", rested.at("vault", "&uniqueId=" + id), Rested::as(ben.second));
  rested.manage("PATCH", rested.endpoint_path(vault_id), R"({"updateByOthers":false})");
  EXPECT_EQ(Rested::status(finish(carrier, "2")), "403");
}

TEST_F(RestedMeanwhile, an_option_that_is_nobodys_affair_changes_nothing) {
  const auto carrier = begin("POST", rested.at("parts"));
  rested.manage("PATCH", rested.endpoint_path(open_id), R"({"description":"of all"})");
  EXPECT_EQ(Rested::status(finish(carrier)), "200");
}

TEST_F(RestedMeanwhile, an_upload_to_an_endpoint_that_goes_is_dropped) {
  const auto carrier = begin("POST", rested.at("parts"), {}, "multipart/form-data; boundary=b");
  rested.manage("DELETE", rested.endpoint_path(open_id));
  const std::string file(32, 'f');
  rested.world.feed(carrier, dialect::Uploaded{{{.id = file, .name = "a", .mime_type = "", .bytes = 1}}, {}});
  EXPECT_EQ(Rested::status(rested.answer(carrier)), "400");
  EXPECT_EQ(rested.world.dropped, std::vector<std::string>{file});
}

TEST_F(RestedMeanwhile, who_registers_where_the_endpoint_goes_is_nobody) {
  rested.world.held_secret = What::hash_password;
  const auto carrier = begin("POST", rested.at("users"));
  EXPECT_EQ(finish(carrier, R"({"username":"ben","password":"some of ben"})"), "not answered");
  rested.manage("DELETE", rested.endpoint_path(users_id));
  rested.world.release_secrets();
  EXPECT_EQ(Rested::status(rested.answer(carrier)), "400");
  EXPECT_TRUE(rested.world.stored("rested:" + rested.project + "/users").empty());
  EXPECT_TRUE(rested.world.stored("$rested." + users_id).empty());
}

TEST_F(RestedMeanwhile, a_log_in_where_the_key_changes_brings_no_token) {
  rested.world.held_secret = What::check_password;
  const auto carrier = begin("POST", rested.at("users", "&login=true"));
  EXPECT_EQ(finish(carrier, R"({"username":"ann","password":"pass of ann"})"), "not answered");
  change_project(R"({"apiKey":true})");
  rested.world.release_secrets();
  EXPECT_EQ(Rested::status(rested.answer(carrier)), "400");
  EXPECT_EQ(rested.header(carrier, "Set-Cookie"), "");
}

TEST_F(RestedMeanwhile, a_token_is_looked_at_by_the_options_of_then) {
  rested.world.held_secret = What::open;
  const auto carrier = rested.send("GET", rested.at("vault"), nullptr, Rested::as(token));
  EXPECT_EQ(rested.answer(carrier), "not answered");
  change_project(R"({"apiKey":true})");
  rested.world.release_secrets();
  EXPECT_EQ(Rested::status(rested.answer(carrier)), "400");
}

TEST_F(RestedMeanwhile, an_answer_is_not_given_for_an_endpoint_that_is_gone) {
  rested.add("parts", "1");
  ask_a_service();
  const auto waits = rested.send("GET", rested.at("parts"));
  const auto by_ann = rested.send("GET", rested.at("vault"), nullptr, Rested::as(token));
  EXPECT_EQ(rested.answer(waits), "not answered");
  rested.manage("DELETE", rested.endpoint_path(open_id));
  rested.ask("POST", rested.at("users", "&logout=true"), Rested::as(token));
  let_the_service_answer();
  EXPECT_EQ(Rested::status(rested.answer(waits)), "400");
  EXPECT_EQ(Rested::status(rested.answer(by_ann)), "401");
}

TEST_F(RestedMeanwhile, an_answer_is_by_the_options_of_then) {
  rested.manage("PATCH", rested.endpoint_path(vault_id), R"({"readByOthers":true})");
  rested.add("vault", "1", token);
  const auto ben = rested.make_user("users", "ben");
  ask_a_service();
  const auto waits =
      rested.send("GET", rested.at("vault", "&dataOnly=true"), nullptr, Rested::as(ben.second));
  EXPECT_EQ(rested.answer(waits), "not answered");
  rested.manage("PATCH", rested.endpoint_path(vault_id), R"({"readByOthers":false})");
  let_the_service_answer();
  EXPECT_EQ(rested.answer(waits), "200 []");
}

TEST_F(RestedMeanwhile, a_socket_is_let_in_by_the_options_of_then) {
  ask_a_service();
  const auto open = join(), secure = join("vault", "&accessToken=" + token);
  EXPECT_EQ(rested.state(open), "not accepted");
  rested.manage("PATCH", rested.endpoint_path(open_id), R"({"description":"of all"})");
  rested.ask("POST", rested.at("users", "&logout=true"), Rested::as(token));
  let_the_service_answer();
  EXPECT_EQ(rested.state(open), "1000 Options of the endpoint are changed.") << "it may come again";
  EXPECT_EQ(rested.state(secure), "4000 No Access token or invalid.");
}

TEST_F(RestedMeanwhile, a_socket_is_let_in_by_the_key_of_then) {
  ask_a_service();
  const auto open = join();
  change_project(R"({"apiKey":true})");
  let_the_service_answer();
  EXPECT_EQ(rested.state(open), "4000 Endpoint or API Key not valid.");
}

TEST_F(RestedMeanwhile, of_two_who_register_at_once_the_second_is_told_which_name_is_taken) {
  rested.world.held_secret = What::hash_password;
  const auto first = begin("POST", rested.at("users")), second = begin("POST", rested.at("users"));
  finish(first, R"({"username":"ben","email":"b@c.test","password":"some of ben"})");
  finish(second, R"({"username":"benno","email":"b@c.test","password":"some of benno"})");
  rested.world.release_secrets();
  EXPECT_EQ(Rested::status(rested.answer(first)), "200");
  EXPECT_EQ(rested.answer(second), R"(400 {"error":"the email is taken; choose another one"})");
  EXPECT_EQ(rested.world.stored("$rested." + users_id).size(), 3u) << "ann, and two names of ben";
}

// A server without a hub, whose questions a test answers.
class RestedServer : public testing::Test {
 protected:
  void load(std::vector<model::Record> own = {}) {
    server->wake(now, steps);
    for (const dialect::Asked& asked : take<dialect::Asked>()) {
      const auto* scan = std::get_if<model::Scan>(&asked.command);
      const bool is_own = scan != nullptr && scan->collection == "$rested";
      server->answer(now, asked.ticket,
                     model::Page{.records = is_own ? own : std::vector<model::Record>(), .done = true},
                     steps);
    }
  }
  template <typename Step>
  std::vector<Step> take() {
    std::vector<Step> found;
    for (dialect::ServerStep& step : std::exchange(steps, {}))
      if (auto* one = std::get_if<Step>(&step)) found.push_back(std::move(*one));
    return found;
  }

  base::Instant now{1'700'000'000'000};
  dialect::MountOptions options;
  std::unique_ptr<dialect::ServerDialect> server =
      std::move(*dialect::find_dialect("rested")->server(options, base::Prng(1)));
  dialect::ServerSteps steps;
};

TEST_F(RestedServer, reads_nothing_of_an_administrator_who_has_hung_up) {
  load();
  const wire::RequestHead head{
      .method = "POST",
      .path = "/api/1/manage/projects",
      .headers = {{"Authorization", "Bearer x"}, {"Content-Type", "application/json"}}};
  for (const bool hangs_up : {false, true}) {
    server->receive(now, 7, dialect::Arrived{.head = head}, steps);
    const auto asked = take<dialect::Identify>();
    ASSERT_EQ(asked.size(), 1u);
    if (hangs_up) server->receive(now, 7, dialect::Closed{}, steps);
    server->identified(now, asked[0].ticket, dialect::Identified{{.user = "x", .admin = true}}, steps);
    EXPECT_EQ(take<dialect::ReadBody>().size(), hangs_up ? 0u : 1u);
  }
}

TEST_F(RestedServer, tries_again_to_delete_what_the_log_did_not_take) {
  load({{.key = {"$rested", "clearing/parts"}, .version = 1, .data = "{}"}});
  for (const base::Code code : {base::Code::overloaded, base::Code::storage}) {
    const auto asked = take<dialect::Asked>();
    ASSERT_EQ(asked.size(), 1u) << "a piece of it";
    EXPECT_EQ(std::get<model::Write>(asked[0].command).groups.at(0).at(0).key.collection, "parts");
    const base::Error full{.code = code, .message = "not now", .path = {}};
    server->answer(now, asked[0].ticket, model::Written{.outcomes = {model::Declined{0, full}}}, steps);
    const auto due = server->next_wake();
    ASSERT_TRUE(due);
    now = *due;
    server->wake(now, steps);
  }
}

}  // namespace
}  // namespace rockpool::gateway
