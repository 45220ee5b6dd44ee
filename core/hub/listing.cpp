#include "core/hub/listing.h"

#include <algorithm>

namespace rockpool::hub {
namespace {

using Pointers = std::vector<const model::Record*>;

base::Instant time_of(const model::Record& record, model::List::Order order) {
  return order == model::List::Order::created ? record.created : record.updated;
}

// Those that are shown, as far as the page needs them to be in order.
Pointers sorted(const Pointers& by_num, const model::List& command, const Shown& shown) {
  Pointers found;
  for (const model::Record* record : by_num)
    if (shown.shows(*record)) found.push_back(record);
  const auto is_before = [&](const model::Record* a, const model::Record* b) {
    if (command.descending) std::swap(a, b);
    const auto left = time_of(*a, command.order);
    const auto right = time_of(*b, command.order);
    return left != right ? left < right : a->num < b->num;
  };
  const std::uint64_t wanted = std::min<std::uint64_t>(command.records_max, found.size());
  const std::uint64_t passed = std::min<std::uint64_t>(command.offset, found.size() - wanted);
  std::partial_sort(found.begin(), found.begin() + static_cast<std::ptrdiff_t>(passed + wanted), found.end(),
                    is_before);
  return found;
}

// Adds what comes in its turn; false: enough.
class Taker {
 public:
  Taker(model::Listed& listed, const model::List& command)
      : listed_(listed), command_(command), passed_(command.offset) {}

  bool take(const model::Record& record) {
    if (listed_.records.size() >= command_.records_max) return false;
    if (passed_ > 0) {
      --passed_;
      return true;
    }
    bytes_ += record.data.size();
    if (command_.bytes_max > 0 && bytes_ > command_.bytes_max && !listed_.records.empty()) {
      listed_.done = false;
      return false;
    }
    listed_.records.push_back(record);
    return true;
  }

 private:
  model::Listed& listed_;
  const model::List& command_;
  std::uint64_t passed_;
  std::size_t bytes_ = 0;
};

void list_by_num(Taker& taker, const Pointers& all, const model::List& command, const Shown& shown) {
  const auto take = [&](const model::Record* record) { return !shown.shows(*record) || taker.take(*record); };
  const auto is_at_most = [](std::uint64_t num, const model::Record* one) { return num < one->num; };
  const auto is_below = [](const model::Record* one, std::uint64_t num) { return one->num < num; };
  if (command.descending) {
    const auto end =
        command.after == 0 ? all.end() : std::lower_bound(all.begin(), all.end(), command.after, is_below);
    for (auto at = std::make_reverse_iterator(end); at != all.rend() && take(*at);) ++at;
  } else {
    auto at = command.after == 0 ? all.begin()
                                 : std::upper_bound(all.begin(), all.end(), command.after, is_at_most);
    while (at != all.end() && take(*at)) ++at;
  }
}

}  // namespace

model::Totals totals_of(const Records& records, const Shown& shown) {
  if (shown.sight.is_everything()) return records.totals();
  model::Totals totals;
  for (const model::Record& record : records) {
    if (!shown.shows(record)) continue;
    totals.records += 1;
    totals.bytes += record.data.size();
    totals.updated = std::max(totals.updated, record.updated);
  }
  return totals;
}

void list(model::Listed& listed, const Records& records, const model::List& command, const Shown& shown) {
  listed.totals = totals_of(records, shown);
  if (command.records_max == 0) return;
  Taker taker(listed, command);
  if (command.order == model::List::Order::num) return list_by_num(taker, records.by_num(), command, shown);
  for (const model::Record* record : sorted(records.by_num(), command, shown))
    if (!taker.take(*record)) return;
}

void ask(model::Listed& listed, const Records& records, const model::Query& command, const query::Spec& spec,
         const Shown& shown) {
  index::Question question{
      .text = command.query, .spec = &spec, .offset = command.offset, .records_max = command.records_max};
  if (!shown.sight.is_everything())
    question.shows = [&](const model::Record& record) { return shown.shows(record); };
  const index::Found found = records.indexes().ask(question);
  listed.totals.records = found.count;
  std::size_t bytes = 0;
  for (const model::Record* record : found.page) {
    bytes += record->data.size();
    listed.done = command.bytes_max == 0 || bytes <= command.bytes_max || listed.records.empty();
    if (!listed.done) return;
    listed.records.push_back(*record);
  }
}

}  // namespace rockpool::hub
