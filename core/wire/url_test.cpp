#include "core/wire/url.h"

#include <gtest/gtest.h>

namespace rockpool::wire {
namespace {

TEST(Url, keeps_host_port_and_path_and_drops_the_rest) {
  EXPECT_EQ(base_url("http://127.0.0.1:8787"), "http://127.0.0.1:8787");
  EXPECT_EQ(base_url("HTTPS://app.example/sub/?a=1#top"), "https://app.example/sub");
  EXPECT_EQ(base_url("https://app.example///"), "https://app.example");
}

TEST(Url, refuses_what_is_no_address) {
  for (const char* text : {"", "app.example", "ftp://app.example", "http://", "http:///path", "http://:80",
                           "http://a b", "http://a\nb", "javascript:alert(1)"}) {
    EXPECT_EQ(base_url(text), std::nullopt) << text;
  }
}

TEST(Url, turns_http_into_ws_and_leaves_ws_alone) {
  EXPECT_EQ(socket_url("http://a:1/b"), "ws://a:1/b");
  EXPECT_EQ(socket_url("https://a"), "wss://a");
  EXPECT_EQ(socket_url("wss://a"), "wss://a");
}

TEST(Url, names_the_host_without_its_port) {
  EXPECT_EQ(host_name("API.Example:8787"), "api.example");
  EXPECT_EQ(host_name("api.example"), "api.example");
  EXPECT_EQ(host_name("[::1]:8787"), "[::1]");
  EXPECT_EQ(host_name("[::1"), "");
  EXPECT_EQ(host_name(""), "");
}

}  // namespace
}  // namespace rockpool::wire
