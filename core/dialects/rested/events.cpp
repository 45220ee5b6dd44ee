#include "core/dialects/rested/events.h"

#include <algorithm>

#include "core/base/text.h"

namespace rockpool::dialects::rested {
namespace {

constexpr std::size_t log_bytes_max = 16 << 20;  // of an endpoint
constexpr std::size_t event_bytes = 160;         // without its body

}  // namespace

std::string end_of(const Event& event, bool with_seq, bool with_version) {
  if (!with_seq) return "}";
  const std::string version =
      with_version && event.version > 0 ? R"(,"version":)" + base::decimal(event.version) : std::string();
  return version + R"(,"seq":)" + base::decimal(event.revision) + '}';
}

void Log::add(Event event, std::int64_t ms_max, std::size_t events_max) {
  const Instant now = event.at;
  bytes_ += event.body->size() + event_bytes;
  events_.push_back(std::move(event));
  shrink(now, ms_max, events_max);
}

void Log::shrink(Instant now, std::int64_t ms_max, std::size_t events_max) {
  const auto is_too_much = [&] {
    return events_.size() > events_max || bytes_ > log_bytes_max || (now - events_.front().at).ms > ms_max;
  };
  while (!events_.empty() && is_too_much()) drop_oldest();
}

void Log::halve() {
  const std::size_t bytes_left = bytes_ / 2;
  while (bytes_ > bytes_left) drop_oldest();
}

void Log::drop_oldest() {
  gone_ = events_.front().revision;
  bytes_ -= events_.front().body->size() + event_bytes;
  events_.pop_front();
}

std::deque<Event>::const_iterator Log::after(Revision since) const {
  return std::upper_bound(events_.begin(), events_.end(), since,
                          [](Revision revision, const Event& event) { return revision < event.revision; });
}

}  // namespace rockpool::dialects::rested
