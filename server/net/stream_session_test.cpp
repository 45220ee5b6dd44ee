#include "server/net/stream_session.h"

#include <gtest/gtest.h>

namespace rockpool::net {
namespace {

// Shows what the session asks of its stream.
struct Asked {
  int reads = 0;
  std::vector<std::string> written;
  int closed = 0;
  int aborted = 0;
};

class FakeStream final : public Stream {
 public:
  explicit FakeStream(Asked& asked) : asked_(asked) {}
  void listen(StreamEvents&) override {}
  void accept(const std::string&, const wire::Headers&) override {}
  void read() override { ++asked_.reads; }
  void write(StreamFrame frame) override {
    asked_.written.push_back(frame.before + *frame.bytes + frame.after);
  }
  void close(std::uint16_t code, const std::string&) override { asked_.closed = code; }
  void abort() override { ++asked_.aborted; }

 private:
  Asked& asked_;
};

class FakeInbox final : public Inbox {
 public:
  bool claims(const wire::RequestHead&) const override { return true; }
  void receive(CarrierId, dialect::Arrival arrival) override {
    if (const auto* frame = std::get_if<dialect::Frame>(&arrival)) frames.push_back(frame->bytes);
    if (const auto* end = std::get_if<dialect::Closed>(&arrival)) closed.push_back(end->code);
    if (std::holds_alternative<dialect::Drained>(arrival)) ++drained;
  }
  std::string health() const override { return ""; }
  std::string metrics() const override { return ""; }
  bool ready() const override { return true; }

  std::vector<std::string> frames;
  std::vector<std::uint16_t> closed;
  int drained = 0;
};

struct World {
  Asked asked;
  FakeInbox inbox;
  Counters counters;
  StreamSession session{
      7, std::make_unique<FakeStream>(asked), inbox, counters, {.bytes = 100, .bytes_hard = 1000}};

  World() { session.on_opened(); }
  void send(std::size_t bytes) { session.send({.bytes = std::make_shared<const std::string>(bytes, 'x')}); }
};

TEST(StreamSession, writes_one_after_the_other_and_tells_when_all_has_left) {
  World world;
  world.send(1);
  world.send(2);
  EXPECT_EQ(world.asked.written.size(), 1u);
  world.session.on_written();
  EXPECT_EQ(world.asked.written.size(), 2u);
  EXPECT_EQ(world.inbox.drained, 0);
  world.session.on_written();
  EXPECT_EQ(world.inbox.drained, 1);
  EXPECT_EQ(world.session.queued_bytes(), 0u);
}

TEST(StreamSession, text_that_is_not_utf8_never_reaches_the_hub) {
  World world;
  world.session.on_message("\xc3", false);
  EXPECT_TRUE(world.inbox.frames.empty());
  EXPECT_EQ(world.asked.closed, 1007);
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
  EXPECT_EQ(world.asked.written.size(), 1u);
  EXPECT_EQ(world.counters.slow_closed, 0u);
}

TEST(StreamSession, past_the_hard_limit_the_queue_goes_and_the_client_is_told_to_come_again) {
  World world;
  world.send(1001);
  world.send(1);
  EXPECT_EQ(world.counters.slow_closed, 1u);
  EXPECT_EQ(world.session.queued_bytes(), 1001u);
  world.send(1);
  EXPECT_EQ(world.session.queued_bytes(), 1001u);
  EXPECT_EQ(world.asked.closed, 0) << "the message under way ends first";
  world.session.on_written();
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

TEST(StreamSession, slow_progress_is_progress_and_a_small_queue_may_rest) {
  World world;
  world.send(60);
  world.send(60);
  world.session.tick(0);
  world.session.on_written();
  world.session.tick(20'000);
  world.session.tick(40'000);
  EXPECT_EQ(world.counters.slow_closed, 0u);
}

TEST(StreamSession, closing_sends_what_is_queued_first_and_nothing_after) {
  World world;
  world.send(1);
  world.send(2);
  world.session.close(1000, "done");
  world.send(3);
  world.session.on_written();
  EXPECT_EQ(world.asked.closed, 0);
  world.session.on_written();
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
