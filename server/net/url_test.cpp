#include "server/net/url.h"

#include <gtest/gtest.h>

namespace rockpool::net {
namespace {

TEST(CallUrl, has_a_host_a_port_and_a_target) {
  const auto plain = read_url("http://example.com/a/b?c=d");
  ASSERT_TRUE(plain.ok());
  EXPECT_FALSE(plain->is_secure);
  EXPECT_EQ(plain->host, "example.com");
  EXPECT_EQ(plain->port, "80");
  EXPECT_EQ(plain->target, "/a/b?c=d");
  EXPECT_EQ(plain->authority(), "example.com");
  const auto secure = read_url("https://[::1]:8443");
  ASSERT_TRUE(secure.ok());
  EXPECT_TRUE(secure->is_secure);
  EXPECT_EQ(secure->host, "::1");
  EXPECT_EQ(secure->target, "/");
  EXPECT_EQ(secure->authority(), "[::1]:8443");
  EXPECT_EQ(read_url("https://a?x=1")->target, "/?x=1");
}

TEST(CallUrl, refuses_everything_else_without_repeating_it) {
  for (const std::string_view text : {"",
                                      "example.com",
                                      "ftp://a/",
                                      "HTTP://a/",
                                      "http://",
                                      "http:///x",
                                      "http://a b/",
                                      "http://a/\nHost: x",
                                      "http://a/ü",
                                      "http://a#secret",
                                      "http://secret@a/",
                                      "http://u:secret@a/",
                                      "http://a:0/",
                                      "http://a:x/",
                                      "http://a:65536/",
                                      "http://a:/",
                                      "http://[::1",
                                      "http://[a]/",
                                      "http://[::1]x/",
                                      "http://a%41/",
                                      "http://a\\b/"}) {
    const auto url = read_url(text);
    ASSERT_FALSE(url.ok()) << text;
    EXPECT_EQ(url.error().message.find("secret"), std::string::npos);
  }
}

}  // namespace
}  // namespace rockpool::net
