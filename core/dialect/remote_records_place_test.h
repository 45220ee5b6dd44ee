// A page's records on a service that the test plays.
#pragma once

#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "core/dialect/remote_records.h"

namespace rockpool::dialect {

using model::Mutation;

// A service that writes down what it is asked, and the page's side of it.
struct Page final : RemoteRecords::Service {
  using Scope = RemoteRecords::Scope;

  explicit Page(bool fences = false) : is_fenced(fences) {}

  void read_all(const std::string& collection) override { asked.push_back("all " + collection); }
  void read(const model::Key& key, const std::string& remote) override {
    asked.push_back("read " + key.id + '=' + remote);
  }
  void create(const model::Key& key, const std::string& data) override {
    asked.push_back("create " + key.id + ' ' + data);
  }
  void write(const model::Key& key, const RemoteRecords::State& state, const std::string& data) override {
    asked.push_back("write " + key.id + '=' + state.remote + ' ' + (data.empty() ? "nothing" : data));
  }
  bool fences() const override { return is_fenced; }
  bool names(const model::Key&) const override { return is_fenced; }

  Page& follow(std::vector<model::Record> held = {}, const std::string& cursor = "") {
    records.subscribe({.collection = "c", .cursor = cursor, .after = "", .held = std::move(held)}, out);
    return *this;
  }
  // The answer of the reading that began last, or of one that begins now.
  Page& all(std::vector<RemoteRecords::State> states, Scope scope = Scope::whole) {
    if (reading == 0) reads();
    records.all_of("c", std::move(states), {.number = std::exchange(reading, 0), .scope = scope}, out);
    return *this;
  }
  void reads() { reading = records.reads("c"); }
  Page& push(Mutation mutation) {
    records.push({.settled = 0, .except = {}, .groups = {{std::move(mutation)}}}, out);
    return *this;
  }
  Page& put(const std::string& id, const std::string& data, model::Version base) {
    return push({.number = ++number, .key = {"c", id}, .op = model::Op::put, .data = data, .base = base});
  }
  template <typename Step>
  std::vector<Step> take() {
    std::vector<Step> found;
    for (auto& step : out)
      if (auto* one = std::get_if<Step>(&step)) found.push_back(std::move(*one));
    out.clear();
    return found;
  }
  // What the engine was told last: "id=data" of each change.
  std::string told() {
    std::string text;
    for (const ClientStep& step : out) {
      if (const auto* part = std::get_if<Part>(&step))
        for (const model::Record& one : part->records) text += one.key.id + '=' + one.data + ' ';
      if (const auto* changed = std::get_if<ChangedAt>(&step))
        for (const model::Change& one : changed->changes)
          text += one.record.key.id + '=' + one.record.data + ' ';
    }
    out.clear();
    return text;
  }
  // That was told up to.
  std::uint64_t place() const { return model::read_cursor(records.cursor())->seq; }
  std::vector<std::string> questions() { return std::exchange(asked, {}); }
  template <typename Outcome>
  std::optional<Outcome> settled() {
    const auto all = take<Settled>();
    const auto* one = all.empty() ? nullptr : std::get_if<Outcome>(&all.back().outcome);
    return one == nullptr ? std::nullopt : std::optional(*one);
  }

  bool is_fenced;
  std::vector<std::string> asked;
  ClientSteps out;
  std::uint64_t number = 0, reading = 0;
  RemoteRecords records{*this};
};

using Questions = std::vector<std::string>;

inline RemoteRecords::State state(const std::string& remote, const std::string& data,
                                  model::Version version = 0) {
  return {.remote = remote, .data = data, .version = version, .created = {1}, .updated = {2}};
}

inline model::Record held(const std::string& id, model::Version version, const std::string& data,
                          const std::string& remote = "") {
  model::Record record{.key = {"c", id}, .version = version};
  record.data = data;
  record.meta = remote;
  return record;
}

inline const std::string some_cursor = model::write_cursor({.epoch = 1, .space = 0, .seq = 7, .chain = 0});

}  // namespace rockpool::dialect
