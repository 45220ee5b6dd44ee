#include "core/hub/state.h"

#include <algorithm>

#include "core/base/hash.h"

namespace rockpool::hub {

std::uint32_t checksum_of(const std::string& space) { return base::crc32c(space); }

std::string State::cursor(const std::string& space, std::uint64_t seq, std::uint64_t chain) const {
  return model::write_cursor(
      {.epoch = epoch, .space = checksum_of(space), .seq = seq, .chain = static_cast<std::uint32_t>(chain)});
}

model::Change out_of_sight(const model::Change& change) {
  model::Change left = change;
  left.record.data.clear();
  left.writer.clear();
  left.left = true;
  return left;
}

Tell State::take(Entry entry) {
  for (model::Change& change : entry.batch.changes) change.seq = entry.seq;
  View::Before before;
  view.apply(entry, &before);
  last_time = std::max(last_time, entry.batch.time);

  Tell tell;
  const std::string at = cursor(entry.batch.space, entry.seq, entry.chain);
  std::vector<model::Hint> hints = std::move(entry.batch.hints);
  hints.resize(entry.batch.changes.size());
  for (std::size_t i = 0; i < before.size(); ++i) hints[i].before = std::move(before[i]);
  for (std::size_t i = 0; i < entry.batch.changes.size(); ++i) {
    const model::Change& change = entry.batch.changes[i];
    const model::Key& key = change.record.key;
    const auto here = rights->collection(entry.batch.space, key.collection);
    for (rights::CollectionRights::Told& told : here.told(change.record)) {
      const model::Topic topic{.space = entry.batch.space,
                               .kind = model::Topic::Kind::collection,
                               .name = key.collection,
                               .scope = std::move(told.scope)};
      auto notice = std::find_if(tell.notices.begin(), tell.notices.end(),
                                 [&](const auto& known) { return known.first == topic; });
      if (notice == tell.notices.end()) {
        tell.notices.emplace_back(topic, model::Changed{.changes = {}, .cursor = at});
        notice = std::prev(tell.notices.end());
      }
      auto* changed = std::get_if<model::Changed>(&notice->second);
      changed->changes.push_back(told.left ? out_of_sight(change) : change);
      changed->hints.push_back(hints[i]);
    }
  }
  recent.push(std::move(entry));
  return tell;
}

}  // namespace rockpool::hub
