#include "core/dialect/remote_records.h"

#include <algorithm>

#include "core/model/value.h"

namespace rockpool::dialect {

bool is_same(const std::string& left, const std::string& right) {
  if (left == right) return true;
  const auto one = model::read(left);
  const auto other = model::read(right);
  return one && other && *one == *other;
}

RemoteRecords::Held* RemoteRecords::find(Collection& collection, const std::string& remote) {
  const auto id = collection.ids.find(remote);
  const auto held =
      id == collection.ids.end() ? collection.records.end() : collection.records.find(id->second);
  return held == collection.records.end() ? nullptr : &held->second;
}

RemoteRecords::Held* RemoteRecords::find(const model::Key& key) {
  const auto collection = collections_.find(key.collection);
  if (collection == collections_.end()) return nullptr;
  const auto held = collection->second.records.find(key.id);
  return held == collection->second.records.end() ? nullptr : &held->second;
}

void RemoteRecords::unsubscribe(const std::string& name) {
  const auto followed = collections_.find(name);
  if (followed == collections_.end()) return;
  const auto& records = followed->second.records;
  const bool writes =
      std::any_of(records.begin(), records.end(), [](const auto& one) { return !one.second.writes.empty(); });
  if (!writes) collections_.erase(followed);
}

// ---- following --------------------------------------------------------------------------------------------

void RemoteRecords::subscribe(const Subscribe& subscribe, ClientSteps& out) {
  const std::string& name = subscribe.collection;
  Collection& collection = collections_[name];
  collection.place = std::max(collection.place, place_);
  for (const model::Record& record : subscribe.held) hold(name, collection, record);
  if (collection.known) return begin(name, collection, {}, out);
  collection.resumes = !subscribe.cursor.empty() && subscribe.after.empty();
  read_all(name, collection);
}

void RemoteRecords::hold(const std::string& name, Collection& collection, const model::Record& record) {
  const bool is_here = record.version > 0 && !record.data.empty();
  const auto [place, is_new] = collection.records.try_emplace(record.key.id);
  Held& held = place->second;
  held.untold = !is_here && record.data.empty();
  if (!is_new) return;
  held.key = {name, record.key.id};
  held.state.version = record.version;
  held.state.updated = record.updated;
  held.doubtful = record.version == 0 && !record.data.empty();
  collection.doubts = collection.doubts || held.doubtful;
  if (held.doubtful) held.attempt = record.data;
  if (!is_here) return;
  held.state = {.remote = record.meta.empty() ? record.key.id : record.meta,
                .data = record.data,
                .version = record.version,
                .created = record.created,
                .updated = record.updated};
  collection.ids[held.state.remote] = record.key.id;
}

void RemoteRecords::read_all(const std::string& name, Collection& collection) {
  if (!std::exchange(collection.asked, true)) service_.read_all(name);
}

// A record that nobody here has heard of: one that an attempt of ours made whose answer was lost, or news.
RemoteRecords::Held& RemoteRecords::adopt(const std::string& name, Collection& collection,
                                          const State& state) {
  const auto is_ours = [&](const auto& one) {
    if (!one.second.doubtful) return false;
    if (one.first == state.remote || one.first == state.name) return true;
    return !service_.names(one.second.key) &&
           service_.is_so(one.second.key, one.second.attempt, state.data, true);
  };
  const auto ours = collection.doubts
                        ? std::find_if(collection.records.begin(), collection.records.end(), is_ours)
                        : collection.records.end();
  std::string id = ours == collection.records.end() ? state.remote : ours->first;
  // One that is called so here may have been made anew and be another there.
  const auto is_another = [&](const std::string& taken) {
    const auto held = collection.records.find(taken);
    return held != collection.records.end() && held->second.exists();
  };
  while (is_another(id)) id += '~';
  collection.ids[state.remote] = id;
  Held& held = collection.records[id];
  held.key = {name, id};
  held.state.remote = state.remote;
  held.doubtful = false;
  return held;
}

// Of two pieces of news. With which version a record went may be a guess, and versions begin anew once that
// is forgotten: the time says whether it was there before or is there again.
bool RemoteRecords::is_older(const Held& held, const State& state) {
  const bool is_it = state.data.empty() || state.remote == held.state.remote;
  const bool is_lower = is_it && state.version > 0 && state.version < held.state.version;
  return is_lower && (held.exists() || state.updated <= held.state.updated);
}

// Is it what the write under way makes of the record?
bool RemoteRecords::is_result(const Held& held, const State& state) const {
  return held.sent && !held.looked && service_.is_so(held.key, held.result, state.data, held.creates);
}

// Is it another record than it was?
bool RemoteRecords::take(Collection& collection, Held& held, State state,
                         std::vector<model::Change>* displaced) {
  const bool is_version = state.version == 0 || state.version == held.state.version;
  if (held.exists() && is_version && is_same(state.data, held.state.data)) return false;
  if (state.data.empty()) {
    held.state.updated = std::max(held.state.updated, state.updated);
    if (!held.exists()) {
      held.state.version = std::max(held.state.version, state.version);
      return false;
    }
    held.state.version = state.version > 0 ? state.version : held.state.version + 1;
    held.state.data.clear();
    return true;
  }
  // It was taken for a record of its own before an answer said whose it is.
  Held* other = find(collection, state.remote);
  if (other != nullptr && other != &held) {
    take(collection, *other, {});
    if (displaced != nullptr) displaced->push_back(change_of(*other));
  }
  // One that was made anew may have another id: what is said of the old one is not of it.
  const bool is_anew = held.state.remote != state.remote;
  if (is_anew) collection.ids.erase(held.state.remote);
  // And the old one may have been made anew there while ours was on its way, as only an answer says.
  const bool is_another = is_anew && held.exists();
  const model::Version before = held.state.version;
  std::swap(held.state, state);
  if (held.state.version == 0) held.state.version = before + 1;
  collection.ids[held.state.remote] = held.key.id;
  held.doubtful = false;
  if (is_another) {
    Held& moved = adopt(held.key.collection, collection, state);
    take(collection, moved, std::move(state));
    displaced->push_back(change_of(moved));
  }
  return true;
}

// What is gone is remembered while something older may still come.
void RemoteRecords::forget_gone(Collection& collection, std::uint64_t reading) {
  for (auto one = collection.records.begin(); one != collection.records.end();) {
    const Held& held = one->second;
    const bool stays = held.exists() || !held.writes.empty() || held.untold || held.doubtful;
    if (stays || held.touched >= reading) {
      ++one;
      continue;
    }
    // Another may have its id by now.
    if (find(collection, held.state.remote) == &held) collection.ids.erase(held.state.remote);
    one = collection.records.erase(one);
  }
}

void RemoteRecords::all_of(const std::string& name, std::vector<State> states, Reading reading,
                           ClientSteps& out) {
  const auto followed = collections_.find(name);
  if (followed == collections_.end()) return;
  Collection& collection = followed->second;
  std::vector<model::Change> changes;
  for (State& state : states) {
    Held* held = find(collection, state.remote);
    if (held == nullptr && collection.creating > 0) {
      hold_place(collection);
      collection.deferred.push_back(std::move(state));
      continue;
    }
    if (held == nullptr) held = &adopt(name, collection, state);
    held->named = true;
    const bool is_own = is_result(*held, state);
    const bool is_later = !is_own && state.version > held->state.version;
    const bool is_other = !is_own && !is_same(state.data, held->state.data);
    if (held->sent && (is_later || is_other)) held->stirred = true;
    if ((is_later || !is_newer(*held, reading)) && take(collection, *held, std::move(state)))
      changes.push_back(change_of(*held));
  }
  if (reading.place > 0) collection.place = reading.place;
  take_unnamed(collection, reading, changes);
  collection.known = true;
  collection.doubts = false;
  if (reading.scope != Scope::some && reading.number > collection.missed) collection.missed = 0;
  let_go_of_place(collection);
  begin(name, collection, std::move(changes), out);
  for (auto& [id, held] : collection.records) work(collection, held, out);
  if (reading.scope != Scope::some) forget_gone(collection, reading.number);
}

// What was heard since the reading began is newer than it, unless the server says where both stand.
bool RemoteRecords::is_newer(const Held& held, Reading reading) {
  const bool is_behind = reading.place > 0 && held.heard > 0 && held.heard <= reading.place;
  return held.sent || (held.touched >= reading.number && !is_behind);
}

void RemoteRecords::take_unnamed(Collection& collection, Reading reading,
                                 std::vector<model::Change>& changes) {
  for (auto& [id, held] : collection.records) {
    held.doubtful = false;
    const bool is_named = std::exchange(held.named, false);
    if (is_named || !held.exists() || held.sent || reading.scope == Scope::some) continue;
    // Where the news of it may be lost, it is looked at.
    const bool is_own = reading.place > 0 && held.heard == 0 && held.touched >= reading.number;
    if (!is_own && is_newer(held, reading)) continue;
    if (is_own || reading.scope == Scope::in_pieces) {
      read_again(held);
      continue;
    }
    take(collection, held, {});
    held.touched = reading.number;  // something older may still come
    changes.push_back(change_of(held));
  }
}

void RemoteRecords::resumed(const std::string& name, ClientSteps& out) {
  const auto followed = collections_.find(name);
  if (followed == collections_.end()) return;
  followed->second.known = true;
  begin(name, followed->second, {}, out);
}

// The collection is known: what is there is told, or what has changed since.
void RemoteRecords::begin(const std::string& name, Collection& collection, std::vector<model::Change> changes,
                          ClientSteps& out) {
  // Of which a page that knew nothing is told all.
  if (!collection.live && !collection.resumes) changes.clear();
  for (auto& [id, held] : collection.records)
    if (std::exchange(held.untold, false)) changes.push_back(change_of(held));
  if (!std::exchange(collection.live, true)) {
    if (!collection.resumes) {
      Part part{
          .collection = name, .records = {}, .cursor = cursor_of(collection), .begin = true, .done = true};
      for (const auto& [id, held] : collection.records)
        if (held.exists()) part.records.push_back(change_of(held).record);
      out.push_back(std::move(part));
    }
    out.push_back(Live{.collection = name, .cursor = cursor_of(collection)});
  }
  tell(name, std::move(changes), out);
}

// ---- news -------------------------------------------------------------------------------------------------

void RemoteRecords::changed(const std::string& name, State state, ClientSteps& out) {
  const auto followed = collections_.find(name);
  if (followed == collections_.end()) return;
  Collection& collection = followed->second;
  Held* held = find(collection, state.remote);
  if (held == nullptr && collection.creating > 0) {
    hold_place(collection);
    return collection.deferred.push_back(std::move(state));
  }
  // One that was not known is gone: a reading under way may be older than this.
  if (held == nullptr) held = &adopt(name, collection, state);
  if (is_older(*held, state)) return;
  held->touched = collection.readings;
  held->heard = state.place;
  // Our own write, ahead of its answer: no other one makes the version that comes after its ground.
  const bool is_next = state.version == 0 || held->creates || state.version == held->ground + 1;
  if (is_next && is_result(*held, state)) return;
  // What is being made is not known to be there, and may be gone before the answer comes.
  const bool is_overtaken = held->creates && state.data.empty();
  if (!take(collection, *held, std::move(state)) && !is_overtaken) return;
  held->stirred = held->sent;
  held->last_number = 0;  // what goes behind that write has not seen this
  held->untold = !collection.live;
  if (collection.live) tell(name, {change_of(*held)}, out);
}

void RemoteRecords::cleared(const std::string& name, ClientSteps& out) {
  const auto followed = collections_.find(name);
  if (followed == collections_.end()) return;
  std::vector<model::Change> changes;
  followed->second.deferred.clear();
  let_go_of_place(followed->second);
  for (auto& [id, held] : followed->second.records) {
    held.touched = followed->second.readings;
    held.heard = 0;
    if (!take(followed->second, held, {})) continue;
    changes.push_back(change_of(held));
    held.untold = !followed->second.live;
  }
  if (followed->second.live) tell(name, std::move(changes), out);
}

void RemoteRecords::misses(const std::string& name) {
  Collection& collection = collections_[name];
  collection.missed = collection.readings;
  hold_place(collection);
}

void RemoteRecords::is_anew(const std::string& name) {
  for (auto& [id, held] : collections_[name].records) {
    held.state.version = 0;
    held.state.updated = {};
  }
}

void RemoteRecords::reached(std::uint64_t place) {
  place_ = place;
  for (auto& [name, collection] : collections_) collection.place = place;
}

std::string RemoteRecords::cursor_at(std::uint64_t place) const {
  return model::write_cursor({.epoch = epoch_, .space = 0, .seq = place, .chain = 0});
}

std::string RemoteRecords::cursor_of(const Collection& collection) const {
  return cursor_at(collection.held_place.value_or(collection.place));
}

std::string RemoteRecords::cursor() const {
  std::uint64_t least = place_;
  for (const auto& [name, one] : collections_) least = std::min(least, one.held_place.value_or(one.place));
  return cursor_at(least);
}

model::Change RemoteRecords::change_of(const Held& held) const {
  model::Change change;
  change.record.key = held.key;
  change.record.version = held.state.version;
  change.record.data = held.state.data;
  change.record.created = held.state.created;
  change.record.updated = held.state.updated;
  if (held.state.remote != held.key.id) change.record.meta = held.state.remote;
  return change;
}

void RemoteRecords::tell(const std::string& name, std::vector<model::Change> changes,
                         ClientSteps& out) const {
  if (changes.empty()) return;
  std::string cursor = cursor_of(collections_.at(name));
  out.push_back(ChangedAt{.collections = {name}, .changes = std::move(changes), .cursor = std::move(cursor)});
}

}  // namespace rockpool::dialect
