#include "core/dialects/deepstream/pattern.h"

#include <gtest/gtest.h>

namespace rockpool::dialects::deepstream {
namespace {

bool found(const std::string& pattern, const std::string& name) {
  const auto read = Pattern::read(pattern);
  EXPECT_TRUE(read.ok()) << pattern;
  return read.ok() && read->matches(name);
}

TEST(DeepstreamPattern, is_found_anywhere_unless_it_is_anchored) {
  EXPECT_TRUE(found("b", "abc"));
  EXPECT_FALSE(found("^b", "abc"));
  EXPECT_TRUE(found("^a.*c$", "abbbc"));
  EXPECT_FALSE(found("^a.*c$", "abbbcd"));
  EXPECT_TRUE(found("", ""));
  EXPECT_TRUE(found("^$", ""));
  EXPECT_FALSE(found("^$", "a"));
}

TEST(DeepstreamPattern, knows_what_names_are_described_by) {
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

TEST(DeepstreamPattern, refuses_what_is_wrong_or_not_understood) {
  for (const char* pattern : {"(", ")", "[", "a)", "*", "+a", "a**", "\\", "[b-a]", "(?=a)", "(?<n>a)", "\\1",
                              "\\b", "a{9,2}", "a{300}", "[\\d-z]"}) {
    EXPECT_FALSE(Pattern::read(pattern).ok()) << pattern;
  }
  EXPECT_FALSE(Pattern::read(std::string(40, '(') + std::string(40, ')')).ok());
  EXPECT_FALSE(Pattern::read(std::string(1025, 'a')).ok());
  EXPECT_FALSE(Pattern::read("((a{200}){200}){200}").ok());
}

TEST(DeepstreamPattern, takes_no_longer_for_a_pattern_that_makes_others_hang) {
  std::string name(2000, 'a');
  name.back() = 'b';
  EXPECT_FALSE(found("^(a+)+$", name));
  EXPECT_FALSE(found("^(a|aa|a?)*$", name));
}

}  // namespace
}  // namespace rockpool::dialects::deepstream
