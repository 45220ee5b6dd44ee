#include "core/sync/link.h"

#include <gtest/gtest.h>

namespace rockpool::sync {
namespace {

using dialect::Carrier;

// What the sessions of a link were told, and what one of them says at its next arrival.
struct Stage {
  std::vector<Carrier> opened;
  std::vector<std::string> tokens;
  std::vector<std::size_t> closed;  // which of them
  std::vector<std::pair<std::size_t, std::string>> pushed_by;
  dialect::ClientSteps say;
};
Stage stage;

class FakeSession final : public dialect::ClientSession {
 public:
  void open(Instant, Carrier carrier, const dialect::Greeting& greeting, dialect::ClientSteps& out) override {
    index_ = stage.opened.size();
    stage.opened.push_back(carrier);
    stage.tokens.push_back(greeting.token);
    out.push_back(dialect::OpenStream{.carrier = 1, .kind = carrier});
  }
  void ask(Instant, const dialect::ClientCommand& command, dialect::ClientSteps&) override {
    const auto* renew = std::get_if<dialect::RenewToken>(&command);
    if (renew != nullptr) stage.pushed_by.emplace_back(index_, renew->token);
  }
  void receive(Instant, dialect::CarrierId, dialect::Arrival, dialect::ClientSteps& out) override {
    for (dialect::ClientStep& step : stage.say) out.push_back(std::move(step));
    stage.say.clear();
  }
  void close(Instant, dialect::ClientSteps& out) override {
    stage.closed.push_back(index_);
    out.push_back(dialect::CloseStream{.carrier = 1});
  }
  void wake(Instant, dialect::ClientSteps&) override {}
  std::optional<Instant> next_wake() const override { return std::nullopt; }

 private:
  std::size_t index_ = 0;
};

std::unique_ptr<dialect::ClientSession> make_session(const dialect::ClientOptions&, base::Prng) {
  return std::make_unique<FakeSession>();
}
const dialect::Dialect fake{.name = "fake", .client = make_session};

constexpr auto websocket = Carrier::websocket;
constexpr auto sse = Carrier::sse;
constexpr auto poll = Carrier::poll;

// A link whose owner does what the engine does: it is told of Ready and Ended.
class Line {
 public:
  explicit Line(std::vector<Carrier> carriers = {websocket, sse, poll},
                std::optional<Carrier> worked = std::nullopt)
      : link(fake, {.url = "http://127.0.0.1"}, carriers, worked, base::Prng(1)) {
    stage = {};
  }

  Line& open() {
    dialect::ClientSteps out;
    link.open(now, {.token = "t"}, out);
    return take(std::move(out));
  }
  // The newest session says it.
  Line& say(dialect::ClientStep step) { return say_on(newest, std::move(step)); }
  Line& say_on(dialect::CarrierId carrier, dialect::ClientStep step) {
    stage.say.clear();
    stage.say.push_back(std::move(step));
    dialect::ClientSteps out;
    link.receive(now, carrier, dialect::Frame{}, out);
    return take(std::move(out));
  }
  Line& welcome() { return say(dialect::Ready{.user = "mara"}); }
  Line& cut() { return say_on(live, dialect::Ended{.reason = "cut"}); }
  // Time passes, and every wake that falls into it happens.
  Line& wait(std::int64_t ms) {
    const Instant until = now + base::milliseconds(ms);
    for (int i = 0; i < 1'000; ++i) {
      const auto at = link.next_wake();
      if (!at || *at > until) break;
      now = std::max(now, *at);
      wake();
    }
    now = until;
    return *this;
  }
  Line& wake() {
    if (link.is_due(now)) return open();
    if (link.wants_probe(now)) link.greet_with({.token = "later"});
    dialect::ClientSteps out;
    link.wake(now, out);
    return take(std::move(out));
  }
  // Until it is live again.
  Line& reconnect() {
    wait((*link.next_wake() - now).ms);
    return welcome();
  }

  Link link;
  Instant now{1'000'000};
  dialect::CarrierId newest = 0;
  dialect::CarrierId live = 0;
  int readies = 0;
  std::vector<std::string> ends;

 private:
  Line& take(dialect::ClientSteps out) {
    for (const dialect::ClientStep& step : out) {
      if (const auto* open = std::get_if<dialect::OpenStream>(&step)) newest = open->carrier;
      if (std::holds_alternative<dialect::Ready>(step)) {
        ++readies;
        live = newest;
        link.ready(now);
      }
      if (const auto* ended = std::get_if<dialect::Ended>(&step)) {
        ends.push_back(ended->reason);
        dialect::ClientSteps closing;
        link.drop(now, closing);
        link.wait(now, ended->retry_after_ms);
      }
    }
    return *this;
  }
};

using Carriers = std::vector<Carrier>;

// ---- waiting ----------------------------------------------------------------------------------------------

// How long the wait is after the live link is cut.
std::int64_t wait_after_cut(Line& line) {
  line.cut();
  return (*line.link.next_wake() - line.now).ms;
}

TEST(Link, waits_longer_each_time_it_is_cut_right_away_and_half_a_minute_at_most) {
  Line line({websocket});
  line.open().welcome();
  std::int64_t longest = 0;
  EXPECT_LE(wait_after_cut(line), 550);
  for (int i = 0; i < 30; ++i) {
    line.reconnect();
    longest = std::max(longest, wait_after_cut(line));
  }
  EXPECT_GT(longest, 15'000);
  EXPECT_LE(longest, 30'050);
}

TEST(Link, waits_no_longer_after_links_that_lived_longer_than_the_wait_before) {
  Line line({websocket});
  line.open().welcome();
  for (int i = 0; i < 30; ++i) {
    line.wait(2'000);
    EXPECT_LE(wait_after_cut(line), 550);
    line.reconnect();
  }
}

TEST(Link, forgets_its_waits_after_a_healthy_period) {
  Line line({websocket});
  line.open().welcome();
  for (int i = 0; i < 10; ++i) {
    line.cut();
    line.reconnect();
  }
  line.wait(10'000);
  EXPECT_LE(wait_after_cut(line), 550);
}

// ---- falling ----------------------------------------------------------------------------------------------

TEST(Link, tries_the_next_carrier_at_once_when_one_is_refused) {
  Line line;
  line.open().say(dialect::Ended{});
  EXPECT_EQ(stage.opened, (Carriers{websocket, sse}));
  line.say(dialect::Ended{});
  EXPECT_EQ(stage.opened, (Carriers{websocket, sse, poll}));
  EXPECT_TRUE(line.ends.empty());
  line.welcome();
  EXPECT_TRUE(line.link.is_live());
  EXPECT_EQ(line.link.carrier(), poll);
}

TEST(Link, gives_an_attempt_three_seconds_to_be_welcomed) {
  Line line;
  line.open().wait(2'999);
  EXPECT_EQ(stage.opened, (Carriers{websocket}));
  line.wait(1);
  EXPECT_EQ(stage.opened, (Carriers{websocket, sse}));
  EXPECT_EQ(stage.closed, (std::vector<std::size_t>{0})) << "the silent one is hung up";
  line.wait(2'999).welcome().wait(60'000);
  EXPECT_EQ(line.link.carrier(), sse);
}

TEST(Link, ends_only_when_all_carriers_have_failed_and_then_waits) {
  Line line;
  line.open().say(dialect::Ended{}).say(dialect::Ended{}).say(dialect::Ended{.reason = "none"});
  EXPECT_EQ(line.ends, (std::vector<std::string>{"none"}));
  EXPECT_EQ(line.link.phase(), Link::Phase::waiting);
  EXPECT_EQ(stage.opened.size(), 3u);
}

TEST(Link, is_more_patient_after_each_round_that_failed) {
  Line line;
  line.open().wait(9'000);
  ASSERT_EQ(line.ends.size(), 1u);
  line.wait((*line.link.next_wake() - line.now).ms);
  const std::size_t opened = stage.opened.size();
  line.wait(5'999);
  EXPECT_EQ(stage.opened.size(), opened);
  line.wait(1);
  EXPECT_EQ(stage.opened.size(), opened + 1);
}

TEST(Link, does_not_ask_over_another_carrier_what_the_server_itself_refused) {
  Line line;
  line.open().say(dialect::Ended{.retry_after_ms = 2'000, .reason = "overloaded", .spoken = true});
  EXPECT_EQ(stage.opened, (Carriers{websocket}));
  EXPECT_GE((*line.link.next_wake() - line.now).ms, 2'000);
}

TEST(Link, uses_no_carrier_that_is_not_allowed) {
  Line line({poll});
  line.open().say(dialect::Ended{});
  EXPECT_EQ(stage.opened, (Carriers{poll}));
  EXPECT_EQ(line.link.phase(), Link::Phase::waiting);
}

// ---- remembering ------------------------------------------------------------------------------------------

TEST(Link, begins_with_what_worked) {
  Line line;
  line.open().say(dialect::Ended{}).welcome().wait(20'000).cut().reconnect();
  EXPECT_EQ(stage.opened, (Carriers{websocket, sse, sse}));
}

TEST(Link, begins_with_what_worked_before_a_reload) {
  Line line({websocket, sse, poll}, poll);
  line.open();
  EXPECT_EQ(stage.opened, (Carriers{poll}));
  line.say(dialect::Ended{});
  EXPECT_EQ(stage.opened, (Carriers{poll, websocket})) << "then from the top";
}

TEST(Link, forgets_what_worked_when_the_network_changes) {
  Line line;
  line.open().say(dialect::Ended{}).welcome().wait(20'000).cut();
  line.link.forget_network(line.now);
  line.reconnect();
  EXPECT_EQ(stage.opened, (Carriers{websocket, sse, websocket}));
}

TEST(Link, passes_over_a_carrier_that_is_cut_twice_right_after_it_was_live) {
  Line line;
  line.open().welcome().wait(5'000).cut().reconnect().wait(5'000).cut().reconnect();
  EXPECT_EQ(stage.opened, (Carriers{websocket, websocket, sse}));
}

TEST(Link, passes_over_a_carrier_that_is_cut_every_half_minute) {
  Line line;
  line.open().welcome();
  for (int i = 0; i < 4; ++i) line.wait(30'000).cut().reconnect();
  EXPECT_EQ(stage.opened, (Carriers{websocket, websocket, websocket, websocket, sse}));
}

TEST(Link, keeps_to_a_carrier_that_is_cut_now_and_then) {
  Line line;
  line.open().welcome();
  for (int i = 0; i < 6; ++i) line.wait(i % 2 == 0 ? 5'000 : 90'000).cut().reconnect();
  EXPECT_EQ(stage.opened, (Carriers(7, websocket)));
}

TEST(Link, does_not_blame_a_carrier_for_what_the_server_ended) {
  Line line;
  line.open().welcome();
  for (int i = 0; i < 4; ++i) {
    line.wait(1'000).say_on(line.live, dialect::Ended{.retry_after_ms = 500, .spoken = true}).reconnect();
  }
  EXPECT_EQ(stage.opened, (Carriers(5, websocket)));
}

TEST(Link, falls_back_on_what_it_passes_over_when_nothing_else_works) {
  Line line({websocket});
  line.open().welcome();
  for (int i = 0; i < 5; ++i) line.wait(1'000).cut().reconnect();
  EXPECT_TRUE(line.link.is_live());
}

// ---- climbing ---------------------------------------------------------------------------------------------

TEST(Link, probes_upward_after_a_minute_beside_the_live_session) {
  Line line;
  line.open().say(dialect::Ended{}).welcome().wait(59'999);
  EXPECT_EQ(stage.opened, (Carriers{websocket, sse}));
  line.wait(1);
  EXPECT_EQ(stage.opened, (Carriers{websocket, sse, websocket}));
  EXPECT_EQ(stage.tokens.back(), "later") << "with what is known by now";
  EXPECT_TRUE(line.link.is_live());
  EXPECT_EQ(line.link.carrier(), sse);
  EXPECT_TRUE(stage.closed.empty());
}

TEST(Link, a_better_carrier_takes_over_when_it_is_welcomed) {
  Line line;
  line.open().say(dialect::Ended{}).welcome().wait(60'000).welcome();
  EXPECT_EQ(line.readies, 2);
  EXPECT_EQ(line.link.carrier(), websocket);
  EXPECT_EQ(stage.closed, (std::vector<std::size_t>{1}));
  EXPECT_TRUE(line.ends.empty());
  dialect::ClientSteps out;
  line.link.ask(line.now, dialect::RenewToken{"x"}, out);
  EXPECT_EQ(stage.pushed_by.back().first, 2u);
  line.wait(3'600'000);
  EXPECT_EQ(stage.opened.size(), 3u) << "nothing is better";
}

TEST(Link, a_failed_probe_interrupts_nothing_and_the_next_one_comes_later) {
  Line line;
  line.open().say(dialect::Ended{}).welcome().wait(60'000);
  line.say(dialect::Trouble{.error = {}, .fatal = true}).say(dialect::Ended{});
  EXPECT_TRUE(line.ends.empty());
  EXPECT_TRUE(line.link.is_live());
  line.wait(119'000);
  EXPECT_EQ(stage.opened.size(), 3u);
  line.wait(1'000);
  EXPECT_EQ(stage.opened.size(), 4u);
}

TEST(Link, a_silent_probe_is_hung_up_after_its_time) {
  Line line;
  line.open().say(dialect::Ended{}).welcome().wait(63'000);
  EXPECT_EQ(stage.closed, (std::vector<std::size_t>{2}));
  EXPECT_TRUE(line.link.is_live());
}

TEST(Link, from_the_lowest_carrier_all_better_ones_are_probed_from_the_top) {
  Line line;
  line.open()
      .say(dialect::Ended{})
      .say(dialect::Ended{})
      .welcome()
      .wait(60'000)
      .say(dialect::Ended{})
      .wait(1);
  EXPECT_EQ(stage.opened, (Carriers{websocket, sse, poll, websocket, sse}));
  line.welcome();
  EXPECT_EQ(line.link.carrier(), sse);
}

TEST(Link, probes_come_half_an_hour_apart_at_last) {
  Line line;
  line.open().say(dialect::Ended{}).welcome();
  std::vector<std::int64_t> at;
  std::size_t seen = stage.opened.size();
  for (int i = 0; i < 8 * 3'600; ++i) {
    line.wait(1'000);
    if (stage.opened.size() != seen) at.push_back(line.now.ms);
    seen = stage.opened.size();
  }
  ASSERT_GT(at.size(), 8u);
  EXPECT_NEAR(static_cast<double>(at.back() - at[at.size() - 2]), 1'800'000, 5'000);
}

TEST(Link, no_probe_goes_to_a_carrier_that_is_passed_over) {
  Line line;
  line.open().welcome().wait(5'000).cut().reconnect().wait(5'000).cut().reconnect();
  ASSERT_EQ(line.link.carrier(), sse);
  const std::size_t opened = stage.opened.size();
  line.wait(290'000);
  EXPECT_EQ(stage.opened.size(), opened);
  line.wait(600'000);
  EXPECT_GT(stage.opened.size(), opened);
}

TEST(Link, the_end_of_the_live_session_takes_its_probe_along) {
  Line line;
  line.open().say(dialect::Ended{}).welcome().wait(60'000);
  ASSERT_EQ(stage.opened.size(), 3u);
  line.cut();
  EXPECT_EQ(stage.closed, (std::vector<std::size_t>{2}));
  const auto before = line.readies;
  line.welcome();
  EXPECT_EQ(line.readies, before) << "it says nothing any more";
}

TEST(Link, a_new_network_is_probed_at_once) {
  Line line;
  line.open().say(dialect::Ended{}).welcome().wait(5'000);
  line.link.forget_network(line.now);
  line.wait(1);
  EXPECT_EQ(stage.opened, (Carriers{websocket, sse, websocket}));
}

TEST(Link, an_attempt_hangs_after_a_second) {
  Line line;
  line.open().wait(999);
  EXPECT_FALSE(line.link.hangs(line.now));
  line.wait(1);
  EXPECT_TRUE(line.link.hangs(line.now));
}

}  // namespace
}  // namespace rockpool::sync
