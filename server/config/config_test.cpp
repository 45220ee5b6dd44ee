#include "server/config/config.h"

#include <gtest/gtest.h>

#include "server/config/comments.h"
#include "server/config/section.h"

namespace rockpool::config {
namespace {

std::string mistake_in(std::string_view text) {
  const auto config = read_config(text, "");
  return config.ok() ? "" : config.error().message;
}

TEST(Config, an_empty_object_gives_the_defaults) {
  const auto config = read_config("{}", "");
  ASSERT_TRUE(config.ok());
  EXPECT_EQ(config->listen, (Address{"127.0.0.1", 8787}));
  EXPECT_EQ(config->data, "./rockpool-data");
  EXPECT_FALSE(config->in_memory());
  EXPECT_TRUE(config->spaces.at("default").is_open());
  EXPECT_FALSE(config->spaces.at("default").stated);
  EXPECT_TRUE(check(*config).ok());
}

TEST(Config, reads_every_key_that_works) {
  const auto config = read_config(R"({
    // where to listen
    "listen": "[::1]:99", "data": "store",
    "backplane": {"type": "sqlite"}, /* secrets */ "adminToken": "admin",
    "jwt": {"secret": "0123456789abcdef0123456789abcdef", "issuer": "me", "audience": "you"},
    "allowedOrigins": ["https://app.example", "http://localhost:3000"], "www": "../pages", "sdk": "/dist",
    "tls": {"cert": "tls/a.pem", "key": "/k.pem"}, "plaintext": true,
    "limits": {"connections": 5, "countLoopback": true, "logDays": 3},
    "spaces": {"default": {"access": "closed"}, "open": {"access": "open"}}, "dialects": {} })",
                                  "/etc/rockpool");
  ASSERT_TRUE(config.ok()) << config.error().message;
  EXPECT_EQ(config->listen, (Address{"::1", 99}));
  EXPECT_EQ(config->data, "/etc/rockpool/store");
  EXPECT_EQ(config->www, "/etc/pages");
  EXPECT_EQ(config->tls.certificate, "/etc/rockpool/tls/a.pem");
  EXPECT_EQ(config->tls.key, "/k.pem");
  EXPECT_TRUE(config->plaintext);
  EXPECT_EQ(config->sdk, "/dist");
  EXPECT_EQ(config->identities.admin_token, "admin");
  EXPECT_EQ(config->identities.jwt.keys.front().issuer, "me");
  EXPECT_EQ(config->allowed_origins.size(), 2u);
  EXPECT_EQ(config->limits.connections, 5u);
  EXPECT_TRUE(config->limits.count_loopback);
  EXPECT_EQ(config->limits.log_days, 3u);
  EXPECT_FALSE(config->spaces.at("default").is_open());
  EXPECT_TRUE(config->spaces.at("open").stated);
}

TEST(Config, unknown_keys_are_refused_with_their_path_and_the_probable_meaning) {
  EXPECT_EQ(mistake_in(R"({"spaces": {"default": {"acess": "open"}}})"),
            "spaces.default.acess: unknown key; did you mean 'access'?");
  EXPECT_EQ(mistake_in(R"({"limits": {"conections": 1}})"),
            "limits.conections: unknown key; did you mean 'connections'?");
  EXPECT_EQ(mistake_in(R"({"zzz": 1})"), "zzz: unknown key");
  EXPECT_EQ(mistake_in(R"({"dialects": {"soap": {}}})"), "dialects.soap: unknown key");
}

TEST(Config, wrong_types_are_refused_with_their_path) {
  EXPECT_EQ(mistake_in(R"({"listen": 8787})"), "listen: must be text");
  EXPECT_EQ(mistake_in(R"({"spaces": []})"), "spaces: must be an object, { … }");
  EXPECT_EQ(mistake_in(R"({"allowedOrigins": "x"})"), "allowedOrigins: must be a list of texts");
  EXPECT_EQ(mistake_in(R"({"limits": {"countLoopback": 1}})"), "limits.countLoopback: must be true or false");
  EXPECT_EQ(mistake_in(R"({"limits": {"connections": 0}})"),
            "limits.connections: must be a whole number from 1 to 10000000");
  EXPECT_EQ(mistake_in(R"({"spaces": {"default": {"access": "maybe"}}})"),
            "spaces.default.access: must be \"open\", \"closed\" or \"rules\"");
  EXPECT_EQ(mistake_in("[]"), "the file: must be an object, { … }");
}

TEST(Config, keys_of_parts_that_do_not_work_yet_are_refused_and_not_ignored) {
  EXPECT_NE(mistake_in(R"({"backplane": {"type": "jetstream"}})").find("not available in this version"),
            std::string::npos);
}

TEST(Config, the_public_address_is_a_scheme_and_a_host) {
  EXPECT_EQ(mistake_in(R"({"publicUrl": "https://data.example"})"), "");
  EXPECT_EQ(mistake_in(R"({"publicUrl": "http://data.example:8080"})"), "");
  for (const char* wrong : {"data.example", "https://", "https://x/", "https://x?y", "ftp://x"})
    EXPECT_NE(mistake_in(R"({"publicUrl": ")" + std::string(wrong) + "\"}").find("publicUrl: write a scheme"),
              std::string::npos)
        << wrong;
}

TEST(Config, origins_of_rested_are_said_by_its_projects) {
  EXPECT_EQ(mistake_in(R"({"dialects": {"rested": {"adminToken": "x"}}})"), "");
  EXPECT_NE(mistake_in(R"({"dialects": {"rested": {"origins": ["*"]}}})").find("allowedOrigins"),
            std::string::npos);
}

TEST(Config, short_secrets_and_origins_with_a_path_are_refused) {
  EXPECT_EQ(mistake_in(R"({"jwt": {"secret": "short"}})"), "jwt.secret: must be at least 32 bytes long");
  EXPECT_EQ(mistake_in(R"({"jwt": {}})"), "jwt.secret: is missing; jwt needs it, or keys");
  EXPECT_NE(mistake_in(R"({"allowedOrigins": ["https://app.example/"]})"), "");
  EXPECT_NE(mistake_in(R"({"allowedOrigins": ["app.example"]})"), "");
  EXPECT_NE(mistake_in(R"({"adminToken": ""})"), "");
}

TEST(Config, broken_json_is_one_error) {
  EXPECT_NE(mistake_in("{"), "");
  EXPECT_NE(mistake_in("{\"listen\": }"), "");
  EXPECT_NE(mistake_in(""), "");
  EXPECT_NE(mistake_in("{ /* never ends }"), "");
}

TEST(Config, an_open_space_beyond_loopback_must_be_stated) {
  auto config = read_config(R"({"listen": "0.0.0.0:80"})", "");
  ASSERT_TRUE(config.ok());
  EXPECT_FALSE(check(*config).ok());
  config->plaintext = true;
  EXPECT_NE(check(*config).error().message.find("open by default"), std::string::npos);
  config->spaces["default"].stated = true;
  EXPECT_TRUE(check(*config).ok());
}

TEST(Config, without_tls_another_machine_may_connect_only_where_the_operator_says_so) {
  auto config = read_config(R"({"listen": "[::]:80", "spaces": {"default": {"access": "open"}}})", "");
  ASSERT_TRUE(config.ok());
  ASSERT_FALSE(check(*config).ok());
  EXPECT_EQ(check(*config).error().path, "listen");
  config->plaintext = true;
  EXPECT_TRUE(check(*config).ok());
  config->plaintext = false;
  config->tls = {"cert.pem", "key.pem"};
  EXPECT_TRUE(check(*config).ok());
}

TEST(Config, half_of_tls_is_none) {
  EXPECT_EQ(mistake_in(R"({"tls": {"cert": "a.pem"}})"), "tls.key: is missing; name a file in PEM");
  EXPECT_EQ(mistake_in(R"({"tls": {}})"), "tls.cert: is missing; name a file in PEM");
}

TEST(Config, a_dialect_has_its_mount_hosts_space_and_origins) {
  const auto value = model::read(R"({"mount": "/api", "hosts": ["api.example"], "space": "shop",
                                     "origins": ["*", "https://app.example"]})");
  Mistakes mistakes;
  Section section(*value, "dialects.rested", mistakes);
  const DialectPlace place = read_place(section, "rested");
  section.finish();
  ASSERT_FALSE(mistakes.any());
  EXPECT_EQ(place.mount, "/api");
  EXPECT_EQ(place.hosts, std::vector<std::string>{"api.example"});
  EXPECT_EQ(place.space, "shop");
  EXPECT_EQ(place.origins->size(), 2u);
}

TEST(Config, what_is_not_about_its_place_is_the_dialect_s_own) {
  const auto config = read_config(
      R"({"dialects": {"deepstream": {"mount": "/ds", "auth": {"type": "users"}, "numbers": [1]}}})", "");
  ASSERT_TRUE(config.ok()) << config.error().message;
  EXPECT_EQ(config->dialects.at("deepstream").mount, "/ds");
  EXPECT_EQ(config->dialects.at("deepstream").settings, R"({"auth":{"type":"users"},"numbers":[1]})");
}

TEST(Config, a_dialect_is_served_below_its_name_unless_it_is_said_otherwise) {
  const auto value = model::read("{}");
  Mistakes mistakes;
  Section section(*value, "dialects.rested", mistakes);
  const DialectPlace place = read_place(section, "rested");
  EXPECT_EQ(place.mount, "/rested");
  EXPECT_EQ(place.space, "default");
  EXPECT_FALSE(place.origins);
}

TEST(Config, what_is_wrong_with_the_place_of_a_dialect_is_said_by_its_path) {
  for (const auto& [text, path] :
       {std::pair{R"({"hosts": ["https://api.example"]})", "dialects.rested.hosts"},
        std::pair{R"({"space": "$own"})", "dialects.rested.space"},
        std::pair{R"({"origins": ["app.example"]})", "dialects.rested.origins"},
        std::pair{R"({"mount": 7})", "dialects.rested.mount"}}) {
    const auto value = model::read(text);
    Mistakes mistakes;
    Section section(*value, "dialects.rested", mistakes);
    read_place(section, "rested");
    ASSERT_TRUE(mistakes.any()) << text;
    EXPECT_EQ(mistakes.first().path, path);
  }
}

TEST(Config, a_closed_space_nobody_can_enter_is_refused) {
  auto config = read_config(R"({"spaces": {"default": {"access": "closed"}}})", "");
  ASSERT_TRUE(config.ok());
  EXPECT_FALSE(check(*config).ok());
  config->identities.admin_token = "secret";
  EXPECT_TRUE(check(*config).ok());
}

TEST(Config, the_memory_folder_stays_itself) {
  const auto config = read_config(R"({"data": ":memory:"})", "/etc");
  ASSERT_TRUE(config.ok());
  EXPECT_TRUE(config->in_memory());
  EXPECT_EQ(config->data, ":memory:");
}

TEST(Address, reads_names_ipv4_and_bracketed_ipv6) {
  EXPECT_EQ(*read_address("localhost:1"), (Address{"localhost", 1}));
  EXPECT_EQ(*read_address("0.0.0.0:0"), (Address{"0.0.0.0", 0}));
  EXPECT_EQ(*read_address("[::]:65535"), (Address{"::", 65535}));
  for (const char* text : {"", ":80", "host", "host:", "host:x", "host:65536", "::1:80", "[::1]", "[x]:1",
                           "a b:1", "host:-1", "host:080"}) {
    EXPECT_FALSE(read_address(text).ok()) << text;
  }
}

TEST(Address, knows_loopback) {
  for (const char* host : {"127.0.0.1", "127.9.9.9", "::1", "localhost"}) {
    EXPECT_TRUE(is_loopback({host, 1})) << host;
  }
  for (const char* host : {"0.0.0.0", "::", "10.0.0.1", "example.org"}) {
    EXPECT_FALSE(is_loopback({host, 1})) << host;
  }
}

TEST(Comments, become_spaces_and_lines_stay) {
  EXPECT_EQ(without_comments("{ // a\n\"b\": /* c\n */ 1 }"), "{     \n\"b\":     \n    1 }");
  EXPECT_EQ(without_comments(R"({"url": "http://x/*y*/", "q": "\"//"})"),
            R"({"url": "http://x/*y*/", "q": "\"//"})");
  EXPECT_EQ(without_comments("1 /* open"), "1 /* open");
  EXPECT_EQ(without_comments("1 // last"), "1        ");
}

TEST(Nearest, finds_a_slip_and_not_just_anything) {
  EXPECT_EQ(nearest("lissten", {"listen", "limits"}), "listen");
  EXPECT_EQ(nearest("WWW", {"www"}), "www");
  EXPECT_EQ(nearest("colour", {"listen", "www"}), "");
}

}  // namespace
}  // namespace rockpool::config
