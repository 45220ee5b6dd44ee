// Servers that keep no books on their clients: whether a write came in that was not answered, only the record
// can tell, or nobody.
#include "core/sync/fake_server_test.h"

namespace rockpool::sync::test {
namespace {

using Kind = LocalWrite::Kind;

struct Bookless : ::testing::Test {
  Bookless() {
    page.connect();
    page.changed("a", 4, R"({"n":1})");
  }
  // The link is made again, and its first words are of a record.
  void reconnect(model::Version version, const std::string& data) {
    page.hear(dialect::Ready{.epoch = 7, .user = ""});
    model::Record record{.key = {"notes", "a"}, .version = version};
    record.data = data;
    const std::string cursor = cursor_at(++page.seq);
    page.hear(
        dialect::Part{
            .collection = "notes", .records = {record}, .cursor = cursor, .begin = true, .done = true},
        dialect::Live{"notes", cursor});
  }

  Page page{bookless_dialect};
};

TEST_F(Bookless, a_sum_names_the_version_it_is_made_on_and_that_is_on_disk_before_it_goes) {
  const LocalWrite add{.kind = Kind::increment, .key = {"notes", "a"}, .path = "/n", .data = "2"};
  ASSERT_TRUE(page.engine->write(page.now, {add}).ok());
  page.drain();
  page.finish_sync();
  page.drain();
  EXPECT_TRUE(page.pushed().empty()) << "the version is being stored";
  page.settle();
  const auto sent = page.pushed();
  ASSERT_EQ(sent.size(), 1u);
  EXPECT_EQ(sent[0].base, 4u);
  EXPECT_EQ(page.view("a"), R"({"n":3})");
}

TEST_F(Bookless, a_sum_that_was_surely_not_made_goes_again_on_what_is_there) {
  const auto added = page.write(Kind::increment, "a", "2", "/n");
  page.pushed();
  page.conflicted(page.number(added), 5, R"({"n":10})");
  const auto sent = page.pushed();
  ASSERT_EQ(sent.size(), 1u);
  EXPECT_EQ(sent[0].base, 5u);
  EXPECT_EQ(page.view("a"), R"({"n":12})");
  EXPECT_TRUE(page.engine->conflicts().empty());
}

TEST_F(Bookless, a_sum_whose_answer_was_lost_goes_again_as_it_was) {
  const auto added = page.write(Kind::increment, "a", "2", "/n");
  page.cut();
  page.pushed();
  reconnect(4, R"({"n":1})");
  const auto sent = page.pushed();
  ASSERT_EQ(sent.size(), 1u);
  EXPECT_EQ(sent[0].base, 4u) << "it can come in once";
  page.acked(page.number(added), 5);
  EXPECT_EQ(page.state(added), WriteState::acknowledged);
}

TEST_F(Bookless, a_sum_that_may_have_been_made_is_for_the_user_to_decide) {
  const auto added = page.write(Kind::increment, "a", "2", "/n");
  page.cut();
  page.pushed();
  reconnect(5, R"({"n":3})");
  ASSERT_EQ(page.pushed().size(), 1u);
  page.conflicted(page.number(added), 5, R"({"n":3})");
  EXPECT_TRUE(page.pushed().empty());
  ASSERT_EQ(page.engine->conflicts().size(), 1u);
  EXPECT_EQ(page.state(added), WriteState::conflict);
  ASSERT_TRUE(page.engine->resolve(page.now, {"notes", "a"}, "theirs", false).ok());
  page.settle();
  EXPECT_EQ(page.view("a"), R"({"n":3})");
  EXPECT_EQ(page.engine->status().pending, 0u);
}

TEST_F(Bookless, a_sum_that_was_never_sent_is_in_no_doubt_after_a_restart) {
  page.cut();
  page.write(Kind::increment, "a", "2", "/n");
  page = page.reload();
  reconnect(9, R"({"n":7})");
  const auto sent = page.pushed();
  ASSERT_EQ(sent.size(), 1u);
  EXPECT_EQ(sent[0].base, 9u);
  EXPECT_EQ(page.view("a"), R"({"n":9})");
}

TEST_F(Bookless, a_sum_that_was_sent_is_in_doubt_after_a_restart) {
  const auto added = page.write(Kind::increment, "a", "2", "/n");
  const std::uint64_t number = page.number(added);
  page = page.reload();
  reconnect(5, R"({"n":3})");
  page.conflicted(number, 5, R"({"n":3})");
  EXPECT_EQ(page.engine->conflicts().size(), 1u);
}

TEST_F(Bookless, nothing_is_sent_before_it_is_known_what_is_there) {
  page.cut();
  page.write(Kind::update, "a", R"({"n":2})");
  page.pushed();
  page.hear(dialect::Ready{.epoch = 7, .user = ""});
  EXPECT_TRUE(page.pushed().empty());
  reconnect(4, R"({"n":1})");
  EXPECT_EQ(page.pushed().size(), 1u);
}

TEST_F(Bookless, a_creation_that_was_not_answered_is_said_though_the_record_was_there_before) {
  page.changed("a", 5, "");
  page.write(Kind::put, "a", R"({"n":7})");
  page.pushed();
  page.cut();
  script().asked.clear();
  page.hear(dialect::Ready{.epoch = 7, .user = ""});
  for (const auto& command : script().asked) {
    const auto* subscribe = std::get_if<dialect::Subscribe>(&command);
    if (subscribe == nullptr) continue;
    ASSERT_EQ(subscribe->held.size(), 1u);
    EXPECT_EQ(subscribe->held[0].version, 0u);
    EXPECT_EQ(subscribe->held[0].data, R"({"n":7})");
  }
}

TEST_F(Bookless, a_record_made_anew_with_as_many_versions_is_another) {
  page.cut();
  page.write(Kind::update, "a", R"({"mine":2})");
  page.pushed();
  reconnect(4, R"({"n":1,"theirs":5})");
  const auto sent = page.pushed();
  ASSERT_EQ(sent.size(), 1u);
  EXPECT_EQ(page.view("a"), R"({"n":1,"theirs":5,"mine":2})");
  EXPECT_EQ(sent[0].op, model::Op::put) << "it was joined with what is there";
}

TEST_F(Bookless, a_record_made_anew_is_another_too_once_an_earlier_write_has_come_in) {
  const auto included = page.write(Kind::include, "a", R"(["x"])", "/list");
  page.pushed();
  page.cut();
  page.write(Kind::put, "a", R"({"mine":null})");
  reconnect(4, R"({"theirs":5})");
  EXPECT_EQ(page.view("a"), R"({"mine":null})") << "until both are joined";
  page.acked(page.number(included), 5);
  page.changed("a", 5, R"({"theirs":5,"list":["x"]})");
  EXPECT_EQ(page.view("a"), R"({"theirs":5,"mine":null})");
}

TEST_F(Bookless, a_write_that_made_no_version_hides_none_of_others) {
  page.changed("a", 5, R"({"n":1,"list":["x"]})");
  const auto included = page.write(Kind::include, "a", R"(["x"])", "/list");
  page.write(Kind::update, "a", R"({"n":2})");
  page.pushed();
  page.changed("a", 6, R"({"n":9,"list":["x"]})");
  page.acked(page.number(included), 0);
  EXPECT_EQ(page.seen<Merged>().size(), 1u) << "both have changed it";
  EXPECT_EQ(page.view("a"), R"({"n":2,"list":["x"]})");
}

// A server may have more to say of a record than it was told, and a page does not know that as long as its
// creation is under way.
TEST_F(Bookless, what_the_server_adds_to_a_new_record_is_not_taken_away_by_a_write_that_did_not_see_it) {
  const auto made = page.write(Kind::insert, "b", R"({"n":1})");
  const auto put = page.write(Kind::put, "b", R"({"n":1,"m":2})");
  page.pushed();
  page.acked(page.number(made), 1);
  page.changed("b", 1, R"({"n":1,"e":"added","s":null})");
  page.conflicted(page.number(put), 2, R"({"n":1,"e":"added","s":"theirs"})");
  EXPECT_EQ(page.view("b"), R"({"n":1,"e":"added","s":"theirs","m":2})");
  const auto sent = page.pushed();
  ASSERT_EQ(sent.size(), 1u);
  EXPECT_EQ(sent[0].data, R"({"n":1,"e":"added","s":"theirs","m":2})");
}

TEST_F(Bookless, a_server_that_says_what_was_written_in_its_own_words_is_nobody_to_clash_with) {
  const auto made = page.write(Kind::insert, "b", R"({"n":1})");
  const auto changed = page.write(Kind::update, "b", R"({"n":5})");
  page.pushed();
  page.acked(page.number(made), 1);
  page.changed("b", 1, R"({"n":"1.00"})");
  page.changed("b", 2, R"({"n":"1.00","s":"theirs"})");
  page.conflicted(page.number(changed), 2, R"({"n":"1.00","s":"theirs"})");
  EXPECT_TRUE(page.seen<Merged>().empty());
  EXPECT_EQ(page.view("b"), R"({"n":5,"s":"theirs"})");
  const auto sent = page.pushed();
  ASSERT_EQ(sent.size(), 1u);
  EXPECT_EQ(sent[0].base, 2u);
}

// As results of queries are.
TEST_F(Bookless, of_too_many_collections_that_nobody_follows_the_oldest_goes) {
  const auto tell = [this](int number) {
    const std::string name = "$told:" + std::to_string(number);
    model::Record record{.key = {name, "result"}, .version = 1};
    record.data = "{}";
    record.updated = page.now;
    page.hear(
        dialect::Part{.collection = name, .records = {record}, .cursor = "", .begin = true, .done = true},
        dialect::Live{name, ""});
    page.now.ms += 1;
  };
  const auto is_here = [this](int number) {
    return page.engine->row({"$told:" + std::to_string(number), "result"}).has_value();
  };
  for (int i = 0; i < 201; ++i) tell(i);
  EXPECT_TRUE(is_here(0)) << "all were told on this link";
  page.hear(dialect::Ready{.epoch = 7, .user = ""});
  tell(7);
  EXPECT_FALSE(is_here(0));
  EXPECT_TRUE(is_here(7) && is_here(1));
}

}  // namespace
}  // namespace rockpool::sync::test
