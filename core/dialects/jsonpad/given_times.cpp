#include "core/dialects/jsonpad/given_times.h"

namespace rockpool::dialects::jsonpad {
namespace {

constexpr std::size_t kept_max = 10'000;
// So long a time may be given for something else as well: it is at most a second early.
constexpr std::int64_t doubtful_ms = 2000;

}  // namespace

void GivenTimes::give(base::Instant now, const std::string& collection, base::Instant time,
                      const std::string& list) {
  if (given_.size() >= kept_max)
    std::erase_if(given_, [&](const auto& one) { return now.ms - one.second.time.ms > doubtful_ms; });
  const auto [held, is_new] = given_.try_emplace(collection, Given{.time = time, .list = list});
  Given& given = held->second;
  if (is_new) return;
  const bool is_same_time = given.time == time;
  given.is_several = is_same_time && (given.is_several || given.list != list);
  given.time = time;
  given.list = list;
}

bool GivenTimes::stands_for(const std::string& collection, base::Instant time,
                            const std::string& list) const {
  const auto held = given_.find(collection);
  return held != given_.end() && held->second.time == time && !held->second.is_several &&
         held->second.list == list;
}

}  // namespace rockpool::dialects::jsonpad
