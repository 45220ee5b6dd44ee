#include "core/dialects/baserow/events.h"

#include <algorithm>

#include "core/base/text.h"

namespace rockpool::dialects::baserow {
namespace {

constexpr std::size_t log_bytes_max = 16 << 20;

// What it takes to keep it, more or less.
std::size_t bytes_of(const Event& event) {
  return sizeof(Event) + event.body->size() + event.notes.size() + event.audience.users.size() * sizeof(Id);
}

}  // namespace

Audience to_users(std::vector<Id> users) {
  std::sort(users.begin(), users.end());
  users.erase(std::unique(users.begin(), users.end()), users.end());
  return {.of = Audience::Of::users, .users = std::move(users)};
}

std::string end_of(const Event& event, bool with_id) {
  return with_id ? event.notes + ",\"_event_id\":" + base::decimal(event.revision) + '}' : "}";
}

void EventLog::add(Event event, std::int64_t ms_max, std::size_t events_max) {
  const Instant now = event.at;
  bytes_ += bytes_of(event);
  events_.push_back(std::move(event));
  while (events_.size() > events_max || (bytes_ > log_bytes_max && !events_.empty())) drop();
  shrink(now, ms_max);
}

void EventLog::shrink(Instant now, std::int64_t ms_max) {
  while (!events_.empty() && events_.front().at.ms + ms_max <= now.ms) drop();
}

std::optional<Instant> EventLog::oldest() const {
  return events_.empty() ? std::nullopt : std::optional(events_.front().at);
}

void EventLog::drop() {
  bytes_ -= bytes_of(events_.front());
  gone_ = events_.front().revision;
  events_.pop_front();
}

std::deque<Event>::const_iterator EventLog::after(Revision since) const {
  return std::upper_bound(events_.begin(), events_.end(), since,
                          [](Revision at, const Event& event) { return at < event.revision; });
}

}  // namespace rockpool::dialects::baserow
