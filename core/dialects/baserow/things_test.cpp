#include "core/dialects/baserow/things.h"

#include <gtest/gtest.h>

namespace rockpool::dialects::baserow {
namespace {

template <typename T>
T read_again(const T& thing) {
  const auto value = model::read(stored_text(thing));
  EXPECT_TRUE(value.ok());
  return value ? read_thing<T>(thing.id, *value) : T{};
}

TEST(BaserowThings, are_read_as_they_were_written) {
  Field field{.id = 7, .table = 3, .name = "Name \"x\"", .key = "name", .type = "number", .order = 2};
  field.options = *model::read(R"({"number_decimal_places":2})");
  field.is_primary = true;
  field.trashed_ms = 1'700'000'000'000;
  const Field again = read_again(field);
  EXPECT_EQ(stored_text(again), stored_text(field));
  EXPECT_EQ(again.id, 7u);
  EXPECT_EQ(again.name, field.name);
  EXPECT_TRUE(again.is_primary);
  EXPECT_EQ(again.options, field.options);
  EXPECT_EQ(again.trashed_ms, field.trashed_ms);
}

TEST(BaserowThings, are_written_without_what_is_nothing) {
  EXPECT_EQ(stored_text(Member{.id = 1, .group = 2, .user = 3}), R"({"group":2,"user":3})");
  EXPECT_EQ(stored_text(View{.id = 1, .table = 2}), R"({"table":2,"type":"grid"})");
}

TEST(BaserowThings, take_strange_records_for_empty_ones) {
  const Group group = read_thing<Group>(1, *model::read(R"({"name":7,"trashed":"x"})"));
  EXPECT_EQ(group.name, "");
  EXPECT_FALSE(is_trashed(group));
}

TEST(BaserowThings, have_records_of_their_own) {
  EXPECT_EQ(record_id(Kind::trashed_row, 12), "trashed_row/12");
  EXPECT_EQ(email_record("Ada@X.test"), "email/ada@x.test");
  EXPECT_EQ(counter_record(Kind::group), "counter/group");
}

}  // namespace
}  // namespace rockpool::dialects::baserow
