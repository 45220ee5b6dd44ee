// Queries answered in the page, held against the server's evaluation of the same records.
#include "core/dialects/datocms/local.h"

#include <gtest/gtest.h>

#include "core/base/prng.h"
#include "core/base/text.h"
#include "core/dialect/times.h"
#include "core/dialects/datocms/result.h"

namespace rockpool::dialects::datocms {
namespace {

constexpr std::string_view models_text =
    R"({"post":{"fields":{"title":{"type":"string","required":true},"body":"text","views":"integer",
                          "rating":"float","hot":"boolean","day":"date","starts":"date_time","extra":"json",
                          "by":{"type":"link","model":"author"},"tags":{"type":"links","model":"tag"}}},
        "author":{"fields":{"name":"string","best":{"type":"link","model":"post"}}},
        "tag":{"fields":{"name":"slug"}},
        "news":{"autoPublish":true,"plural":"news_items","fields":{"text":"string"}},
        "home":{"singleInstance":true,"fields":{"title":"string","star":{"type":"link","model":"author"}}}})";

std::unique_ptr<Local> make_local() { return std::move(*Local::make(models_text)); }

class DatocmsLocal : public ::testing::Test {
 protected:
  void put(const std::string& model, const std::string& record, std::int64_t now = 1000) {
    const auto status = local->put(model, record, {now});
    EXPECT_TRUE(status.ok()) << status.error().message;
  }
  std::string ask(const std::string& query, const std::string& variables = "") {
    return local->ask({.query = query, .variables = variables});
  }

  std::unique_ptr<Local> local = make_local();
};

TEST_F(DatocmsLocal, answers_by_the_fields_of_records_and_what_stands_beside_them) {
  put("post", R"({"id":"12","title":"One","views":3,"_status":"updated","_isValid":false,
                  "_createdAt":"2026-01-01T00:00:00.000Z","_updatedAt":"2026-01-02T00:00:00.000Z",
                  "_publishedAt":"2026-01-03T00:00:00.000Z",
                  "_firstPublishedAt":"2026-01-04T00:00:00.000Z"})");
  EXPECT_EQ(ask("{ post { id title views body _status _isValid _modelApiKey } }"),
            R"({"data":{"post":{"id":"12","title":"One","views":3,"body":null,"_status":"updated",)"
            R"("_isValid":false,"_modelApiKey":"post"}}})");
  EXPECT_EQ(ask("{ post { _createdAt _updatedAt _publishedAt _firstPublishedAt } }"),
            R"({"data":{"post":{"_createdAt":"2026-01-01T00:00:00.000Z",)"
            R"("_updatedAt":"2026-01-02T00:00:00.000Z","_publishedAt":"2026-01-03T00:00:00.000Z",)"
            R"("_firstPublishedAt":"2026-01-04T00:00:00.000Z"}}})");
}

TEST_F(DatocmsLocal, takes_what_a_record_lacks_as_that_of_a_draft_made_now) {
  const std::string all = "{ post { _status _isValid _createdAt _updatedAt _publishedAt } }";
  put("post", R"({"id":"own-1"})");
  EXPECT_EQ(ask(all), R"({"data":{"post":{"_status":"draft","_isValid":false,)"
                      R"("_createdAt":"1970-01-01T00:00:01.000Z","_updatedAt":"1970-01-01T00:00:01.000Z",)"
                      R"("_publishedAt":null}}})");
  put("post", R"({"id":"own-1","title":"a"})", 5000);
  EXPECT_EQ(ask(all), R"({"data":{"post":{"_status":"draft","_isValid":true,)"
                      R"("_createdAt":"1970-01-01T00:00:01.000Z","_updatedAt":"1970-01-01T00:00:05.000Z",)"
                      R"("_publishedAt":null}}})");
  put("news", R"({"id":"own-2","text":"a"})");
  EXPECT_EQ(ask("{ news { _status _publishedAt } }"),
            R"({"data":{"news":{"_status":"published","_publishedAt":"1970-01-01T00:00:01.000Z"}}})");
}

TEST_F(DatocmsLocal, puts_own_ids_behind_all_numbers_in_the_order_of_their_creation) {
  put("post", R"({"id":"late","_createdAt":"2026-01-02T00:00:00Z"})");
  put("post", R"({"id":"100"})");
  put("post", R"({"id":"early","_createdAt":"2026-01-01T00:00:00Z"})");
  put("post", R"({"id":"z","_createdAt":"2026-01-02T00:00:00Z"})");
  put("post", R"({"id":"9"})");
  put("post", R"({"id":"18446744073709551615","_createdAt":"1950-01-02T00:00:00Z"})");
  EXPECT_EQ(ask("{ allPosts(orderBy: id_ASC) { id } }"),
            R"({"data":{"allPosts":[{"id":"9"},{"id":"100"},{"id":"18446744073709551615"},{"id":"early"},)"
            R"({"id":"late"},{"id":"z"}]}})");
}

TEST_F(DatocmsLocal, finds_and_follows_own_ids) {
  put("author", R"({"id":"a\"1","name":"Ada"})");
  put("author", R"({"id":"7","name":"Ben"})");
  put("post", R"({"id":"1","by":"a\"1","title":"x"})");
  put("post", R"({"id":"p2","by":"7","title":"y"})");
  EXPECT_EQ(ask(R"({ allAuthors(filter: {id: {eq: "a\"1"}}) { id name } })"),
            R"({"data":{"allAuthors":[{"id":"a\"1","name":"Ada"}]}})");
  EXPECT_EQ(ask(R"({ allPosts(filter: {by: {eq: "a\"1"}}) { id by { id } } })"),
            R"({"data":{"allPosts":[{"id":"1","by":{"id":"a\"1"}}]}})");
  EXPECT_EQ(ask("{ allPosts(filter: {by: {in: [7]}, id: {notIn: [1]}}) { id } }"),
            R"({"data":{"allPosts":[{"id":"p2"}]}})");
  EXPECT_EQ(ask(R"({ allPosts(filter: {by: {eq: "gone"}}) { id } })"), R"({"data":{"allPosts":[]}})");
}

TEST_F(DatocmsLocal, a_record_made_here_has_the_number_of_the_server_once_that_is_known) {
  put("author", R"({"id":"mine","name":"Ada"})");
  put("post", R"({"id":"1","by":"mine","title":"x"})");
  EXPECT_EQ(ask("{ post { by { id name } } }"), R"({"data":{"post":{"by":{"id":"mine","name":"Ada"}}}})");
  put("author", R"({"id":"mine","_id":"70","name":"Ada"})");
  const std::string led =
      R"({"data":{"post":{"by":{"id":"70","name":"Ada"}},"_allAuthorsMeta":{"count":1}}})";
  EXPECT_EQ(ask("{ post { by { id name } } _allAuthorsMeta { count } }"), led) << "by its name";
  put("post", R"({"id":"1","by":"70","title":"x"})");
  EXPECT_EQ(ask("{ post { by { id name } } _allAuthorsMeta { count } }"), led) << "by its number";
  EXPECT_EQ(ask(R"({ author(filter: {id: {eq: "70"}}) { name } })"), R"({"data":{"author":{"name":"Ada"}}})");
  local->remove("author", "mine");
  EXPECT_EQ(ask("{ post { by { id } } }"), R"({"data":{"post":{"by":null}}})");
}

TEST_F(DatocmsLocal, forgets_what_is_removed) {
  put("author", R"({"id":"7","name":"Ben"})");
  put("post", R"({"id":"1","by":"7","title":"x"})");
  local->remove("author", "7");
  local->remove("author", "no such one");
  local->remove("no such model", "7");
  EXPECT_EQ(ask("{ post { by { name } } _allAuthorsMeta { count } }"),
            R"({"data":{"post":{"by":null},"_allAuthorsMeta":{"count":0}}})");
  put("author", R"({"id":"7","name":"again"})");
  EXPECT_EQ(ask("{ post { by { name } } }"), R"({"data":{"post":{"by":{"name":"again"}}}})");
}

TEST_F(DatocmsLocal, refuses_what_is_no_record_and_says_why) {
  const auto mistake = [&](const std::string& model, const std::string& record) {
    const auto status = local->put(model, record, {});
    return status ? "none" : status.error().message;
  };
  EXPECT_EQ(mistake("nope", "{}"), "there is no model nope");
  EXPECT_EQ(mistake("post", R"({"title":"a"})"), "a record of post: its id is no text");
  EXPECT_EQ(mistake("post", R"({"id":""})"), "a record of post: its id is no text");
  EXPECT_EQ(mistake("post", "[]"), "a record of post: its id is no text");
  EXPECT_EQ(mistake("post", "{").substr(0, 18), "a record of post: ");
  EXPECT_FALSE(Local::make("{").ok());
  EXPECT_NE(Local::make(R"({"a":{"fields":{"x":"nope"}}})").error().message.find("models.a.fields.x"),
            std::string::npos);
  EXPECT_TRUE(Local::make("{}").ok());
}

TEST_F(DatocmsLocal, takes_variables_and_the_name_of_an_operation) {
  put("post", R"({"id":"1","title":"x"})");
  const std::string query =
      "query A($f: PostModelFilter) { post(filter: $f) { id } } query B { home { id } }";
  EXPECT_EQ(local->ask({.query = query, .variables = R"({"f":{"title":{"eq":"x"}}})", .operation_name = "A"}),
            R"({"data":{"post":{"id":"1"}}})");
  EXPECT_EQ(local->ask({.query = query, .operation_name = "B"}), R"({"data":{"home":null}})");
  EXPECT_NE(ask(query).find("operationNameMissing"), std::string::npos);
  EXPECT_NE(ask("{ post { nope } }").find("Field 'nope' doesn't exist on type 'PostRecord'"),
            std::string::npos);
}

TEST_F(DatocmsLocal, says_which_models_a_query_may_read) {
  const auto models = [&](const std::string& query) { return local->models_of(query); };
  EXPECT_EQ(models("{ post { id } }"), R"({"models":["post"]})");
  EXPECT_EQ(models("{ _allTagsMeta { count } home { star { best { id } } } }"),
            R"({"models":["author","home","post","tag"]})");
  EXPECT_EQ(models("query A { ...F } fragment F on Query { post { ... on PostRecord { tags { id } } } }"),
            R"({"models":["post","tag"]})");
  EXPECT_EQ(models("{ post @skip(if: true) { by { id } } }"), R"({"models":["author","post"]})");
  EXPECT_EQ(models("{ __schema { types { name } } __typename }"), R"({"models":[]})");
  EXPECT_EQ(models("{ allPosts(filter: {OR: [{by: {eq: 7}}], title: {eq: \"by\"}}) { id } }"),
            R"({"models":["author","post"]})");
  EXPECT_EQ(models("query($f: [ItemId]) { allPosts(filter: {tags: {anyIn: $f}}) { id } }"),
            R"({"models":["author","post","tag"]})");
  EXPECT_EQ(models("query($n: IntType) { allPosts(first: $n, filter: {title: {eq: \"a\"}}) { id } }"),
            R"({"models":["post"]})");
  EXPECT_EQ(models("{ post { nope } }"), local->ask({.query = "{ post { nope } }"}));
  EXPECT_EQ(models("{ post {"), local->ask({.query = "{ post {"}));
  const auto none = std::move(*Local::make("{}"));
  EXPECT_EQ(none->models_of("{ _site }"), R"({"models":[]})");
  EXPECT_EQ(none->ask({.query = "{ _site }"}), R"({"data":{"_site":null}})");
}

TEST_F(DatocmsLocal, ends_with_an_error_where_the_server_does) {
  for (int i = 0; i < 600; ++i)
    put("post", R"({"id":")" + base::decimal(std::uint64_t(i) + 1) + R"(","title":")" +
                    std::string(2000, 'a') + "\"}");
  EXPECT_NE(ask("{ allPosts(first: 501) { id } }").find("first is a number from 0 to 500"),
            std::string::npos);
  const std::string slow =
      R"json({ allPosts(filter: {title: {matches: {pattern: "(a?){60}b$"}}}) { id } })json";
  EXPECT_NE(ask(slow).find("takes too long"), std::string::npos);
  std::string conditions = R"({"title":{"neq":"b"}})";
  for (int i = 0; i < 20'000; ++i) conditions += R"(,{"title":{"neq":"b"}})";
  const std::string many = ask(
      "query($f: [PostModelFilter]) { _allPostsMeta(filter: {AND: $f}) { count } posts: allPosts { id } }",
      R"({"f":[)" + conditions + "]}");
  EXPECT_NE(many.find("too many conditions"), std::string::npos) << many;
  EXPECT_NE(ask(std::string(20'000, '{')).find("errors"), std::string::npos);
}

// ---- against the server
// -------------------------------------------------------------------------------------

// The same records twice: as the server holds them, and as the SDK shows them.
class DatocmsLocalTwin : public DatocmsLocal {
 protected:
  static std::string text(std::string_view content) {
    std::string made;
    model::append_quoted(made, content);
    return made;
  }
  std::string word() { return std::string(1 + prng.below(2), static_cast<char>('a' + prng.below(3))); }
  std::uint64_t some_number() { return 1 + prng.below(40); }
  std::string server_id(std::uint64_t num) { return "hub" + base::decimal(num); }
  std::string time(std::int64_t ms) { return '"' + dialect::iso_milliseconds({ms}) + '"'; }

  // A link's value on both sides.
  void add_link(std::string_view name, std::string& there, std::string& here) {
    const std::uint64_t num = some_number();
    there += ',' + text(name) + ':' + text(server_id(num));
    here += ',' + text(name) + ':' + text(base::decimal(num));
  }
  void add_links(std::string_view name, std::string& there, std::string& here) {
    std::string ids, numbers;
    for (std::uint64_t left = prng.below(4); left > 0; --left) {
      const std::uint64_t num = some_number();
      ids += (ids.empty() ? "" : ",") + text(server_id(num));
      numbers += (numbers.empty() ? "" : ",") + text(base::decimal(num));
    }
    there += ',' + text(name) + ":[" + ids + ']';
    here += ',' + text(name) + ":[" + numbers + ']';
  }
  void add_fields(const std::string& model, std::string& there, std::string& here) {
    std::string same;
    const auto add = [&](std::string_view name, const std::string& value) {
      if (!prng.once_in(3)) same += ',' + text(name) + ':' + value;
    };
    if (model == "post") {
      add("title", text(prng.once_in(5) ? "" : word()));
      add("body", text(word()));
      add("views", base::decimal(prng.below(9)));
      add("rating", base::decimal(prng.below(5)) + ".5");
      add("hot", prng.once_in(2) ? "true" : "false");
      add("day", R"("2026-01-0)" + base::decimal(1 + prng.below(5)) + '"');
      add("starts", time(static_cast<std::int64_t>(prng.below(400)) * 1000));
      add("extra", R"({"a":[1,"x"]})");
      if (!prng.once_in(3)) add_link("by", there, here);
      if (!prng.once_in(3)) add_links("tags", there, here);
    } else if (model == "home") {
      add("title", text(word()));
      if (!prng.once_in(3)) add_link("star", there, here);
    } else {
      add(model == "news" ? "text" : "name", text(word()));
      if (model == "author") add_link("best", there, here);
    }
    there += same;
    here += same;
  }

  void write(const std::string& model) {
    const std::uint64_t num = model == "home" ? 1 : some_number();
    Shelf& shelf = server.shelf(server.place_of(model));
    if (prng.once_in(5)) {
      shelf.remove(num, ++version);
      return local->remove(model, base::decimal(num));
    }
    const auto created = static_cast<std::int64_t>(num) * 1000,
               updated = static_cast<std::int64_t>(++version) * 50;
    std::string there, here;
    add_fields(model, there, here);
    there = '{' + (there.empty() ? there : there.substr(1)) + '}';
    const std::uint64_t standing = model == "news" ? 2 : prng.below(3);
    const std::string_view status = standing == 0 ? "draft" : standing == 1 ? "updated" : "published";
    std::string meta;
    if (standing > 0 && model != "news")
      meta = R"({"datocms":{"published":)" + (standing == 1 ? R"({"other":1})" : there) +
             R"(,"publishedAt":90000,"firstPublishedAt":80000}})";
    shelf.put(read_row(shelf.model(), {.key = {model, server_id(num)},
                                       .version = version,
                                       .num = num,
                                       .data = there,
                                       .meta = meta,
                                       .created = {created},
                                       .updated = {updated}}));
    const std::int64_t published = model == "news" ? updated : 90'000;
    const std::int64_t first = model == "news" ? created : 80'000;
    put(model, R"({"id":")" + base::decimal(num) + '"' + here + R"(,"_status":)" + text(status) +
                   R"(,"_createdAt":)" + time(created) + R"(,"_updatedAt":)" + time(updated) +
                   R"(,"_publishedAt":)" + (standing > 0 ? time(published) : "null") +
                   R"(,"_firstPublishedAt":)" + (standing > 0 ? time(first) : "null") + '}');
  }

  std::string one_of(const std::vector<std::string>& list) { return list[prng.below(list.size())]; }
  std::string filter() {
    const std::string number = base::decimal(prng.below(9)), id = base::decimal(prng.below(45));
    const std::string other = base::decimal(some_number());
    const std::vector<std::string> tests = {
        "title: {eq: " + text(word()) + "}",
        "title: {notIn: [" + text(word()) + ", null]}",
        "title: {isBlank: true}",
        "body: {matches: {pattern: \"a.?b\"}}",
        "views: {gte: " + number + "}",
        "views: {neq: " + number + "}",
        "rating: {lt: " + number + ".2}",
        "hot: {eq: true}",
        "day: {gt: \"2026-01-03\"}",
        "starts: {lte: \"1970-01-01T00:03:00Z\"}",
        "extra: {exists: false}",
        "id: {in: [" + id + ", " + other + "]}",
        "id: {neq: " + id + "}",
        "by: {eq: " + id + "}",
        "by: {notIn: [" + id + ", " + other + "]}",
        "tags: {anyIn: [" + id + ", " + other + "]}",
        "tags: {allIn: [" + id + "]}",
        "tags: {eq: [" + other + "]}",
        "_status: {in: [draft, updated]}",
        "_publishedAt: {exists: true}",
        "_createdAt: {lt: \"1970-01-01T00:01:00Z\"}",
        "OR: [{views: {eq: " + number + "}}, {title: {exists: false}, hot: {eq: false}}]"};
    return "filter: {" + one_of(tests) + "}";
  }
  std::string query() {
    const std::string order =
        "orderBy: [" +
        one_of({"title_ASC", "views_DESC", "rating_ASC", "day_DESC", "starts_ASC", "id_DESC"}) + ", " +
        one_of({"_updatedAt_DESC", "_createdAt_ASC", "_publishedAt_DESC", "hot_ASC"}) + "]";
    const std::string page =
        "skip: " + base::decimal(prng.below(4)) + ", first: " + base::decimal(prng.below(12)) + ", ";
    return "{ allPosts(" + page + filter() + ", " + order +
           ") { ...P by { name best { ...P tags { name } } } tags { id name _isValid } } "
           "_allPostsMeta(" +
           filter() + ") { count } post(" + filter() +
           ") { id title } home { title star { id } } "
           "allNewsItems(first: 3) { id text _status _publishedAt _updatedAt } } "
           "fragment P on PostRecord { id title body views rating hot day starts extra _status _isValid "
           "_createdAt _updatedAt _publishedAt _firstPublishedAt }";
  }

  base::Prng prng{1};
  Content server{*read_models(*model::read(models_text))};
  Types types = *make_types(server.models());
  model::Version version = 0;
};

TEST_F(DatocmsLocalTwin, answers_what_the_server_answers_over_the_same_records) {
  for (int i = 0; i < 300; ++i) write(one_of({"post", "post", "author", "tag", "news", "home"}));
  std::size_t shown = 0;
  for (int round = 0; round < 500; ++round) {
    write(one_of({"post", "post", "author", "tag", "news", "home"}));
    const std::string text = query();
    const std::string expected = answer_to({.query = text}, server, types, {.view = View::newest});
    ASSERT_EQ(expected.find("errors"), std::string::npos) << text << expected;
    ASSERT_EQ(ask(text), expected) << round << ' ' << text;
    shown += expected.find("\"allPosts\":[]") == std::string::npos ? 1 : 0;
  }
  EXPECT_GT(shown, 250u) << "most of them find something";
}

}  // namespace
}  // namespace rockpool::dialects::datocms
