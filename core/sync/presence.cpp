// Who is in which room: said again on every link, heard while one is live. And signals, which pass through.
#include "core/base/sort.h"
#include "core/dialect/dialects.h"
#include "core/sync/engine_impl.h"

namespace rockpool::sync {

void Engine::Impl::presence(const std::string& room, const std::string& member, const std::string& state) {
  if (!dialect::has_presence) return;
  if (state.empty())
    said_.erase({room, member});
  else
    said_[{room, member}] = state;
  if (link_.is_live()) ask(dialect::SayPresence{room, member, state});
}

void Engine::Impl::watch_presence(const std::string& room, bool on) {
  if (!dialect::has_presence) return;
  if (on)
    rooms_.insert(room);
  else
    rooms_.erase(room);
  if (!on) peers_.erase(room);
  if (link_.is_live()) ask(dialect::WatchPresence{room, on});
}

void Engine::Impl::say_rooms() {
  if (!dialect::has_presence) return;
  for (const std::string& room : rooms_) ask(dialect::WatchPresence{room, true});
  for (const auto& [where, state] : said_) ask(dialect::SayPresence{where.first, where.second, state});
}

void Engine::Impl::on_presence(dialect::PresenceSeen& seen) {
  if (!dialect::has_presence || !rooms_.contains(seen.room)) return;
  std::vector<model::Present::Member>& members = peers_[seen.room];
  if (seen.whole) members.clear();
  for (model::Present::Member& member : seen.members) {
    std::erase_if(members, [&](const auto& known) { return known.member == member.member; });
    if (!member.state.empty()) members.push_back(std::move(member));
  }
  base::sort(members, [](const auto& a, const auto& b) { return a.member < b.member; });
  effects_.push_back(PresenceMoved{seen.room});
}

void Engine::Impl::signal(const dialect::Signal& signal) {
  if (dialect::has_signals && link_.is_live()) ask(signal);
}

}  // namespace rockpool::sync
