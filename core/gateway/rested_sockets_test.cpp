// RESTED's WebSockets: every row of the contract's tables, over a real hub and a clock that is told the time.
#include "core/gateway/rested_sockets_test.h"

namespace rockpool::gateway {
namespace {

constexpr const char* not_valid = "4000 Endpoint or API Key not valid.";
constexpr const char* wrong_origin = "4000 Origin not allowed.";
constexpr const char* no_token = "4000 No Access token or invalid.";
constexpr const char* expired = "1000 Access token expired.";
constexpr const char* changed = "1000 Options of the endpoint are changed.";

TEST_F(RestedSockets, an_upgrade_always_succeeds_and_the_reason_comes_in_the_close) {
  const std::string key = "?key=" + rested.key;
  for (const std::string& target :
       {"/api/1/ce/unknown" + key, "/api/2/ce/parts" + key, "/api/1/xx/parts" + key, "/api/1/ce/%zz" + key,
        "/api/1/ce/%ff" + key, "/api/1/ce/" + key, "/api/1/manage/projects" + key, std::string("/api/"),
        std::string("/api/1/ce/parts"), "/api/1/ce/parts?key=" + std::string(32, '0')}) {
    const auto carrier = rested.socket(target);
    EXPECT_TRUE(rested.world.accepted.contains(carrier)) << target;
    EXPECT_EQ(rested.state(carrier), not_valid) << target;
  }
  EXPECT_EQ(state_of("/api/1/ce/parts" + key), "open");
  EXPECT_EQ(state_of("/api/1/ce/parts?apiKey=" + rested.key), "open");
  EXPECT_EQ(state_of("/api/1/ce/parts?apiKey=x&key=" + rested.key), "open") << "key wins";
  EXPECT_EQ(state_of("/api/1/ce/parts?key=x&apiKey=" + rested.key), not_valid);
  EXPECT_EQ(state_of("/api/1/ce/parts?other=1&key=" + rested.key), "open") << "other words are ignored";
  EXPECT_EQ(state_of(rested.at("parts"), {{"Origin", "https://any.test"}}), "open") << "none is listed";
  rested.make_project();
  EXPECT_EQ(state_of("/api/1/ce/parts?key=" + rested.key), not_valid) << "the key of another project";
}

TEST_F(RestedSockets, the_origin_is_checked_after_the_key_and_before_the_token) {
  rested.manage("PATCH", "projects/" + rested.project, R"({"allowedOrigins":"https://a.test"})");
  const wire::Headers other = {{"Origin", "https://b.test"}}, good = {{"Origin", "https://a.test"}};
  EXPECT_EQ(state_of("/api/1/ce/vault?key=x", other), not_valid);
  EXPECT_EQ(state_of(rested.at("vault"), other), wrong_origin);
  EXPECT_EQ(state_of(rested.at("vault"), good), no_token);
  EXPECT_EQ(state_of(rested.at("parts"), good), "open");
  EXPECT_EQ(state_of(rested.at("parts")), "open") << "no origin is no page";
  rested.manage("PATCH", "projects/" + rested.project, R"({"disallowNoOrigin":true})");
  EXPECT_EQ(state_of(rested.at("parts")), wrong_origin);
  const std::string master = "&masterKey=" + rested.master;
  EXPECT_EQ(state_of(rested.at("vault", master)), "open") << "no token, no origin";
  EXPECT_EQ(state_of(rested.at("vault", master), other), "open");
  EXPECT_EQ(state_of(rested.at("parts", "&masterKey=wrong"), good), no_token);
}

TEST_F(RestedSockets, a_secure_endpoint_takes_the_token_from_three_places) {
  const auto [ann, token] = rested.make_user("users", "ann");
  const wire::Headers header = {{"Authorization", "Bearer " + token}};
  const wire::Headers cookie = {{"Cookie", "a=b; __Secure-rested-access-token=" + token + "; c=d"}};
  const wire::Headers bad = {{"Authorization", "Bearer x.y.z"}};
  EXPECT_EQ(state_of(rested.at("vault", "&accessToken=" + token)), "open");
  EXPECT_EQ(state_of(rested.at("vault"), header), "open");
  EXPECT_EQ(state_of(rested.at("vault"), cookie), "open");
  EXPECT_EQ(state_of(rested.at("vault", "&accessToken=" + token), bad), "open") << "the query comes first";
  EXPECT_EQ(state_of(rested.at("vault", "&accessToken=x"), header), no_token);
  wire::Headers both = bad;
  both.push_back(cookie.front());
  EXPECT_EQ(state_of(rested.at("vault"), both), no_token) << "then the header";
  EXPECT_EQ(state_of(rested.at("parts", "&accessToken=x")), "open") << "an open endpoint asks for none";
}

TEST_F(RestedSockets, tokens_that_are_not_good_are_refused) {
  const auto [ann, token] = rested.make_user("users", "ann");
  const std::string old = rested.project;
  EXPECT_EQ(state_of(rested.at("vault")), no_token) << "missing";
  EXPECT_EQ(state_of(rested.at("vault", "&accessToken=" + token + "x")), no_token) << "forged";
  const std::string target = rested.at("vault", "&accessToken=" + token);
  rested.make_project();
  rested.make_endpoint("other", R"(,"secure":true)");
  EXPECT_EQ(state_of(rested.at("other", "&accessToken=" + token)), no_token) << "of another project";
  rested.world.wait(59'999);
  EXPECT_EQ(state_of(target), "open");
  rested.world.wait(1);
  EXPECT_EQ(state_of(target), no_token) << "expired";
}

TEST_F(RestedSockets, nothing_is_said_until_something_happens) {
  rested.add("parts", "1");
  const auto socket = join();
  EXPECT_EQ(rested.frames(socket), Frames());
  rested.frame(socket, "hello");
  rested.frame(socket, R"({"type":"POST","record":{}})");
  rested.ask("GET", rested.at("parts"));
  EXPECT_EQ(rested.frames(socket), Frames());
  EXPECT_EQ(rested.state(socket), "open");
}

TEST_F(RestedSockets, each_change_is_told_as_the_contract_writes_it) {
  const auto socket = join();
  const std::string made = rested.write("POST", rested.at("parts", "&dataOnly=true"), R"({"part":"bolt"})");
  const std::string whole = rested.ask("GET", rested.at("parts", "&limit=1"));
  const std::string record = whole.substr(0, 4) + whole.substr(5, whole.size() - 6);
  const std::string id = Rested::member(record, "uniqueId");
  rested.world.now.ms += 1000;
  const std::string put = rested.write("PUT", rested.at("parts", "&uniqueId=" + id), R"({"part":"nut"})");
  const std::string patched = rested.write("PATCH", rested.at("parts", "&uniqueId=" + id), R"({"n":1})");
  const std::string gone =
      rested.ask("DELETE", rested.at("parts", "&masterKey=" + rested.master + "&uniqueId=" + id));
  EXPECT_EQ(rested.frames(socket),
            (Frames{message("POST", record, R"({"part":"bolt"})"), message("PUT", put, R"({"part":"nut"})"),
                    message("PUT", patched, R"({"part":"nut","n":1})"),
                    message("DELETE", gone, R"({"part":"nut","n":1})")}))
      << "a deleted record as it was";
}

TEST_F(RestedSockets, every_socket_of_the_endpoint_and_no_other_is_told) {
  rested.make_endpoint("other");
  const auto a = join(), b = join(), other = join("other");
  rested.add("parts", "1");
  EXPECT_EQ(rested.frames(a).size(), 1u);
  EXPECT_EQ(rested.frames(a), rested.frames(b));
  EXPECT_EQ(rested.frames(other), Frames());
  rested.world.feed(a, dialect::Closed{1001, ""});
  rested.add("parts", "2");
  EXPECT_EQ(rested.frames(a).size(), 1u);
  EXPECT_EQ(rested.frames(b).size(), 2u);
}

TEST_F(RestedSockets, who_may_not_read_a_record_hears_nothing_of_it) {
  const auto [ann, ann_token] = rested.make_user("users", "ann");
  const auto [ben, ben_token] = rested.make_user("users", "ben");
  const auto by_ann = join("vault", "&accessToken=" + ann_token);
  const auto by_ben = join("vault", "&accessToken=" + ben_token);
  const auto by_master = join("vault", "&masterKey=" + rested.master);
  const std::string id = rested.add("vault", "1", ann_token);
  rested.write("PUT", rested.at("vault", "&uniqueId=" + id), "2", Rested::as(ann_token));
  rested.ask("DELETE", rested.at("vault", "&uniqueId=" + id), Rested::as(ann_token));
  EXPECT_EQ(rested.frames(by_ann).size(), 3u);
  EXPECT_EQ(rested.frames(by_ben), Frames());
  EXPECT_EQ(rested.frames(by_master), rested.frames(by_ann));
  rested.write("POST", rested.at("vault", "&masterKey=" + rested.master), "3");
  EXPECT_EQ(rested.frames(by_ann).size(), 3u) << "nobody's record";
  EXPECT_EQ(rested.frames(by_master).size(), 4u);
  rested.manage("PATCH", rested.endpoint_path(vault_id), R"({"readByOthers":true})");
  const auto again = join("vault", "&accessToken=" + ben_token);
  rested.add("vault", "4", ann_token);
  EXPECT_EQ(rested.frames(again).size(), 1u);
}

TEST_F(RestedSockets, users_hear_of_themselves_without_the_password) {
  const auto [ann, token] = rested.make_user("users", "ann");
  const auto by_ann = join("users", "&accessToken=" + token);
  const auto by_master = join("users", "&masterKey=" + rested.master);
  rested.make_user("users", "ben");
  EXPECT_EQ(rested.frames(by_ann), Frames());
  rested.write("PATCH", rested.at("users", "&uniqueId=" + ann), R"({"age":7,"password":"secret word"})",
               Rested::as(token));
  ASSERT_EQ(rested.frames(by_ann).size(), 1u);
  EXPECT_NE(rested.frames(by_ann)[0].find(R"("data":{"username":"ann","age":7})"), std::string::npos);
  ASSERT_EQ(rested.frames(by_master).size(), 2u);
  for (const std::string& frame : rested.frames(by_master)) {
    EXPECT_EQ(frame.find("pass"), std::string::npos) << frame;
    EXPECT_EQ(frame.find("secret word"), std::string::npos) << frame;
  }
}

TEST_F(RestedSockets, a_socket_ends_with_its_token) {
  const auto [ann, token] = rested.make_user("users", "ann");
  const auto vault = join("vault", "&accessToken=" + token);
  const auto open = join("parts", "&accessToken=" + token);
  rested.world.wait(59'999);
  EXPECT_EQ(rested.state(vault), "open");
  EXPECT_EQ(rested.world.gateway->next_wake()->ms, rested.world.now.ms + 1) << "and is looked at then";
  rested.world.wait(1);
  EXPECT_EQ(rested.state(vault), expired);
  EXPECT_EQ(rested.state(open), "open") << "an open endpoint asks for none";
}

TEST_F(RestedSockets, at_an_open_endpoint_a_token_is_nobodys_affair) {
  const auto [ann, token] = rested.make_user("users", "ann");
  const std::string second = rested.log_in("users", "ann");
  const auto first_open = join("parts", "&accessToken=" + token);
  const auto second_open = join("parts", "&accessToken=" + second);
  rested.ask("POST", rested.at("users", "&logout=true"), Rested::as(token));
  rested.ask("DELETE", rested.at("users", "&uniqueId=" + ann), Rested::as(second));
  rested.manage("DELETE", rested.endpoint_path(users_id));
  EXPECT_EQ(rested.state(first_open), "open");
  EXPECT_EQ(rested.state(second_open), "open");
}

TEST_F(RestedSockets, a_socket_ends_when_its_user_logs_out) {
  const auto [ann, token] = rested.make_user("users", "ann");
  const std::string second = rested.log_in("users", "ann");
  const auto by_first = join("vault", "&accessToken=" + token);
  const auto by_second = join("vault", "&accessToken=" + second);
  EXPECT_EQ(Rested::status(rested.ask("POST", rested.at("users", "&logout=true"), Rested::as(token))), "200");
  EXPECT_EQ(rested.state(by_first), expired);
  EXPECT_EQ(rested.state(by_second), "open") << "of another log-in";
  EXPECT_EQ(state_of(rested.at("vault", "&accessToken=" + token)), no_token) << "revoked";
  rested.restart();
  EXPECT_EQ(state_of(rested.at("vault", "&accessToken=" + token)), no_token) << "for good";
  EXPECT_EQ(state_of(rested.at("vault", "&accessToken=" + second)), "open");
}

TEST_F(RestedSockets, a_socket_ends_when_its_user_is_deleted) {
  const auto [ann, token] = rested.make_user("users", "ann");
  const auto [ben, other] = rested.make_user("users", "ben");
  const auto vault = join("vault", "&accessToken=" + token);
  const auto own = join("users", "&accessToken=" + token);
  const auto of_ben = join("vault", "&accessToken=" + other);
  rested.ask("DELETE", rested.at("users", "&masterKey=" + rested.master + "&uniqueId=" + ann));
  EXPECT_EQ(rested.state(vault), expired);
  EXPECT_EQ(rested.state(own), expired);
  EXPECT_EQ(rested.frames(own).size(), 1u) << "it has heard of that";
  EXPECT_EQ(rested.state(of_ben), "open");
  EXPECT_EQ(state_of(rested.at("vault", "&accessToken=" + token)), no_token) << "no user is found";
}

TEST_F(RestedSockets, a_socket_ends_when_the_endpoint_of_its_user_is_deleted) {
  rested.make_endpoint("other-users", R"(,"authentication":true)");
  const auto [ann, token] = rested.make_user("users", "ann");
  const auto [ben, other] = rested.make_user("other-users", "ben");
  const auto of_ann = join("vault", "&accessToken=" + token), of_ben = join("vault", "&accessToken=" + other);
  const auto by_master = join("vault", "&masterKey=" + rested.master);
  rested.manage("DELETE", rested.endpoint_path(users_id));
  EXPECT_EQ(rested.state(of_ann), expired);
  EXPECT_EQ(rested.state(of_ben), "open");
  EXPECT_EQ(rested.state(by_master), "open");
  EXPECT_EQ(state_of(rested.at("vault", "&accessToken=" + token)), no_token);
}

TEST_F(RestedSockets, sockets_end_when_options_are_others) {
  const auto [ann, token] = rested.make_user("users", "ann");
  const std::string endpoint = rested.endpoint_path(open_id);
  for (const char* patch :
       {R"({"name":"parts"})", R"({"description":"of all"})", R"({"readByOthers":true})",
        R"({"updateByOthers":true})", R"({"deleteByOthers":true})", R"({"secure":false})", "{}"}) {
    const auto socket = join(), other = join("vault", "&accessToken=" + token);
    EXPECT_EQ(Rested::status(rested.manage("PATCH", endpoint, patch)), "200");
    EXPECT_EQ(rested.state(socket), changed) << patch;
    EXPECT_EQ(rested.state(other), "open") << "of another endpoint";
    rested.world.feed(other, dialect::Closed{});
  }
  for (const char* patch :
       {R"({"allowedOrigins":"https://a.test"})", R"({"name":"another"})", R"({"disallowNoOrigin":false})",
        R"({"accessTokenTtl":60})", R"({"masterKey":true})", R"({"apiKey":true})"}) {
    const auto socket = join(), other = join("vault", "&masterKey=" + rested.master);
    rested.key = Rested::member(rested.manage("PATCH", "projects/" + rested.project, patch), "apiKey");
    EXPECT_EQ(rested.state(socket), changed) << patch;
    EXPECT_EQ(rested.state(other), changed) << patch;
  }
  const auto socket = join();
  EXPECT_EQ(Rested::status(rested.manage("PATCH", endpoint, R"({"name":"no"})")), "400");
  EXPECT_EQ(rested.state(socket), "open") << "nothing is changed";
  rested.manage("DELETE", endpoint);
  EXPECT_EQ(rested.state(socket), changed);
  const auto vault = join("vault", "&masterKey=" + rested.master);
  rested.manage("DELETE", "projects/" + rested.project);
  EXPECT_EQ(rested.state(vault), changed);
}

TEST_F(RestedSockets, who_is_gone_before_it_is_let_in_is_gone) {
  auto all = std::make_shared<rights::Rights>();
  all->add_space("default", {.access = rights::Access::service, .names = {}});
  rested.world.gateway->set_rights(all);
  const auto answer = [&] {
    for (const Authorize& one : std::exchange(rested.world.authorizes, {}))
      rested.world.gateway->authorized(rested.world.now, one.ticket,
                                       Permitted{.allowed = true, .holds = {10'000}});
    rested.world.perform();
  };
  const auto gone = join(), stays = join();
  EXPECT_EQ(rested.state(gone), "not accepted") << "the service has not answered yet";
  rested.world.feed(gone, dialect::Closed{});
  answer();
  EXPECT_EQ(rested.state(stays), "open");
  EXPECT_EQ(rested.world.gateway->figures().sessions.websocket, 1u);
}

TEST_F(RestedSockets, the_edge_is_told_its_terms) {
  const auto& accepted = rested.world.accepted.at(join());
  EXPECT_EQ(accepted.terms.message_bytes_max, 64u << 10) << "above: 1009";
  EXPECT_EQ(accepted.terms.queue_bytes_max, 4u << 20) << "above: 1013";
  EXPECT_EQ(accepted.terms.ping_ms, 30'000);
}

TEST_F(RestedSockets, who_never_stops_talking_is_stopped) {
  dialect::SessionLimits limits;
  limits.messages = {.per_second = 10, .burst = 20};
  Rested strict({}, R"({"adminToken":"admin"})", limits);
  strict.make_project();
  strict.make_endpoint("parts");
  const auto socket = strict.socket(strict.at("parts"));
  for (int tenths = 0; tenths < 100; ++tenths) {
    for (int i = 0; i < 5; ++i) strict.frame(socket);
    EXPECT_EQ(strict.state(socket), "open");
    strict.world.wait(100);
  }
  for (int i = 0; i < 50; ++i) {
    strict.frame(socket);
    strict.frame(socket);
    strict.world.wait(100);
  }
  EXPECT_EQ(strict.state(socket), "1008 too many messages");
}

TEST_F(RestedSockets, a_user_has_so_many_sockets_and_no_more) {
  dialect::SessionLimits limits = Rested::usual_limits();
  limits.of_a_user = 2;
  Rested strict({}, R"({"adminToken":"admin"})", limits);
  strict.make_project();
  strict.make_endpoint("users", R"(,"authentication":true)");
  const auto [ann, token] = strict.make_user("users", "ann");
  const std::string target = strict.at("users", "&accessToken=" + token);
  const auto first = strict.socket(target);
  strict.socket(target);
  EXPECT_EQ(strict.state(strict.socket(target)), "1013 too many connections of this user");
  strict.world.feed(first, dialect::Closed{});
  EXPECT_EQ(strict.state(strict.socket(target)), "open");
}

// ---- the bridge -------------------------------------------------------------------------------------------

TEST_F(RestedSockets, what_pages_write_is_told_too) {
  Page& page = rested.world.page();
  const auto socket = join();
  page.push({{put(1, "bolt", R"({"n":1})", 0, "parts")}});
  const auto version = rested.world.log.view().record("default", {"parts", "bolt"})->version;
  page.push({{put(2, "bolt", R"({"n":2})", version, "parts")}});
  page.push({model::Group{put(3, "a", "1", 0, "parts"), put(4, "b", "2", 0, "parts")}});
  const Frames heard = rested.frames(socket);
  ASSERT_EQ(heard.size(), 4u) << "records of one batch one by one";
  EXPECT_EQ(heard[0].substr(0, 40), R"({"type":"POST","record":{"data":{"n":1},)");
  EXPECT_EQ(heard[1].substr(0, 39), R"({"type":"PUT","record":{"data":{"n":2},)");
}

TEST_F(RestedSockets, two_projects_over_one_collection_both_hear) {
  const auto first = join();
  rested.make_project();
  rested.make_endpoint("parts-too", R"(,"collection":"parts")");
  const auto second = join("parts-too");
  rested.add("parts-too", "1");
  EXPECT_EQ(rested.frames(first).size(), 1u);
  EXPECT_EQ(rested.frames(first), rested.frames(second));
}

TEST_F(RestedSockets, files_of_one_upload_come_as_one_array) {
  const auto socket = join();
  const auto file = [](const std::string& id, const std::string& upload) {
    model::Mutation made = put(1, id, R"({"name":")" + id + R"("})", 0, "parts");
    made.meta = R"({"rested":{"upload":")" + upload + R"("}})";
    return made;
  };
  model::Write write{.client = {}, .owns = true};
  write.groups = {model::Group{file("a", "u1"), file("b", "u1"), file("c", "u2")}};
  rested.world.gateway->ask(rested.world.now, {.ticket = edge_tickets,
                                               .principal = {.system = true},
                                               .space = "default",
                                               .command = std::move(write)});
  rested.world.perform();
  const Frames heard = rested.frames(socket);
  ASSERT_EQ(heard.size(), 2u);
  EXPECT_EQ(heard[0].substr(0, 52), R"({"type":"POST","record":[{"data":{"name":"a"},"uniqu)");
  EXPECT_NE(heard[0].find(R"("},{"data":{"name":"b"})"), std::string::npos);
  EXPECT_EQ(heard[1].substr(0, 45), R"({"type":"POST","record":{"data":{"name":"c"},)");
}

}  // namespace
}  // namespace rockpool::gateway
