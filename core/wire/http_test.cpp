#include "core/wire/http.h"

#include <gtest/gtest.h>

namespace rockpool::wire {
namespace {

TEST(Http, finds_a_header_whatever_its_case_and_takes_the_first) {
  const Headers headers = {{"Origin", "a"}, {"HOST", "b"}, {"host", "c"}};
  ASSERT_NE(find_header(headers, "Host"), nullptr);
  EXPECT_EQ(*find_header(headers, "Host"), "b");
  EXPECT_EQ(find_header(headers, "Hos"), nullptr);
  EXPECT_EQ(find_header(headers, "Hosts"), nullptr);
}

TEST(Http, reads_query_values_with_plus_and_percent) {
  EXPECT_EQ(query_value("a=1&b=two+words&c=%C3%A9", "b"), "two words");
  EXPECT_EQ(query_value("a=1&b=two+words&c=%C3%A9", "c"), "\xc3\xa9");
  EXPECT_EQ(query_value("a=1=2", "a"), "1=2");
  EXPECT_EQ(query_value("%61=x", "a"), "x");
}

TEST(Http, tells_an_empty_value_from_an_absent_one) {
  EXPECT_EQ(query_value("a&b=", "a"), "");
  EXPECT_EQ(query_value("a&b=", "b"), "");
  EXPECT_EQ(query_value("a&b=", "c"), std::nullopt);
  EXPECT_EQ(query_value("", "a"), std::nullopt);
  EXPECT_EQ(query_value("&&&", "a"), std::nullopt);
}

TEST(Http, takes_the_first_of_repeated_query_names) { EXPECT_EQ(query_value("a=1&a=2", "a"), "1"); }

TEST(Http, refuses_broken_escapes) {
  for (const char* text : {"%", "%4", "%4g", "a%", "%zz", "ok%2"}) {
    EXPECT_EQ(percent_decode(text), std::nullopt) << text;
    EXPECT_EQ(query_value("a=" + std::string(text), "a"), std::nullopt) << text;
  }
}

TEST(Http, leaves_a_plus_alone_outside_of_forms) { EXPECT_EQ(percent_decode("a+b%20c"), "a+b c"); }

TEST(Http, encodes_what_decodes_to_the_same_bytes) {
  std::string all;
  for (int byte = 0; byte < 256; ++byte) all += static_cast<char>(byte);
  const std::string encoded = percent_encode(all);
  EXPECT_EQ(encoded.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~%"),
            std::string::npos);
  EXPECT_EQ(percent_decode(encoded), all);
}

}  // namespace
}  // namespace rockpool::wire
