// The sockets of one mount, and a hub and an edge that the test plays.
#pragma once

#include <gtest/gtest.h>

#include "core/dialects/deepstream/codec.h"
#include "core/dialects/deepstream/server.h"

namespace rockpool::dialects::deepstream {

using base::Instant;
using dialect::Asked;
using dialect::CarrierId;
using dialect::Identify;

class SocketPlace {
 public:
  explicit SocketPlace(const std::string& settings = "{}", const dialect::SessionLimits& limits = {}) {
    auto made = make_server({.space = "team", .settings = settings, .limits = limits}, base::Prng(1));
    EXPECT_TRUE(made.ok());
    server = std::move(*made);
  }

  // Up to the challenge.
  CarrierId connect(const std::string& sdk = "") {
    const CarrierId socket = ++last_socket;
    dialect::Arrived arrived{.head = {.method = "GET", .path = "/deepstream", .upgrade = true},
                             .peer = "10.0.0.9"};
    hear(socket, std::move(arrived));
    say(socket, {.topic = Topic::connection, .action = connection_action::challenge, .sdk_type = sdk});
    return socket;
  }
  // Logged in; what the mount asks meanwhile is answered.
  CarrierId open(const std::string& user = "", std::int64_t expires_ms = 0, const std::string& sdk = "") {
    const CarrierId socket = connect(sdk);
    say(socket, {.topic = Topic::auth, .action = auth_action::request, .data = "{}"});
    identify(dialect::Identified{.principal = {.user = user, .expires_ms = expires_ms}});
    if (!commands<model::ListPresence>().empty()) answer(model::Present{.room = "deepstream"});
    return socket;
  }
  void identify(dialect::Identity identity) {
    const auto asked = all<Identify>();
    ASSERT_FALSE(asked.empty());
    turn([&] { server->identified(now, asked.back().ticket, std::move(identity), steps); });
  }

  void hear(CarrierId socket, dialect::Arrival arrival) {
    turn([&] { server->receive(now, socket, std::move(arrival), steps); });
  }
  void say(CarrierId socket, const Message& message) {
    hear(socket, dialect::Frame{.bytes = encode(message), .binary = true});
  }
  void close(CarrierId socket) { hear(socket, dialect::Closed{}); }
  void wait(std::int64_t ms) {
    now = now + base::milliseconds(ms);
    turn([&] { server->wake(now, steps); });
  }
  // To the last question of this turn, or the one with the ticket.
  void answer(model::Reply reply) { answer(questions.back().ticket, std::move(reply)); }
  void answer(dialect::Ticket ticket, model::Reply reply) {
    turn([&] { server->answer(now, ticket, std::move(reply), steps); });
  }

  template <typename T>
  std::vector<T> all() const {
    std::vector<T> found;
    for (const auto& step : steps)
      if (const auto* one = std::get_if<T>(&step)) found.push_back(*one);
    return found;
  }
  // Of this turn.
  template <typename T>
  std::vector<T> commands() const {
    std::vector<T> found;
    for (const Asked& asked : all<Asked>())
      if (const auto* one = std::get_if<T>(&asked.command)) found.push_back(*one);
    return found;
  }
  // What was sent to the socket in this turn.
  std::vector<Message> told(CarrierId socket) const {
    std::vector<Message> messages;
    for (const auto& frame : all<dialect::SendFrame>()) {
      if (frame.carrier != socket) continue;
      EXPECT_TRUE(frame.binary);
      const auto decoded = decode(*frame.bytes);
      EXPECT_TRUE(decoded.ok());
      messages.insert(messages.end(), decoded->begin(), decoded->end());
    }
    return messages;
  }
  // Actions alone, for short.
  std::vector<std::int32_t> actions(CarrierId socket) const {
    std::vector<std::int32_t> actions;
    for (const Message& message : told(socket)) actions.push_back(message.action);
    return actions;
  }
  // Close code of this turn, 0: none.
  int closed(CarrierId socket) const {
    for (const auto& close : all<dialect::CloseStream>())
      if (close.carrier == socket) return static_cast<int>(close.code);
    return 0;
  }

  std::unique_ptr<dialect::ServerDialect> server;
  Instant now{1'000'000};
  CarrierId last_socket = 0;
  dialect::ServerSteps steps;    // of the last turn
  std::vector<Asked> questions;  // all that were asked

 private:
  template <typename Act>
  void turn(const Act& act) {
    steps.clear();
    act();
    for (const Asked& asked : all<Asked>()) questions.push_back(asked);
  }
};

inline model::Found found(const std::string& data, model::Version version = 1, model::Version born = 0) {
  model::Record record{.version = version, .born = born, .data = data};
  return {.record = data.empty() ? std::nullopt : std::optional(record), .cursor = ""};
}
inline model::Written acked() { return {.outcomes = {model::Acked{.number = 1, .version = 1, .seq = 1}}}; }

}  // namespace rockpool::dialects::deepstream
