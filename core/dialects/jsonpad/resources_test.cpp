#include "core/dialects/jsonpad/resources.h"

#include <gtest/gtest.h>

#include "core/base/text.h"
#include "core/dialects/jsonpad/events.h"

namespace rockpool::dialects::jsonpad {
namespace {

TEST(JsonpadResources, ids_beyond_what_javascript_holds_keep_their_digits) {
  for (const std::uint64_t num : {23928779684449152ull, 23928779684449153ull, 9223372036854775807ull}) {
    const std::string digits = base::decimal(num);
    const model::Record item{
        .key = {"a", "x"}, .num = num, .data = R"({"n":1})", .meta = {}, .created = {}, .updated = {1000}};
    EXPECT_EQ(item_text(item), R"({"created":"1970-01-01T00:00:00+00:00","data":{"n":1},"id":")" + digits +
                                   R"(","updated":"1970-01-01T00:00:01+00:00"})");
    EXPECT_EQ(event_text(digits, "item-delete", "null"),
              R"({"object_id":)" + digits + R"(,"event_type":"item-delete","event_data":null})");
    EXPECT_EQ(read_num(digits), num);
  }
}

TEST(JsonpadResources, facets_are_read_as_they_are_written) {
  const List list{.collection = "a", .name = "b", .realtime = true, .created = {1}, .updated = {2}};
  const auto read = read_list("a", facet_text(list));
  ASSERT_TRUE(read);
  EXPECT_EQ(facet_text(*read), facet_text(list));
  EXPECT_EQ(read->created.ms, 1);
  EXPECT_FALSE(read_list("a", "{}"));
  EXPECT_FALSE(read_list("a", "nonsense"));
}

}  // namespace
}  // namespace rockpool::dialects::jsonpad
