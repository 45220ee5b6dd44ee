#include "core/wire/disposition.h"

#include <gtest/gtest.h>

namespace rockpool::wire {
namespace {

std::string value_of(std::string_view text, std::string_view name) {
  const auto read = read_parametrized(text);
  if (!read) return "(broken)";
  const std::string* value = read->find(name);
  return value == nullptr ? "(none)" : *value;
}

TEST(Parametrized, gives_values_with_and_without_quotes) {
  const auto read = read_parametrized("Form-Data ; NAME=a; filename=\"b c.txt\" ;x = y");
  ASSERT_TRUE(read);
  EXPECT_EQ(read->value, "form-data");
  EXPECT_EQ(*read->find("name"), "a");
  EXPECT_EQ(*read->find("filename"), "b c.txt");
  EXPECT_EQ(*read->find("x"), "y");
}

TEST(Parametrized, unescapes_quotes_and_leaves_paths_alone) {
  EXPECT_EQ(value_of(R"(a; f="say \"hi\"; ok")", "f"), R"(say "hi"; ok)");
  EXPECT_EQ(value_of(R"(a; f="C:\dir\x.txt")", "f"), R"(C:\dir\x.txt)");
  EXPECT_EQ(value_of(R"(a; f="a\\b")", "f"), R"(a\b)");
  EXPECT_EQ(value_of("a; f=\"\"", "f"), "");
}

TEST(Parametrized, refuses_what_can_be_read_in_two_ways) {
  for (const char* text : {"", ";a=b", "x; a=b; a=c", "x; a=b; A=c", "x; a=\"b", "x; a=\"b\"c", "x; a",
                           "x; =b", "x; a=", "x; a b=c", "x; a=b c", "x; a=b\"c\"", "x; a=\"b\\\""}) {
    EXPECT_FALSE(read_parametrized(text)) << text;
  }
}

TEST(Parametrized, overlooks_a_semicolon_at_the_end) { EXPECT_EQ(value_of("x; a=b;", "a"), "b"); }

TEST(MediaType, has_two_tokens_and_visible_letters) {
  for (const char* text :
       {"text/plain", "text/plain; charset=utf-8", "application/vnd.x+json", "image/svg+xml"}) {
    EXPECT_TRUE(is_media_type(text)) << text;
  }
  for (const char* text : {"", "text", "text/", "/plain", "a/b/c", "text/pl ain", "text/plain\r\nX: y",
                           "text/\xc3\xa9", "text/plain; charset"}) {
    EXPECT_FALSE(is_media_type(text)) << text;
  }
  EXPECT_TRUE(is_media_type("a/" + std::string(253, 'b')));
  EXPECT_FALSE(is_media_type("a/" + std::string(254, 'b')));
}

TEST(ExtendedValue, is_utf_8_with_escapes) {
  EXPECT_EQ(*read_extended("UTF-8''%e2%82%ac%20rates.txt"), "\xe2\x82\xac rates.txt");
  EXPECT_EQ(*read_extended("utf-8'en'plain"), "plain");
  for (const char* text :
       {"", "plain", "UTF-8'plain", "iso-8859-1''x", "UTF-8''a b", "UTF-8''%4", "UTF-8''\xc3\xa9"}) {
    EXPECT_FALSE(read_extended(text).ok()) << text;
  }
}

TEST(ContentDisposition, carries_every_name_and_never_more_than_one_field) {
  EXPECT_EQ(content_disposition("attachment", ""), "attachment");
  EXPECT_EQ(content_disposition("inline", "a b.txt"), "inline; filename=\"a b.txt\"");
  EXPECT_EQ(content_disposition("attachment", "\xe2\x82\xac.txt"),
            "attachment; filename=\"_.txt\"; filename*=UTF-8''%E2%82%AC.txt");
  EXPECT_EQ(content_disposition("attachment", "a\"\r\nX: y\\"),
            "attachment; filename=\"a___X: y_\"; filename*=UTF-8''a%22%0D%0AX%3A%20y%5C");
}

}  // namespace
}  // namespace rockpool::wire
