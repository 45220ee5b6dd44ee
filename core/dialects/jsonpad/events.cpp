#include "core/dialects/jsonpad/events.h"

#include <algorithm>

#include "core/base/text.h"
#include "core/dialect/object_text.h"
#include "core/model/value.h"

namespace rockpool::dialects::jsonpad {
namespace {

using enum Happening;
using Kind = Place::Kind;

constexpr std::size_t log_bytes_max = 16 << 20;  // of an account
constexpr std::size_t event_bytes = 160;         // without its body

bool is_of_items(Happening happening) { return happening >= item_create; }

bool is_heard(const Target& target, const Event& event) {
  switch (target.kind) {
    case Kind::watch_lists: return !is_of_items(event.happening) || target.all;
    case Kind::watch_list: return event.happening != list_create && event.collection == target.collection;
    case Kind::watch_item:
      if (event.happening == item_update || event.happening == item_delete) return event.num == target.num;
      return event.collection == target.collection &&
             (event.happening == item_delete_all || event.happening == list_delete);
    default: return false;
  }
}

}  // namespace

std::string event_text(std::string_view object_id, std::string_view event_type, std::string_view event_data) {
  std::string text;
  dialect::ObjectText object(text);
  object.raw("object_id", object_id).text("event_type", event_type).raw("event_data", event_data).end();
  return text;
}

std::string event_text(const Event& event, bool with_list) {
  std::string text = *event.body;
  if (!with_list || !is_of_items(event.happening)) return text;
  text.back() = ',';
  text += R"("list":)";
  model::append_quoted(text, event.list);
  if (event.version > 0) text += ",\"version\":" + base::decimal(event.version);
  text += ",\"seq\":" + base::decimal(event.revision);
  return text += '}';
}

bool matches(const Target& target, const Event& event) {
  if ((target.events & bit_of(event.happening)) == 0) return false;
  return event.happening == list_delete_all || is_heard(target, event);
}

void Log::add(Event event, std::int64_t ms_max, std::size_t events_max) {
  const Instant now = event.at;
  bytes_ += event.body->size() + event_bytes;
  events_.push_back(std::move(event));
  while (events_.size() > events_max || bytes_ > log_bytes_max || (now - events_.front().at).ms > ms_max) {
    gone_ = events_.front().revision;
    bytes_ -= events_.front().body->size() + event_bytes;
    events_.pop_front();
  }
}

std::vector<const Event*> Log::find(const Target& target, Revision since, std::size_t count_max) const {
  std::vector<const Event*> found;
  auto at = std::upper_bound(events_.begin(), events_.end(), since,
                             [](Revision revision, const Event& event) { return revision < event.revision; });
  for (; at != events_.end() && found.size() < count_max; ++at)
    if (matches(target, *at)) found.push_back(&*at);
  return found;
}

}  // namespace rockpool::dialects::jsonpad
