// One mount of the server half with its carriers, and a hub that the test plays.
#pragma once

#include <gtest/gtest.h>

#include "core/dialects/native/codec.h"
#include "core/dialects/native/server.h"

namespace rockpool::dialects::native {
using base::Code;
using base::Instant;
using dialect::Arrived;
using dialect::Asked;
using dialect::CarrierId;
using dialect::CloseStream;
using dialect::Identify;
using dialect::Join;
using dialect::Leave;
using dialect::SendFrame;

inline wire::RequestHead upgrade_of(const std::string& path = "/v1/connect") {
  wire::RequestHead head{.method = "GET", .path = path, .query = "", .headers = {}, .upgrade = true};
  head.headers.emplace_back("Sec-WebSocket-Protocol", "other, rockpool.v1");
  head.headers.emplace_back("Origin", "https://app.example");
  return head;
}

inline std::string cursor(std::uint64_t seq) {
  return model::write_cursor({.epoch = 5, .space = 1, .seq = seq, .chain = 9});
}

inline const std::string hello =
    R"({"type":"hello","protocol":1,"client":"0123456789abcdef","space":"team","token":"t","cursor":")" +
    cursor(1) + "\"}";

class Place {
 public:
  explicit Place(dialect::MountOptions options = {}) {
    options.server = "rockpool 0";
    server_ = std::move(*make_server(options, base::Prng(1)));
  }

  Place& hear(CarrierId from, dialect::Arrival arrival) {
    server_->receive(now, from, std::move(arrival), steps);
    return *this;
  }
  Place& say(const std::string& frame, CarrierId from = 1) {
    return hear(from, dialect::Frame{frame, false});
  }
  Place& answer(model::Reply reply) {
    const model::Ticket ticket = last<Asked>().ticket;
    steps.clear();
    server_->answer(now, ticket, std::move(reply), steps);
    return *this;
  }
  Place& identify(dialect::Identity identity) {
    const model::Ticket ticket = last<Identify>().ticket;
    steps.clear();
    server_->identified(now, ticket, std::move(identity), steps);
    return *this;
  }
  Place& connect(CarrierId carrier = 1) { return hear(carrier, Arrived{upgrade_of(), "127.0.0.1"}); }
  // Greeted, with nothing left in `steps`.
  Place& up(CarrierId carrier = 1, std::int64_t expires_ms = 0) {
    connect(carrier).say(hello, carrier);
    identify(dialect::Identified{{.user = "mara", .expires_ms = expires_ms}});
    answer(model::Greeted{.epoch = 5, .writer = "w", .highest = 3});
    steps.clear();
    return *this;
  }
  Place& wait(std::int64_t ms) {
    now.ms += ms;
    server_->wake(now, steps);
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
  template <typename T>
  T last() const {
    const auto found = all<T>();
    EXPECT_FALSE(found.empty());
    return found.empty() ? T{} : found.back();
  }
  template <typename T>
  T command() const {
    const Asked asked = last<Asked>();
    const auto* found = std::get_if<T>(&asked.command);
    EXPECT_NE(found, nullptr);
    return found == nullptr ? T{} : *found;
  }
  std::vector<std::string> sent() const {
    std::vector<std::string> frames;
    for (const auto& frame : all<SendFrame>()) frames.push_back(*frame.bytes);
    return frames;
  }
  // The code of the only frame sent, which is an error.
  std::string error() const {
    const auto frames = sent();
    if (frames.size() != 1) return std::to_string(frames.size()) + " frames";
    const auto messages = decode_down(frames[0]);
    const auto* problem =
        messages && messages->size() == 1 ? std::get_if<Problem>(&messages->front()) : nullptr;
    return problem == nullptr ? frames[0] : std::string(base::name_of(problem->error.code));
  }
  dialect::ServerDialect& server() { return *server_; }

  Instant now{1'000'000};
  dialect::ServerSteps steps;

 private:
  std::unique_ptr<dialect::ServerDialect> server_;
};

inline model::Record record(const std::string& id) {
  return {.key = {"a", id}, .version = 2, .data = "[1]", .created = {3}, .updated = {4}};
}

inline model::Change change(std::uint64_t seq) {
  return {.seq = seq, .record = record("1"), .writer = "w", .number = 5};
}

}  // namespace rockpool::dialects::native
