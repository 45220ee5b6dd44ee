// What a client's user may rely on, checked at every step and after every crash.
#include <set>

#include "core/base/hash.h"
#include "core/base/text.h"
#include "core/model/value.h"
#include "tests/sim/client.h"
#include "tests/sim/names.h"

namespace rockpool::sim {
namespace {

using Kind = sync::LocalWrite::Kind;

model::Op op_of(Kind kind) {
  switch (kind) {
    case Kind::insert:
    case Kind::put: return model::Op::put;
    case Kind::update:
    case Kind::patch: return model::Op::patch;
    case Kind::increment: return model::Op::add;
    case Kind::include: return model::Op::set_insert;
    case Kind::exclude: return model::Op::set_remove;
    case Kind::remove: return model::Op::remove;
  }
  return model::Op::put;
}

std::string named(std::uint64_t number) { return "#" + std::to_string(number); }
std::string named(const model::Key& key) { return key.collection + "/" + key.id; }

// The first that is durable, is not being changed by what is being stored, and yet is not there as it was.
template <typename Map>
std::string first_lost(const Map& durable, const Map* next, const auto* passed, const Map& now) {
  for (const auto& [key, content] : durable) {
    if (next != nullptr) {
      const auto other = next->find(key);
      if (other == next->end() || other->second != content) continue;
    }
    const auto found = now.find(key);
    const std::string is = found == now.end() ? "" : found->second;
    if (is == content) continue;
    if (passed != nullptr && passed->contains(key) && passed->at(key).contains(is)) continue;
    if (found == now.end()) return named(key) + " is gone: " + content;
    return named(key) + " was " + content + ", is " + is;
  }
  return {};
}

// Adds what `now` has that `before` has not, and the other way round.
template <typename Map>
void add_passed(const Map& before, const Map& now, auto& passed) {
  for (const auto& [key, content] : now) {
    const auto was = before.find(key);
    if (was == before.end() || was->second != content) passed[key].insert(content);
  }
  for (const auto& [key, content] : before)
    if (!now.contains(key)) passed[key].insert("");
}

// An order of keys is no part of what was written.
bool means_the_same(const std::string& left, const std::string& right) {
  if (left == right || left.empty() || right.empty()) return left == right;
  return model::same(model::read(left).value(), model::read(right).value());
}

std::string short_text(std::string_view data) { return std::string(data.substr(0, 160)); }

}  // namespace

// ---- I1
// ----------------------------------------------------------------------------------------------------

void Client::check_shown(const sync::LocalWrite& write, const std::string& before) {
  model::Mutation mutation{.key = write.key, .op = op_of(write.kind), .path = write.path};
  if (write.kind != Kind::remove) mutation.data = model::compact(write.data).value();
  const base::Result<std::string> expected = model::apply(mutation, before);
  const std::optional<sync::RowView> row = engine_->row(write.key);
  const std::string shown = row ? std::string(row->data) : std::string();
  if (!expected.ok() || !means_the_same(*expected, shown)) {
    fail(invariant::reads, write.key.id + " shows " + short_text(shown) +
                               " right after it was written, not " +
                               (expected.ok() ? short_text(*expected) : expected.error().message));
  }
}

// As long as a write is open, what it put into the record is there: whatever the server sends meanwhile.
void Client::check_own_writes(const model::Key& record) {
  const std::vector<const Written*> writes = book().in_force(record);
  if (writes.empty() || history_.reset_happened) return;
  const std::optional<sync::RowView> row = engine_->row(record);
  const std::string_view data = row ? row->data : std::string_view();
  if (is_counted(stored(record))) return history_.inexact_all ? void() : check_counted(record, data);
  const Written& last = *writes.back();
  const sync::Policy& policy =
      setting_.scenario.collections[static_cast<std::size_t>(record.collection.back() - '0')].policy;
  const bool mine_wins = policy.fields.empty() &&
                         (policy.standard == sync::Rule::merge || policy.standard == sync::Rule::client);
  if (last.fate != Fate::open || last.wish.token.empty() || !mine_wins) return;
  // Without books an attempt whose answer was lost may have come in, of a copied store one of the original,
  // and others have gone on from there.
  const bool may_be_twice = !plan_.is_native() || history_.inexact_all;
  if (may_be_twice && was_there(record, last.wish.token)) return;
  if (data.find(last.wish.token) == std::string_view::npos) {
    fail(invariant::reads, record.id + " does not show " + last.wish.token + " of open write #" +
                               std::to_string(last.number) + ": " + short_text(data));
  }
}

// What was made anew may have another id. No two writes have the same token.
bool Client::was_there(const model::Key& shown, const std::string& token) const {
  const bool is_renamed = reads_again(plan_.dialect);
  return history_.has_held(is_renamed ? model::Key{shown.collection, ""} : stored(shown), token);
}

void Client::check_counted(const model::Key& record, std::string_view data) {
  if (data.empty() || history_.overwritten.contains(stored(record))) return;  // its creation was given up
  const std::vector<const Written*> writes = book().in_force(record);
  base::Result<model::Value> value = model::read(data.empty() ? "null" : data);
  const std::string field = own_field();
  std::string expected;
  std::set<std::string> included, excluded;
  for (const Written* written : writes) {
    const Effect& effect = written->wish.effect;
    if (effect.kind == Effect::Kind::field || effect.kind == Effect::Kind::whole) expected = effect.token;
    if (effect.kind == Effect::Kind::include) included.insert(effect.token);
    if (effect.kind == Effect::Kind::exclude) included.erase(effect.token), excluded.insert(effect.token);
  }
  const model::Value* fields = plan_.dialect == Dialect::baserow ? &*value : model::member(*value, "f");
  const std::string* shown = fields == nullptr ? nullptr : model::text_member(*fields, field);
  if (!expected.empty() && (shown == nullptr || *shown != expected)) {
    fail(invariant::reads,
         record.id + " does not show " + field + " = " + expected + ": " + short_text(data));
  }
  if (history_.inexact.contains(stored(record))) return;
  for (const std::string& token : included) {
    if (data.find("\"" + token + "\"") == std::string_view::npos) {
      fail(invariant::reads, record.id + " does not show tag " + token + ": " + short_text(data));
    }
  }
  for (const std::string& token : excluded) {
    if (data.find("\"" + token + "\"") != std::string_view::npos) {
      fail(invariant::reads, record.id + " still shows tag " + token + ": " + short_text(data));
    }
  }
}

void Client::check_acknowledged() {
  if (plan_.is_native() || history_.reset_happened) return;
  std::set<model::Key> held;  // what was written later is there
  const std::map<std::uint64_t, Written>& writes = book().writes;
  for (auto next = writes.rbegin(); next != writes.rend(); ++next) {
    const Written& written = next->second;
    const model::Key& record = written.wish.write.key;
    if (written.merged) held.insert(record);
    if (held.contains(record)) continue;
    const bool is_there = !written.wish.token.empty() && was_there(record, written.wish.token);
    // What says something else of the record than could be found.
    const bool hides = written.wish.token.empty() && !model::is_commutative(op_of(written.wish.write.kind));
    if (is_there || (hides && written.fate == Fate::acknowledged)) held.insert(record);
    if (is_there || written.fate != Fate::acknowledged || written.wish.token.empty()) continue;
    fail(invariant::durable, named(written.number) + " on " + record.id + " is acknowledged, and " +
                                 written.wish.token + " has never been there");
  }
}

void Client::check_users(const std::vector<std::string>& online) {
  if (!watches_users_) return;
  std::vector<std::string> seen;
  for (const model::Present::Member& member : engine_->peers("deepstream")) seen.push_back(member.user);
  if (seen == online) return;
  fail(invariant::agreement, "knows of " + std::to_string(seen.size()) + " users online, there are " +
                                 std::to_string(online.size()));
}

// ---- I7
// ----------------------------------------------------------------------------------------------------

void Client::check_version(const model::Key& record) {
  const std::optional<sync::RowView> row = engine_->row(record);
  if (!setting_.scenario.has(record.collection)) return;
  // What was made anew with another number has versions of its own.
  std::string& remote = remotes_[record];
  if (row && remote != row->remote) versions_.erase(record);
  if (row) remote = row->remote;
  // Who keeps no tombstones sees what was there before a deletion again while it hears what it missed.
  if (!row && reads_again(plan_.dialect)) versions_.erase(record);
  // Where versions begin anew with each incarnation, they rise while nobody deletes.
  const bool restarts = plan_.dialect == Dialect::deepstream && !is_counted(record);
  if (!row || restarts || history_.reset_happened || history_.restarted.contains(stored(record))) return;
  model::Version& seen = versions_[record];
  if (row->version < seen && row->version != 0) {
    fail(invariant::versions, record.id + " goes from version " + std::to_string(seen) + " back to " +
                                  std::to_string(row->version));
  }
  seen = std::max(seen, row->version);
}

// ---- I2, I8: what survives a crash
// ----------------------------------------------------------------------------------------------------

Client::Picture Client::picture() const {
  Picture picture;
  for (const CollectionPlan& plan : setting_.scenario.collections) {
    engine_->each(plan.name, [&](std::string_view id, const sync::RowView& row) {
      const std::string content = base::hex(base::hash64(row.data, row.version), 16);
      picture.rows.emplace(model::Key{plan.name, std::string(id)}, content);
    });
  }
  for (const sync::WriteView& view : engine_->pending()) {
    picture.pending[number_of(view.key)] = view.record.id + " " + view.op + " " + view.value;
  }
  for (const sync::ConflictView& clash : engine_->conflicts()) {
    picture.conflicts[clash.record] = clash.base + " | " + clash.mine + " | " + clash.theirs;
  }
  return picture;
}

void Client::look_in_passing() {
  if (!syncing_) return;
  const Picture now = picture();
  add_passed(syncing_->picture.rows, now.rows, passed_.rows);
  add_passed(syncing_->picture.pending, now.pending, passed_.pending);
  add_passed(syncing_->picture.conflicts, now.conflicts, passed_.conflicts);
}

// What is the same in the last stored state and in the one being stored is there, whichever of both survived,
// or as it was in between.
void Client::check_survived(const Picture& restored) {
  const Picture* next = syncing_ ? &syncing_->picture : nullptr;
  const Passed* passed = syncing_ ? &syncing_->passed : nullptr;
  const auto judge = [this, next, passed, &restored](auto part, auto between, const char* invariant,
                                                     const char* what) {
    const std::string lost = first_lost(durable_.*part, next == nullptr ? nullptr : &(next->*part),
                                        passed == nullptr ? nullptr : &(passed->*between), restored.*part);
    if (!lost.empty())
      fail(invariant, std::string("durable, and not as it was after a crash: ").append(what).append(lost));
  };
  judge(&Picture::pending, &Passed::pending, invariant::durable, "pending write ");
  judge(&Picture::conflicts, &Passed::conflicts, invariant::conflict, "conflict ");
  judge(&Picture::rows, &Passed::rows, invariant::durable, "row ");
}

void Client::check_restored() {
  const Picture restored = picture();
  check_survived(restored);
  durable_ = restored;
  if (stores_.empty()) return;
  take_stock();
  for (const auto& [number, content] : restored.pending) {
    if (own_book().find(number) == nullptr)
      fail(invariant::once, "a write nobody made is pending: " + content);
  }
}

// After a crash: which writes are still there, which the user has to make again.
void Client::take_stock() {
  for (auto& [number, written] : own_book().writes) {
    const std::optional<sync::WriteView> view = engine_->find_write(key_of(number));
    const bool refused = view && view->state == sync::WriteState::refused;
    const bool open = view && !refused && view->state != sync::WriteState::acknowledged;
    if (open) {
      // An end that was told but not yet stored comes again.
      if (written.fate != Fate::open) note("finds again", key_of(number));
      written.fate = Fate::open;
      written.durable = true;
      written.tried = true;  // perhaps, as far as the store knows
    } else if (refused) {
      written.fate = Fate::refused;
    } else if (view) {
      written.fate = Fate::acknowledged;
    } else if (written.fate == Fate::open && written.durable) {
      fail(invariant::durable, "#" + std::to_string(number) + " was durable and is gone after a crash");
    } else if (written.fate == Fate::open) {
      written.fate = Fate::lost;
    }
  }
}

}  // namespace rockpool::sim
