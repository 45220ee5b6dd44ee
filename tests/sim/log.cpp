#include "tests/sim/log.h"

#include <algorithm>

namespace rockpool::sim {

using What = hub::Appended::What;

Log::Log(Setting& setting) : setting_(setting) { lineage_->epoch = setting.prng.next() | 1; }

void Log::attach(std::function<void(hub::Event)> deliver) {
  ++process_;
  deliver_ = std::move(deliver);
}

void Log::detach() {
  ++process_;
  deliver_ = nullptr;
  if (!under_way_) return;
  const UnderWay last = std::move(*under_way_);
  under_way_.reset();
  if (!last.stored && setting_.prng.once_in(2)) store(last.append);
}

void Log::answer(std::int64_t delay_ms, hub::Event event) {
  setting_.schedule.in(delay_ms, [this, process = process_, event = std::move(event)]() mutable {
    if (process != process_ || !deliver_) return;
    if (std::holds_alternative<hub::Appended>(event)) under_way_.reset();
    deliver_(std::move(event));
  });
}

void Log::submit(hub::Request request) {
  if (auto* wanted = std::get_if<hub::Append>(&request))
    append(std::move(*wanted));
  else if (auto* wanted_read = std::get_if<hub::ReadLog>(&request))
    read(*wanted_read);
  else
    compact(std::get<hub::Compact>(request).up_to);
}

// ---- append
// --------------------------------------------------------------------------------------------------------

void Log::append(hub::Append append) {
  if (under_way_) return setting_.judge.fail(invariant::contract, "two appends are under way");
  base::Prng& prng = setting_.prng;
  under_way_ = UnderWay{append, false};
  const std::int64_t delay = setting_.calm ? 1 : setting_.some_ms(setting_.scenario.log.slow_ms_max);
  const bool rough = !setting_.calm;
  if (rough && setting_.now() < trouble_until_) {
    setting_.note("log", "in trouble");
    return answer(delay, hub::Appended{.what = trouble_, .problem = "the simulated log is in trouble"});
  }
  if (rough && other_writer && prng.once_in(setting_.scenario.log.stale_once_in)) {
    if (std::optional<hub::Batch> batch = other_writer()) put(std::move(*batch));
  }
  if (rough && prng.once_in(setting_.scenario.log.unknown_once_in)) {
    const std::uint64_t fate = prng.below(3);
    setting_.note("log", fate == 0   ? "unknown, stored"
                         : fate == 1 ? "unknown, not stored"
                                     : "unknown, stored later");
    if (fate == 0) store(append);
    if (fate == 2) store_later(append, 1 + setting_.some_ms(8'000));
    under_way_->stored = true;  // a crash changes nothing about it
    return answer(delay, hub::Appended{.what = What::unknown, .problem = "the simulated log timed out"});
  }
  if (setting_.faults.log_lies && prng.once_in(4)) {
    return answer(delay, hub::Appended{.what = What::ok, .seq = append.expected_seq + 1, .chain = 1});
  }
  const std::int64_t before = delay / 2;
  setting_.schedule.in(before, [this, process = process_, append = std::move(append), rest = delay - before] {
    if (process != process_) return;
    under_way_->stored = true;
    std::optional<hub::Appended> appended = store(append);
    if (!appended) setting_.note("log", "stale");
    answer(rest,
           appended ? *appended : hub::Appended{.what = What::stale, .problem = "the log ends elsewhere"});
  });
}

void Log::store_later(hub::Append append, std::int64_t delay_ms) {
  setting_.schedule.in(delay_ms, [this, lineage = lineage_, append = std::move(append)] {
    if (lineage == lineage_) store(append);
  });
}

std::optional<hub::Appended> Log::store(const hub::Append& append) {
  if (lineage_->last_seq() != append.expected_seq) return std::nullopt;
  hub::Batch batch = append.batch;
  if (setting_.faults.append) setting_.faults.append(batch);
  put(std::move(batch));
  return hub::Appended{
      .what = What::ok, .seq = lineage_->last_seq(), .chain = lineage_->last_chain(), .problem = {}};
}

// Goes through the stored form, as every backplane does.
void Log::put(hub::Batch batch) {
  batch.hints.clear();  // are nobody's but the hub's
  const std::string bytes = hub::encode(batch);
  base::Result<hub::Batch> read = hub::decode(bytes);
  if (!read.ok() || !(*read == batch)) {
    return setting_.judge.fail(invariant::contract, "a batch does not come back from its stored form");
  }
  hub::Entry entry{.seq = lineage_->last_seq() + 1,
                   .chain = hub::next_chain(lineage_->last_chain(), bytes),
                   .batch = std::move(*read)};
  setting_.note("log", "stores", bytes);
  if (on_store) on_store(entry);
  learn(entry);
  lineage_->add(std::move(entry));
}

void Log::learn(const hub::Entry& entry) {
  const hub::Batch& batch = entry.batch;
  last_time_ = std::max(last_time_, batch.time);
  for (const model::Change& change : batch.changes) {
    records_[change.record.key] = change.record;
    last_num_ = std::max(last_num_, change.record.num);
  }
  for (const hub::ClientMark& mark : batch.marks) books_[{mark.user, mark.client}].mark = mark;
  for (const hub::StoredOutcome& outcome : batch.outcomes) {
    const hub::ClientMark& mark = batch.marks[outcome.mark];
    books_[{mark.user, mark.client}].outcomes[outcome.number] = {outcome.version, entry.seq};
  }
  for (const hub::ClientMark& mark : batch.marks) {
    std::erase_if(books_[{mark.user, mark.client}].outcomes, [&](const auto& item) {
      const bool open = std::find(mark.except.begin(), mark.except.end(), item.first) != mark.except.end();
      return item.first <= mark.settled && !open;
    });
  }
}

// ---- the other requests
// --------------------------------------------------------------------------------------------

void Log::read(const hub::ReadLog& request) {
  hub::LogRead result{.ticket = request.ticket};
  const std::int64_t delay = setting_.calm ? 1 : setting_.some_ms(setting_.scenario.log.slow_ms_max);
  if (!setting_.calm && setting_.now() < trouble_until_ && trouble_ == What::down) {
    result.problem = "the simulated log is down";
    return answer(delay, std::move(result));
  }
  result.last_seq = lineage_->last_seq();
  result.compacted = request.after + 1 < first_seq_;
  if (!result.compacted && request.after <= lineage_->last_seq()) {
    result.after_chain = request.after == 0 ? 0 : lineage_->entries[request.after - 1].chain;
    std::size_t bytes = 0;
    for (std::uint64_t at = request.after; at < lineage_->last_seq(); ++at) {
      const hub::Entry& entry = lineage_->entries[at];
      bytes += hub::encode(entry.batch).size();
      if (bytes > request.bytes_max && !result.entries.empty()) break;
      result.entries.push_back(entry);
    }
  }
  answer(delay, std::move(result));
}

void Log::compact(std::uint64_t up_to) {
  setting_.note("log", "compacts");
  first_seq_ = std::max(first_seq_, up_to + 1);
  forgotten_up_to_ = std::max(forgotten_up_to_, up_to);
  std::erase_if(records_, [&](const auto& item) {
    return !item.second.exists() && lineage_->touched[item.first] <= up_to;
  });
}

base::Result<hub::Start> Log::load(
    const std::function<void(const std::string&, model::Record)>& record,
    const std::function<void(const std::string&, hub::ClientMark)>& mark,
    const std::function<void(const std::string&, const hub::ClientMark&, std::uint64_t, model::Version,
                             std::uint64_t)>& outcome) {
  for (const auto& [key, kept] : records_) record(space_, kept);
  if (setting_.faults.books_lost) books_.clear();
  for (const auto& [who, books] : books_) {
    mark(space_, books.mark);
    for (const auto& [number, made] : books.outcomes)
      outcome(space_, books.mark, number, made.first, made.second);
  }
  return hub::Start{.epoch = lineage_->epoch,
                    .last_seq = lineage_->last_seq(),
                    .last_chain = lineage_->last_chain(),
                    .first_seq = first_seq_,
                    .last_num = last_num_,
                    .last_time = last_time_};
}

// ---- what can happen to a log
// --------------------------------------------------------------------------------------

void Log::begin(hub::Batch batch) {
  put(std::move(batch));
  begun_ = lineage_->last_seq();
}

void Log::be_in_trouble(What what, std::int64_t for_ms) {
  trouble_ = what;
  trouble_until_ = setting_.now() + for_ms;
}

void Log::roll_back(std::uint64_t seq, bool new_epoch) {
  lineage_ = lineage_->prefix(std::max(seq, begun_));
  if (new_epoch) lineage_->epoch = setting_.prng.next() | 1;
  first_seq_ = 1;
  forgotten_up_to_ = 0;
  records_.clear();
  books_.clear();
  last_num_ = 0;
  last_time_ = {};
  for (const hub::Entry& entry : lineage_->entries) learn(entry);
}

void Log::forget(const std::string& client) {
  std::erase_if(books_, [&](const auto& item) { return item.first.second == client; });
}

std::vector<std::string> Log::clients() const {
  std::vector<std::string> names;
  for (const auto& [who, books] : books_) {
    if (books.mark.settled > 0) names.push_back(who.second);
  }
  return names;
}

}  // namespace rockpool::sim
