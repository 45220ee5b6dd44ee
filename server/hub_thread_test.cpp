#include "server/hub_thread.h"

#include <atomic>
#include <chrono>
#include <set>
#include <thread>

#include <gtest/gtest.h>

#include "core/dialect/dialects.h"
#include "server/backplane/memory/memory_backplane.h"

namespace rockpool::server {
namespace {

using namespace std::chrono_literals;

// Keeps what the hub's thread wanted, for a test that waits for it.
class FakeCarriers final : public net::Carriers {
 public:
  void perform(std::vector<net::CarrierStep> steps) override {
    const std::lock_guard lock(mutex_);
    threads_.insert(std::this_thread::get_id());
    for (const net::CarrierStep& step : steps) {
      if (const auto* send = std::get_if<dialect::SendFrame>(&step)) sent_ += *send->bytes;
      if (const auto* handled = std::get_if<net::Handled>(&step)) handled_ += handled->bytes;
      if (std::holds_alternative<dialect::ReadBody>(step)) sent_ += "[read the body]";
      if (const auto* respond = std::get_if<dialect::Respond>(&step))
        sent_ += "[" + std::to_string(respond->head.status) + "]";
    }
    news_.notify_all();
  }

  bool wait_for(const std::string& text) {
    std::unique_lock lock(mutex_);
    return news_.wait_for(lock, 10s, [&] { return sent_.find(text) != std::string::npos; });
  }
  bool were_called_by(std::thread::id thread) {
    const std::lock_guard lock(mutex_);
    return threads_.contains(thread);
  }
  std::size_t handled() {
    const std::lock_guard lock(mutex_);
    return handled_;
  }
  std::string sent() {
    const std::lock_guard lock(mutex_);
    return sent_;
  }

 private:
  std::mutex mutex_;
  std::condition_variable news_;
  std::string sent_;
  std::set<std::thread::id> threads_;
  std::size_t handled_ = 0;
};

// Answers appends when the test says so, from the test's thread; can hold up whoever submits.
class HeldBackplane final : public hub::Backplane {
 public:
  explicit HeldBackplane(hub::Backplane& inner) : inner_(inner) {}

  void submit(hub::Request request) override {
    while (stuck) std::this_thread::sleep_for(1ms);
    const std::lock_guard lock(mutex_);
    held_.push_back(std::move(request));
  }
  base::Result<hub::Start> load(
      const std::function<void(const std::string& space, model::Record)>& record,
      const std::function<void(const std::string& space, hub::ClientMark)>& mark,
      const std::function<void(const std::string& space, const hub::ClientMark& of, std::uint64_t number,
                               model::Version version, std::uint64_t seq)>& outcome) override {
    return inner_.load(record, mark, outcome);
  }

  bool has_request() {
    const std::lock_guard lock(mutex_);
    return !held_.empty();
  }
  void release() {
    const std::lock_guard lock(mutex_);
    for (hub::Request& request : held_) inner_.submit(std::move(request));
    held_.clear();
  }

  std::atomic<bool> stuck{false};

 private:
  hub::Backplane& inner_;
  std::mutex mutex_;
  std::vector<hub::Request> held_;
};

template <typename Holds>
bool soon(Holds holds) {
  for (int i = 0; i < 10'000 && !holds(); ++i) std::this_thread::sleep_for(1ms);
  return holds();
}

constexpr net::CarrierId carrier = 64;

config::Config open_house() {
  config::Config config;
  config.spaces["default"] = {.rules = {}, .stated = true};
  return config;
}

class HubThreadTest : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_TRUE(hub_.load(held_, {1000}).ok());
    ASSERT_TRUE(gateway_
                    .mount({.path = "",
                            .hosts = {},
                            .dialect = dialect::find_dialect("native"),
                            .space = "default",
                            .settings = "{}"})
                    .ok());
    thread_.start(carriers_);
    thread_.receive(carrier, dialect::Arrived{{"GET", "/v1/connect", "", {}, true}, "127.0.0.1"});
    say(R"({"type":"hello","protocol":1,"client":"client-0001"})");
    ASSERT_TRUE(carriers_.wait_for(R"("welcome")"));
  }

  void say(const std::string& text) { thread_.receive(carrier, dialect::Frame{text, false}); }
  void push() {
    say(R"({"type":"push","settled":0,"except":[],"mutations":[)"
        R"({"number":1,"collection":"c","id":"a","op":"put","base":0,"data":1}]})");
  }

  config::Config config_ = open_house();
  Log log_{LogLevel::error};
  backplane::MemoryLog memory_{7};
  backplane::MemoryBackplane inner_{memory_,
                                    [this](hub::Event event) { thread_.happened(std::move(event)); }};
  HeldBackplane held_{inner_};
  hub::Hub hub_{{}, base::Prng(1)};
  gateway::Gateway gateway_{hub_, base::Prng(2), "rockpool/test"};
  FakeCarriers carriers_;
  net::HttpClient client_;
  hooks::Hooks hooks_{{hub_, gateway_, held_, client_, log_, {}}, {}, base::Prng(3)};
  files::Shelf shelf_{config_.limits};
  HubThread thread_{{hub_, gateway_, held_, config_, log_, hooks_, client_, shelf_}};
};

TEST_F(HubThreadTest, carries_frames_to_the_hub_and_answers_back) {
  push();
  ASSERT_TRUE(soon([&] { return held_.has_request(); }));
  EXPECT_EQ(carriers_.sent().find(R"("ack")"), std::string::npos) << "not before it is stored";
  held_.release();
  EXPECT_TRUE(carriers_.wait_for(R"("ack")"));
  EXPECT_GT(carriers_.handled(), 100u);
}

dialect::Arrived log_in(const std::string& type = "application/json") {
  return {.head = {.method = "POST", .path = "/v1/session", .query = "", .headers = {{"Content-Type", type}}},
          .peer = "127.0.0.1"};
}

TEST_F(HubThreadTest, a_body_that_came_with_its_head_is_not_asked_for) {
  thread_.receive_whole(carrier + 64, log_in(), "no JSON");
  ASSERT_TRUE(carriers_.wait_for("[400]"));
  EXPECT_EQ(carriers_.sent().find("[read the body]"), std::string::npos);
  thread_.receive(carrier + 128, log_in());
  EXPECT_TRUE(carriers_.wait_for("[read the body]"));
}

TEST_F(HubThreadTest, a_body_that_nobody_wants_or_that_is_too_large_goes_no_further) {
  thread_.receive_whole(carrier + 64, log_in("text/plain"), "{}");
  ASSERT_TRUE(carriers_.wait_for("[415]"));
  EXPECT_EQ(carriers_.sent().find("[read the body]"), std::string::npos);
  thread_.receive_whole(carrier + 128, log_in(), std::string((16 << 10) + 1, ' '));
  EXPECT_TRUE(carriers_.wait_for("[read the body]")) << "which the network refuses, having given it";
}

TEST_F(HubThreadTest,
       a_short_request_that_finds_everything_at_rest_is_answered_on_the_thread_that_brings_it) {
  EXPECT_FALSE(carriers_.were_called_by(std::this_thread::get_id()));
  net::CarrierId next = carrier;
  EXPECT_TRUE(soon([&] {
    thread_.receive_whole(next += 64, log_in("text/plain"), "{}");
    return carriers_.were_called_by(std::this_thread::get_id());
  }));
}

TEST_F(HubThreadTest, requests_from_many_threads_are_each_answered_once) {
  constexpr int threads = 4, each = 500;
  std::vector<std::thread> bringing;
  for (int at = 0; at < threads; ++at) {
    bringing.emplace_back([this, at] {
      for (int i = 0; i < each; ++i) {
        const auto from = static_cast<net::CarrierId>(64 * (2 + at * each + i));
        thread_.receive_whole(from, log_in("text/plain"), "{}");
      }
    });
  }
  push();
  for (std::thread& one : bringing) one.join();
  const auto answered = [this] {
    const std::string sent = carriers_.sent();
    std::size_t count = 0;
    for (std::size_t at = 0; (at = sent.find("[415]", at)) != std::string::npos; ++at) ++count;
    return count;
  };
  EXPECT_TRUE(soon([&] { return answered() == threads * each; })) << answered();
  ASSERT_TRUE(soon([&] { return held_.has_request(); })) << "what came meanwhile is not forgotten";
  held_.release();
  EXPECT_TRUE(carriers_.wait_for(R"("ack")"));
}

TEST_F(HubThreadTest, a_drain_beside_requests_ends) {
  std::atomic<bool> over{false};
  std::thread bringing([&] {
    for (net::CarrierId from = 128; !over; from += 64)
      thread_.receive_whole(from, log_in("text/plain"), "{}");
  });
  thread_.drain();
  over = true;
  bringing.join();
  EXPECT_FALSE(thread_.ready());
}

TEST_F(HubThreadTest, health_and_metrics_never_wait_for_the_hub) {
  held_.stuck = true;
  push();
  std::this_thread::sleep_for(20ms);
  const auto began = std::chrono::steady_clock::now();
  EXPECT_NE(thread_.health().find(R"("status":"ok")"), std::string::npos);
  EXPECT_NE(thread_.metrics().find("rockpool_records "), std::string::npos);
  EXPECT_LT(std::chrono::steady_clock::now() - began, 500ms);
  held_.stuck = false;
  ASSERT_TRUE(soon([&] { return held_.has_request(); }));
  held_.release();
}

TEST_F(HubThreadTest, drain_waits_for_what_is_being_stored_and_hands_its_ack_over) {
  push();
  ASSERT_TRUE(soon([&] { return held_.has_request(); }));
  std::thread later([this] {
    carriers_.wait_for(R"("bye")");
    held_.release();
  });
  thread_.drain();
  later.join();
  EXPECT_NE(carriers_.sent().find(R"("bye")"), std::string::npos);
  EXPECT_NE(carriers_.sent().find(R"("ack")"), std::string::npos);
  EXPECT_FALSE(thread_.ready());
}

}  // namespace
}  // namespace rockpool::server
