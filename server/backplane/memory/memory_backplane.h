// A log in memory: for tests, the simulator, and servers that may forget. It has no threads and is the same
// in every run with the same seed. What is durable here lives as long as the MemoryLog.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <optional>
#include <string>

#include "core/base/prng.h"
#include "core/hub/backplane.h"
#include "core/hub/view.h"

namespace rockpool::backplane {

struct MemoryOptions {
  // Past them the oldest entries go, and readers further back are told `compacted`.
  std::size_t entries_max = 100'000;
  std::size_t bytes_max = 64 << 20;
  // Keeps the records besides, for a hub that loads them after others have written. A server that is alone
  // has them itself.
  bool loads_again = true;
};

// The truth that one or more MemoryBackplanes work on.
class MemoryLog {
 public:
  explicit MemoryLog(std::uint64_t seed, const MemoryOptions& options = {});

  hub::Appended append(const hub::Append& request);
  hub::LogRead read(const hub::ReadLog& request) const;
  void compact(const hub::Compact& request);
  // As after a start on a restored backup: cursors of before are no longer good.
  void renew_epoch();

  hub::Start start() const;
  const hub::View& view() const { return view_; }

 private:
  struct Held {
    std::uint64_t chain;
    std::string bytes;  // encoded, as every other backplane stores it
  };

  void drop_oldest();

  base::Prng prng_;
  MemoryOptions options_;
  hub::View view_;
  std::deque<Held> entries_;  // first_seq_ and on
  std::size_t bytes_ = 0;
  std::uint64_t epoch_;
  std::uint64_t first_seq_ = 1;
  std::uint64_t base_chain_ = 0;  // of the entry before the first one kept
  base::Instant last_time_;
};

// One server's way to the log. Without `deliver` results wait in poll(); with it they are handed over inside
// submit().
class MemoryBackplane final : public hub::Backplane {
 public:
  explicit MemoryBackplane(MemoryLog& log, std::function<void(hub::Event)> deliver = {})
      : log_(log), deliver_(std::move(deliver)) {}

  void submit(hub::Request request) override;
  base::Result<hub::Start> load(
      const std::function<void(const std::string& space, model::Record)>& record,
      const std::function<void(const std::string& space, hub::ClientMark)>& mark,
      const std::function<void(const std::string& space, const hub::ClientMark& of, std::uint64_t number,
                               model::Version version, std::uint64_t seq)>& outcome) override;

  std::optional<hub::Event> poll();

 private:
  void report(hub::Event event);

  MemoryLog& log_;
  std::function<void(hub::Event)> deliver_;
  std::deque<hub::Event> events_;
};

}  // namespace rockpool::backplane
