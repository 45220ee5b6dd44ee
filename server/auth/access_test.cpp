#include "server/auth/access.h"

#include <gtest/gtest.h>

#include "core/base/text.h"
#include "server/auth/crypto.h"

namespace rockpool::auth {
namespace {

constexpr base::Instant now{1'700'000'000'000};
constexpr std::int64_t day_ms = 24ll * 3600 * 1000;
const std::string key_secret = "the-secret-of-the-key";
const std::string random_text(64, 'r');

// A server's configuration and its books.
struct House {
  House() {
    config.spaces["default"].rules.access = rights::Access::closed;
    config.spaces["lobby"] = {};
    config.identities.admin_token = "let-me-in";
    config.identities.jwt.keys = {{.secret = "demo-secret-demo-secret-demo-secret"}};
    config.identities.users["ada"] = {.password = "hash of ada's", .roles = {"editor"}};
    config.identities.users["bob"] = {.password = "hash of bob's", .roles = {}, .disabled = true};
    config.identities.api_keys["abcdefgh"] = {.hash = hex(sha256(key_secret)),
                                              .user = "ada",
                                              .roles = {"importer"},
                                              .read_only = true,
                                              .created_ms = now.ms - day_ms,
                                              .expires_ms = now.ms + day_ms};
  }

  Access access() const { return Access(config, find); }
  dialect::Identity ask(const std::string& token, const std::string& space = "default",
                        base::Instant at = now) const {
    return access().identify({.token = token, .space = space}, at);
  }
  // Who a token is of; why nobody.
  std::string who(const std::string& token, const std::string& space = "default",
                  base::Instant at = now) const {
    const auto identity = ask(token, space, at);
    const auto* denied = std::get_if<dialect::Denied>(&identity);
    return denied != nullptr ? std::string(base::name_of(denied->error.code))
                             : "user " + std::get<dialect::Identified>(identity).principal.user;
  }
  model::Principal principal(const std::string& token) const {
    return std::get<dialect::Identified>(ask(token)).principal;
  }
  std::string token(const std::string& user, std::vector<std::string> roles = {}) const {
    Claims claims{.subject = user, .expires_ms = now.ms + day_ms};
    claims.roles = std::move(roles);
    return issue(claims, config.identities.jwt.keys.front(), now);
  }
  // What a log-in gives.
  std::string log_in(const std::string& user) {
    const auto issued = issue_session(user, config.identities, now, random_text);
    store(sessions_collection, issued.id, issued.record);
    return issued.token;
  }
  void store(std::string_view collection, const std::string& id, const std::string& data) {
    const model::Key key{std::string(collection), id};
    records[key] = {.key = key, .version = 1, .data = data};
  }
  void revoke(const std::string& user, std::int64_t before_ms) {
    store(revocations_collection, user, R"({"before":)" + base::decimal(before_ms) + "}");
  }

  config::Config config;
  std::map<model::Key, model::Record> records;
  FindRecord find = [this](const model::Key& key) {
    const auto held = records.find(key);
    return held == records.end() ? nullptr : &held->second;
  };
};

const std::string api_key = "rk_abcdefgh_" + key_secret;

TEST(Access, an_open_space_needs_no_token_but_checks_the_one_that_is_sent) {
  const House house;
  EXPECT_EQ(house.who("", "lobby"), "user ");
  EXPECT_EQ(house.who(house.token("ada"), "lobby"), "user ada");
  EXPECT_EQ(house.who("nonsense", "lobby"), "auth");
}

TEST(Access, a_closed_space_wants_a_token) {
  const House house;
  EXPECT_EQ(house.who(""), "auth");
  EXPECT_EQ(house.who(house.token("ada")), "user ada");
  EXPECT_EQ(house.who("let-me-in"), "user admin");
  EXPECT_EQ(house.who("let-me-i"), "auth");
}

TEST(Access, an_unknown_space_is_closed_to_everybody) {
  const House house;
  for (const std::string& token : {std::string(), std::string("let-me-in"), house.token("ada"), api_key}) {
    EXPECT_EQ(house.who(token, "other"), "forbidden");
  }
}

TEST(Access, without_a_space_it_is_only_said_who_it_is) {
  const House house;
  EXPECT_EQ(house.who(house.token("ada"), ""), "user ada");
  EXPECT_EQ(house.who("nonsense", ""), "auth");
}

TEST(Access, a_token_brings_its_roles_and_those_of_its_user) {
  const House house;
  EXPECT_EQ(house.principal(house.token("ada", {"guest", "editor"})).roles,
            (std::vector<std::string>{"guest", "editor"}));
  EXPECT_EQ(house.principal(house.token("ada")).roles, std::vector<std::string>{"editor"});
  EXPECT_EQ(house.principal(house.token("someone of another issuer", {"x"})).roles,
            std::vector<std::string>{"x"});
  EXPECT_TRUE(house.principal("let-me-in").admin);
  EXPECT_FALSE(house.principal(house.token("admin", {"admin"})).admin);
}

TEST(Access, a_realtime_token_may_only_listen) {
  const House house;
  const Claims claims{.subject = "ada", .expires_ms = now.ms + day_ms, .realtime = true};
  const auto principal = house.principal(issue(claims, house.config.identities.jwt.keys.front(), now));
  EXPECT_TRUE(principal.realtime);
  EXPECT_FALSE(house.principal(house.token("ada")).realtime);
}

TEST(Access, an_api_key_acts_for_its_user_within_what_it_may) {
  const House house;
  const model::Principal principal = house.principal(api_key);
  EXPECT_EQ(principal.user, "ada");
  EXPECT_TRUE(principal.read_only);
  EXPECT_EQ(principal.roles, (std::vector<std::string>{"importer", "editor"}));
  EXPECT_EQ(principal.expires_ms, now.ms + day_ms);
  EXPECT_EQ(principal.credential.find(key_secret), std::string::npos);
}

TEST(Access, keys_that_are_none_are_refused) {
  const House house;
  for (const char* token :
       {"rk_", "rk_abcdefgh", "rk_abcdefgh_", "rk_abcdefgh_wrong", "rk_unknown1_the-secret-of-the-key",
        "rk__the-secret-of-the-key", "RK_abcdefgh_the-secret-of-the-key"}) {
    EXPECT_EQ(house.who(token), "auth") << token;
  }
  EXPECT_EQ(house.who(api_key, "default", {now.ms + day_ms}), "auth") << "run out";
}

TEST(Access, a_session_lasts_until_it_runs_out_or_is_removed) {
  House house;
  const std::string token = house.log_in("ada");
  EXPECT_EQ(house.who(token), "user ada");
  const std::int64_t end_ms = now.ms + house.config.identities.session_ms;
  EXPECT_EQ(house.principal(token).expires_ms, end_ms);
  EXPECT_EQ(house.who(token, "default", {end_ms}), "auth");
  for (auto& [key, record] : house.records) record.data.clear();
  EXPECT_EQ(house.who(token), "auth");
}

TEST(Access, sessions_that_are_none_are_refused) {
  House house;
  const std::string token = house.log_in("ada");
  const std::string id = token.substr(3, 24);
  for (const std::string& wrong : {std::string("rs_"), "rs_" + id, "rs_" + id + "_", "rs_" + id + "_x",
                                   token + "x", token.substr(0, token.size() - 1),
                                   "rs_" + std::string(24, '0') + token.substr(27), std::string("rs_.._x")}) {
    EXPECT_EQ(house.who(wrong), "auth") << wrong;
  }
  const auto& record = house.records.begin()->second;
  EXPECT_EQ(record.data.find(token.substr(28)), std::string::npos) << "the secret is not stored";
}

TEST(Access, what_no_user_stands_behind_any_more_is_refused_and_does_not_stand) {
  House house;
  const std::string session = house.log_in("ada");
  const std::string jwt = house.token("ada");
  const model::Principal by_session = house.principal(session), by_key = house.principal(api_key),
                         by_jwt = house.principal(jwt);
  for (const auto& principal : {by_session, by_key, by_jwt})
    EXPECT_TRUE(house.access().renew(principal).ok());
  house.config.identities.users["ada"].disabled = true;
  for (const std::string& token : {session, jwt, api_key}) EXPECT_EQ(house.who(token), "auth");
  for (const auto& principal : {by_session, by_key, by_jwt})
    EXPECT_FALSE(house.access().renew(principal).ok());
}

TEST(Access, another_password_ends_sessions) {
  House house;
  const std::string session = house.log_in("ada");
  const model::Principal principal = house.principal(session);
  house.config.identities.users["ada"].password = "hash of another";
  EXPECT_EQ(house.who(session), "auth");
  EXPECT_FALSE(house.access().renew(principal).ok());
}

TEST(Access, other_keys_end_what_they_let_in) {
  House house;
  const model::Principal admin = house.principal("let-me-in"), by_key = house.principal(api_key),
                         by_jwt = house.principal(house.token("ada"));
  house.config.identities.admin_token = "another";
  house.config.identities.api_keys["abcdefgh"].hash = hex(sha256("another"));
  house.config.identities.jwt.keys.front().secret = "another-secret-another-secret-another";
  for (const auto& principal : {admin, by_key, by_jwt}) EXPECT_FALSE(house.access().renew(principal).ok());
}

TEST(Access, changed_roles_are_those_that_count) {
  House house;
  const model::Principal by_session = house.principal(house.log_in("ada")),
                         by_jwt = house.principal(house.token("ada", {"guest"}));
  house.config.identities.users["ada"].roles = {"viewer"};
  EXPECT_EQ(house.access().renew(by_session)->roles, std::vector<std::string>{"viewer"});
  EXPECT_EQ(house.access().renew(by_jwt)->roles, (std::vector<std::string>{"guest", "viewer"}));
}

TEST(Access, what_was_issued_before_a_revocation_is_worth_nothing) {
  House house;
  const std::string session = house.log_in("ada");
  const model::Principal by_session = house.principal(session), by_key = house.principal(api_key);
  house.revoke("ada", now.ms);
  EXPECT_EQ(house.who(session), "auth");
  EXPECT_EQ(house.who(house.token("ada")), "auth");
  EXPECT_EQ(house.who(api_key), "auth");
  EXPECT_FALSE(house.access().renew(by_session).ok());
  EXPECT_FALSE(house.access().renew(by_key).ok());
  const auto later = issue({.subject = "ada", .expires_ms = now.ms + day_ms},
                           house.config.identities.jwt.keys.front(), {now.ms + 1000});
  EXPECT_EQ(house.who(later), "user ada");
  EXPECT_EQ(house.who(house.token("eve")), "user eve") << "others are not touched";
}

TEST(Access, a_revocation_that_cannot_be_read_counts) {
  House house;
  house.store(revocations_collection, "ada", R"({"before":"?"})");
  EXPECT_EQ(house.who(house.token("ada")), "auth");
}

TEST(Access, a_password_stands_while_it_is_the_users) {
  House house;
  const auto welcome = house.access().welcome("ada", "default", now);
  const model::Principal principal = std::get<dialect::Identified>(welcome).principal;
  EXPECT_EQ(principal.roles, std::vector<std::string>{"editor"});
  EXPECT_TRUE(house.access().renew(principal).ok());
  house.config.identities.users["ada"].password = "hash of another";
  EXPECT_FALSE(house.access().renew(principal).ok());
}

}  // namespace
}  // namespace rockpool::auth
