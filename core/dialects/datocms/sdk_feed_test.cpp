// Which records are touched, for those who follow models; and how a feed gets ready beside other work.
#include "core/dialects/datocms/sdk_feed.h"

#include <gtest/gtest.h>

#include "core/base/text.h"

namespace rockpool::dialects::datocms {
namespace {

constexpr std::size_t posts = 0, authors = 1;

class DatocmsFeed : public ::testing::Test {
 protected:
  // As the log tells of it: the shelf first.
  void put(std::size_t model, std::uint64_t num, const std::string& data) {
    model::Record record{.key = {content.models()[model].key, "id" + base::decimal(num)},
                         .version = ++seq,
                         .num = num,
                         .data = data};
    tell(model, content.shelf(model).put(read_row(content.models()[model], record)));
  }
  void remove(std::size_t model, std::uint64_t num) { tell(model, content.shelf(model).remove(num, ++seq)); }
  void tell(std::size_t model, const Shelf::Moved& moved) { feed.moved(model, moved, seq); }
  // Numbers of the posts that were touched from `place` on.
  std::string touched(Feed::Place place) {
    std::string numbers;
    for (auto one = feed.next(posts, place); one; one = feed.next(posts, one->place + 1))
      numbers += base::decimal(one->num) + " ";
    return numbers;
  }

  std::uint64_t seq = 0;
  Content content{*read_models(*model::read(
                      R"({"post":{"fields":{"by":{"type":"link","model":"author"}}},
                          "author":{"fields":{"name":"string"}}})")),
                  Called::by_number};
  Feed feed{content};
};

TEST_F(DatocmsFeed, gets_ready_in_steps_and_knows_what_moved_meanwhile) {
  for (std::uint64_t num = 1; num <= 4; ++num) put(posts, num, R"({"by":"id100"})");
  put(authors, 100, R"({"name":"Ada"})");
  feed.prepare(2, seq);
  EXPECT_FALSE(feed.is_ready());
  put(posts, 1, R"({"by":null})");     // which was looked at
  put(posts, 3, R"({"by":"id100"})");  // which was not
  remove(posts, 2);
  remove(posts, 4);
  put(posts, 5, R"({"by":"id100"})");
  EXPECT_FALSE(feed.has_touched()) << "nobody was told anything yet";
  for (int i = 0; i < 3 && !feed.is_ready(); ++i) feed.prepare(2, seq);
  ASSERT_TRUE(feed.is_ready());
  EXPECT_FALSE(feed.after(posts, seq - 1)) << "what came before is read anew";
  const auto place = feed.after(posts, seq);
  ASSERT_TRUE(place);
  remove(authors, 100);
  EXPECT_EQ(touched(*place), "3 5 ");
}

TEST_F(DatocmsFeed, is_ready_at_once_over_nothing) {
  feed.prepare(1, seq);
  EXPECT_TRUE(feed.is_ready());
}

}  // namespace
}  // namespace rockpool::dialects::datocms
