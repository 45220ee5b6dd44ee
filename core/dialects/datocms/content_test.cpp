// What queries find on shelves, held against looking at every record; and which writes touch what was read.
#include "core/dialects/datocms/content.h"

#include <algorithm>

#include <gtest/gtest.h>

#include "core/base/prng.h"
#include "core/base/text.h"
#include "core/dialects/datocms/filters.h"

namespace rockpool::dialects::datocms {
namespace {

Models models() {
  return *read_models(*model::read(
      R"({"post":{"fields":{"title":"string","views":"integer","starts":"date_time","day":"date",
                            "extra":"json","hot":"boolean","by":{"type":"link","model":"author"},
                            "tags":{"type":"links","model":"author"}}},
          "author":{"fields":{"name":"string"}}})"));
}

class DatocmsContent : public ::testing::Test {
 protected:
  model::Record record(std::uint64_t num, const std::string& data, const std::string& meta = "") {
    return {.key = {"post", "id" + base::decimal(num)},
            .version = ++version,
            .num = num,
            .data = data,
            .meta = meta,
            .created = {1000 * static_cast<std::int64_t>(num)},
            .updated = {1000 * static_cast<std::int64_t>(version)}};
  }
  Shelf::Moved put(std::uint64_t num, const std::string& data, const std::string& meta = "") {
    return content.shelf(0).put(read_row(content.models()[0], record(num, data, meta)));
  }
  void author(std::uint64_t num, const std::string& id) {
    model::Record made{.key = {"author", id}, .version = ++version, .num = num, .data = R"({"name":"x"})"};
    content.shelf(1).put(read_row(content.models()[1], made));
  }
  std::shared_ptr<const Filter> filter(const std::string& text) {
    const auto read = read_filter(content, 0, *model::read(text), sought);
    EXPECT_TRUE(read.ok()) << text;
    return *read;
  }
  std::vector<Order> orders(const std::string& text) {
    return read_orders(content.models()[0], *model::read(text));
  }
  // Numbers of what is found.
  std::string found(const std::string& where, const std::string& by = "[]", std::size_t skip = 0,
                    std::size_t first = 100) {
    const auto held = filter(where);
    std::string numbers;
    for (const Row* row : content.shelf(0).page(
             {.sight = sight, .filter = held.get(), .orders = orders(by), .skip = skip, .first = first},
             patterns))
      numbers += base::decimal(row->num) + " ";
    return numbers;
  }

  Content content{models()};
  Sight sight{.view = View::newest};
  Sought sought;
  model::Version version = 0;
  Work patterns{.left = 1'000'000'000};
};

TEST_F(DatocmsContent, is_filtered_by_equality_and_range) {
  put(1, R"({"title":"a","views":1,"hot":true})");
  put(2, R"({"title":"b","views":10})");
  put(3, R"({"title":"c"})");
  EXPECT_EQ(found(R"({"title":{"eq":"b"}})"), "2 ");
  EXPECT_EQ(found(R"({"title":{"neq":"b"}})"), "1 3 ");
  EXPECT_EQ(found(R"({"views":{"neq":1}})"), "2 3 ") << "null is not 1";
  EXPECT_EQ(found(R"({"title":{"in":["c","a","a"]}})"), "1 3 ");
  EXPECT_EQ(found(R"({"title":{"in":[]}})"), "");
  EXPECT_EQ(found(R"({"title":{"notIn":[]}})"), "1 2 3 ");
  EXPECT_EQ(found(R"({"title":{"notIn":["a"]},"views":null})"), "2 3 ");
  EXPECT_EQ(found(R"({"views":{"gt":1}})"), "2 ");
  EXPECT_EQ(found(R"({"views":{"gte":1,"lt":10}})"), "1 ");
  EXPECT_EQ(found(R"({"views":{"exists":false}})"), "3 ");
  EXPECT_EQ(found(R"({"hot":{"eq":true}})"), "1 ");
  EXPECT_EQ(found(R"({"OR":[{"views":{"eq":10}},{"title":{"eq":"c"}}]})"), "2 3 ");
  EXPECT_EQ(found(R"({"AND":[{"views":{"gte":1}},{"title":{"neq":"a"}}]})"), "2 ");
  EXPECT_EQ(found(R"({"id":{"in":["3","1","no number"]}})"), "1 3 ");
}

TEST_F(DatocmsContent, is_filtered_by_blank_and_present) {
  put(1, R"({"title":""})");
  put(2, R"({"title":"b"})");
  put(3, R"({})");
  EXPECT_EQ(found(R"({"title":{"isBlank":true}})"), "1 3 ");
  EXPECT_EQ(found(R"({"title":{"isBlank":false}})"), "2 ");
  EXPECT_EQ(found(R"({"title":{"isPresent":true}})"), "2 ");
  EXPECT_EQ(found(R"({"title":{"exists":true}})"), "1 2 ");
}

TEST_F(DatocmsContent, is_searched_for_patterns) {
  put(1, R"json({"title":"Hello (World)"})json");
  put(2, R"({"title":"hello"})");
  put(3, R"({})");
  EXPECT_EQ(found(R"({"title":{"matches":{"pattern":"^h.*o$"}}})"), "2 ");
  EXPECT_EQ(found(R"({"title":{"matches":{"pattern":"WORLD"}}})"), "1 ");
  EXPECT_EQ(found(R"({"title":{"matches":{"pattern":"WORLD","caseSensitive":true}}})"), "");
  const std::string literal = R"json({"title":{"matches":{"pattern":"(world)","regexp":false}}})json";
  EXPECT_EQ(found(literal), "1 ");
  EXPECT_EQ(found(R"({"title":{"notMatches":{"pattern":"world"}}})"), "2 3 ") << "null does not match";
  const std::string broken = R"json({"title":{"matches":{"pattern":"("}}})json";
  EXPECT_FALSE(read_filter(content, 0, *model::read(broken), sought).ok());
}

TEST_F(DatocmsContent, compares_times_by_the_minute) {
  put(1, R"({"starts":"2026-01-02T03:04:05Z"})");
  put(2, R"({"starts":"2026-01-02T04:04:59.999+01:00"})");
  put(3, R"({"starts":"2026-01-02T03:05:00Z"})");
  EXPECT_EQ(found(R"({"starts":{"eq":"2026-01-02T03:04:30Z"}})"), "1 2 ");
  EXPECT_EQ(found(R"({"starts":{"gt":"2026-01-02T03:04:00Z"}})"), "3 ");
  EXPECT_EQ(found(R"({"starts":{"lte":"2026-01-02T03:04:00Z"}})"), "1 2 ");
  EXPECT_EQ(found(R"({"starts":{"neq":"2026-01-02T03:05Z"}})"), "1 2 ");
}

TEST_F(DatocmsContent, follows_links_by_the_numbers_that_are_shown) {
  author(7, "ada");
  author(8, "ben");
  put(1, R"({"by":"ada","tags":["ada","ben"]})");
  put(2, R"({"by":"ben","tags":["ben"]})");
  put(3, R"({"tags":[]})");
  EXPECT_EQ(found(R"({"by":{"eq":"7"}})"), "1 ");
  EXPECT_EQ(found(R"({"by":{"notIn":["7"]}})"), "2 3 ");
  EXPECT_EQ(found(R"({"tags":{"anyIn":["7","99"]}})"), "1 ");
  EXPECT_EQ(found(R"({"tags":{"allIn":["7","8"]}})"), "1 ");
  EXPECT_EQ(found(R"({"tags":{"allIn":["8","99"]}})"), "");
  EXPECT_EQ(found(R"({"tags":{"notIn":["7"]}})"), "2 3 ");
  EXPECT_EQ(found(R"({"tags":{"eq":["8"]}})"), "2 ");
  EXPECT_EQ(found(R"({"tags":{"eq":["7"]}})"), "") << "a list that only begins so is another";
  EXPECT_EQ(found(R"({"tags":{"exists":false}})"), "3 ");
  EXPECT_TRUE(sought.contains({1, 99})) << "it may come to be";
}

TEST_F(DatocmsContent, is_put_in_order_with_nulls_last_and_equal_ones_by_number) {
  put(3, R"({"views":5})");
  put(1, R"({"views":5})");
  put(2, R"({})");
  put(10, R"({"views":-1})");
  EXPECT_EQ(found("{}", R"(["views_ASC"])"), "10 1 3 2 ");
  EXPECT_EQ(found("{}", R"(["views_DESC"])"), "1 3 10 2 ");
  EXPECT_EQ(found("{}", R"(["views_DESC","id_DESC"])"), "3 1 10 2 ");
  EXPECT_EQ(found("{}", R"(["id_ASC"])", 1, 2), "2 3 ");
  EXPECT_EQ(found(R"({"views":{"eq":5}})", R"(["_updatedAt_DESC"])"), "1 3 ");
}

TEST_F(DatocmsContent, has_a_published_view_beside_the_newest) {
  put(1, R"({"title":"draft"})");
  put(2, R"({"title":"new"})",
      R"({"datocms":{"published":{"title":"old"},"publishedAt":5,"firstPublishedAt":4}})");
  put(3, R"({"title":"same"})",
      R"({"datocms":{"published":{"title":"same"},"publishedAt":5,"firstPublishedAt":5}})");
  EXPECT_EQ(found(R"({"_status":{"eq":"draft"}})"), "1 ");
  EXPECT_EQ(found(R"({"_status":{"eq":"updated"}})"), "2 ");
  EXPECT_EQ(found(R"({"_status":{"in":["published"]}})"), "3 ");
  sight.view = View::published;
  EXPECT_EQ(found("{}"), "2 3 ");
  EXPECT_EQ(found(R"({"title":{"eq":"old"}})"), "2 ");
  EXPECT_EQ(found(R"({"_status":{"eq":"published"}})"), "2 3 ");
}

TEST_F(DatocmsContent, finds_by_lists_what_looking_at_everything_finds) {
  base::Prng prng(1);
  const auto some = [&] {
    std::string data = R"({"title":")" + std::string(1, static_cast<char>('a' + prng.below(4))) + '"';
    if (!prng.once_in(3)) data += R"(,"views":)" + base::decimal(prng.below(20));
    return data + '}';
  };
  for (std::uint64_t num = 1; num <= 300; ++num) put(num, some());
  for (int round = 0; round < 400; ++round) {
    const std::uint64_t num = 1 + prng.below(300);
    prng.once_in(4) ? void(content.shelf(0).remove(num, ++version)) : void(put(num, some()));
    const std::string where =
        R"({"views":{"gte":)" + base::decimal(prng.below(20)) + R"(},"title":{"neq":"b"}})";
    const auto held = filter(where);
    std::vector<std::pair<std::string, const Row*>> expected;
    Work work;
    const auto by = orders(R"(["title_DESC","views_ASC"])");
    for (std::uint64_t one = 1; one <= 300; ++one) {
      const Row* row = content.shelf(0).find(one);
      if (row != nullptr && held->fits(*row->in(View::newest), work))
        expected.emplace_back(place_of(*row, *row->in(View::newest), by), row);
    }
    std::sort(expected.begin(), expected.end());
    const std::size_t skip = prng.below(10);
    std::string numbers;
    for (std::size_t i = skip; i < expected.size() && i < skip + 7; ++i)
      numbers += base::decimal(expected[i].second->num) + " ";
    ASSERT_EQ(found(where, R"(["title_DESC","views_ASC"])", skip, 7), numbers) << round;
    ASSERT_EQ(content.shelf(0).count(sight, held.get(), patterns), expected.size());
  }
}

TEST_F(DatocmsContent, finds_by_a_field_without_looking_at_everything) {
  for (std::uint64_t num = 1; num <= 2000; ++num)
    put(num, R"({"title":"t)" + base::decimal(num) + R"(","views":)" + base::decimal(num) + '}');
  EXPECT_EQ(found(R"({"title":{"eq":"t7"}})"), "7 ");
  EXPECT_EQ(found(R"({"views":{"gte":1,"lt":4}})", R"(["views_DESC"])"), "3 2 1 ");
  const std::uint64_t before = content.shelf(0).looked();
  EXPECT_EQ(found(R"({"title":{"eq":"t900"}})"), "900 ");
  EXPECT_EQ(found(R"({"views":{"gte":1999}})", R"(["views_DESC"])"), "2000 1999 ");
  EXPECT_EQ(found("{}", R"(["views_DESC"])", 1000, 2), "1000 999 ");
  EXPECT_LT(content.shelf(0).looked() - before, 2010u) << "one list more, and a few records";
}

// ---- what is touched

class DatocmsReads : public DatocmsContent {
 protected:
  // As a query that shows titles reads.
  Reads read(const std::string& where, const std::string& by, std::size_t first) {
    Look look{.model = 0,
              .sight = sight,
              .filter = filter(where),
              .orders = orders(by),
              .subjects = Mask(content.models()[0].fields.size() + besides)};
    look.subjects[0] = true;
    for (const Order& order : look.orders) look.subjects[order.subject] = true;
    const auto rows = content.shelf(0).page(
        {.sight = sight, .filter = look.filter.get(), .orders = look.orders, .skip = 0, .first = first},
        patterns);
    look.is_full = rows.size() == first;
    if (look.is_full) look.last = place_of(*rows.back(), *rows.back()->in(sight.view), look.orders);
    Reads reads{.sight = sight};
    reads.looks.push_back(std::move(look));
    return reads;
  }
};

TEST_F(DatocmsReads, are_touched_by_what_the_page_shows) {
  put(1, R"({"title":"a","views":1})");
  put(2, R"({"title":"b","views":2})");
  put(3, R"({"title":"c","views":3})");
  const Reads reads = read("{}", R"(["views_ASC"])", 2);
  const auto touched = [&](const Shelf::Moved& moved) {
    return reads.are_touched(0, moved.before, moved.now);
  };
  EXPECT_TRUE(touched(put(1, R"({"title":"A","views":1})")));
  EXPECT_FALSE(touched(put(1, R"({"title":"A","views":1,"day":"2026-01-01"})"))) << "nobody sees that";
  EXPECT_FALSE(touched(put(3, R"({"title":"C","views":3})"))) << "behind the page";
  EXPECT_TRUE(touched(put(3, R"({"title":"C","views":0})"))) << "comes into the page";
  EXPECT_FALSE(touched(put(4, R"({"title":"d","views":9})")));
  EXPECT_TRUE(touched(put(5, R"({"title":"d","views":1})")));
  EXPECT_TRUE(touched(content.shelf(0).remove(2, ++version)));
  EXPECT_FALSE(reads.are_touched(1, nullptr, content.shelf(0).find(1))) << "another model";
}

TEST_F(DatocmsReads, are_touched_by_what_fits_the_filter_before_or_afterwards) {
  put(1, R"({"title":"a","views":1})");
  const Reads reads = read(R"({"views":{"gt":5}})", "[]", 10);
  const auto touched = [&](const Shelf::Moved& moved) {
    return reads.are_touched(0, moved.before, moved.now);
  };
  EXPECT_FALSE(touched(put(1, R"({"title":"a","views":2})")));
  EXPECT_TRUE(touched(put(1, R"({"title":"a","views":6})")));
  EXPECT_FALSE(touched(put(1, R"({"title":"a","views":7})"))) << "still in it, and shown as before";
  EXPECT_TRUE(touched(put(1, R"({"title":"a"})")));
}

TEST_F(DatocmsReads, of_links_are_touched_by_what_they_lead_to) {
  put(1, R"({"title":"a"})");
  Reads reads{.sight = sight};
  Mask shown(content.models()[0].fields.size() + besides);
  shown[0] = true;
  reads.links[{0, "id1"}] = shown;
  reads.links[{0, "id2"}] = shown;
  reads.sought.emplace(0, 9);
  const auto touched = [&](const Shelf::Moved& moved) {
    return reads.are_touched(0, moved.before, moved.now);
  };
  EXPECT_TRUE(touched(put(1, R"({"title":"b"})")));
  EXPECT_FALSE(touched(put(1, R"({"title":"b","views":2})")));
  EXPECT_TRUE(touched(put(2, R"({"title":"x"})"))) << "it was not there";
  EXPECT_FALSE(touched(put(3, R"({"title":"x"})")));
  EXPECT_TRUE(touched(put(9, R"({"title":"x"})"))) << "it was looked for by its number";
}

}  // namespace
}  // namespace rockpool::dialects::datocms
