// The HTTP side of one mount, and a hub and an edge that the test plays.
#pragma once

#include <gtest/gtest.h>

#include "core/dialects/deepstream/http.h"

namespace rockpool::dialects::deepstream {

using base::Code;
using dialect::Asked;
using dialect::Identify;
using dialect::Respond;

class HttpPlace {
 public:
  explicit HttpPlace(std::string_view settings = "{}")
      : desk{{{.mount = "/deepstream", .space = "team"}}, *read_settings(settings), base::Prng(1)},
        admission(desk),
        traffic(desk.options.limits),
        http(desk, admission, traffic) {}

  CarrierId arrive(const std::string& method, const std::string& path,
                   wire::Headers headers = {{"Content-Type", "application/json"}}) {
    steps.clear();
    http.arrive(++last_request,
                {.head = {.method = method, .path = path, .query = "", .headers = std::move(headers)},
                 .peer = "10.0.0.9"},
                steps);
    return last_request;
  }
  CarrierId post(const std::string& path, std::string body,
                 wire::Headers headers = {{"Content-Type", "application/json"}}) {
    const CarrierId request = arrive("POST", path, std::move(headers));
    if (!all<dialect::ReadBody>().empty()) hear(request, dialect::Body{0, std::move(body)});
    return request;
  }
  void hear(CarrierId request, dialect::Arrival arrival) {
    steps.clear();
    EXPECT_TRUE(http.receive(now, request, arrival, steps));
  }
  void identify(dialect::Identity identity) {
    const Ticket ticket = last<Identify>().ticket;
    steps.clear();
    admitted(admission.identified(now, ticket, std::move(identity), steps));
  }
  void identify_as(const std::string& user, std::vector<std::string> roles = {}) {
    identify(dialect::Identified{.principal = {.user = user, .roles = std::move(roles)}, .secret = "s3cret"});
  }
  void fetched(base::Result<dialect::Fetched> fetched) {
    const Ticket ticket = last<dialect::Fetch>().ticket;
    steps.clear();
    admitted(admission.fetched(now, ticket, fetched, steps));
  }
  void admitted(std::optional<Admission::Answer> answer) {
    if (answer) http.admitted(now, std::move(*answer), steps);
  }
  // A batch of somebody who is let in as nobody.
  CarrierId batch(const std::string& commands) {
    const CarrierId request = post("/api/v1", R"({"body":[)" + commands + "]}");
    identify_as("");
    return request;
  }
  void answer(Ticket ticket, model::Reply reply) {
    steps.clear();
    if (admission.owns(ticket)) return admitted(admission.answer(now, ticket, reply, steps));
    EXPECT_TRUE(http.answer(ticket, reply, steps));
  }
  void answer(model::Reply reply) { answer(last<Asked>().ticket, std::move(reply)); }
  void written(std::vector<model::Outcome> outcomes, bool more = false) {
    answer(model::Written{.outcomes = std::move(outcomes), .more = more});
  }
  void wait(std::int64_t ms) {
    now.ms += ms;
    steps.clear();
    http.wake(now, steps);
  }

  template <typename T>
  std::vector<T> all() const {
    std::vector<T> found;
    for (const auto& step : steps)
      if (const auto* one = std::get_if<T>(&step)) found.push_back(*one);
    return found;
  }
  template <typename T>
  T last() const {
    const auto found = all<T>();
    EXPECT_FALSE(found.empty());
    return found.empty() ? T{} : found.back();
  }
  // The command of the `index`th question asked.
  template <typename T>
  T command(std::size_t index = 0) const {
    const auto asked = all<Asked>();
    const auto* found = index < asked.size() ? std::get_if<T>(&asked[index].command) : nullptr;
    EXPECT_NE(found, nullptr);
    return found == nullptr ? T{} : *found;
  }
  // Status and body of the only answer.
  std::string said() const {
    const auto answers = all<Respond>();
    if (answers.size() != 1) return std::to_string(answers.size()) + " answers";
    return std::to_string(answers[0].head.status) + " " + *answers[0].body;
  }
  std::string header(std::string_view name) const {
    const Respond respond = last<Respond>();
    const std::string* found = wire::find_header(respond.head.headers, name);
    return found == nullptr ? "" : *found;
  }

  Desk desk;
  Admission admission;
  dialect::Traffic traffic;
  Http http;
  Instant now{1'000'000};
  CarrierId last_request = 0;
  ServerSteps steps;
};

inline const std::string emit = R"({"topic":"event","action":"emit","eventName":"e","data":{"a":1}})";
inline const std::string query = R"({"topic":"presence","action":"query"})";
inline const std::string make = R"({"topic":"rpc","action":"make","rpcName":"add","data":[1]})";

inline std::string of_record(const std::string& action, const std::string& name,
                             const std::string& more = "") {
  return R"({"topic":"record","action":")" + action + R"(","recordName":")" + name + "\"" + more + "}";
}
inline std::string put(const std::string& name, const std::string& more = "") {
  return of_record("write", name, R"(,"data":{"a":1})" + more);
}

inline model::Found found(model::Version version, model::Version born, std::string data) {
  return {.record = model::Record{.key = {}, .version = version, .born = born, .data = std::move(data)},
          .cursor = ""};
}

}  // namespace rockpool::dialects::deepstream
