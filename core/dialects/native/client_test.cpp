#include "core/dialects/native/client.h"

#include <gtest/gtest.h>

#include "core/base/limits.h"
#include "core/base/text.h"
#include "core/dialect/frames.h"
#include "core/dialects/native/codec.h"
#include "core/dialects/native/native.h"

namespace rockpool::dialects::native {
namespace {

using base::Code;
using base::Instant;
using dialect::ClientSteps;

// A session, the steps it made, and a clock.
class Link {
 public:
  explicit Link(const std::string& url = "http://127.0.0.1:8787/")
      : session_(dialect.client(
            {.url = url, .space = "team", .client = "ignored-client", .sdk = "js 1", .version = 3},
            base::Prng(1))) {}

  Link& open() {
    session_->open(now, dialect::Carrier::websocket,
                   {.client = "0123456789abcdef", .token = "t", .settled = 4, .except = {2}, .cursor = "C"},
                   steps);
    return *this;
  }
  Link& opened() { return arrive(dialect::Opened{}); }
  Link& hear(const std::string& frame) { return arrive(dialect::Frame{frame, false}); }
  Link& arrive(dialect::Arrival arrival) {
    session_->receive(now, 1, std::move(arrival), steps);
    return *this;
  }
  // Greeted, with nothing left in `steps`.
  Link& up() {
    open().opened().hear(
        R"({"type":"welcome","protocol":1,"session":"s","peer":"7.","epoch":"05","user":"mara",)"
        R"("writer":"w","highest":9})");
    steps.clear();
    return *this;
  }
  Link& ask(dialect::ClientCommand command) {
    session_->ask(now, command, steps);
    return *this;
  }
  Link& subscribed(const std::string& collection, const std::string& cursor = "c1") {
    ask(dialect::Subscribe{.collection = collection, .cursor = cursor});
    ++subs_;
    hear(R"({"type":"subscribed","sub":)" + base::decimal(subs_) + R"(,"topic":"c:)" + collection +
         R"(","collection":")" + collection + "\"}");
    steps.clear();
    return *this;
  }
  Link& live(const std::string& collection) {
    subscribed(collection);
    hear(R"({"type":"changes","topic":"c:)" + collection + R"(","changes":[],"cursor":"c2"})");
    steps.clear();
    return *this;
  }
  Link& wait(std::int64_t ms) {
    now.ms += ms;
    session_->wake(now, steps);
    return *this;
  }

  template <typename T>
  std::vector<T> all() const {
    std::vector<T> found;
    for (const auto& step : steps) {
      if (const auto* one = std::get_if<T>(&step)) found.push_back(*one);
    }
    return found;
  }
  std::vector<std::string> sent() const {
    std::vector<std::string> frames;
    for (const auto& frame : all<dialect::SendFrame>()) frames.push_back(*frame.bytes);
    return frames;
  }
  dialect::ClientSession& session() { return *session_; }

  Instant now{1'000'000};
  ClientSteps steps;

 private:
  std::unique_ptr<dialect::ClientSession> session_;
  std::uint64_t subs_ = 0;
};

const std::string change_of_a =
    R"({"type":"changes","topic":"c:a","changes":[{"seq":7,"collection":"a","id":"1","version":3,)"
    R"("op":"set","data":{"n":1},"createdAt":1,"updatedAt":2,"by":"w#5"}],"cursor":"c7"})";
const std::string change_of_b =
    R"({"type":"changes","topic":"c:b","changes":[{"seq":7,"collection":"b","id":"2","version":1,)"
    R"("op":"delete","updatedAt":2}],"cursor":"c7"})";

TEST(Client, opens_the_socket_of_the_address_and_says_hello_first) {
  Link link("https://app.example/sub/");
  link.open();
  ASSERT_EQ(link.all<dialect::OpenStream>().size(), 1u);
  EXPECT_EQ(link.all<dialect::OpenStream>()[0].url, "wss://app.example/sub/v1/connect");
  EXPECT_EQ(link.all<dialect::OpenStream>()[0].subprotocol, "rockpool.v1");
  EXPECT_TRUE(link.sent().empty());
  link.opened();
  EXPECT_EQ(link.sent(),
            std::vector<std::string>{
                R"({"type":"hello","protocol":1,"client":"0123456789abcdef","space":"team","token":"t",)"
                R"("sdk":"js 1","version":3,"settled":4,"except":[2],"cursor":"C"})"});
}

TEST(Client, refuses_a_wrong_address_for_good) {
  Link link("app.example");
  link.open();
  ASSERT_EQ(link.all<dialect::Trouble>().size(), 1u);
  EXPECT_TRUE(link.all<dialect::Trouble>()[0].fatal);
  EXPECT_EQ(link.all<dialect::Ended>().size(), 1u);
  EXPECT_EQ(link.session().next_wake(), std::nullopt);
}

TEST(Client, is_ready_with_what_welcome_says) {
  Link link;
  link.open().opened().hear(
      R"({"type":"welcome","protocol":1,"epoch":"00000000000000ff","user":null,"writer":"w","highest":9,)"
      R"("forgotten":true})");
  ASSERT_EQ(link.all<dialect::Ready>().size(), 1u);
  const dialect::Ready ready = link.all<dialect::Ready>()[0];
  EXPECT_EQ(ready.epoch, 255u);
  EXPECT_EQ(ready.user, "");
  EXPECT_EQ(ready.writer, "w");
  EXPECT_EQ(ready.highest, 9u);
  EXPECT_TRUE(ready.forgotten);
}

TEST(Client, gives_up_on_a_server_of_another_protocol) {
  Link link;
  link.open().opened().hear(R"({"type":"welcome","protocol":2,"epoch":"1"})");
  ASSERT_EQ(link.all<dialect::Trouble>().size(), 1u);
  EXPECT_EQ(link.all<dialect::Trouble>()[0].error.code, Code::unsupported_version);
  EXPECT_TRUE(link.all<dialect::Trouble>()[0].fatal);
  EXPECT_TRUE(link.all<dialect::Ready>().empty());
}

TEST(Client, says_of_a_refused_hello_whether_trying_again_can_help) {
  const auto trouble = [](const std::string& code, bool retryable) {
    Link link;
    link.open().opened().hear(R"({"type":"error","code":")" + code + R"(","message":"m","retryable":)" +
                              (retryable ? "true" : "false") + "}");
    EXPECT_TRUE(link.all<dialect::Ended>().empty()) << "the server closes, or the engine does";
    return link.all<dialect::Trouble>().at(0);
  };
  EXPECT_TRUE(trouble("unsupported_version", false).fatal);
  EXPECT_TRUE(trouble("forbidden", false).fatal);
  EXPECT_TRUE(trouble("invalid", false).fatal);
  EXPECT_FALSE(trouble("auth", false).fatal);
  EXPECT_FALSE(trouble("overloaded", true).fatal);
}

TEST(Client, subscribes_with_a_snapshot_a_cursor_or_an_interrupted_snapshot) {
  Link link;
  link.up();
  link.ask(dialect::Subscribe{.collection = "a"});
  link.ask(dialect::Subscribe{.collection = "b", .cursor = "c"});
  link.ask(dialect::Subscribe{.collection = "d", .cursor = "S", .after = "id7"});
  EXPECT_EQ(link.sent(),
            (std::vector<std::string>{
                R"({"type":"subscribe","sub":1,"collection":"a","snapshot":true})",
                R"({"type":"subscribe","sub":2,"collection":"b","cursor":"c"})",
                R"({"type":"subscribe","sub":3,"collection":"d","snapshot":{"cursor":"S","after":"id7"}})"}));
}

TEST(Client, tells_a_snapshot_in_parts_and_then_that_it_is_live) {
  Link link;
  link.up().subscribed("a");
  link.hear(R"({"type":"snapshot","topic":"c:a","begin":true,"records":[{"id":"1","version":2,"data":[1],)"
            R"("createdAt":3,"updatedAt":4}],"cursor":"S","done":false})");
  link.hear(R"({"type":"snapshot","topic":"c:a","records":[],"cursor":"S","done":true})");
  link.hear(R"({"type":"changes","topic":"c:a","changes":[],"cursor":"c5","more":true})");
  link.hear(R"({"type":"changes","topic":"c:a","changes":[],"cursor":"c6"})");
  const auto parts = link.all<dialect::Part>();
  ASSERT_EQ(parts.size(), 2u);
  EXPECT_TRUE(parts[0].begin);
  EXPECT_FALSE(parts[0].done);
  EXPECT_EQ(parts[0].cursor, "S");
  ASSERT_EQ(parts[0].records.size(), 1u);
  EXPECT_EQ(parts[0].records[0].key, (model::Key{"a", "1"}));
  EXPECT_EQ(parts[0].records[0].data, "[1]");
  EXPECT_TRUE(parts[1].done);
  ASSERT_EQ(link.all<dialect::Live>().size(), 1u);
  EXPECT_EQ(link.all<dialect::Live>()[0].cursor, "c6");
  EXPECT_TRUE(std::holds_alternative<dialect::Live>(link.steps.back()));
}

TEST(Client, makes_one_step_of_what_one_entry_did_to_several_collections) {
  Link link;
  link.up().live("a").live("b");
  link.hear("[" + change_of_a + "," + change_of_b + "]");
  ASSERT_EQ(link.steps.size(), 1u);
  const auto changed = link.all<dialect::ChangedAt>().at(0);
  EXPECT_EQ(changed.collections, (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(changed.cursor, "c7");
  ASSERT_EQ(changed.changes.size(), 2u);
  EXPECT_EQ(changed.changes[0].writer, "w");
  EXPECT_EQ(changed.changes[0].number, 5u);
  EXPECT_EQ(changed.changes[0].record.data, R"({"n":1})");
  EXPECT_FALSE(changed.changes[1].record.exists());
}

TEST(Client, leaves_out_what_is_told_of_a_collection_it_has_left) {
  Link link;
  link.up().live("a").live("b");
  link.ask(dialect::Unsubscribe{"a"});
  EXPECT_EQ(link.sent(), std::vector<std::string>{R"({"type":"unsubscribe","sub":1})"});
  link.steps.clear();
  link.hear("[" + change_of_a + "," + change_of_b + "]");
  EXPECT_EQ(link.all<dialect::ChangedAt>().at(0).collections, std::vector<std::string>{"b"});
}

TEST(Client, forgets_a_collection_whose_cursor_is_no_good_and_gets_live_again) {
  Link link;
  link.up().live("a");
  link.hear(R"({"type":"reset","topic":"c:a","reason":"compacted"})");
  link.hear(R"({"type":"changes","topic":"c:a","changes":[],"cursor":"c9"})");
  EXPECT_EQ(link.all<dialect::Forgot>().at(0).reason, "compacted");
  EXPECT_EQ(link.all<dialect::Live>().size(), 1u);
}

TEST(Client, tells_every_outcome) {
  Link link;
  link.up();
  link.hear(R"([{"type":"ack","number":1,"version":5,"seq":9},{"type":"held","number":2,"behind":1},)"
            R"({"type":"conflict","number":3,"currentVersion":4,"currentData":null,"deleted":true},)"
            R"({"type":"refuse","number":4,"code":"quota","message":"full"}])");
  const auto settled = link.all<dialect::Settled>();
  ASSERT_EQ(settled.size(), 4u);
  EXPECT_EQ(settled[0].outcome, model::Outcome(model::Acked{1, 5, 9}));
  EXPECT_EQ(settled[1].outcome, model::Outcome(model::Held{2, 1}));
  EXPECT_EQ(std::get_if<model::Conflicted>(&settled[2].outcome)->data, "");
  EXPECT_EQ(std::get_if<model::Declined>(&settled[3].outcome)->error.code, Code::quota);
}

model::Group put(std::uint64_t number, std::size_t bytes) {
  model::Mutation mutation{.number = number, .key = {"c", "i"}, .op = model::Op::put, .base = 0};
  mutation.data = '"' + std::string(bytes, 'x') + '"';
  return {mutation};
}

TEST(Client, cuts_a_push_into_messages_the_server_takes) {
  Link link;
  link.up();
  link.ask(dialect::Push{
      .settled = 1, .except = {}, .groups = {put(2, 400'000), put(3, 400'000), put(4, 400'000)}});
  const auto frames = link.sent();
  ASSERT_EQ(frames.size(), 2u);
  for (const std::string& frame : frames) {
    EXPECT_LE(frame.size(), base::limits::message_bytes_max);
    EXPECT_TRUE(decode_up(frame).ok());
  }
}

TEST(Client, refuses_a_write_that_no_message_can_hold_and_sends_the_others) {
  Link link;
  link.up();
  link.ask(dialect::Push{
      .settled = 0, .except = {}, .groups = {put(1, base::limits::message_bytes_max), put(2, 10)}});
  ASSERT_EQ(link.all<dialect::Settled>().size(), 1u);
  const model::Outcome outcome = link.all<dialect::Settled>()[0].outcome;
  EXPECT_EQ(std::get_if<model::Declined>(&outcome)->error.code, Code::too_large);
  EXPECT_EQ(link.sent().size(), 1u);
}

TEST(Client, knows_its_own_members_by_the_names_they_were_said_with) {
  Link link;
  link.up();
  link.hear(R"({"type":"presence","room":"r","members":[{"member":"7.tab","user":"mara","state":1},)"
            R"({"member":"8.tab","user":null,"state":null}],"whole":true})");
  const auto seen = link.all<dialect::PresenceSeen>().at(0);
  EXPECT_TRUE(seen.whole);
  EXPECT_EQ(seen.members[0].member, "tab");
  EXPECT_EQ(seen.members[1].member, "8.tab");
  EXPECT_EQ(seen.members[1].state, "");
}

TEST(Client, says_presence_watches_and_renews_its_token) {
  Link link;
  link.up();
  link.ask(dialect::SayPresence{"r", "tab", "{\"x\":1}"}).ask(dialect::SayPresence{"r", "tab", ""});
  link.ask(dialect::WatchPresence{"r", true}).ask(dialect::RenewToken{"t2"});
  EXPECT_EQ(link.sent(),
            (std::vector<std::string>{R"({"type":"presence","room":"r","member":"tab","state":{"x":1}})",
                                      R"({"type":"presence","room":"r","member":"tab","state":null})",
                                      R"({"type":"presence","room":"r","watch":true})",
                                      R"({"type":"auth","token":"t2"})"}));
}

TEST(Client, pings_after_ten_silent_seconds_of_its_own_and_tells_progress) {
  Link link;
  link.up();
  EXPECT_EQ(link.session().next_wake(), Instant{link.now.ms + 10'000});
  link.wait(9'999);
  EXPECT_TRUE(link.sent().empty());
  link.wait(1);
  EXPECT_EQ(link.sent(), std::vector<std::string>{R"({"type":"ping"})"});
  link.hear(R"({"type":"pong","cursor":"c9"})");
  EXPECT_EQ(link.all<dialect::Progress>().at(0).cursor, "c9");
}

TEST(Client, takes_the_link_as_dead_after_25_seconds_without_a_word) {
  Link link;
  link.up().wait(10'000).wait(10'000);
  EXPECT_TRUE(link.all<dialect::Ended>().empty());
  link.wait(5'000);
  EXPECT_EQ(link.all<dialect::CloseStream>().size(), 1u);
  EXPECT_EQ(link.all<dialect::Ended>().size(), 1u);
  EXPECT_EQ(link.session().next_wake(), std::nullopt);
}

TEST(Client, does_not_wait_for_a_welcome_longer_than_ten_seconds) {
  Link link;
  link.open().wait(20'000).opened().wait(9'999);
  EXPECT_TRUE(link.all<dialect::Ended>().empty());
  link.wait(1);
  EXPECT_EQ(link.all<dialect::Ended>().size(), 1u);
}

TEST(Client, does_not_wait_for_a_socket_for_ever) {
  Link link;
  link.open().wait(25'000);
  EXPECT_EQ(link.all<dialect::Ended>().size(), 1u);
}

TEST(Client, ends_with_the_advice_of_bye) {
  Link link;
  link.up().hear(R"({"type":"bye","reason":"restart","reconnectAfter":900})");
  EXPECT_EQ(link.all<dialect::Ended>().at(0).retry_after_ms, 900);
  EXPECT_EQ(link.all<dialect::CloseStream>().size(), 1u);
}

TEST(Client, ends_once_when_the_socket_closes_and_says_nothing_after_its_end) {
  Link link;
  link.up()
      .arrive(dialect::Closed{1006, "cut"})
      .arrive(dialect::Closed{1006, "cut"})
      .hear(R"({"type":"pong"})");
  link.ask(dialect::Subscribe{.collection = "a"}).wait(60'000);
  link.session().close(link.now, link.steps);
  ASSERT_EQ(link.steps.size(), 1u);
  EXPECT_EQ(link.all<dialect::Ended>().at(0).reason, "cut");
}

TEST(Client, closes_without_an_end_when_told_to) {
  Link link;
  link.up().session().close(link.now, link.steps);
  ASSERT_EQ(link.steps.size(), 1u);
  EXPECT_EQ(link.all<dialect::CloseStream>().at(0).code, wire::CloseCode::normal);
}

TEST(Client, leaves_a_server_that_talks_garbage) {
  for (const std::string frame : {"{", "7", R"({"no":"type"})", R"({"type":"ack"})"}) {
    Link link;
    link.up().hear(frame);
    EXPECT_EQ(link.all<dialect::Trouble>().at(0).error.code, Code::bad_message) << frame;
    EXPECT_FALSE(link.all<dialect::Trouble>().at(0).fatal) << frame;
    EXPECT_EQ(link.all<dialect::CloseStream>().size(), 1u) << frame;
    EXPECT_EQ(link.all<dialect::Ended>().size(), 1u) << frame;
  }
  Link binary;
  binary.up().arrive(dialect::Frame{R"({"type":"pong"})", true});
  EXPECT_EQ(binary.all<dialect::Ended>().size(), 1u);
  Link early;
  early.open().opened().hear(R"({"type":"pong"})");
  EXPECT_EQ(early.all<dialect::Ended>().size(), 1u);
}

TEST(Client, passes_unknown_messages_by) {
  Link link;
  link.up().hear(R"([{"type":"weather","x":1},{"type":"tide"}])");
  EXPECT_TRUE(link.steps.empty());
}

TEST(Client, passes_signals_through_in_both_directions) {
  Link link;
  link.up().hear(R"([{"type":"event","event":"bell","data":[1]},{"type":"result","id":3,"error":"no"}])");
  ASSERT_EQ(link.all<dialect::Signal>().size(), 2u);
  EXPECT_EQ(link.all<dialect::Signal>()[0].text, R"({"type":"event","event":"bell","data":[1]})");
  EXPECT_EQ(link.all<dialect::Signal>()[1].text, R"({"type":"result","id":3,"error":"no"})");
  link.steps.clear();
  link.ask(dialect::Signal{R"({"type":"emit","event":"bell"})"});
  EXPECT_EQ(link.sent().at(0), R"({"type":"emit","event":"bell"})");
}

TEST(Client, goes_on_when_something_it_said_is_forbidden) {
  Link link;
  link.up().hear(R"({"type":"error","code":"forbidden","message":"no such event","retryable":false})");
  EXPECT_FALSE(link.all<dialect::Trouble>().at(0).fatal);
  EXPECT_TRUE(link.all<dialect::Ended>().empty());
}

TEST(Client, ends_only_the_subscription_an_error_names) {
  Link link;
  link.up().live("a");
  link.hear(R"({"type":"error","code":"forbidden","message":"no","retryable":false,"sub":1})");
  const auto trouble = link.all<dialect::Trouble>().at(0);
  EXPECT_FALSE(trouble.fatal);
  EXPECT_EQ(trouble.error.message, "collection a: no");
  EXPECT_EQ(trouble.error.path, "a");
  link.steps.clear();
  link.hear(change_of_a);
  EXPECT_TRUE(link.steps.empty());
}

}  // namespace
}  // namespace rockpool::dialects::native
