// For tests: a hub, a log whose every answer can be chosen, and short ways to ask and to look.
#pragma once

#include <deque>
#include <map>
#include <set>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "core/hub/hub.h"
#include "core/hub/view.h"

namespace rockpool::hub::testing {

// What becomes of an append. `lost`: answered unknown and not stored; `landed`: answered unknown, yet stored.
enum class Fate { ok, lost, landed, full, down };

class ScriptedLog final : public Backplane {
 public:
  void submit(Request request) override { requests.push_back(std::move(request)); }
  base::Result<Start> load(const std::function<void(const std::string&, model::Record)>& record,
                           const std::function<void(const std::string&, ClientMark)>& mark,
                           const std::function<void(const std::string&, const ClientMark&, std::uint64_t,
                                                    model::Version, std::uint64_t)>& outcome) override {
    for (const auto& [name, space] : view.spaces()) {
      for (const auto& [collection, records] : space.collections) {
        for (const model::Record& held : records) record(name, held);
      }
      for (const auto& [key, book] : space.books) {
        mark(name, book.mark());
        for (const auto& [number, applied] : book.open()) {
          outcome(name, book.mark(), number, applied.version, applied.seq);
        }
      }
    }
    return start();
  }

  Start start() const {
    return {.epoch = epoch,
            .last_seq = entries.empty() ? 0 : entries.back().seq,
            .last_chain = entries.empty() ? 0 : entries.back().chain,
            .first_seq = first_seq,
            .last_num = view.last_num(),
            .last_time = entries.empty() ? base::Instant{} : entries.back().batch.time};
  }

  // Does what the oldest request asks for.
  Event serve(Fate fate = Fate::ok) {
    const Request request = std::move(requests.front());
    requests.pop_front();
    if (const auto* read = std::get_if<ReadLog>(&request)) return answer(*read);
    return append(std::get<Append>(request), fate);
  }

  void compact(std::uint64_t up_to) {
    first_seq = up_to + 1;
    view.forget_tombstones(up_to);
  }

  std::deque<Request> requests;
  std::vector<Entry> entries;  // from 1 on
  View view;
  std::uint64_t epoch = 7;
  std::uint64_t first_seq = 1;
  std::string read_problem;

 private:
  Appended append(const Append& request, Fate fate) {
    const bool is_stale = request.expected_seq != entries.size();
    if (is_stale && fate != Fate::lost && fate != Fate::landed)
      return {.what = Appended::What::stale, .problem = {}};
    if (!is_stale && (fate == Fate::ok || fate == Fate::landed)) store(request.batch);
    const Entry* last = entries.empty() ? nullptr : &entries.back();
    switch (fate) {
      case Fate::ok:
        return {.what = Appended::What::ok, .seq = last->seq, .chain = last->chain, .problem = {}};
      case Fate::full: return {.what = Appended::What::full, .problem = "disk full"};
      case Fate::down: return {.what = Appended::What::down, .problem = "disk gone"};
      default: return {.what = Appended::What::unknown, .problem = "no answer"};
    }
  }

  void store(const Batch& batch) {
    const std::uint64_t before = entries.empty() ? 0 : entries.back().chain;
    entries.push_back(
        {.seq = entries.size() + 1, .chain = next_chain(before, encode(batch)), .batch = batch});
    view.apply(entries.back());
  }

  LogRead answer(const ReadLog& read) const {
    LogRead result{.ticket = read.ticket, .entries = {}, .last_seq = entries.size(), .problem = read_problem};
    if (!read_problem.empty()) return result;
    result.compacted = read.after + 1 < first_seq;
    if (result.compacted || read.after > entries.size()) return result;
    result.after_chain = read.after == 0 ? 0 : entries[read.after - 1].chain;
    // Small pages, so that every reader has to go on.
    for (std::size_t i = read.after; i < entries.size() && result.entries.size() < 3; ++i) {
      result.entries.push_back(entries[i]);
    }
    return result;
  }
};

inline model::Mutation put(std::uint64_t number, std::string id, std::string data, model::Version base) {
  model::Mutation mutation;
  mutation.number = number;
  mutation.key = {"tasks", std::move(id)};
  mutation.data = std::move(data);
  mutation.base = base;
  return mutation;
}

inline model::Mutation after(model::Mutation mutation, std::uint64_t number) {
  mutation.base.reset();
  mutation.after = number;
  return mutation;
}

inline model::Mutation remove(std::uint64_t number, std::string id, model::Version base) {
  model::Mutation mutation = put(number, std::move(id), "", base);
  mutation.op = model::Op::remove;
  return mutation;
}

inline model::Mutation add(std::uint64_t number, std::string id, std::string path, std::string by) {
  model::Mutation mutation = put(number, std::move(id), std::move(by), 0);
  mutation.op = model::Op::add;
  mutation.path = std::move(path);
  mutation.base.reset();
  return mutation;
}

class World {
 public:
  explicit World(ScriptedLog& on, const Limits& limits = {}, std::uint64_t seed = 1)
      : log(on), hub(limits, base::Prng(seed)) {
    EXPECT_TRUE(hub.load(on, now).ok());
  }

  model::Ticket ask(model::Command command, const std::string& user = "ann",
                    const std::string& space = "garden") {
    model::Principal principal;
    principal.user = user;
    hub.handle(
        now,
        Ask{.ticket = ++last_ticket, .principal = principal, .space = space, .command = std::move(command)});
    drain();
    return last_ticket;
  }

  // Every mutation in a group of its own.
  model::Ticket write(std::vector<model::Mutation> mutations, const std::string& client = "client-1") {
    std::vector<model::Group> groups;
    for (model::Mutation& mutation : mutations) groups.push_back({std::move(mutation)});
    return write_groups(std::move(groups), client);
  }
  model::Ticket write_groups(std::vector<model::Group> groups, const std::string& client = "client-1") {
    return ask(
        model::Write{.client = client, .settled = settled, .except = except, .groups = std::move(groups)});
  }

  // The log answers what it was asked, until it is asked nothing more.
  void run() {
    while (!log.requests.empty()) serve();
  }
  void serve(Fate fate = Fate::ok) {
    ASSERT_FALSE(log.requests.empty());
    if (const auto* compact = std::get_if<Compact>(&log.requests.front())) {
      log.compact(compact->up_to);
      log.requests.pop_front();
      return;
    }
    hub.handle(now, log.serve(fate));
    drain();
  }
  void wake(std::int64_t ms_later) {
    now = now + base::milliseconds(ms_later);
    hub.handle(now, Woke{});
    drain();
  }

  void drain() {
    while (auto output = hub.poll()) {
      if (auto* request = std::get_if<Request>(&*output)) log.submit(std::move(*request));
      if (auto* answer = std::get_if<Answer>(&*output)) {
        order.push_back("answer " + std::to_string(answer->ticket));
        answers[answer->ticket].push_back(std::move(answer->reply));
      }
      if (auto* tell = std::get_if<Tell>(&*output)) {
        order.push_back("tell");
        tells.push_back(std::move(*tell));
      }
    }
  }

  // The one reply to a question, of the type expected.
  template <typename T>
  T reply(model::Ticket ticket) {
    const auto& replies = answers[ticket];
    EXPECT_EQ(replies.size(), 1u) << "ticket " << ticket;
    if (replies.empty() || !std::holds_alternative<T>(replies.back())) {
      ADD_FAILURE() << "ticket " << ticket << " has no answer of that type";
      return {};
    }
    return std::get<T>(replies.back());
  }
  bool is_answered(model::Ticket ticket) const { return answers.contains(ticket); }

  std::vector<model::Outcome> outcomes(model::Ticket ticket) {
    std::vector<model::Outcome> all;
    for (const model::Reply& reply : answers[ticket]) {
      const auto* written = std::get_if<model::Written>(&reply);
      if (written == nullptr) continue;
      all.insert(all.end(), written->outcomes.begin(), written->outcomes.end());
    }
    return all;
  }
  template <typename T>
  T outcome(model::Ticket ticket, std::size_t at = 0) {
    const std::vector<model::Outcome> all = outcomes(ticket);
    if (all.size() <= at || !std::holds_alternative<T>(all[at])) {
      ADD_FAILURE() << "ticket " << ticket << " has " << all.size() << " outcomes, or " << at
                    << " is another one";
      return {};
    }
    return std::get<T>(all[at]);
  }

  std::optional<model::Record> record(const std::string& id) {
    return reply<model::Found>(ask(model::Read{{"tasks", id}})).record;
  }
  std::string cursor() { return reply<model::Since>(ask(model::CatchUp{"tasks", {}, 0})).cursor; }
  model::Ticket catch_up(const std::string& from, std::size_t bytes_max = 1 << 20) {
    return ask(model::CatchUp{"tasks", model::read_cursor(from), bytes_max});
  }

  ScriptedLog& log;
  Hub hub;
  base::Instant now{1'750'000'000'000};
  std::uint64_t settled = 0;
  std::vector<std::uint64_t> except;
  model::Ticket last_ticket = 0;
  std::map<model::Ticket, std::vector<model::Reply>> answers;
  std::vector<Tell> tells;
  std::vector<std::string> order;
};

}  // namespace rockpool::hub::testing
