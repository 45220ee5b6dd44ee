// Whole hubs on a backplane: what clients were told has to hold over restarts, races and copies.
#pragma once

#include <deque>

#include "core/hub/hub.h"
#include "tests/suites/backplane_suite.h"

namespace rockpool::suites {

// A hub, its clients, and the requests it has not yet got an answer to.
class HubOn {
 public:
  HubOn(BackplaneUnderTest& on, std::uint64_t seed, const hub::Limits& limits = {})
      : on_(on), hub(limits, base::Prng(seed)) {
    EXPECT_TRUE(hub.load(on.backplane(), now).ok());
  }

  model::Ticket ask(model::Command command) {
    hub.handle(now, hub::Ask{.ticket = ++last_ticket_,
                             .principal = {.user = "ann", .roles = {}},
                             .space = "garden",
                             .command = std::move(command)});
    drain();
    return last_ticket_;
  }
  template <typename T>
  T get(model::Command command) {
    const model::Ticket ticket = ask(std::move(command));
    run();
    const auto* reply = std::get_if<T>(&replies[ticket]);
    EXPECT_NE(reply, nullptr);
    return reply == nullptr ? T{} : *reply;
  }

  model::Ticket write(const std::string& client, std::vector<model::Mutation> mutations) {
    model::Write command{.client = client, .settled = 0, .except = {}, .groups = {}};
    for (model::Mutation& mutation : mutations) command.groups.push_back({std::move(mutation)});
    return ask(std::move(command));
  }
  const std::vector<model::Outcome>& outcomes(model::Ticket ticket) { return outcomes_[ticket]; }

  // Has the backplane do the oldest request. False when there is none.
  bool serve() {
    if (requests.empty()) return false;
    const bool answers = !std::holds_alternative<hub::Compact>(requests.front());
    on_.backplane().submit(std::move(requests.front()));
    requests.pop_front();
    if (answers) hub.handle(now, on_.wait());
    drain();
    return true;
  }
  void run() {
    while (serve()) continue;
  }

  hub::Backplane& backplane() { return on_.backplane(); }

  std::map<std::string, model::Record> records() {
    std::map<std::string, model::Record> all;
    for (const auto& record : get<model::Page>(model::Scan{"tasks", "", 10'000, 64 << 20}).records) {
      all[record.key.id] = record;
    }
    return all;
  }
  std::string cursor() { return get<model::Since>(model::CatchUp{"tasks", {}, 0}).cursor; }

 private:
  void drain() {
    while (auto output = hub.poll()) {
      if (auto* request = std::get_if<hub::Request>(&*output)) requests.push_back(std::move(*request));
      auto* answer = std::get_if<hub::Answer>(&*output);
      if (answer == nullptr) continue;
      if (const auto* written = std::get_if<model::Written>(&answer->reply)) {
        auto& all = outcomes_[answer->ticket];
        all.insert(all.end(), written->outcomes.begin(), written->outcomes.end());
      }
      replies[answer->ticket] = std::move(answer->reply);
    }
  }

  BackplaneUnderTest& on_;
  model::Ticket last_ticket_ = 0;
  std::map<model::Ticket, std::vector<model::Outcome>> outcomes_;

 public:
  hub::Hub hub;
  base::Instant now{1'750'000'000'000};
  std::deque<hub::Request> requests;
  std::map<model::Ticket, model::Reply> replies;
};

inline model::Mutation put(std::uint64_t number, const std::string& id, const std::string& data,
                           model::Version base) {
  model::Mutation mutation;
  mutation.number = number;
  mutation.key = {"tasks", id};
  mutation.data = data;
  mutation.base = base;
  return mutation;
}

inline model::Mutation add_one(std::uint64_t number, const std::string& id) {
  model::Mutation mutation = put(number, id, "1", 0);
  mutation.op = model::Op::add;
  mutation.base.reset();
  mutation.path = "/n";
  return mutation;
}

TEST_P(BackplaneSuite, a_hub_started_again_shows_the_same_records) {
  std::map<std::string, model::Record> before;
  std::string cursor;
  {
    HubOn hub(*under_test, 1);
    base::Prng prng(3);
    std::map<std::string, model::Version> versions;
    for (std::uint64_t number = 1; number <= 500; ++number) {
      const std::string id = std::to_string(prng.below(50));
      model::Mutation mutation = put(number, id, std::to_string(number), versions[id]);
      if (versions[id] > 0 && prng.once_in(4)) mutation.op = model::Op::remove, mutation.data.clear();
      hub.now.ms += static_cast<std::int64_t>(prng.below(3));
      const auto ticket = hub.write("client-1", {mutation});
      hub.run();
      if (const auto* acked = std::get_if<model::Acked>(&hub.outcomes(ticket).at(0)))
        versions[id] = acked->version;
    }
    before = hub.records();
    cursor = hub.cursor();
  }
  under_test->reopen();
  HubOn hub(*under_test, 2);
  EXPECT_FALSE(before.empty());
  EXPECT_EQ(hub.records(), before);
  EXPECT_EQ(hub.cursor(), cursor);
}

TEST_P(BackplaneSuite, a_resend_after_a_restart_gets_the_ack_of_before) {
  std::vector<model::Outcome> before;
  const std::vector<model::Mutation> mutations = {put(1, "a", R"({"n":0})", 0), add_one(2, "a"),
                                                  put(3, "b", "1", 0)};
  {
    HubOn hub(*under_test, 1);
    const auto ticket = hub.write("client-1", mutations);
    hub.run();
    before = hub.outcomes(ticket);
  }
  under_test->reopen();
  HubOn hub(*under_test, 2);
  const auto ticket = hub.write("client-1", mutations);
  hub.run();
  EXPECT_EQ(hub.outcomes(ticket), before);
  EXPECT_EQ(hub.records().at("a").data, R"({"n":1})");
}

TEST_P(BackplaneSuite, a_client_is_remembered_over_a_restart) {
  {
    HubOn hub(*under_test, 1);
    hub.write("client-1", {put(7, "a", "1", 0)});
    hub.run();
  }
  under_test->reopen();
  HubOn hub(*under_test, 2);
  const auto known = hub.get<model::Greeted>(model::Greet{"client-1", 5, {}});
  EXPECT_FALSE(known.forgotten);
  EXPECT_EQ(known.highest, 7u);
  EXPECT_TRUE(hub.get<model::Greeted>(model::Greet{"client-2", 5, {}}).forgotten);
}

TEST_P(BackplaneSuite, a_cursor_is_good_over_a_restart_and_gives_what_is_missing) {
  std::string cursor;
  {
    HubOn hub(*under_test, 1);
    hub.write("client-1", {put(1, "a", "1", 0)});
    hub.run();
    cursor = hub.cursor();
    hub.write("client-1", {put(2, "b", "2", 0)});
    hub.run();
  }
  under_test->reopen();
  HubOn hub(*under_test, 2);
  const auto since = hub.get<model::Since>(model::CatchUp{"tasks", model::read_cursor(cursor), 1 << 20});
  ASSERT_EQ(since.changes.size(), 1u);
  EXPECT_EQ(since.changes[0].record.key.id, "b");
  EXPECT_FALSE(since.more);
}

TEST_P(BackplaneSuite, a_cursor_of_before_is_of_another_history_for_a_copy) {
  std::string cursor;
  {
    HubOn hub(*under_test, 1);
    hub.write("client-1", {put(1, "a", "1", 0)});
    hub.run();
    cursor = hub.cursor();
  }
  under_test->reopen_as_copy();
  HubOn hub(*under_test, 2);
  const auto gone = hub.get<model::Gone>(model::CatchUp{"tasks", model::read_cursor(cursor), 1 << 20});
  EXPECT_EQ(gone.reason, model::gone_other_history);
}

TEST_P(BackplaneSuite, a_hub_lets_the_log_forget_and_tells_late_readers) {
  hub::Limits limits;
  limits.log_entries_max = 16;
  limits.log_age_ms = 1000;
  limits.recent_entries_max = 4;
  HubOn hub(*under_test, 1, limits);
  const std::string start = hub.cursor();
  for (std::uint64_t number = 1; number <= 60; ++number) {
    hub.now.ms += 70'000;
    hub.write("client-1", {put(number, "a", "1", number - 1)});
    hub.run();
  }
  EXPECT_GT(load(hub.backplane()).start.first_seq, 30u);
  const auto gone = hub.get<model::Gone>(model::CatchUp{"tasks", model::read_cursor(start), 1 << 20});
  EXPECT_EQ(gone.reason, model::gone_compacted);
}

TEST_P(BackplaneSuite, a_reader_far_behind_is_caught_up_from_the_log) {
  hub::Limits limits;
  limits.recent_entries_max = 4;
  HubOn hub(*under_test, 1, limits);
  const std::string start = hub.cursor();
  for (std::uint64_t number = 1; number <= 100; ++number) {
    hub.write("client-1", {put(number, "a", std::string(5000, '1'), number - 1)});
    hub.run();
  }
  std::string at = start;
  std::uint64_t expected = 1;
  for (bool more = true; more;) {
    const auto since = hub.get<model::Since>(model::CatchUp{"tasks", model::read_cursor(at), 60'000});
    for (const auto& change : since.changes) EXPECT_EQ(change.seq, expected++);
    at = since.cursor;
    more = since.more;
  }
  EXPECT_EQ(expected, 101u);
  EXPECT_EQ(at, hub.cursor());
}

// Two servers on one log, their requests in every order: never do both accept a version, never is a write
// applied twice, and both end with the same records.
TEST_P(BackplaneSuite, two_hubs_on_one_log_never_both_accept_a_version) {
  HubOn first(*under_test, 11);
  HubOn second(*under_test, 12);
  HubOn* hubs[] = {&first, &second};
  base::Prng prng(13);
  std::uint64_t number = 0;
  std::map<std::pair<std::string, model::Version>, std::uint64_t> accepted;
  std::vector<std::tuple<HubOn*, model::Ticket, model::Mutation>> writes;
  for (int step = 0; step < 600; ++step) {
    HubOn& hub = *hubs[prng.below(2)];
    if (prng.once_in(3)) {
      const std::string id = std::to_string(prng.below(3));
      const auto found = std::get<model::Found>(hub.replies[hub.ask(model::Read{{"tasks", id}})]);
      model::Mutation mutation =
          put(++number, id, std::to_string(step), found.record ? found.record->version : 0);
      writes.emplace_back(&hub, hub.write("client-1", {mutation}), mutation);
    } else {
      hub.serve();
    }
  }
  first.run();
  second.run();
  for (const auto& [hub, ticket, mutation] : writes) {
    ASSERT_EQ(hub->outcomes(ticket).size(), 1u);
    const auto* acked = std::get_if<model::Acked>(&hub->outcomes(ticket)[0]);
    if (acked == nullptr) continue;
    EXPECT_EQ(acked->version, *mutation.base + 1);
    EXPECT_TRUE(accepted.emplace(std::pair(mutation.key.id, acked->version), mutation.number).second);
  }
  EXPECT_GT(accepted.size(), 20u);
  // A write with a base that cannot be proved wrong makes each read to the end.
  for (HubOn* hub : hubs) {
    hub->write("client-1", {put(++number, "far", "1", 99)});
    hub->run();
  }
  EXPECT_EQ(first.records(), second.records());
  std::uint64_t versions = 0;
  for (const auto& [id, record] : first.records()) versions += record.version;
  EXPECT_EQ(versions, accepted.size());
}

TEST_P(BackplaneSuite, a_write_resent_to_the_other_hub_is_applied_once) {
  HubOn first(*under_test, 21);
  HubOn second(*under_test, 22);
  first.write("client-1", {put(1, "a", R"({"n":0})", 0)});
  first.run();
  const auto here = first.write("client-1", {add_one(2, "a")});
  const auto there = second.write("client-1", {add_one(2, "a")});
  second.run();
  first.run();
  EXPECT_EQ(first.outcomes(here), second.outcomes(there));
  EXPECT_EQ(first.records().at("a").data, R"({"n":1})");
}

// Every write is sent until it was acknowledged, through restarts that forget what was under way.
TEST_P(BackplaneSuite, counting_through_restarts_is_exact) {
  base::Prng prng(31);
  auto hub = std::make_unique<HubOn>(*under_test, 30);
  hub->write("client-1", {put(1, "a", R"({"n":0})", 0)});
  hub->run();
  for (std::uint64_t number = 2; number <= 60;) {
    const auto ticket = hub->write("client-1", {add_one(number, "a")});
    if (prng.once_in(5)) hub->serve();  // stored, but the answer is lost with the server
    if (prng.once_in(4)) {
      hub.reset();
      under_test->reopen();
      hub = std::make_unique<HubOn>(*under_test, 100 + number);
      continue;
    }
    hub->run();
    ASSERT_EQ(hub->outcomes(ticket).size(), 1u);
    EXPECT_TRUE(std::holds_alternative<model::Acked>(hub->outcomes(ticket)[0]));
    ++number;
  }
  EXPECT_EQ(hub->records().at("a").data, R"({"n":59})");
}

}  // namespace rockpool::suites
