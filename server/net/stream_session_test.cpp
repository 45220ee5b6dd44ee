#include "server/net/stream_session.h"

#include <algorithm>

#include <gtest/gtest.h>

#include "server/net/loop.h"

namespace rockpool::net {
namespace {

// Shows what the session asks of its stream.
struct Asked {
  int reads = 0;
  std::vector<std::string> written;
  int writes = 0;
  std::size_t room = 0;  // bytes that the socket takes
  int closed = 0;
  int aborted = 0;
  int pinged = 0;
};

class FakeStream final : public Stream {
 public:
  explicit FakeStream(Asked& asked) : asked_(asked) {}
  void listen(StreamEvents&) override {}
  void let_go() override {}
  void accept(const std::string&, const wire::Headers&) override {}
  void read() override { ++asked_.reads; }
  void ping() override { ++asked_.pinged; }
  // Takes as many bytes as there is room for.
  std::size_t write(const std::vector<StreamFrame>& frames) override {
    ++asked_.writes;
    std::size_t gone = 0;
    for (const StreamFrame& frame : frames) {
      const std::size_t left = frame.size() - amid_;
      const std::size_t taken = std::min(left, asked_.room);
      asked_.room -= taken;
      amid_ = taken < left ? amid_ + taken : 0;
      if (taken < left) break;
      asked_.written.push_back(frame.before + *frame.bytes + frame.after);
      ++gone;
    }
    return gone;
  }
  bool is_amid() const override { return amid_ > 0; }
  void close(std::uint16_t code, const std::string&) override { asked_.closed = code; }
  void abort() override { ++asked_.aborted; }

 private:
  Asked& asked_;
  std::size_t amid_ = 0;
};

class FakeInbox final : public Inbox {
 public:
  const gateway::Mount* mount_of(const wire::RequestHead&) const override { return nullptr; }
  void receive(CarrierId, dialect::Arrival arrival) override {
    if (const auto* frame = std::get_if<dialect::Frame>(&arrival)) frames.push_back(frame->bytes);
    if (const auto* end = std::get_if<dialect::Closed>(&arrival)) closed.push_back(end->code);
    if (std::holds_alternative<dialect::Drained>(arrival)) ++drained;
    if (std::holds_alternative<dialect::Stalled>(arrival)) ++stalled;
  }
  void receive_whole(CarrierId, dialect::Arrived, std::string) override {}
  std::string health() const override { return ""; }
  std::string metrics() const override { return ""; }
  std::vector<std::pair<std::string_view, std::uint64_t>> limits_met() const override { return {}; }
  bool ready() const override { return true; }

  std::vector<std::string> frames;
  std::vector<std::uint16_t> closed;
  int drained = 0;
  int stalled = 0;
};

struct World {
  Asked asked;
  FakeInbox inbox;
  Counters counters;
  StreamSession session{
      7, std::make_shared<FakeStream>(asked), inbox, counters, {.bytes = 100, .bytes_hard = 1000}};

  World() { session.on_opened(); }
  void send(std::size_t bytes, bool tells = false) {
    if (session.send({.bytes = std::make_shared<const std::string>(bytes, 'x'), .tells = tells}))
      session.flush();
  }
  void make_room(std::size_t bytes) {
    asked.room = bytes;
    session.on_writable();
  }
};

TEST(StreamSession, sends_what_the_socket_takes_and_goes_on_when_it_takes_more) {
  World world;
  world.asked.room = 4;
  world.send(1);
  world.send(2);
  world.send(3);
  EXPECT_EQ(world.asked.written.size(), 2u);
  EXPECT_EQ(world.session.queued_bytes(), 3u);
  world.make_room(1);
  EXPECT_EQ(world.asked.written.size(), 2u);
  world.make_room(1);
  EXPECT_EQ(world.asked.written.size(), 3u);
  EXPECT_EQ(world.session.queued_bytes(), 0u);
}

TEST(StreamSession, asks_once_to_be_flushed_for_all_that_a_turn_sends) {
  World world;
  const int writes = world.asked.writes;
  world.asked.room = 100;
  const StreamFrame frame{.bytes = std::make_shared<const std::string>("x")};
  EXPECT_TRUE(world.session.send(frame));
  EXPECT_FALSE(world.session.send(frame));
  EXPECT_EQ(world.asked.writes, writes);
  world.session.flush();
  EXPECT_EQ(world.asked.writes, writes + 1);
  EXPECT_EQ(world.asked.written.size(), 2u);
  EXPECT_TRUE(world.session.send(frame));
}

TEST(StreamSession, tells_who_asked_once_nothing_waits) {
  World world;
  world.asked.room = 3;
  world.send(1);
  EXPECT_EQ(world.inbox.drained, 0);
  world.send(1, true);
  EXPECT_EQ(world.inbox.drained, 1);
  world.send(1, true);
  world.send(5);
  EXPECT_EQ(world.inbox.drained, 2);
  world.send(1, true);
  world.make_room(5);
  EXPECT_EQ(world.inbox.drained, 2);
  world.make_room(1);
  EXPECT_EQ(world.inbox.drained, 3);
}

TEST(StreamSession, says_once_that_more_waits_than_should_and_once_that_nothing_does) {
  World world;
  world.send(100);
  EXPECT_EQ(world.inbox.stalled, 0);
  world.send(1);
  world.send(1);
  EXPECT_EQ(world.inbox.stalled, 1);
  world.make_room(101);
  EXPECT_EQ(world.inbox.drained, 0);
  world.make_room(1);
  EXPECT_EQ(world.inbox.drained, 1) << "though no frame asked for it";
  world.send(101);
  EXPECT_EQ(world.inbox.stalled, 2);
}

TEST(StreamSession, what_leaves_in_its_turn_stalls_nothing) {
  World world;
  world.asked.room = 10'000;
  for (int i = 0; i < 4; ++i) world.send(200);
  EXPECT_EQ(world.inbox.stalled, 0);
}

TEST(StreamSession, binary_messages_are_handed_on_as_they_are) {
  World world;
  world.session.on_message("\xc3", true);
  EXPECT_EQ(world.inbox.frames.size(), 1u);
}

TEST(StreamSession, stops_reading_while_the_hub_is_behind) {
  World world;
  EXPECT_EQ(world.asked.reads, 1);
  world.session.on_message(std::string(StreamSession::unhandled_bytes_max + 1, 'x'), false);
  EXPECT_EQ(world.asked.reads, 1);
  world.session.handled(StreamSession::unhandled_bytes_max + 1);
  EXPECT_EQ(world.asked.reads, 2);
}

TEST(StreamSession, a_single_large_message_is_always_taken) {
  World world;
  world.send(5000);
  EXPECT_EQ(world.session.queued_bytes(), 5000u);
  EXPECT_EQ(world.counters.slow_closed, 0u);
}

TEST(StreamSession, past_the_hard_limit_the_queue_goes_and_the_client_is_told_to_come_again) {
  World world;
  world.send(1001);
  world.send(1);
  EXPECT_EQ(world.counters.slow_closed, 1u);
  EXPECT_EQ(world.session.queued_bytes(), 0u);
  EXPECT_EQ(world.asked.closed, 1013);
}

TEST(StreamSession, a_turn_may_send_a_client_that_keeps_up_more_than_the_hard_limit) {
  World world;
  world.asked.room = 10'000;
  for (int i = 0; i < 4; ++i) world.session.send({.bytes = std::make_shared<const std::string>(1001, 'x')});
  world.session.flush();
  EXPECT_EQ(world.asked.written.size(), 4u);
  EXPECT_EQ(world.counters.slow_closed, 0u);
}

TEST(StreamSession, a_message_that_has_begun_to_leave_ends_before_the_good_bye) {
  World world;
  world.asked.room = 1;
  world.send(1001);
  world.send(1);
  EXPECT_EQ(world.counters.slow_closed, 1u);
  EXPECT_EQ(world.session.queued_bytes(), 1001u);
  world.send(1);
  EXPECT_EQ(world.session.queued_bytes(), 1001u);
  EXPECT_EQ(world.asked.closed, 0);
  world.make_room(1000);
  EXPECT_EQ(world.asked.written.size(), 1u);
  EXPECT_EQ(world.asked.closed, 1013);
}

TEST(StreamSession, without_progress_above_the_soft_limit_the_client_is_dropped) {
  World world;
  world.send(101);
  world.session.tick(0);
  world.session.tick(9'000);
  EXPECT_EQ(world.counters.slow_closed, 0u);
  world.session.tick(11'000);
  EXPECT_EQ(world.counters.slow_closed, 1u);
}

TEST(StreamSession, without_progress_has_the_time_that_its_protocol_gives_it) {
  const config::Limits settings;
  EXPECT_EQ(queue_limits(settings, {}).stalled_ms_max, 10'000);
  const QueueLimits limits = queue_limits(settings, {.stalled_ms_max = 30'000});
  Asked asked;
  FakeInbox inbox;
  Counters counters;
  StreamSession session{7, std::make_shared<FakeStream>(asked), inbox, counters, limits};
  session.on_opened();
  if (session.send({.bytes = std::make_shared<const std::string>(limits.bytes + 1, 'x')})) session.flush();
  session.tick(0);
  session.tick(29'000);
  EXPECT_EQ(counters.slow_closed, 0u);
  session.tick(31'000);
  EXPECT_EQ(counters.slow_closed, 1u);
}

TEST(StreamSession, slow_progress_is_progress_and_a_small_queue_may_rest) {
  World world;
  world.send(60);
  world.send(70);
  world.session.tick(0);
  world.make_room(1);
  world.session.tick(20'000);
  world.make_room(60);
  world.session.tick(40'000);
  world.session.tick(60'000);
  EXPECT_EQ(world.counters.slow_closed, 0u);
}

TEST(StreamSession, closing_sends_what_is_queued_first_and_nothing_after) {
  World world;
  world.asked.room = 1;
  world.send(1);
  world.send(2, true);
  world.session.close(1000, "done");
  world.send(3);
  EXPECT_EQ(world.asked.closed, 0);
  world.make_room(100);
  EXPECT_EQ(world.asked.closed, 1000);
  EXPECT_EQ(world.asked.written.size(), 2u);
  EXPECT_EQ(world.inbox.drained, 0);
}

TEST(StreamSession, a_client_that_does_not_answer_the_good_bye_is_cut_off) {
  World world;
  world.session.tick(0);
  world.session.close(1000, "done");
  world.session.tick(1'000);
  EXPECT_EQ(world.asked.aborted, 0);
  world.session.tick(7'000);
  EXPECT_EQ(world.asked.aborted, 1);
}

TEST(StreamSession, time_for_the_good_bye_begins_with_it_however_young_the_stream_is) {
  World world;
  world.session.close(1000, "done");
  world.session.tick(1'000'000);
  EXPECT_EQ(world.asked.aborted, 0);
  world.session.tick(1'004'000);
  EXPECT_EQ(world.asked.aborted, 0);
  world.session.tick(1'006'000);
  EXPECT_EQ(world.asked.aborted, 1);
}

TEST(StreamSession, who_owes_two_pings_is_given_up) {
  World world;
  world.session.ping_every(30'000);
  world.session.tick(1'000);
  world.session.tick(30'999);
  EXPECT_EQ(world.asked.pinged, 0);
  world.session.tick(31'000);
  EXPECT_EQ(world.asked.pinged, 1);
  world.session.tick(61'000);
  EXPECT_EQ(world.asked.pinged, 2);
  world.session.tick(90'999);
  EXPECT_EQ(world.asked.aborted, 0);
  world.session.tick(91'000);
  EXPECT_EQ(world.asked.pinged, 2);
  EXPECT_EQ(world.asked.aborted, 1);
}

TEST(StreamSession, any_sign_of_life_answers_a_ping) {
  World world;
  world.session.ping_every(30'000);
  world.session.tick(1'000);
  for (int turn = 1; turn < 10; ++turn) {
    world.session.tick(1'000 + turn * 30'000);
    turn % 2 == 0 ? world.session.on_heard() : world.session.on_message("x", false);
  }
  EXPECT_EQ(world.asked.pinged, 9);
  EXPECT_EQ(world.asked.aborted, 0);
}

TEST(StreamSession, nobody_is_pinged_where_that_was_not_asked_for) {
  World world;
  world.session.tick(1'000);
  world.session.tick(1'000'000);
  EXPECT_EQ(world.asked.pinged, 0);
}

TEST(StreamSession, the_end_is_told_once) {
  World world;
  world.send(1);
  world.session.on_ended(1001, "bye");
  world.session.on_ended(1006, "");
  EXPECT_EQ(world.inbox.closed, (std::vector<std::uint16_t>{1001}));
  EXPECT_TRUE(world.session.has_ended());
  EXPECT_EQ(world.session.queued_bytes(), 0u);
}

}  // namespace
}  // namespace rockpool::net
