// The append loop: takes the writes that wait, judges them, appends them as one entry behind a fence, and
// answers.
//
//            form                    ok, full, down
//   idle ───────────► appending ────────────────────► idle
//    ▲                  │    ▲
//    │       stale, unknown  │ barrier, while a doubt or trouble is open
//    │                  ▼    │
//    └────────────── reading ┘◄──── a second later ──── resting ◄─── could not read, could not append a
//    barrier
//      the end of the log is reached
//
// An `unknown` append stays in doubt: nothing of it is answered and nothing but barriers is appended until
// its write id was found in the log, or a barrier stored behind the last entry read shows that it can never
// land.
#pragma once

#include <string>
#include <vector>

#include "core/hub/judge.h"
#include "core/hub/state.h"
#include "core/hub/waiting.h"

namespace rockpool::hub {

class Writer {
 public:
  explicit Writer(State& state) : state_(state) {}

  void write(base::Instant now, model::Ticket ticket, const std::string& space, Author author,
             std::vector<model::Group> groups);
  void appended(base::Instant now, Appended result);
  void read(base::Instant now, LogRead result);
  void wake(base::Instant now);
  std::optional<base::Instant> next_wake() const;

  // Brings the view to the end of the log, for somebody who knows of entries that it lacks.
  void refresh();
  bool is_refreshing() const { return refreshing_ || refresh_wanted_; }
  std::size_t waiting() const { return mutations_; }

 private:
  enum class Phase : std::uint8_t { idle, appending, reading, resting };

  // A job that was taken to form an entry, with what it comes to if the entry is stored.
  struct Taken {
    Job job;
    Verdict verdict;
  };
  struct Flight {
    Batch batch;
    std::vector<Taken> taken;
    Draft::Numbers numbers;
    std::uint64_t index = 0;  // among all appends of this hub
  };

  void pump(base::Instant now);
  void form(base::Instant now, const std::string& space);
  void append(Flight flight);
  void append_barrier(base::Instant now);
  void stored(const Appended& result);
  void start_reading();
  void end_reached(base::Instant now);
  void trouble(base::Instant now, std::string problem);
  void take_from_elsewhere(Entry entry);
  Verdict try_on(Draft& draft, const Job& job) const;
  void settle(std::vector<Taken> taken, std::uint64_t seq);
  // Returns those that need a proved view, and what stands behind such a one in its write.
  std::vector<Taken> settle_proved(std::vector<Taken> taken);
  void count(const model::Outcome& outcome);
  void answer_without_log(base::Instant now);
  bool is_in_doubt(const Job& job) const;
  void put_back(std::vector<Taken> taken);
  void finish(Flight flight, Entry entry);

  State& state_;
  Waiting waiting_;
  std::size_t mutations_ = 0;  // waiting, under way and in doubt
  std::size_t bytes_ = 0;
  Phase phase_ = Phase::idle;
  std::optional<Flight> flight_;
  std::optional<Flight> doubt_;
  std::string problem_;  // not empty: the log cannot be appended to at the moment
  base::Instant retry_at_;
  bool refresh_wanted_ = false;  // by somebody who came after the read under way began
  bool refreshing_ = false;
  std::uint64_t submitted_ = 0;
  std::uint64_t proved_ = 0;  // index of the last append that was stored
};

}  // namespace rockpool::hub
