// What every part of a simulated world shares: time, chance, the record of events, the judge, and planted
// faults.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "core/base/prng.h"
#include "core/hub/entry.h"
#include "tests/sim/judge.h"
#include "tests/sim/models.h"
#include "tests/sim/scenario.h"
#include "tests/sim/schedule.h"
#include "tests/sim/tables.h"
#include "tests/sim/trace.h"

namespace rockpool::sim {

class World;
struct Link;

// Faults planted around the product to see whether a checker notices. Nothing here reaches into it: frames
// are rewritten on their way, batches before they are stored, arrivals swallowed.
struct Faults {
  std::function<std::string(World&, std::string)> up;  // what a client sent, on its way to the server
  std::function<std::string(std::string)> down;        // what the server sent, on its way to a client
  // The same of other dialects: frames, and bodies of requests. Empty: it gets lost.
  std::function<std::string(const Link&, std::string)> other_up, other_down;
  std::function<void(const Link&, wire::RequestHead&)> request;  // the heads of their requests,
  std::function<void(const Link&, dialect::Body&)> answer;       // and what is answered to them
  std::function<void(hub::Batch&)> append;                       // what the log stores
  bool disk_lies = false;                                        // says persisted before anything is stored
  bool log_lies = false;                                         // says ok and stores nothing now and then
  bool books_lost = false;        // a server that starts knows nothing of the mutations applied before
  bool closed_swallowed = false;  // the server never hears that a connection ended
  bool polls_lost = false;        // what a poll answers is lost now and then, and not repeated
};

struct Setting {
  Setting(const Scenario& of, Trace::Text text)
      : scenario(of),
        tables(of.has_tables() ? std::make_unique<const Tables>(of) : nullptr),
        models(of.has_models() ? std::make_unique<Models>(of) : nullptr),
        prng(of.seed),
        trace(text) {}

  const Scenario scenario;
  const std::unique_ptr<const Tables> tables;  // null: nobody speaks Baserow
  const std::unique_ptr<Models> models;        // or DatoCMS
  Schedule schedule;
  base::Prng prng;
  Trace trace;
  Judge judge;
  Faults faults;
  bool calm = false;  // no new trouble, short delays

  std::int64_t now() const { return schedule.now(); }
  void note(std::string_view who, std::string_view what, std::string_view detail = {}) {
    trace.note(now(), who, what, detail);
  }
  // From 0 up to `most`, mostly short.
  std::int64_t some_ms(std::int64_t most) {
    const auto bound = static_cast<std::uint64_t>(most < 1 ? 1 : most);
    return static_cast<std::int64_t>(prng.once_in(4) ? prng.below(bound + 1) : prng.below(bound / 8 + 1));
  }
};

}  // namespace rockpool::sim
