#include "core/gateway/gateway.h"

#include <algorithm>

#include "core/base/text.h"
#include "core/dialect/frames.h"
#include "core/gateway/world_test.h"

namespace rockpool::gateway {
namespace {

using base::Code;
using model::Acked;
using model::Conflicted;
using model::Declined;
using model::Held;

std::map<std::string, std::string> held(Page& page, const std::string& collection = "a") {
  std::map<std::string, std::string> found;
  for (const auto& [id, record] : page.records[collection]) {
    if (record.exists()) found[id] = record.data;
  }
  return found;
}

template <typename T>
std::vector<T> outcomes(const Page& page) {
  std::vector<T> found;
  for (const auto& settled : page.all<dialect::Settled>()) {
    if (const auto* one = std::get_if<T>(&settled.outcome)) found.push_back(*one);
  }
  return found;
}

std::string id_of(int number) { return "id" + base::hex(static_cast<std::uint64_t>(number), 6); }

TEST(Gateway, brings_a_write_of_one_page_to_the_other) {
  World world;
  Page& author = world.page("mara");
  Page& reader = world.page("ben");
  author.subscribe("a");
  reader.subscribe("a");
  ASSERT_TRUE(reader.is_live("a"));
  author.push({{put(1, "x", R"({"n":1})")}});
  EXPECT_EQ(outcomes<Acked>(author), (std::vector<Acked>{{1, 1, 1}}));
  EXPECT_EQ(held(reader), (std::map<std::string, std::string>{{"x", R"({"n":1})"}}));
  EXPECT_EQ(held(author), held(reader));
  EXPECT_TRUE(outcomes<Acked>(reader).empty());
}

TEST(Gateway, answers_a_write_before_it_tells_the_change) {
  World world;
  Page& author = world.page();
  author.subscribe("a");
  author.steps.clear();
  author.push({{put(1, "x", "1")}});
  ASSERT_EQ(author.steps.size(), 2u);
  EXPECT_TRUE(std::holds_alternative<dialect::Settled>(author.steps[0]));
  EXPECT_TRUE(std::holds_alternative<dialect::ChangedAt>(author.steps[1]));
}

TEST(Gateway, names_the_writer_that_welcome_named) {
  World world;
  Page& author = world.page();
  author.subscribe("a");
  author.push({{put(7, "x", "1")}});
  const std::string writer = author.all<dialect::Ready>().at(0).writer;
  EXPECT_FALSE(writer.empty());
  EXPECT_EQ(author.all<dialect::ChangedAt>().back().changes[0].writer, writer);
  EXPECT_EQ(author.all<dialect::ChangedAt>().back().changes[0].number, 7u);
}

TEST(Gateway, tells_a_conflict_with_what_is_there) {
  World world;
  Page& first = world.page();
  Page& second = world.page();
  first.push({{put(1, "x", "1")}});
  second.push({{put(1, "x", "2")}});
  const auto conflicts = outcomes<Conflicted>(second);
  ASSERT_EQ(conflicts.size(), 1u);
  EXPECT_EQ(conflicts[0].version, 1u);
  EXPECT_EQ(conflicts[0].data, "1");
  EXPECT_EQ(world.stored("a"), (std::map<std::string, std::string>{{"x", "1"}}));
}

TEST(Gateway, holds_a_write_behind_one_that_was_not_applied) {
  World world;
  Page& first = world.page();
  first.push({{put(1, "x", "1")}});
  Page& second = world.page();
  model::Mutation later = put(2, "x", "3", std::nullopt);
  later.after = 1;
  second.push({{put(1, "x", "2")}, {later}});
  EXPECT_EQ(outcomes<Conflicted>(second).size(), 1u);
  EXPECT_EQ(outcomes<Held>(second), (std::vector<Held>{{2, 1}}));
}

TEST(Gateway, answers_a_write_that_is_sent_again_with_the_same_ack) {
  World world;
  Page& author = world.page();
  author.push({{put(1, "x", "1")}});
  author.push({{put(1, "x", "1")}});
  EXPECT_EQ(outcomes<Acked>(author), (std::vector<Acked>{{1, 1, 1}, {1, 1, 1}}));
  EXPECT_EQ(world.log.start().last_seq, 1u);
}

TEST(Gateway, refuses_a_wrong_mutation_beside_good_ones) {
  World world;
  Page& author = world.page();
  author.push({{put(1, "x", "1")}, {put(2, "", "1")}, {put(3, "y", "1")}});
  EXPECT_EQ(outcomes<Acked>(author).size(), 2u);
  ASSERT_EQ(outcomes<Declined>(author).size(), 1u);
  EXPECT_EQ(outcomes<Declined>(author)[0].number, 2u);
}

TEST(Gateway, puts_a_batch_over_several_collections_into_one_frame) {
  World world;
  Page& author = world.page();
  Page& both = world.page();
  Page& one = world.page();
  both.subscribe("a");
  both.subscribe("b");
  one.subscribe("b");
  both.frames.clear();
  one.frames.clear();
  author.push({{put(1, "x", "1"), put(2, "y", "2", 0, "b"), put(3, "z", "3", 0, "c")}});
  ASSERT_EQ(both.frames.size(), 1u);
  EXPECT_EQ(both.frames[0].front(), '[');
  const auto changed = both.all<dialect::ChangedAt>().back();
  EXPECT_EQ(changed.collections, (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(changed.changes.size(), 2u);
  ASSERT_EQ(one.frames.size(), 1u);
  EXPECT_EQ(one.frames[0].front(), '{');
}

TEST(Gateway, encodes_a_notice_once_for_all_who_listen) {
  World world;
  for (int i = 0; i < 5; ++i) world.page().subscribe("a");
  const auto before = world.gateway->figures();
  world.page().push({{put(1, "x", "1")}});
  const auto after = world.gateway->figures();
  EXPECT_EQ(after.encoded - before.encoded, 1u);
  EXPECT_EQ(after.delivered - before.delivered, 5u);
}

TEST(Gateway, goes_on_from_a_cursor_without_a_gap_or_a_repeat) {
  World world;
  Page& author = world.page();
  Page& reader = world.page();
  reader.subscribe("a");
  author.push({{put(1, id_of(1), "1")}});
  author.push({{put(2, "other", "1", 0, "b")}});
  reader.close();
  for (std::uint64_t number = 3; number < 40; ++number) {
    author.push({{put(number, id_of(static_cast<int>(number)), "1")}});
  }
  Page& again = world.page();
  again.records = reader.records;
  again.subscribe("a", reader.cursors["a"]);
  author.push({{put(40, id_of(40), "1")}});
  std::vector<std::uint64_t> expected;
  for (std::uint64_t seq = 3; seq <= 40; ++seq) expected.push_back(seq);
  EXPECT_EQ(again.told["a"], expected);
  EXPECT_TRUE(again.all<dialect::Part>().empty());
  EXPECT_EQ(held(again), world.stored("a"));
}

TEST(Gateway, goes_on_from_a_cursor_after_a_restart) {
  World world;
  Page& author = world.page();
  Page& reader = world.page();
  reader.subscribe("a");
  author.push({{put(1, "x", "1")}});
  world.restart();
  Page& again = world.page();
  again.records = reader.records;
  again.subscribe("a", reader.cursors["a"]);
  EXPECT_TRUE(again.is_live("a"));
  EXPECT_TRUE(again.told["a"].empty());
  EXPECT_TRUE(again.all<dialect::Part>().empty());
}

TEST(Gateway, pages_a_snapshot_beside_writes_and_misses_none_of_them) {
  World world;
  Page& author = world.page();
  std::uint64_t number = 0;
  for (int i = 0; i < 2'500; ++i) author.push({{put(++number, id_of(2 * i), R"({"first":true})")}});
  Page& reader = world.page();
  reader.reads = false;
  reader.subscribe("a");
  for (int round = 0; !reader.is_live("a") && round < 100; ++round) {
    // Before, in and behind what the snapshot has shown: changed, new and deleted ones.
    author.push({{put(++number, id_of(round * 40), R"({"second":true})", 1)}});
    author.push({{put(++number, id_of(round * 41 * 2 + 1), R"({"new":true})")}});
    model::Mutation gone = put(++number, id_of(4'998 - 2 * round), "", 1);
    gone.op = model::Op::remove;
    author.push({{gone}});
    world.feed(reader.carrier, dialect::Drained{});
  }
  EXPECT_TRUE(reader.is_live("a"));
  EXPECT_GE(reader.all<dialect::Part>().size(), 3u);
  EXPECT_GT(world.stored("a").size(), 2'000u);
  EXPECT_EQ(held(reader), world.stored("a"));
  author.push({{put(++number, "zz", "1")}});
  EXPECT_EQ(held(reader), world.stored("a"));
}

TEST(Gateway, goes_on_with_an_interrupted_snapshot) {
  World world;
  Page& author = world.page();
  std::uint64_t number = 0;
  for (int i = 0; i < 1'500; ++i) author.push({{put(++number, id_of(i), "1")}});
  Page& cut = world.page();
  cut.reads = false;
  cut.subscribe("a");
  const auto first = cut.all<dialect::Part>();
  ASSERT_FALSE(first.empty());
  ASSERT_FALSE(first[0].done);
  cut.close();
  author.push({{put(++number, id_of(3), "2", 1)}});
  Page& again = world.page();
  again.records["a"].clear();
  for (const model::Record& record : first[0].records) again.records["a"][record.key.id] = record;
  again.subscribe("a", first[0].cursor, first[0].records.back().key.id);
  EXPECT_FALSE(again.all<dialect::Part>().at(0).begin);
  EXPECT_EQ(again.all<dialect::Part>().at(0).records.size(), 1'500 - first[0].records.size());
  EXPECT_EQ(held(again), world.stored("a"));
}

TEST(Gateway, resets_a_cursor_of_another_history) {
  World world;
  Page& author = world.page();
  author.subscribe("a");
  author.push({{put(1, "x", "1")}});
  world.log.renew_epoch();
  world.restart();
  Page& again = world.page();
  again.subscribe("a", author.cursors["a"]);
  ASSERT_EQ(again.all<dialect::Forgot>().size(), 1u);
  EXPECT_EQ(held(again), world.stored("a"));
  EXPECT_TRUE(again.is_live("a"));
}

TEST(Gateway, resets_a_cursor_that_the_log_does_not_reach_back_to) {
  World world;
  Page& author = world.page();
  author.subscribe("a");
  author.push({{put(1, "x", "1")}});
  for (std::uint64_t number = 2; number < 10; ++number) author.push({{put(number, "x", "2", number - 1)}});
  world.log.compact({.up_to = 8});
  world.restart();
  Page& again = world.page();
  again.subscribe("a", author.all<dialect::Live>().at(0).cursor);
  EXPECT_EQ(again.all<dialect::Forgot>().size(), 1u);
  EXPECT_EQ(held(again), world.stored("a"));
}

TEST(Gateway, keeps_a_page_that_said_something_wrong) {
  World world;
  Page& page = world.page();
  page.say("garbage");
  page.say(R"({"type":"subscribe"})");
  EXPECT_EQ(page.all<dialect::Trouble>().size(), 2u);
  page.subscribe("a");
  EXPECT_TRUE(page.is_live("a"));
  for (int i = 0; i < 998; ++i) page.say("garbage");
  EXPECT_EQ(world.closed.at(page.carrier), wire::CloseCode::policy);
  EXPECT_EQ(world.gateway->figures().carriers, 0u);
  EXPECT_EQ(world.gateway->figures().joined, 0u);
}

TEST(Gateway, shows_who_is_in_a_room_and_that_they_left) {
  World world;
  Page& watcher = world.page("mara");
  watcher.ask(dialect::WatchPresence{"r", true});
  watcher.ask(dialect::SayPresence{"r", "tab", "1"});
  Page& guest = world.page("ben");
  guest.ask(dialect::SayPresence{"r", "tab", R"({"x":2})"});
  const std::string name = dialect::member_prefix(guest.carrier) + "tab";
  EXPECT_EQ(watcher.room, (std::map<std::string, std::string>{{"tab", "1"}, {name, R"({"x":2})"}}));
  Page& late = world.page();
  late.ask(dialect::WatchPresence{"r", true});
  EXPECT_EQ(late.room.size(), 2u);
  guest.close(1006);
  EXPECT_EQ(watcher.room, (std::map<std::string, std::string>{{"tab", "1"}}));
  EXPECT_EQ(late.room.size(), 1u);
  watcher.ask(dialect::SayPresence{"r", "tab", ""});
  EXPECT_TRUE(late.room.empty());
}

TEST(Gateway, tells_a_page_nothing_more_of_what_it_left) {
  World world;
  Page& author = world.page();
  Page& reader = world.page();
  reader.subscribe("a");
  reader.unsubscribe("a");
  reader.frames.clear();
  author.push({{put(1, "x", "1")}});
  EXPECT_TRUE(reader.frames.empty());
  EXPECT_EQ(world.gateway->figures().joined, 0u);
}

TEST(Gateway, moves_the_cursor_of_a_quiet_page_with_each_pong) {
  World world;
  Page& reader = world.page();
  reader.subscribe("a");
  Page& author = world.page();
  author.push({{put(1, "x", "1", 0, "b")}});
  world.now.ms += 10'000;
  reader.wake();
  ASSERT_EQ(reader.all<dialect::Progress>().size(), 1u);
  EXPECT_EQ(model::read_cursor(reader.all<dialect::Progress>()[0].cursor)->seq, 1u);
}

TEST(Gateway, keeps_nothing_of_those_who_have_left) {
  World world;
  std::vector<Page*> pages;
  for (int i = 0; i < 10; ++i) {
    Page& page = world.page();
    page.subscribe("a");
    page.subscribe("b");
    page.ask(dialect::WatchPresence{"r", true});
    page.ask(dialect::SayPresence{"r", "tab", "1"});
    page.push({{put(1, id_of(i), "1")}});
    pages.push_back(&page);
  }
  EXPECT_EQ(world.gateway->figures().carriers, 10u);
  EXPECT_EQ(world.gateway->figures().joined, 30u);
  EXPECT_EQ(world.hub->figures().presences, 10u);
  for (Page* page : pages) page->close();
  EXPECT_EQ(world.gateway->figures().carriers, 0u);
  EXPECT_EQ(world.gateway->figures().joined, 0u);
  EXPECT_EQ(world.hub->figures().presences, 0u);
  EXPECT_EQ(world.gateway->next_wake(), std::nullopt);
}

TEST(Gateway, takes_silent_pages_as_gone) {
  World world;
  Page& page = world.page();
  page.subscribe("a");
  world.wait(25'000);
  EXPECT_EQ(world.closed.at(page.carrier), wire::CloseCode::going_away);
  EXPECT_EQ(world.gateway->figures().carriers, 0u);
}

TEST(Gateway, answers_a_request_nobody_serves) {
  World world;
  world.feed(99, dialect::Arrived{{.method = "GET", .path = "/nothing"}, ""});
  world.feed(100, dialect::Arrived{{.method = "GET", .path = "/v1/connect"}, ""});
  ASSERT_EQ(world.responses.size(), 2u);
  EXPECT_EQ(world.responses[0].head.status, 404);
  EXPECT_EQ(world.responses[1].head.status, 426);
  EXPECT_EQ(world.gateway->figures().carriers, 0u);
}

TEST(Gateway, sends_pages_away_when_it_drains) {
  World world;
  Page& page = world.page();
  world.gateway->drain(world.now);
  world.perform();
  ASSERT_EQ(page.all<dialect::Ended>().size(), 1u);
  EXPECT_GE(page.all<dialect::Ended>()[0].retry_after_ms, 500);
}

// ---- events and calls -------------------------------------------------------------------------------------

std::vector<std::string> heard(const Page& page) {
  std::vector<std::string> all;
  for (const dialect::Signal& signal : page.all<dialect::Signal>()) all.push_back(signal.text);
  return all;
}

void say(Page& page, std::string text) { page.ask(dialect::Signal{std::move(text)}); }

TEST(Gateway, tells_an_event_to_those_who_listen_and_to_nobody_afterwards) {
  World world;
  Page& mara = world.page("mara");
  Page& ben = world.page("ben");
  say(ben, R"({"type":"emit","event":"bell","data":0})");
  say(mara, R"({"type":"subscribe","sub":-1,"event":"bell"})");
  say(ben, R"({"type":"emit","event":"bell","data":1})");
  say(ben, R"({"type":"emit","event":"other","data":2})");
  say(mara, R"({"type":"unsubscribe","sub":-1})");
  say(ben, R"({"type":"emit","event":"bell","data":3})");
  EXPECT_EQ(heard(mara),
            (std::vector<std::string>{R"({"type":"event","event":"bell","user":"ben","data":1})"}));
  EXPECT_TRUE(heard(ben).empty());
}

TEST(Gateway, carries_a_call_to_its_provider_and_the_answer_back) {
  World world;
  Page& mara = world.page("mara");
  Page& ben = world.page("ben");
  say(mara, R"({"type":"provide","rpc":"sum"})");
  say(ben, R"({"type":"call","id":5,"rpc":"sum","data":[1,2]})");
  EXPECT_EQ(heard(mara),
            (std::vector<std::string>{R"({"type":"rpc","rpc":"sum","user":"ben","id":1,"data":[1,2]})"}));
  say(mara, R"({"type":"result","id":1,"data":3})");
  EXPECT_EQ(heard(ben), (std::vector<std::string>{R"({"type":"result","id":5,"data":3})"}));
}

TEST(Gateway, fails_a_call_at_once_when_the_page_that_provides_is_closed) {
  World world;
  Page& mara = world.page("mara");
  Page& ben = world.page("ben");
  say(mara, R"({"type":"provide","rpc":"sum"})");
  say(ben, R"({"type":"call","id":5,"rpc":"sum"})");
  mara.close();
  ASSERT_EQ(heard(ben).size(), 1u);
  EXPECT_NE(heard(ben)[0].find(R"("id":5,"error":{"code":"closed")"), std::string::npos) << heard(ben)[0];
  say(ben, R"({"type":"call","id":6,"rpc":"sum"})");
  EXPECT_NE(heard(ben).at(1).find(R"("code":"not_found")"), std::string::npos);
}

// ---- kept carriers ----------------------------------------------------------------------------------------

// One request and its answer; nullptr while there is none.
const std::string* request(World& world, const std::string& method, const std::string& path,
                           const std::string& session, const std::string& body = "") {
  static dialect::CarrierId carrier = 1'000'000;
  world.responses.clear();
  wire::RequestHead head{.method = method, .path = path, .query = "", .headers = {}};
  if (!session.empty()) head.headers.emplace_back("Rockpool-Session", session);
  world.feed(++carrier, dialect::Arrived{head, "127.0.0.1"});
  if (method == "POST") world.feed(carrier, dialect::Body{0, body});
  world.wait(0);
  return world.responses.empty() ? nullptr : world.responses.back().body.get();
}

std::string begin(World& world, const std::string& more) {
  const std::string* said =
      request(world, "POST", "/v1/messages", "",
              R"([{"type":"hello","protocol":1,"client":"over-requests","token":"ben"},)" + more + "]");
  EXPECT_NE(said, nullptr);
  return said == nullptr ? "" : said->substr(said->find(':') + 2, 32);
}

TEST(Gateway, tells_a_session_over_requests_what_happens_as_one_frame_for_each_entry) {
  World world;
  Page& author = world.page("mara");
  const std::string session =
      begin(world, R"({"type":"subscribe","sub":1,"collection":"a","snapshot":true},)"
                   R"({"type":"subscribe","sub":2,"collection":"b","snapshot":true})");
  author.push({{put(1, "x", "1"), put(2, "y", "2", 0, "b")}});
  const std::string* said = request(world, "GET", "/v1/poll", session);
  ASSERT_NE(said, nullptr);
  const auto both = said->find(R"({"type":"changes","topic":"c:a","changes":[{"seq":1)");
  ASSERT_NE(both, std::string::npos) << *said;
  EXPECT_NE(said->find(R"("topic":"c:b","changes":[{"seq":1)", both), std::string::npos);
  EXPECT_EQ(world.gateway->figures().sessions.poll, 1u);
  EXPECT_EQ(world.gateway->figures().sessions.websocket, 1u);
}

TEST(Gateway, withdraws_what_a_session_over_requests_had_joined_and_said) {
  World world;
  const auto before = world.gateway->figures().joined;
  const std::string session = begin(world, R"({"type":"presence","room":"r","state":1,"watch":true})");
  EXPECT_EQ(world.gateway->figures().joined, before + 1);
  EXPECT_EQ(world.hub->figures().presences, 1u);
  request(world, "DELETE", "/v1/messages", session);
  EXPECT_EQ(world.gateway->figures().joined, before);
  EXPECT_EQ(world.hub->figures().presences, 0u);
  EXPECT_EQ(world.gateway->figures().carriers, 0u);
}

TEST(Gateway, fills_no_session_over_requests_that_reads_nothing_while_others_are_told) {
  World world;
  Page& reader = world.page("mara");
  reader.subscribe("a");
  Page& author = world.page("eve");
  const std::string session =
      begin(world, R"({"type":"subscribe","sub":1,"collection":"a","snapshot":true})");
  for (std::uint64_t i = 1; i <= 6; ++i) {
    author.push({{put(i, id_of(static_cast<int>(i)), '"' + std::string(300'000, 'x') + '"')}});
  }
  request(world, "GET", "/v1/poll", session);
  EXPECT_EQ(world.responses.back().head.status, 200);
  EXPECT_LT(world.responses.back().body->size(), 1'000'000u);
  EXPECT_EQ(held(reader).size(), 6u);
}

TEST(Gateway, asks_for_a_review_when_records_of_the_server_take_something_from_somebody) {
  World world;
  const auto reviews_after = [&](const std::string& collection, model::Op op) {
    world.reviews = 0;
    model::Write write;
    write.groups = {{{.key = {collection, "ada"}, .op = op, .data = op == model::Op::put ? "{}" : ""}}};
    world.hub->handle(world.now, hub::Ask{1'000'000, {.system = true}, "default", write});
    world.wait(0);
    return world.reviews;
  };
  EXPECT_EQ(reviews_after("$sessions", model::Op::put), 0) << "somebody came";
  EXPECT_EQ(reviews_after("$sessions", model::Op::remove), 1);
  EXPECT_EQ(reviews_after("$revocations", model::Op::put), 1);
  EXPECT_EQ(reviews_after("notes", model::Op::put), 0);
  EXPECT_EQ(reviews_after("notes", model::Op::remove), 0);
}

}  // namespace
}  // namespace rockpool::gateway
