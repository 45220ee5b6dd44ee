// A page's session with a deepstream server that the test plays.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "core/dialect/frames.h"
#include "core/dialects/deepstream/client.h"
#include "core/dialects/deepstream/codec.h"

namespace rockpool::dialects::deepstream {

using base::Instant;

inline std::vector<model::Record> held(std::initializer_list<std::string_view> ids) {
  std::vector<model::Record> records;
  for (const std::string_view id : ids) records.push_back({.key = {"todos", std::string(id)}});
  return records;
}

// A session, the steps it made, the messages it said, and a clock.
class Link {
 public:
  explicit Link(const std::string& url = "http://127.0.0.1:6020/")
      : session_(make_client({.url = url, .client = "c", .sdk = "js 1", .user = "mara"}, base::Prng(1))) {}

  Link& open(const std::string& token = "") {
    session_->open(now, dialect::Carrier::websocket, {.client = "c", .token = token}, steps);
    return *this;
  }
  Link& arrive(dialect::Arrival arrival) {
    session_->receive(now, 1, std::move(arrival), steps);
    return *this;
  }
  Link& hear(const Message& message) { return arrive(dialect::Frame{encode(message), true}); }
  // Logged in, with nothing left in `steps`.
  Link& up(const std::string& token = "") {
    open(token).arrive(dialect::Opened{});
    hear({.topic = Topic::connection, .action = connection_action::accept});
    hear({.topic = Topic::auth, .action = auth_action::successful});
    steps.clear();
    return *this;
  }
  // The same with a server of ours.
  Link& up_at_ours() {
    open().arrive(dialect::Opened{});
    hear({.topic = Topic::connection,
          .action = connection_action::accept,
          .data = std::string(knows_collections)});
    hear({.topic = Topic::auth, .action = auth_action::successful});
    steps.clear();
    return *this;
  }
  Link& ask(dialect::ClientCommand command) {
    session_->ask(now, command, steps);
    return *this;
  }
  // What the server has of a record, or that it has none.
  Link& state(const std::string& name, std::int32_t version, const std::string& data) {
    return hear({.topic = Topic::record,
                 .action = record_action::read_response,
                 .version = version,
                 .data = data,
                 .name = name});
  }
  // Follows `todos`, whose list names these records, all of them at version 1.
  Link& following(const std::vector<std::string>& ids) {
    ask(dialect::Subscribe{.collection = "todos"});
    std::string list = "[";
    for (const std::string& id : ids) list += (list.size() > 1 ? ",\"todos/" : "\"todos/") + id + '"';
    state("todos", 1, list + ']');
    for (const std::string& id : ids) state("todos/" + id, 1, R"({"n":1})");
    steps.clear();
    return *this;
  }
  Link& push(model::Mutation mutation) {
    return ask(dialect::Push{.settled = 0, .except = {}, .groups = {{std::move(mutation)}}});
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
  // Since `steps` were cleared.
  std::vector<Message> said() const {
    std::vector<Message> messages;
    for (const auto& frame : all<dialect::SendFrame>()) {
      const auto decoded = decode(*frame.bytes);
      EXPECT_TRUE(decoded.ok() && frame.binary);
      messages.insert(messages.end(), decoded->begin(), decoded->end());
    }
    return messages;
  }
  Message last() const { return said().empty() ? Message{} : said().back(); }
  template <typename T>
  T outcome() const {
    const auto settled = all<dialect::Settled>();
    EXPECT_FALSE(settled.empty());
    const T* found = settled.empty() ? nullptr : std::get_if<T>(&settled.back().outcome);
    EXPECT_NE(found, nullptr);
    return found == nullptr ? T{} : *found;
  }
  dialect::ClientSession& session() { return *session_; }

  Instant now{1'000'000};
  dialect::ClientSteps steps;

 private:
  std::unique_ptr<dialect::ClientSession> session_;
};

}  // namespace rockpool::dialects::deepstream
