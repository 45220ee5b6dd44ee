#include "core/hub/books.h"

#include <algorithm>

namespace rockpool::hub {
namespace {

using Numbers = std::vector<std::uint64_t>;

bool holds(const Numbers& sorted, std::uint64_t number) {
  return std::binary_search(sorted.begin(), sorted.end(), number);
}

Numbers tidy(Numbers except, std::uint64_t settled) {
  std::erase_if(except, [&](std::uint64_t number) { return number == 0 || number > settled; });
  std::sort(except.begin(), except.end());
  except.erase(std::unique(except.begin(), except.end()), except.end());
  return except;
}

// Open after both claims: not settled by the one and not by the other.
Numbers still_open(const Numbers& larger_except, std::uint64_t smaller_settled,
                   const Numbers& smaller_except) {
  Numbers open;
  for (const std::uint64_t number : larger_except) {
    if (number > smaller_settled || holds(smaller_except, number)) open.push_back(number);
  }
  return open;
}

}  // namespace

bool Book::is_settled(std::uint64_t number) const {
  return number != 0 && number <= mark_.settled && !holds(mark_.except, number);
}

const Book::Applied* Book::outcome(std::uint64_t number) const {
  const auto found = open_.find(number);
  return found == open_.end() ? nullptr : &found->second;
}

void Book::claim(std::uint64_t settled, Numbers except) {
  except = tidy(std::move(except), settled);
  if (settled == mark_.settled && except == mark_.except) return;
  if (settled >= mark_.settled) {
    mark_.except = still_open(except, mark_.settled, mark_.except);
    mark_.settled = settled;
  } else {
    mark_.except = still_open(mark_.except, settled, except);
  }
  std::erase_if(open_, [&](const auto& outcome) { return is_settled(outcome.first); });
}

void Book::seen(base::Instant now) { mark_.seen = std::max(mark_.seen, now); }

void Book::take(const ClientMark& mark) {
  claim(mark.settled, mark.except);
  mark_.highest = std::max(mark_.highest, mark.highest);
  seen(mark.seen);
  stored_ = true;
}

void Book::applied(std::uint64_t number, Applied outcome) {
  mark_.highest = std::max(mark_.highest, number);
  if (!is_settled(number)) open_.insert_or_assign(number, outcome);
}

}  // namespace rockpool::hub
