#include "core/dialects/deepstream/paths.h"

#include <gtest/gtest.h>

namespace rockpool::dialects::deepstream {
namespace {

std::string steps(std::string_view path) {
  const auto read = steps_of(path);
  return read ? *read : "! " + read.error().message;
}

TEST(Paths, are_read_as_the_original_reads_them) {
  EXPECT_EQ(steps("a"), R"(["a"])");
  EXPECT_EQ(steps("a.b.c"), R"(["a","b","c"])");
  EXPECT_EQ(steps("l[2]"), R"(["l",2])");
  EXPECT_EQ(steps("l[1][2]"), R"(["l",1,2])");
  EXPECT_EQ(steps("l[0].x"), R"(["l",0,"x"])");
  EXPECT_EQ(steps(" a . b "), R"(["a","b"])");
  EXPECT_EQ(steps("a b.c"), R"(["a b","c"])");
  EXPECT_EQ(steps("a..b"), R"(["a","b"])");
  EXPECT_EQ(steps(".a"), R"(["a"])");
  EXPECT_EQ(steps("a."), R"(["a"])");
  EXPECT_EQ(steps("x.0"), R"(["x","0"])");
  EXPECT_EQ(steps("l[ 1 ]"), R"(["l",1])");
  EXPECT_EQ(steps("l [1] [2]"), R"(["l",1,2])");
}

TEST(Paths, an_index_may_come_first) {
  EXPECT_EQ(steps("[0]"), "[0]");
  EXPECT_EQ(steps("[0].a"), R"([0,"a"])");
  EXPECT_EQ(steps("[007]"), "[7]");
  EXPECT_EQ(steps("[00]"), "[0]");
}

TEST(Paths, names_are_quoted) { EXPECT_EQ(steps("a\"b.ü"), R"(["a\"b","ü"])"); }

TEST(Paths, that_name_no_place_are_refused) {
  for (const char* path : {"", ".", " ", " . . "})
    EXPECT_EQ(steps(path), "! the path names no place: give a name or an index") << path;
}

TEST(Paths, through_what_all_objects_share_are_refused) {
  for (const char* path : {"__proto__", "a.__proto__.b", "constructor", "x.prototype", "__proto__[0]"})
    EXPECT_EQ(steps(path), "! the path goes through __proto__, constructor or prototype") << path;
  EXPECT_EQ(steps("proto"), R"(["proto"])");
}

TEST(Paths, with_anything_but_digits_in_brackets_are_refused) {
  for (const char* path : {"l[x]", "l[-1]", "l[]", "l[1e1]", "l[0x1]", "l[1 2]", "l[+1]"}) {
    EXPECT_EQ(steps(path),
              "! the path has something between brackets that is no index: give digits, as in list[2]")
        << path;
  }
}

TEST(Paths, with_half_a_bracket_are_refused) {
  EXPECT_EQ(steps("l[1"), "! the path has a [ without its ]");
  EXPECT_EQ(steps("l[1.5]"), "! the path has a [ without its ]");
  EXPECT_EQ(steps("l]"), "! the path has a ] without its [");
  EXPECT_EQ(steps("l[1]x"), "! the path goes on behind a ] without a dot");
  EXPECT_EQ(steps("l[1]]"), "! the path goes on behind a ] without a dot");
}

TEST(Paths, an_index_no_array_reaches_is_refused) {
  EXPECT_EQ(steps("l[999999999999999]"), R"(["l",999999999999999])");
  EXPECT_EQ(steps("l[1000000000000000]"), "! the path has an index that no array reaches");
}

TEST(Paths, have_64_steps_at_most) {
  std::string path = "a";
  for (int step = 1; step < 64; ++step) path += ".a";
  EXPECT_TRUE(steps_of(path).ok());
  EXPECT_EQ(steps(path + "[0]"), "! the path has more than 64 steps");
}

TEST(DeepstreamPaths, steps_become_the_path_they_came_from) {
  for (const char* path : {"a", "a.b.c", "l[2]", "l[1][2]", "l[0].x", "x.0", "[1]", "a b.c"}) {
    EXPECT_EQ(path_of(*steps_of(path)), path);
  }
}

TEST(DeepstreamPaths, what_no_path_can_say_has_none) {
  for (const char* steps : {R"(["a.b"])", R"(["a[0]"])", R"([" a"])", R"([""])"}) {
    EXPECT_EQ(path_of(steps), "") << steps;
  }
}

}  // namespace
}  // namespace rockpool::dialects::deepstream
