// An engine on a scripted session: tests say what the server says and see what it was asked.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "core/sync/engine.h"

namespace rockpool::sync::test {

using Asked = std::vector<dialect::ClientCommand>;

// The session of the link under test: what it was asked, what it will say on the next arrival, and what at
// once to the next push.
struct Script {
  Asked asked;
  dialect::Greeting greeting;
  dialect::ClientSteps say;
  dialect::ClientSteps answer;
  int opened = 0;
};

Script& script();
extern const dialect::Dialect fake_dialect;
// Its server keeps no books on clients, and its versions begin anew.
extern const dialect::Dialect bookless_dialect;

// As `url`: the page is local only.
inline constexpr std::string_view no_server = "none";

class Page {
 public:
  explicit Page(Options options = {}, const journal::Files& files = {},
                const dialect::Dialect& dialect = fake_dialect);
  explicit Page(const dialect::Dialect& dialect) : Page({}, {}, dialect) {}

  // ---- acts
  WriteView write(LocalWrite::Kind kind, const std::string& id, const std::string& data,
                  const std::string& path = "");
  base::Error refused_at_call(LocalWrite::Kind kind, const std::string& id, const std::string& data);
  WriteView batch(std::vector<LocalWrite> writes);
  void connect(dialect::Ready ready = {
                   .epoch = 7, .user = "", .writer = "me", .highest = 0, .forgotten = false});
  // The server says these; then effects are drained and disk syncs succeed.
  template <typename... Steps>
  void hear(Steps... steps) {
    (script().say.emplace_back(std::move(steps)), ...);
    engine->arrived(now, carrier, dialect::Frame{});
    settle();
  }
  // In the log at `at`; 0: right behind what the page has heard of.
  void acked(std::uint64_t number, model::Version version, std::uint64_t at = 0);
  void conflicted(std::uint64_t number, model::Version version, const std::string& data);
  void changed(const std::string& id, model::Version version, const std::string& data, std::uint64_t by = 0);
  void cut();
  void settle();       // drain; every sync succeeds at once
  void drain();        // drain; syncs stay open
  void finish_sync();  // the open sync succeeds
  Page reload(Options options = {});

  // ---- sees
  std::string view(const std::string& id) const;
  std::vector<model::Mutation> pushed();  // since the last call
  std::uint64_t number(const WriteView& write) const;
  WriteState state(const WriteView& write) const;  // last one told
  template <typename E>
  std::vector<E> seen() const {
    std::vector<E> found;
    for (const Effect& effect : effects) {
      if (const E* one = std::get_if<E>(&effect)) found.push_back(*one);
    }
    return found;
  }

  Instant now{1'000'000};
  Options options;
  const dialect::Dialect* spoken;
  std::unique_ptr<Engine> engine;
  std::vector<Effect> effects;
  std::map<std::string, std::string> files;     // as the last finished sync left them
  std::map<std::string, std::string> unsynced;  // as written
  std::uint64_t open_sync = 0;
  dialect::CarrierId carrier = 0;  // opened last
  std::uint64_t seq = 10;

 private:
  void apply(const Persist& persist);
};

Options with_policy(Policy policy);
std::string cursor_at(std::uint64_t seq);

}  // namespace rockpool::sync::test
