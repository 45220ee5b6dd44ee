#include "core/base/regular_expression.h"

#include <gtest/gtest.h>

namespace rockpool::base {
namespace {

bool found(std::string_view pattern, std::string_view text, bool ignores_case = false) {
  const auto read = RegularExpression::read(pattern, {.ignores_case = ignores_case});
  EXPECT_TRUE(read.ok()) << pattern;
  return read.ok() && read->matches(text);
}

bool found_in_any_case(std::string_view pattern, std::string_view text) { return found(pattern, text, true); }

std::string refusal(std::string_view pattern, const RegularExpression::Options& options = {}) {
  const auto read = RegularExpression::read(pattern, options);
  return read.ok() ? "none" : read.error().message;
}

TEST(RegularExpression, is_found_anywhere_unless_it_is_anchored) {
  EXPECT_TRUE(found("b", "abc"));
  EXPECT_FALSE(found("^b", "abc"));
  EXPECT_TRUE(found("^a.*c$", "abbbc"));
  EXPECT_FALSE(found("^a.*c$", "abbbcd"));
  EXPECT_TRUE(found("^a|c", "bc"));
  EXPECT_FALSE(found("^a|^c", "bc"));
  EXPECT_TRUE(found("", ""));
  EXPECT_TRUE(found("^$", ""));
  EXPECT_FALSE(found("^$", "a"));
}

TEST(RegularExpression, knows_what_names_are_described_by) {
  EXPECT_TRUE(found("^user/[0-9]+$", "user/42"));
  EXPECT_FALSE(found("^user/[0-9]+$", "user/"));
  EXPECT_TRUE(found("^user/\\w*$", "user/ab_9"));
  EXPECT_TRUE(found("^(a|bc)+$", "abcbca"));
  EXPECT_FALSE(found("^(a|bc)+$", "abcb"));
  EXPECT_TRUE(found("^(?:x|y)?z$", "z"));
  EXPECT_TRUE(found("^[^/]+/[^/]+$", "a/b"));
  EXPECT_FALSE(found("^[^/]+/[^/]+$", "a/b/c"));
  EXPECT_TRUE(found("^a{2,3}$", "aaa"));
  EXPECT_FALSE(found("^a{2,3}$", "aaaa"));
  EXPECT_TRUE(found("^a{2,}$", "aaaa"));
  EXPECT_FALSE(found("^a{2}$", "a"));
  EXPECT_TRUE(found("a{,b}", "a{,b}"));
  EXPECT_TRUE(found("^[a\\]-]+$", "a]-"));
  EXPECT_TRUE(found("^\\.\\$$", ".$"));
  EXPECT_TRUE(found("^.+?$", "lazy"));
}

TEST(RegularExpression, counts_whole_characters) {
  EXPECT_TRUE(found("^.$", "ä"));
  EXPECT_TRUE(found("^.$", "😀"));
  EXPECT_TRUE(found("^[^a]\\W\\D\\S$", "äöü😀"));
  EXPECT_TRUE(found("^[ä-ö]+$", "äö"));
  EXPECT_FALSE(found("^[ä-ö]+$", "ü"));
  EXPECT_TRUE(found("^ä{2}$", "ää"));
  EXPECT_TRUE(found("^[😀-😂]$", "😁"));
  EXPECT_TRUE(found("é.*ß", "wie épée und Spaß"));
}

TEST(RegularExpression, knows_lines_and_spaces_of_all_scripts) {
  for (const char* line_end : {"\n", "\r", "\u2028", "\u2029"}) EXPECT_FALSE(found(".", line_end));
  for (const char* space : {" ", "\t", "\v", "\f", "\u00a0", "\u2003", "\u3000", "\ufeff"}) {
    EXPECT_TRUE(found("^\\s$", space)) << space;
    EXPECT_FALSE(found("\\S", space)) << space;
  }
  EXPECT_FALSE(found("\\s", "\u200b"));
}

TEST(RegularExpression, reads_escapes_of_characters) {
  EXPECT_TRUE(found("^\\t\\n\\r\\f\\v\\x41\\u00e4\\u{1f600}\\ud83d\\ude00$", "\t\n\r\f\vAä😀😀"));
  EXPECT_TRUE(found("^\\0$", std::string_view("\0", 1)));
  EXPECT_TRUE(found("^[\\b\\x30-\\u0039]+$", "\b059"));
  EXPECT_TRUE(found("^[\\u{1f600}-\\u{1f602}]$", "😁"));
}

TEST(RegularExpression, knows_where_words_begin_and_end) {
  EXPECT_TRUE(found("\\bfox\\b", "the fox, red"));
  EXPECT_FALSE(found("\\bfox\\b", "foxes outfox _fox fox1"));
  EXPECT_TRUE(found("\\Bfox", "foxes outfox"));
  EXPECT_FALSE(found("\\b", "äöü"));
  EXPECT_TRUE(found("\\bfox\\b", "äfoxä"));
  EXPECT_TRUE(found("^\\B$", ""));
  EXPECT_TRUE(found("(\\b|-)x", "-x"));
}

TEST(RegularExpression, has_brackets_that_hold_nothing_or_everything) {
  EXPECT_FALSE(found("[]", "a"));
  EXPECT_TRUE(found("^[^]$", "\n"));
  EXPECT_FALSE(found("[^\\d\\D]", "a"));
  EXPECT_TRUE(found("^[[]+$", "[["));
}

TEST(RegularExpression, ignores_case_where_it_is_told_to) {
  EXPECT_FALSE(found("école", "ÉCOLE"));
  EXPECT_TRUE(found_in_any_case("école", "ÉCOLE"));
  EXPECT_TRUE(found_in_any_case("ÉCOLE", "une école"));
  EXPECT_TRUE(found_in_any_case("^[A-Z]\\W$", "qÄ"));
  EXPECT_TRUE(found_in_any_case("^[Ä-Ö]$", "ö"));
  EXPECT_FALSE(found_in_any_case("[^a]", "A"));
  EXPECT_FALSE(found_in_any_case("[^A]", "a"));
  EXPECT_TRUE(found_in_any_case("^\\x41\\u00c4$", "aä"));
  EXPECT_TRUE(found_in_any_case("^ΣΣ$", "σς"));
  EXPECT_TRUE(found_in_any_case("\\bжук|ЖУК", "Жук"));
}

TEST(RegularExpression, refuses_what_is_wrong) {
  for (const char* pattern :
       {"(",    ")",     "[",     "a)",     "*",           "+a",      "a**",     "a{2}{3}",        "{2}",
        "^*",   "\\b+",  "a|?",   "\\",     "[b-a]",       "a{9,2}",  "a{300}",  "[\\d-z]",        "[a-\\w]",
        "\\x4", "\\u12", "\\u{}", "\\u{41", "\\u{110000}", "\\ud800", "\\ude00", "\\ud83d\\u0041", "\\y",
        "\\01", "[\\B]", "\xff",  "a\xc3"}) {
    EXPECT_NE(refusal(pattern), "none") << pattern;
  }
}

TEST(RegularExpression, says_what_it_does_not_understand) {
  const std::string group = "the pattern looks around or names a group, which is not understood here";
  const std::string reference = "the pattern refers back to a group, which is not understood here";
  for (const char* pattern : {"(?=a)", "(?!a)", "(?<=a)", "(?<!a)", "(?<n>a)"})
    EXPECT_EQ(refusal(pattern), group);
  for (const char* pattern : {"(a)\\1", "\\k<n>", "[\\2]"}) EXPECT_EQ(refusal(pattern), reference);
  EXPECT_EQ(refusal("\\p{L}"), "the pattern names a property of characters, which is not understood here");
}

TEST(RegularExpression, is_no_larger_than_is_allowed) {
  EXPECT_EQ(refusal(std::string(1024, 'a')), "none");
  EXPECT_EQ(refusal(std::string(1025, 'a')), "the pattern is longer than 1024 bytes");
  EXPECT_EQ(refusal("abc", {.bytes_max = 2}), "the pattern is longer than 2 bytes");
  EXPECT_EQ(refusal(std::string(32, '(') + std::string(32, ')')), "none");
  EXPECT_EQ(refusal(std::string(33, '(') + std::string(33, ')')),
            "the pattern has parentheses more than 32 deep");
  EXPECT_EQ(refusal("a{10}", {.steps_max = 11}), "none");
  for (const auto& [pattern, steps] : {std::pair("a{10}", 10u), std::pair("((a{200}){200}){200}", 4096u)}) {
    EXPECT_EQ(refusal(pattern, {.steps_max = steps}),
              "the pattern is too large when its repetitions are written out");
  }
}

// The first of these would be written out 256 to the eighth times, if it were.
TEST(RegularExpression, of_nothing_many_times_is_nothing) {
  std::string eight;
  for (int i = 0; i < 8; ++i) eight += "){256}";
  EXPECT_TRUE(found("((((((((" + eight, ""));
  EXPECT_TRUE(found("((((((((a{0}" + eight, "b"));
  EXPECT_TRUE(found("^(^){9}b$", "b"));
}

TEST(RegularExpression, takes_no_longer_for_what_makes_others_hang) {
  std::string text(2000, 'a');
  text.back() = 'b';
  for (const char* pattern : {"^(a+)+$", "(a+)+$c", "^(a|aa|a?)*$", "(.*)*x", "(((a*)*)*)*x",
                              "(a?){256}a{256}x", "((a{0,30}){0,30})x", "(|a|)*x", "(a|b)*a[ab]{256}x"}) {
    EXPECT_FALSE(found(pattern, text)) << pattern;
  }
}

TEST(RegularExpression, follows_no_more_than_it_is_given_work_for) {
  const auto large = RegularExpression::read("(a?){256}x", {});
  const std::string text(1000, 'a');
  std::uint64_t work = 20'000;
  EXPECT_EQ(large->matches(text, work), std::nullopt);
  EXPECT_LE(work, 20'000u);
  work = 1000 * 1000;
  EXPECT_EQ(large->matches(text, work), false);
  EXPECT_LT(work, 1000u * 1000);
  work = 0;
  EXPECT_EQ(RegularExpression::read("plain", {})->matches("a plain text", work), true);
  EXPECT_EQ(RegularExpression::read("z\\w+", {})->matches(text, work), false);  // passed over
}

TEST(RegularExpression, survives_texts_that_are_not_utf8) {
  for (const std::string_view text :
       {"\xff", "\xc3", "a\x80", "\xed\xa0\x80", "\xf0\x9f\x98", "\xf4\x90\x80\x80"}) {
    EXPECT_TRUE(found("\\ufffd", text) || found("^a.$", text)) << text;
    EXPECT_TRUE(found("^[^b]+$", text)) << text;
    EXPECT_TRUE(found_in_any_case(".$", text));
    EXPECT_FALSE(found("[b-ä]$", text));
  }
}

}  // namespace
}  // namespace rockpool::base
