#include "core/hub/retention.h"

#include <algorithm>

namespace rockpool::hub {
namespace {

// Entries go in steps of a sixteenth of what is kept, so that compaction stays a small part of the work.
constexpr std::uint64_t steps = 16;
constexpr base::Duration look_every = base::seconds(60);
constexpr base::Duration clients_every = base::seconds(3600);
constexpr base::Duration clients_kept = base::seconds(400LL * 24 * 3600);
// A client that never wrote anything has nothing to lose but the knowledge that it was here.
constexpr base::Duration visitors_kept = base::seconds(24LL * 3600);

}  // namespace

void Retention::look(base::Instant now) {
  if (now >= next_log_ && !reading_) look_at_log(now);
  if (now >= next_clients_) forget_clients(now);
  if (now >= next_visitors_ && state_.view.clients() > state_.limits.visitors_max) forget_visitors(now);
}

void Retention::look_at_log(base::Instant now) {
  const std::uint64_t last = state_.recent.last_seq();
  const std::uint64_t kept = last + 1 - state_.first_seq;
  const std::uint64_t most = state_.limits.log_entries_max;
  const std::uint64_t step = std::max<std::uint64_t>(most / steps, 1);
  if (kept < most + step) return;
  next_log_ = now + look_every;
  candidate_ = std::min(state_.first_seq - 1 + step, last - 1);
  if (candidate_ < state_.first_seq) return;
  reading_ = true;
  // Its age decides, and only the entry itself knows it.
  state_.out.push_back(ReadLog{.ticket = read_for_retention, .after = candidate_ - 1, .bytes_max = 1});
}

void Retention::read(base::Instant now, const LogRead& result) {
  reading_ = false;
  if (result.compacted) state_.first_seq = std::max(state_.first_seq, candidate_ + 1);
  if (result.entries.empty() || result.entries.front().seq != candidate_) return;
  if (now - result.entries.front().batch.time < base::milliseconds(state_.limits.log_age_ms)) return;
  state_.out.push_back(Compact{.up_to = candidate_});
  state_.first_seq = candidate_ + 1;
  state_.view.forget_tombstones(candidate_);
  next_log_ = now;
  look(now);
}

void Retention::forget_clients(base::Instant now) {
  next_clients_ = now + clients_every;
  std::vector<std::pair<std::string, ClientKey>> old;
  for (const auto& [name, space] : state_.view.spaces()) {
    for (const auto& [client, book] : space.books) {
      const base::Duration kept = book.is_stored() ? clients_kept : visitors_kept;
      if (now - book.mark().seen > kept) old.emplace_back(name, client);
    }
  }
  for (const auto& [space, client] : old) state_.view.forget_book(space, client);
}

// Each hello may bring a new name, so a day of them is more than memory holds.
void Retention::forget_visitors(base::Instant now) {
  struct Visitor {
    base::Instant seen;
    std::string space;
    ClientKey client;
  };
  next_visitors_ = now + look_every;
  std::vector<Visitor> visitors;
  for (const auto& [name, space] : state_.view.spaces()) {
    for (const auto& [client, book] : space.books) {
      if (!book.is_stored()) visitors.push_back({book.mark().seen, name, client});
    }
  }
  if (visitors.size() <= state_.limits.visitors_max) return;
  const auto kept = visitors.end() - static_cast<std::ptrdiff_t>(state_.limits.visitors_max);
  std::nth_element(visitors.begin(), kept, visitors.end(),
                   [](const Visitor& a, const Visitor& b) { return a.seen < b.seen; });
  for (auto gone = visitors.begin(); gone != kept; ++gone) {
    state_.view.forget_book(gone->space, gone->client);
  }
}

}  // namespace rockpool::hub
