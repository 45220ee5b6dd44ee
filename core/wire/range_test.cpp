#include "core/wire/range.h"

#include <gtest/gtest.h>

namespace rockpool::wire {
namespace {

constexpr Range part(std::uint64_t offset, std::uint64_t bytes) { return {Range::Kind::part, offset, bytes}; }

TEST(Range, takes_the_part_that_one_range_names) {
  EXPECT_EQ(read_range("bytes=0-4", 10), part(0, 5));
  EXPECT_EQ(read_range("bytes=3-", 10), part(3, 7));
  EXPECT_EQ(read_range("bytes=-3", 10), part(7, 3));
  EXPECT_EQ(read_range("bytes=9-9", 10), part(9, 1));
  EXPECT_EQ(read_range("Bytes = 007-8", 10), part(7, 2)) << "units are read in any case";
}

TEST(Range, ends_where_the_file_ends) {
  EXPECT_EQ(read_range("bytes=5-99", 10), part(5, 5));
  EXPECT_EQ(read_range("bytes=-99", 10), part(0, 10));
  EXPECT_EQ(read_range("bytes=5-99999999999999999999999", 10), part(5, 5));
}

TEST(Range, is_outside_behind_the_end) {
  for (const char* field : {"bytes=10-", "bytes=10-11", "bytes=-0", "bytes=99999999999999999999-"}) {
    EXPECT_EQ(read_range(field, 10).kind, Range::Kind::outside) << field;
  }
  EXPECT_EQ(read_range("bytes=0-", 0).kind, Range::Kind::outside);
  EXPECT_EQ(read_range("bytes=-1", 0).kind, Range::Kind::outside);
}

TEST(Range, is_overlooked_when_it_is_broken_or_several) {
  for (const char* field :
       {"", "bytes", "bytes=", "bytes=-", "bytes=a-b", "bytes=4-2", "bytes=1", "lines=0-1", "bytes=0-1,3-4",
        "bytes=0x1-2", "bytes=1 - 2", "bytes=--1", "bytes=+1-2"}) {
    EXPECT_EQ(read_range(field, 10), Range{}) << field;
  }
}

TEST(Range, is_written_for_content_range) {
  EXPECT_EQ(content_range(part(0, 5), 10), "bytes 0-4/10");
  EXPECT_EQ(content_range({.kind = Range::Kind::outside}, 10), "bytes */10");
}

TEST(Tags, are_found_in_a_list) {
  EXPECT_TRUE(names_tag("\"a\"", "\"a\"", false));
  EXPECT_TRUE(names_tag("\"b\", \"a\" , \"c\"", "\"a\"", false));
  EXPECT_TRUE(names_tag("\"b,\",\"a\"", "\"a\"", false)) << "a comma may stand in a tag";
  EXPECT_TRUE(names_tag(" * ", "\"a\"", false));
  EXPECT_FALSE(names_tag("\"b\"", "\"a\"", false));
  EXPECT_FALSE(names_tag("a", "\"a\"", false));
  EXPECT_FALSE(names_tag("", "\"a\"", false));
  EXPECT_FALSE(names_tag("\"b\" \"a\"", "\"a\"", false));
}

TEST(Tags, count_when_weak_only_where_that_is_enough) {
  EXPECT_TRUE(names_tag("W/\"a\"", "\"a\"", true));
  EXPECT_FALSE(names_tag("W/\"a\"", "\"a\"", false));
  EXPECT_TRUE(names_tag("W/\"a\", \"a\"", "\"a\"", false));
}

}  // namespace
}  // namespace rockpool::wire
