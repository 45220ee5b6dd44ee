#include <gtest/gtest.h>

#include "core/graphql/parse.h"
#include "core/graphql/print.h"

namespace rockpool::graphql {
namespace {

std::string normal(std::string_view text) {
  Document document;
  if (const auto error = parse(text, document)) return error->message;
  return print(document, 0);
}

std::string text_of(std::string_view literal) {
  Document document;
  if (const auto error = parse_value(literal, document)) return error->message;
  return std::string(document[0].name);
}

Error error_of(std::string_view text) {
  Document document;
  return parse(text, document).value_or(Error{});
}

TEST(Parse, what_is_written_in_two_ways_has_one_normal_form) {
  constexpr std::string_view expected =
      "query Q($a:[Int!]!=[1,2]@d,$b:In={x:{y:\"z\"}}){k:f(a:$a,b:null)@skip(if:true){g h{i}} ...F ...on "
      "T{j}}"
      "fragment F on T{k}";
  EXPECT_EQ(normal(expected), expected);
  EXPECT_EQ(normal("\xef\xbb\xbf# first\nquery Q ( $a : [ Int ! ] ! = [ 1 2 ] @d $b: In = { x : {y: \"\"\"\n"
                   "   z\n\"\"\" } } ) {\n k : f ( a:$a\r\n b:null ) @skip(if: true) { g, h { i }, } ... F\n"
                   "... on T { j } } fragment F on T { k }"),
            expected);
  EXPECT_EQ(normal("{a}"), "query{a}");
  EXPECT_EQ(normal("{a a:a ...@include(if:$x){b}}"), "query{a a ...@include(if:$x){b}}");
}

TEST(Parse, the_normal_form_has_only_fragments_that_are_used_in_the_order_of_use) {
  EXPECT_EQ(normal("{...B ...A} fragment A on T{x} fragment U on T{u} fragment B on T{...A}"),
            "query{...B ...A}fragment B on T{...A}fragment A on T{x}");
}

TEST(Parse, texts_are_decoded) {
  EXPECT_EQ(text_of(R"("plain")"), "plain");
  EXPECT_EQ(text_of(R"("\"\\\/\b\f\n\r\t")"), "\"\\/\b\f\n\r\t");
  EXPECT_EQ(text_of(R"("\u00e9 \u{1F600} \uD83D\uDE00")"), "\u00e9 \U0001F600 \U0001F600");
  EXPECT_EQ(text_of("\"\"\"\n    a\n      b\n\n    c \\\"\"\"\n  \"\"\""), "a\n  b\n\nc \"\"\"");
  EXPECT_EQ(text_of("\"\"\"  a\r\n  b\rc\"\"\""), "  a\n  b\nc");
  EXPECT_EQ(text_of("\"\""), "");
  EXPECT_EQ(text_of("\"\"\"\"\"\""), "");
}

TEST(Parse, texts_that_are_decoded_stay_where_they_are) {
  std::string text = "{a(";
  for (char name = 'b'; name <= 'z'; ++name)
    text += std::string(name == 'b' ? "" : ",") + name + ":\"" + std::string(name == 'b' ? 2000 : 100, name) +
            "\\n\"";
  text += ")}";
  EXPECT_EQ(normal(text), "query" + text);
}

TEST(Parse, texts_that_stand_for_nothing_are_refused) {
  for (const std::string_view wrong : {R"("\x")",
                                       R"("\u12")",
                                       R"("\uD800")",
                                       R"("\uDC00")",
                                       R"("\uD800\u0041")",
                                       R"("\u{}")",
                                       R"("\u{110000}")",
                                       R"("\u{D800}")",
                                       R"("\u{0F600)",
                                       "\"a\nb\"",
                                       "\"a",
                                       "\"\"\"a",
                                       "01",
                                       "1.",
                                       "1.e3",
                                       "1e",
                                       "-",
                                       "1a",
                                       "1.5.",
                                       "0x1"}) {
    EXPECT_TRUE(text_of(wrong).starts_with("Syntax error: ")) << wrong;
  }
}

TEST(Parse, an_error_says_where) {
  EXPECT_EQ(error_of("{\r\n a\n}\r}").locations[0], (Location{4, 1}));
  EXPECT_EQ(error_of("{ a(x: \"\u00e9\U0001F600\") %").locations[0], (Location{1, 14}));
  EXPECT_EQ(error_of("{ a(x: \"ab\\q\") }").locations[0], (Location{1, 11}));
  EXPECT_EQ(error_of("{ a").message, "Syntax error: expected a field, found the end of the document");
  EXPECT_EQ(error_of("query($a: Int = $b) {a}").message, "Syntax error: a variable in a constant value");
  EXPECT_EQ(error_of("type T { a: Int }").message, "A definition of a type cannot be executed");
  EXPECT_EQ(error_of("\xff{a}").message, "Syntax error: the document is not UTF-8");
}

TEST(Parse, what_graphql_does_not_know_is_refused) {
  for (const std::string_view wrong : {"",
                                       "{}",
                                       "{a{}}",
                                       "{a()}",
                                       "query Q",
                                       "query Q(){a}",
                                       "fragment on on T{a}",
                                       "fragment F T{a}",
                                       "{...}",
                                       "{a:}",
                                       "{a:b:c}",
                                       "{a(b)}",
                                       "{a(b:)}",
                                       "{a(b:[)}",
                                       "{a(b:{c})}",
                                       "{a(b:{c:1)}",
                                       "{a}}",
                                       "{a(b:$)}",
                                       "{a @}",
                                       "{.. a}",
                                       "query($a){b}",
                                       "query($a:[Int){b}",
                                       "query($a:Int!!){b}",
                                       "{... on{a}}"}) {
    EXPECT_NE(error_of(wrong).message, "") << wrong;
  }
}

TEST(Parse, depth_tokens_and_bytes_are_bounded) {
  const auto nested = [](std::size_t depth) {
    std::string text;
    for (std::size_t i = 0; i < depth; ++i) text += "{a";
    return text + std::string(depth, '}');
  };
  EXPECT_EQ(error_of(nested(64)).message, "");
  EXPECT_EQ(error_of(nested(65)).message, "The document is nested deeper than a document may be");
  EXPECT_EQ(error_of(std::string(20'000, '{')).message, "Syntax error: expected a field, found \"{\"");
  EXPECT_EQ(error_of(nested(20'000)).code, "queryTooDeep");
  EXPECT_EQ(error_of("{a(b:" + std::string(63, '[') + std::string(63, ']') + ")}").message, "");
  EXPECT_EQ(error_of("{a(b:" + std::string(20'000, '[')).code, "queryTooDeep");
  EXPECT_EQ(error_of("query($a:" + std::string(20'000, '[')).code, "queryTooDeep");
  const auto fields = [](std::size_t count) {
    std::string text = "{";
    for (std::size_t i = 0; i < count; ++i) text += "a ";
    return text + "}";
  };
  EXPECT_EQ(error_of(fields(49'998)).message, "");
  EXPECT_EQ(error_of(fields(49'999)).message, "The document has more tokens than a document may have");
  EXPECT_EQ(error_of("{a}" + std::string((1 << 20) - 3, ' ')).message, "");
  EXPECT_EQ(error_of("{a}" + std::string((1 << 20) - 2, ' ')).code, "queryTooLarge");
}

}  // namespace
}  // namespace rockpool::graphql
