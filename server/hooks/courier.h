// One hook's way through the log: what it reads, what it sends, how far it has come. A machine without I/O.
//
//            the log goes on          nothing wanted
//   idle ───────────────────► reading ──────────────► idle
//    ▲                          │ a delivery
//    │  2xx                     ▼
//    └─────────────────────── sending ◄───────────── resting
//                               └──── anything else ───►
//
// At least once, in the order of the log: a delivery is repeated until it is taken, and nothing behind it is
// sent before. How far the hook has come is saved now and then; after a crash what came since is sent again.
#pragma once

#include <deque>
#include <memory>
#include <optional>
#include <variant>

#include "core/base/prng.h"
#include "core/hub/hub.h"
#include "server/hooks/hook.h"
#include "server/hooks/payload.h"

namespace rockpool::hooks {

class Courier {
 public:
  static constexpr std::size_t delivery_bytes_max = 1 << 20;  // one entry may be larger
  static constexpr std::size_t read_bytes = 256 << 10;
  static constexpr std::uint64_t skipped_max = 1000;  // entries nobody wants, before that is saved
  static constexpr base::Duration saved_every = base::seconds(1);
  static constexpr base::Duration rest_min = base::seconds(1);
  static constexpr base::Duration rest_max = base::seconds(60);

  struct Read {
    std::uint64_t after = 0;
  };
  struct Save {
    hub::LogEnd point;
  };
  using Send = std::shared_ptr<const Delivery>;
  using Want = std::variant<Read, Send, Save>;

  // `saved`: how far it had come; nothing for a hook that is new.
  Courier(Hook hook, base::Prng prng, std::uint64_t epoch, hub::LogEnd end, std::optional<hub::LogEnd> saved);

  // Everything up to here may be told.
  void log_ends(base::Instant now, hub::LogEnd end);
  void read(base::Instant now, hub::LogRead result);
  void sent(base::Instant now, bool taken);
  void saved(base::Instant now, bool stored);
  void wake(base::Instant now);
  // Nothing new is begun; how far it has come is saved.
  void drain(base::Instant now);

  std::optional<Want> poll();  // until empty after each of the above
  std::optional<base::Instant> next_wake() const;

  struct Figures {
    std::uint64_t lag = 0, deliveries = 0, changes = 0, failures = 0, resets = 0;
    std::uint64_t failed_in_a_row = 0;
  };
  Figures figures() const;
  const Hook& hook() const { return hook_; }

 private:
  enum class Phase : std::uint8_t { idle, reading, sending, resting };

  void pump(base::Instant now);
  void collect();
  void reset(std::string_view reason);
  void send();
  void rest(base::Instant now);
  bool is_to_be_saved() const;
  void save_if_due(base::Instant now);

  Hook hook_;
  base::Prng prng_;
  std::uint64_t epoch_;
  hub::LogEnd end_;
  hub::LogEnd at_;                    // all up to here is delivered, or nobody's
  std::optional<hub::LogEnd> saved_;  // as it is stored, or being stored
  std::deque<hub::Entry> read_;       // entries behind at_, in order
  Phase phase_ = Phase::idle;
  Send delivery_;        // under way, or to be repeated
  hub::LogEnd arrives_;  // where its delivery brings the hook
  base::Instant retry_at_;
  base::Instant save_at_;
  bool is_saving_ = false;
  bool has_delivered_ = false;  // something since saved_
  bool draining_ = false;
  std::deque<Want> wants_;
  Figures figures_;
};

}  // namespace rockpool::hooks
