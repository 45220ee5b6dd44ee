#include "server/backplane/memory/memory_backplane.h"

#include <algorithm>

namespace rockpool::backplane {

MemoryLog::MemoryLog(std::uint64_t seed, const MemoryOptions& options)
    : prng_(seed), options_(options), epoch_(prng_.next()) {}

void MemoryLog::renew_epoch() { epoch_ = prng_.next(); }

hub::Start MemoryLog::start() const {
  return {.epoch = epoch_,
          .last_seq = first_seq_ + entries_.size() - 1,
          .last_chain = entries_.empty() ? base_chain_ : entries_.back().chain,
          .first_seq = first_seq_,
          .last_num = view_.last_num(),
          .last_time = last_time_};
}

hub::Appended MemoryLog::append(const hub::Append& request) {
  const hub::Start at = start();
  if (request.expected_seq != at.last_seq) {
    return {.what = hub::Appended::What::stale, .seq = 0, .chain = 0, .problem = "the log has moved on"};
  }
  std::string bytes = hub::encode(request.batch);
  const std::uint64_t chain = hub::next_chain(at.last_chain, bytes);
  const std::uint64_t seq = at.last_seq + 1;
  if (options_.loads_again) view_.apply({.seq = seq, .chain = chain, .batch = request.batch});
  last_time_ = std::max(last_time_, request.batch.time);
  bytes_ += bytes.size();
  entries_.push_back({.chain = chain, .bytes = std::move(bytes)});
  while (entries_.size() > 1 && (entries_.size() > options_.entries_max || bytes_ > options_.bytes_max))
    drop_oldest();
  return {.what = hub::Appended::What::ok, .seq = seq, .chain = chain, .problem = {}};
}

void MemoryLog::drop_oldest() {
  base_chain_ = entries_.front().chain;
  bytes_ -= entries_.front().bytes.size();
  entries_.pop_front();
  first_seq_ += 1;
}

hub::LogRead MemoryLog::read(const hub::ReadLog& request) const {
  hub::LogRead read;
  read.ticket = request.ticket;
  read.last_seq = start().last_seq;
  read.compacted = request.after + 1 < first_seq_;
  if (read.compacted || request.after > read.last_seq) return read;
  std::size_t at = request.after + 1 - first_seq_;
  read.after_chain = at == 0 ? base_chain_ : entries_[at - 1].chain;
  for (std::size_t bytes = 0; at < entries_.size(); ++at) {
    const Held& held = entries_[at];
    if (!read.entries.empty() && bytes + held.bytes.size() > request.bytes_max) break;
    bytes += held.bytes.size();
    auto batch = hub::decode(held.bytes);
    if (!batch) {
      read.problem = batch.error().message;
      break;
    }
    read.entries.push_back({.seq = first_seq_ + at, .chain = held.chain, .batch = std::move(*batch)});
  }
  return read;
}

void MemoryLog::compact(const hub::Compact& request) {
  while (entries_.size() > 1 && first_seq_ <= request.up_to) drop_oldest();
  view_.forget_tombstones(std::min(request.up_to, first_seq_ - 1));
}

void MemoryBackplane::submit(hub::Request request) {
  if (const auto* append = std::get_if<hub::Append>(&request)) report(log_.append(*append));
  if (const auto* read = std::get_if<hub::ReadLog>(&request)) report(log_.read(*read));
  if (const auto* compact = std::get_if<hub::Compact>(&request)) log_.compact(*compact);
}

void MemoryBackplane::report(hub::Event event) {
  if (deliver_) {
    deliver_(std::move(event));
  } else {
    events_.push_back(std::move(event));
  }
}

std::optional<hub::Event> MemoryBackplane::poll() {
  if (events_.empty()) return std::nullopt;
  hub::Event event = std::move(events_.front());
  events_.pop_front();
  return event;
}

base::Result<hub::Start> MemoryBackplane::load(
    const std::function<void(const std::string& space, model::Record)>& record,
    const std::function<void(const std::string& space, hub::ClientMark)>& mark,
    const std::function<void(const std::string& space, const hub::ClientMark& of, std::uint64_t number,
                             model::Version version, std::uint64_t seq)>& outcome) {
  for (const auto& [name, space] : log_.view().spaces()) {
    for (const auto& [collection, records] : space.collections) {
      for (const model::Record& held : records) record(name, held);
    }
    for (const auto& [client, book] : space.books) {
      mark(name, book.mark());
      for (const auto& [number, applied] : book.open()) {
        outcome(name, book.mark(), number, applied.version, applied.seq);
      }
    }
  }
  return log_.start();
}

}  // namespace rockpool::backplane
