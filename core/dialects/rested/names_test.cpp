#include "core/dialects/rested/names.h"

#include <set>

#include <gtest/gtest.h>

namespace rockpool::dialects::rested {
namespace {

TEST(RestedNames, of_endpoints_have_5_to_254_letters_of_few_kinds) {
  for (const char* name : {"abcde", "a-b-c", "shop/orders", "12345", "a/-bc", "a//bc"})
    EXPECT_TRUE(is_endpoint_name(name)) << name;
  for (const char* name : {"", "abcd", "ABCDE", "-abcde", "abcde-", "/abcde", "abcde/", "ab--cd", "ab cd",
                           "ab.cd", "äbcde", "ab%cd"})
    EXPECT_FALSE(is_endpoint_name(name)) << name;
  EXPECT_TRUE(is_endpoint_name(std::string(254, 'a')));
  EXPECT_FALSE(is_endpoint_name(std::string(255, 'a')));
}

TEST(RestedNames, new_ids_are_random_uuids_without_dashes) {
  base::Prng prng(7);
  std::set<std::string> seen;
  for (int i = 0; i < 1000; ++i) {
    const std::string id = new_unique_id(prng);
    EXPECT_TRUE(is_unique_id(id)) << id;
    EXPECT_EQ(id[12], '4');
    EXPECT_NE(std::string_view("89ab").find(id[16]), std::string_view::npos) << id;
    EXPECT_FALSE(num_in(id)) << id;
    EXPECT_TRUE(seen.insert(id).second);
  }
}

TEST(RestedNames, other_ids_are_made_of_the_number) {
  model::Record record{.key = {"parts", "bolt"}, .num = 0x1234, .data = "1", .meta = {}};
  EXPECT_EQ(unique_id_of(record), "726f636b706f6f6c0000000000001234");
  EXPECT_EQ(num_in(unique_id_of(record)), 0x1234u);
  record.num = 0x7fffffffffffffff;
  EXPECT_EQ(num_in(unique_id_of(record)), record.num);
  record.key.id = std::string(32, 'a');
  EXPECT_EQ(unique_id_of(record), record.key.id);
  record.key.id = std::string(32, 'A');
  EXPECT_NE(unique_id_of(record), record.key.id);
  EXPECT_FALSE(num_in("726f636b706f6f6c"));
}

TEST(RestedNames, addresses_are_of_endpoints_or_of_the_management) {
  EXPECT_EQ(route_of("/api/1/ce/shop/orders").endpoint, "shop/orders");
  EXPECT_EQ(route_of("/api/1/ce/shop%2Forders").endpoint, "shop/orders");
  EXPECT_EQ(route_of("/api/1/ce/%zz").endpoint, "");
  for (const char* path : {"", "/", "/api", "/api/1/ce", "/api/2/ce/a", "/api/1/xx/a", "/api/1/managed"})
    EXPECT_EQ(route_of(path).kind, Route::Kind::unknown) << path;
  EXPECT_EQ(route_of("/api/1/manage/projects/x/").parts, (std::vector<std::string>{"projects", "x"}));
  EXPECT_EQ(route_of("/api/1/manage").kind, Route::Kind::manage);
}

TEST(RestedNames, a_query_may_say_a_thing_more_than_once) {
  EXPECT_EQ(values_of("a=1&b=2&a=%33+x&a", "a"), (std::vector<std::string>{"1", "3 x", ""}));
  EXPECT_EQ(values_of("a=%zz", "a"), (std::vector<std::string>{"%zz"})) << "which is no id, and not nothing";
  EXPECT_TRUE(is_set("x=1&dataOnly=true", "dataOnly"));
  EXPECT_FALSE(is_set("dataOnly=1", "dataOnly"));
}

}  // namespace
}  // namespace rockpool::dialects::rested
