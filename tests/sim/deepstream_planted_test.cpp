// Faults planted around deepstream, each of which some checker has to notice.
#include <functional>
#include <string>

#include <gtest/gtest.h>

#include "core/dialects/deepstream/codec.h"
#include "tests/sim/planted.h"

namespace rockpool::sim {
namespace {

namespace deepstream = dialects::deepstream;
using namespace deepstream::record_action;
using deepstream::Message;

// `change` is given each message about records, and says whether it goes on.
std::string changed(const std::string& frame, const std::function<bool(Message&)>& change) {
  auto messages = deepstream::decode(frame);
  if (!messages.ok()) return frame;
  std::string bytes;
  for (Message& message : *messages) {
    const bool stays = message.topic != deepstream::Topic::record || change(message);
    if (stays) bytes += deepstream::encode(message);
  }
  return bytes;
}

Faults up(std::function<bool(const Link&, Message&)> change) {
  Faults faults;
  faults.other_up = [change = std::move(change)](const Link& link, const std::string& frame) {
    return changed(frame, [&](Message& message) { return change(link, message); });
  };
  return faults;
}

Faults down(std::function<bool(Message&)> change) {
  Faults faults;
  faults.other_down = [change = std::move(change)](const Link&, const std::string& frame) {
    return changed(frame, change);
  };
  return faults;
}

bool is_news(const Message& message) {
  return message.action == update || message.action == patch || message.action == removed;
}
bool is_write(const Message& message) {
  return message.action == update || message.action == create_and_update;
}

TEST(DeepstreamPlanted, a_notification_that_is_left_out) {
  const auto faults = [](int count) {
    return down([count](Message& message) mutable { return !is_news(message) || ++count % 7 != 0; });
  };
  EXPECT_TRUE(is_caught_by(faults(0), invariant::feed));
  EXPECT_TRUE(is_caught_by(faults(0), invariant::agreement));
}

TEST(DeepstreamPlanted, a_notification_that_comes_twice) {
  Faults faults;
  faults.other_down = [](const Link&, const std::string& frame) {
    const auto messages = deepstream::decode(frame);
    return messages.ok() && is_news(messages->front()) ? frame + frame : frame;
  };
  EXPECT_TRUE(is_caught_by(faults, invariant::contract)) << "of two in a frame npm's client reads one";
}

TEST(DeepstreamPlanted, a_patch_without_its_path) {
  EXPECT_NE(caught(down([](Message& message) {
              if (message.action == patch) message.path = "somewhere.else";
              return true;
            })),
            "");
}

TEST(DeepstreamPlanted, a_conflict_answered_as_if_it_had_been_written) {
  EXPECT_NE(caught(down([](Message& message) {
              if (message.action == version_exists) message.action = write_ack;
              return true;
            })),
            "");
}

TEST(DeepstreamPlanted, a_page_that_forgets_after_a_cut_what_it_had_to_write) {
  EXPECT_TRUE(is_caught_by(
      up([](const Link& link, Message& message) { return link.line.session < 2 || !is_write(message); }),
      invariant::once));
}

TEST(DeepstreamPlanted, a_page_that_writes_whatever_the_version_is) {
  EXPECT_TRUE(is_caught_by(up([](const Link&, Message& message) {
                             if (is_write(message)) message.version = -1;
                             return true;
                           }),
                           invariant::reads))
      << "the writes of one page fall back behind those of another";
}

TEST(DeepstreamPlanted, an_http_api_that_ignores_versions) {
  Faults faults;
  faults.other_up = [](const Link& link, std::string body) {
    if (link.dialect != Dialect::deepstream || link.kind != Link::Kind::exchange) return body;
    constexpr std::string_view version = ",\"version\":";
    for (std::size_t at = body.find(version); at != std::string::npos; at = body.find(version)) {
      body.erase(at, body.find(',', at + 1) - at);
    }
    return body;
  };
  EXPECT_TRUE(is_caught_by(faults, invariant::durable));
}

TEST(DeepstreamPlanted, a_log_that_says_ok_and_stores_nothing) {
  Faults faults;
  faults.log_lies = true;
  EXPECT_TRUE(is_caught_by(faults, invariant::durable));
}

}  // namespace
}  // namespace rockpool::sim
