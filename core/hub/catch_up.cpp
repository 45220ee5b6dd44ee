#include "core/hub/catch_up.h"

#include <algorithm>

namespace rockpool::hub {
namespace {

constexpr std::int64_t retry_ms = 1000;

}  // namespace

void CatchUps::ask(model::Ticket ticket, const std::string& space, const model::CatchUp& command,
                   Sights sights, const std::function<void()>& refresh) {
  Reader reader{.ticket = ticket,
                .space = space,
                .sights = std::move(sights),
                .bytes_max = command.bytes_max,
                .at = {},
                .since = {}};
  reader.since.collection = command.collection;
  reader.since.whole = std::all_of(reader.sights.begin(), reader.sights.end(),
                                   [](const auto& sight) { return sight.second.is_everything(); });
  reader.since.scopes = reader.sights.find(command.collection)->second.scopes();
  if (!command.cursor) {
    finish(std::move(reader));
    return;
  }
  reader.at = *command.cursor;
  if (reader.at.epoch != state_.epoch) return gone(reader, model::gone_other_history);
  if (reader.at.space != checksum_of(space)) return gone(reader, model::gone_other_history);
  if (reader.at.seq <= state_.recent.last_seq()) return begin(std::move(reader));
  ahead_.push_back(std::move(reader));
  refresh();
}

void CatchUps::refreshed() {
  std::deque<Reader> ahead;
  ahead.swap(ahead_);
  for (Reader& reader : ahead) begin(std::move(reader));
}

void CatchUps::begin(Reader reader) {
  if (reader.at.seq > state_.recent.last_seq()) return gone(reader, model::gone_other_history);
  if (reader.at.seq + 1 < state_.first_seq) return gone(reader, model::gone_compacted);
  if (state_.recent.reaches(reader.at.seq)) {
    if (static_cast<std::uint32_t>(state_.recent.chain_of(reader.at.seq)) != reader.at.chain) {
      return gone(reader, model::gone_other_history);
    }
    return finish(std::move(reader));
  }
  if (reading_.size() + waiting_.size() >= base::limits::catch_ups_max) {
    state_.fail(
        reader.ticket,
        {.code = base::Code::overloaded, .message = "too many readers catch up, come back later", .path = {}},
        retry_ms);
    return;
  }
  waiting_.push_back(std::move(reader));
  start_waiting();
}

void CatchUps::start_waiting() {
  while (!waiting_.empty() && reading_.size() < base::limits::catch_up_reads_max) {
    Reader reader = std::move(waiting_.front());
    waiting_.pop_front();
    go_on(next_ticket_++, std::move(reader));
  }
}

void CatchUps::go_on(std::uint64_t read_ticket, Reader reader) {
  state_.out.push_back(ReadLog{.ticket = read_ticket, .after = reader.at.seq});
  reading_.emplace(read_ticket, std::move(reader));
}

void CatchUps::read(LogRead result) {
  auto node = reading_.extract(result.ticket);
  if (node.empty()) return;
  Reader reader = std::move(node.mapped());
  if (!result.problem.empty()) {
    state_.fail(
        reader.ticket,
        {.code = base::Code::storage, .message = "the log cannot be read now: " + result.problem, .path = {}},
        retry_ms);
  } else if (result.compacted) {
    gone(reader, model::gone_compacted);
  } else if (static_cast<std::uint32_t>(result.after_chain) != reader.at.chain) {
    gone(reader, model::gone_other_history);
  } else {
    const std::uint64_t before = reader.at.seq;
    for (const Entry& entry : result.entries) {
      // What the hub has not yet taken itself is told later; a reader must not be ahead of its topic.
      if (entry.seq > state_.recent.last_seq() || reader.bytes >= reader.bytes_max) break;
      collect(reader, entry);
    }
    const bool is_stuck = reader.at.seq == before && !state_.recent.reaches(before);
    if (is_stuck) {
      gone(reader, model::gone_compacted);
    } else if (reader.bytes >= reader.bytes_max || state_.recent.reaches(reader.at.seq)) {
      finish(std::move(reader));
    } else {
      go_on(result.ticket, std::move(reader));
    }
  }
  start_waiting();
}

void CatchUps::collect(Reader& reader, const Entry& entry) const {
  reader.at.seq = entry.seq;
  reader.at.chain = static_cast<std::uint32_t>(entry.chain);
  if (entry.batch.space != reader.space) return;
  for (const model::Change& change : entry.batch.changes) {
    const auto sight = reader.sights.find(change.record.key.collection);
    if (sight == reader.sights.end()) continue;
    const auto rights = state_.rights->collection(reader.space, sight->first);
    const bool left = !rights.shows(sight->second, change.record);
    if (left && !rights.has_left(sight->second, change.record)) continue;
    reader.bytes += size_of(change);
    reader.since.changes.push_back(left ? out_of_sight(change) : change);
    reader.since.changes.back().seq = entry.seq;
  }
}

// The rest from the recent entries, as far as the reader wants more.
void CatchUps::finish(Reader reader) {
  const std::uint64_t last = state_.recent.last_seq();
  const bool has_cursor = reader.at.epoch == state_.epoch;
  if (!has_cursor) reader.at = {.epoch = state_.epoch, .space = 0, .seq = last, .chain = 0};
  while (reader.at.seq < last && reader.bytes < reader.bytes_max && state_.recent.reaches(reader.at.seq)) {
    collect(reader, state_.recent.at(reader.at.seq + 1));
  }
  const bool more = reader.at.seq < last;
  answer(std::move(reader), more);
}

void CatchUps::answer(Reader reader, bool more) {
  reader.since.more = more;
  reader.since.cursor =
      more ? state_.cursor(reader.space, reader.at.seq, reader.at.chain) : state_.cursor(reader.space);
  state_.answer(reader.ticket, std::move(reader.since));
}

void CatchUps::gone(const Reader& reader, std::string_view reason) {
  state_.answer(reader.ticket,
                model::Gone{.collection = reader.since.collection, .reason = std::string(reason)});
}

}  // namespace rockpool::hub
