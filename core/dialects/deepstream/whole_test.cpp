#include "core/dialects/deepstream/socket_place_test.h"

namespace rockpool::dialects::deepstream {
namespace {

using Names = std::vector<std::string>;

Message follow(const std::string& name) {
  return {.topic = Topic::record,
          .action = record_action::subscribe_and_read,
          .correlation_id = "7",
          .names = {name}};
}

model::Page page(const Names& ids, bool done) {
  model::Page page{.collection = "todos", .records = {}, .cursor = "", .done = done};
  for (const std::string& id : ids)
    page.records.push_back({.key = {"todos", id}, .version = 1, .data = id == "gone" ? "" : "{}"});
  return page;
}

model::Change made(const std::string& id, model::Version version, model::Version born,
                   const std::string& data) {
  model::Change change;
  change.record = {.key = {"todos", id}, .version = version, .born = born, .data = data};
  return change;
}

TEST(DeepstreamWhole, a_page_of_ours_is_told_what_a_collection_holds) {
  SocketPlace place;
  const CarrierId socket = place.open("", 0, "rockpool");
  place.say(socket, follow("todos/"));
  ASSERT_EQ(place.commands<model::CatchUp>().size(), 1u);
  EXPECT_EQ(place.commands<model::CatchUp>()[0].collection, "todos");
  place.answer(model::Since{.collection = "todos", .changes = {}, .cursor = "", .scopes = {"", "own"}});
  ASSERT_EQ(place.all<dialect::Join>().size(), 2u) << "before it looks, so that nothing is missed";
  EXPECT_EQ(place.all<dialect::Join>()[1].topic,
            (model::Topic{
                .space = "team", .kind = model::Topic::Kind::collection, .name = "todos", .scope = "own"}));
  place.answer(page({"a", "gone", "b"}, false));
  ASSERT_EQ(place.told(socket).size(), 1u);
  EXPECT_EQ(place.told(socket)[0].names, (Names{"todos/a", "todos/b"}));
  EXPECT_EQ(place.told(socket)[0].version, std::nullopt);
  EXPECT_EQ(place.commands<model::Scan>().at(0).after, "b");
  place.answer(page({"c"}, true));
  EXPECT_EQ(place.told(socket)[0].version, 0) << "that is all";
  EXPECT_TRUE(place.commands<model::Scan>().empty());
  place.say(socket, {.topic = Topic::record, .action = record_action::unsubscribe, .names = {"todos/"}});
  EXPECT_EQ(place.all<dialect::Leave>().size(), 2u);
}

TEST(DeepstreamWhole, who_it_is_said_to_be_later_changes_nothing) {
  SocketPlace place;
  const CarrierId socket = place.open("", 0, "rockpool");
  place.say(socket, follow("todos/"));
  place.answer(model::Since{.collection = "todos", .changes = {}, .cursor = ""});
  place.say(socket,
            {.topic = Topic::connection, .action = connection_action::challenge, .sdk_type = "other"});
  place.say(socket, {.topic = Topic::record, .action = record_action::unsubscribe, .names = {"todos/"}});
  ASSERT_EQ(place.all<dialect::Leave>().size(), 1u);
  EXPECT_EQ(place.all<dialect::Leave>()[0].topic.kind, model::Topic::Kind::collection);
}

TEST(DeepstreamWhole, for_others_the_name_is_a_record_as_any) {
  SocketPlace place;
  const CarrierId socket = place.open();
  place.say(socket, follow("todos/"));
  EXPECT_TRUE(place.commands<model::CatchUp>().empty());
  ASSERT_EQ(place.commands<model::Read>().size(), 1u);
  EXPECT_EQ(place.commands<model::Read>()[0].key, (model::Key{"deepstream", "todos/"}));
}

TEST(DeepstreamWhole, names_that_some_may_not_read_are_not_told) {
  for (const std::string rules : {R"({"todos/secret*":false})", R"({"*/x":false})", R"({"$a/1":false})",
                                  R"({"*":{"read":{"users":["ada"]}}})"}) {
    SocketPlace place(R"({"permissions":{"record":)" + rules + "}}");
    const CarrierId socket = place.open("", 0, "rockpool");
    place.say(socket, follow("todos/"));
    EXPECT_EQ(place.told(socket).front().action, record_action::message_denied) << rules;
    EXPECT_TRUE(place.commands<model::CatchUp>().empty());
  }
  SocketPlace place(R"({"permissions":{"record":{"*":true,"denied/*":false,"todos/*":{"write":false}}}})");
  place.say(place.open("", 0, "rockpool"), follow("todos/"));
  EXPECT_EQ(place.commands<model::CatchUp>().size(), 1u);
}

TEST(DeepstreamWhole, the_records_of_a_whole_count_as_one_subscription) {
  SocketPlace place("{}", {.subscriptions = 2});
  const CarrierId socket = place.open("", 0, "rockpool");
  place.say(socket, follow("todos/"));
  const auto since = place.questions.back().ticket;
  for (const std::string name : {"todos/a", "todos/b", "todos/c"}) {
    place.say(socket, follow(name));
    place.answer(found("{}"));
    EXPECT_EQ(place.told(socket).back().action, record_action::read_response) << name;
  }
  place.answer(since, model::Since{.collection = "todos", .changes = {}, .cursor = ""});
  place.say(socket, follow("other/a"));
  place.answer(found("{}"));
  place.say(socket, follow("other/b"));
  EXPECT_EQ(place.told(socket).front().action, record_action::load_error) << "others count one by one";
  place.say(socket,
            {.topic = Topic::record, .action = record_action::unsubscribe, .names = {"todos/", "todos/a"}});
  EXPECT_EQ(place.all<dialect::Leave>().size(), 2u);
}

TEST(DeepstreamWhole, what_may_not_be_entered_is_denied) {
  SocketPlace place;
  const CarrierId socket = place.open("", 0, "rockpool");
  place.say(socket, follow("todos/"));
  place.answer(model::Failed{.error = {base::Code::forbidden, "no", ""}});
  EXPECT_EQ(place.told(socket).back().action, record_action::message_denied);
  EXPECT_EQ(place.told(socket).back().name, "todos/");
}

TEST(DeepstreamWhole, new_records_are_named_and_others_are_not) {
  const model::Topic topic{.space = "team", .kind = model::Topic::Kind::collection, .name = "todos"};
  const model::Changed changed{.changes = {made("new", 4, 3, "{}"), made("blank", 5, 5, "{}"),
                                           made("old", 9, 3, "{}"), made("gone", 4, 3, "")},
                               .cursor = ""};
  const auto told = decode(encode_notice(topic, changed));
  ASSERT_TRUE(told.ok());
  EXPECT_EQ(told->front().name, "todos/");
  EXPECT_EQ(told->front().names, (Names{"todos/new", "todos/blank"}));
  EXPECT_EQ(encode_notice(topic, model::Changed{.changes = {made("old", 9, 3, "{}")}, .cursor = ""}), "");
}

}  // namespace
}  // namespace rockpool::dialects::deepstream
