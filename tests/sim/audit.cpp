#include "tests/sim/audit.h"

#include <algorithm>

#include "core/model/value.h"
#include "tests/sim/names.h"
#include "tests/sim/page_checks.h"

namespace rockpool::sim {
namespace {

std::string named(const model::Key& key) { return key.collection + "/" + key.id; }
std::string text(std::uint64_t number) { return std::to_string(number); }
std::string named(const ClientNumber& who) { return who.first + "#" + text(who.second); }
std::string short_text(std::string_view data) { return std::string(data.substr(0, 300)); }

}  // namespace

// ---- what is stored
// ------------------------------------------------------------------------------------------------

void Audit::stored(const hub::Entry& entry) {
  const hub::Batch& batch = entry.batch;
  Ground ground;
  for (const hub::StoredOutcome& outcome : batch.outcomes) {
    const ClientNumber who(batch.marks[outcome.mark].client, outcome.number);
    if (log_.lineage()->applied.contains(who)) {
      fail(invariant::once, named(who) + " is applied a second time, by entry " + text(entry.seq));
    }
    if (!ground.made.emplace(who, outcome.version).second)
      fail(invariant::once, named(who) + " twice in one entry");
  }
  std::size_t numbered = 0;
  for (const model::Change& change : batch.changes) {
    numbered += change.writer.empty() ? 0 : 1;
    check_change(batch, change, ground);
  }
  if (numbered != batch.outcomes.size()) {
    fail(invariant::once, "entry " + text(entry.seq) + " stores " + text(numbered) +
                              " numbered changes, but " + text(batch.outcomes.size()) + " outcomes");
  }
  check_groups(batch, ground.made);
}

// What a change that replaces version `previous` replaces.
const model::Record* Audit::record(const Ground& ground, const model::Key& key,
                                   model::Version previous) const {
  const auto fresh = ground.records.find(key);
  if (fresh != ground.records.end()) return &fresh->second;
  const Lineage& lineage = *log_.lineage();
  const auto held = lineage.records.find(key);
  if (held == lineage.records.end()) return nullptr;
  // A tombstone may have been forgotten, and the record's versions begin anew.
  const bool forgotten =
      !held->second.exists() && lineage.touched.find(key)->second <= log_.forgotten_up_to();
  return forgotten && previous == 0 ? nullptr : &held->second;
}

void Audit::check_change(const hub::Batch& batch, const model::Change& change, Ground& ground) {
  const model::Key& key = change.record.key;
  const model::Record* before = record(ground, key, change.previous);
  const model::Version previous = before == nullptr ? 0 : before->version;
  if (before == nullptr && log_.lineage()->records.contains(key)) history_.restarted.insert(key);
  if (change.previous != previous) {
    return fail(invariant::blind, named(key) + " was at version " + text(previous) +
                                      ", and a change replaces version " + text(change.previous));
  }
  if (change.record.version <= previous)
    fail(invariant::versions, named(key) + " does not move on in the log");
  if (!change.writer.empty()) check_cause(batch, change, before, ground);
  ground.records[key] = change.record;
}

void Audit::check_cause(const hub::Batch&, const model::Change& change, const model::Record* before,
                        const Ground& ground) {
  const ClientNumber who(tap_.client_of(change.writer), change.number);
  check_revival(change, before, who);
  const std::vector<Attempt>& attempts = tap_.attempts(who);
  if (attempts.empty())
    return fail(invariant::once, named(who) + " is applied, and was never sent by its client");
  bool fenced = false;
  for (const Attempt& attempt : attempts) {
    if (!(attempt.mutation.key == change.record.key) || !is_fenced(attempt, who.first, before, ground))
      continue;
    fenced = true;
    const base::Result<std::string> made =
        model::apply(attempt.mutation, before == nullptr ? "" : before->data);
    if (made.ok() && *made == change.record.data) return;
  }
  if (!fenced) {
    return fail(invariant::blind, named(who) + " is applied to version " + text(change.previous) + " of " +
                                      named(change.record.key) + ", which is not what it was made on");
  }
  fail(invariant::once,
       named(who) + " has another effect than was asked for: " + short_text(change.record.data));
}

bool Audit::is_fenced(const Attempt& attempt, const std::string& client, const model::Record* before,
                      const Ground& ground) const {
  const model::Mutation& mutation = attempt.mutation;
  const model::Version version = before == nullptr ? 0 : before->version;
  const bool exists = before != nullptr && before->exists();
  if (mutation.base) return *mutation.base == version || (*mutation.base == 0 && !exists);
  if (!mutation.after) return model::is_commutative(mutation.op);
  const ClientNumber earlier(client, *mutation.after);
  const auto fresh = ground.made.find(earlier);
  if (fresh != ground.made.end()) return fresh->second == version;
  const auto held = log_.lineage()->applied.find(earlier);
  return held != log_.lineage()->applied.end() && held->second.version == version;
}

// What was deleted comes back only by a write that was meant to create, or where the policy lets an edit win.
void Audit::check_revival(const model::Change& change, const model::Record* before, const ClientNumber& who) {
  const auto held = log_.lineage()->records.find(change.record.key);
  const bool deleted =
      before != nullptr ? !before->exists() : held != log_.lineage()->records.end() && !held->second.exists();
  if (!deleted || !change.record.exists() || history_.reset_happened) return;
  const std::string& collection = change.record.key.collection;
  const CollectionPlan& plan =
      setting_.scenario.collections[static_cast<std::size_t>(collection.back() - '0')];
  const bool edit_may_win =
      plan.policy.standard != sync::Rule::merge && plan.policy.standard != sync::Rule::server;
  if (edit_may_win) return;
  bool creates = false;
  bool known = false;
  for (const auto& client : clients_) {
    for (const Store& store : client->stores()) {
      if (!store.ids.contains(who.first)) continue;
      known = true;
      for (const auto& [number, written] : store.book.writes) {
        creates = creates ||
                  (number <= who.second && written.creates && written.wish.write.key == change.record.key);
      }
    }
  }
  if (known && !creates) {
    fail(invariant::deletes, named(change.record.key) + " was deleted and comes back by " + named(who) +
                                 ", which was no creation");
  }
}

// All or none: what was sent as one batch is applied in one entry.
void Audit::check_groups(const hub::Batch&, const std::map<ClientNumber, model::Version>& made) {
  const auto applied = [&](const ClientNumber& who) {
    return made.contains(who) || log_.lineage()->applied.contains(who);
  };
  for (const auto& [who, version] : made) {
    bool whole = false;
    const std::vector<Attempt>& attempts = tap_.attempts(who);
    for (const Attempt& attempt : attempts) {
      whole = whole || std::all_of(attempt.group.begin(), attempt.group.end(), [&](std::uint64_t number) {
                return applied({who.first, number});
              });
    }
    if (!whole && !attempts.empty())
      fail(invariant::once, named(who) + " is applied without the rest of its batch");
  }
}

// ---- at rest
// -------------------------------------------------------------------------------------------------------

void Audit::check_agreement(const Client& client) {
  const Lineage& lineage = *log_.lineage();
  if (!client.plan().is_native()) {
    const std::string found = other_disagreement(client, lineage, setting_);
    if (!found.empty()) fail(invariant::agreement, found);
    return;
  }
  std::size_t expected = 0;
  for (const auto& [key, record] : lineage.records) {
    if (!setting_.scenario.has(key.collection)) continue;
    const std::optional<sync::RowView> row = client.engine().row(key);
    if (!record.exists()) {
      if (row)
        fail(invariant::agreement, client.name() + " still shows " + named(key) + ", which is deleted");
      continue;
    }
    ++expected;
    if (!row) {
      fail(invariant::agreement, client.name() + " does not show " + named(key));
    } else if (row->data != record.data || row->version != record.version || row->created != record.created ||
               row->updated != record.updated) {
      fail(invariant::agreement, client.name() + " shows " + named(key) + " version " + text(row->version) +
                                     " " + short_text(row->data) + ", the server has version " +
                                     text(record.version) + " " + short_text(record.data));
    }
  }
  std::size_t shown = 0;
  for (const CollectionPlan& plan : setting_.scenario.collections) shown += client.engine().count(plan.name);
  if (shown != expected) {
    fail(invariant::agreement,
         client.name() + " shows " + text(shown) + " records, the server has " + text(expected));
  }
}

bool Audit::took_effect(const Store& store, const Written& written) const {
  if (written.fate == Fate::acknowledged) return true;
  if (written.fate != Fate::open) return false;
  // Its store is gone: only the log knows.
  return std::any_of(store.ids.begin(), store.ids.end(), [&](const std::string& id) {
    return log_.lineage()->applied.contains({id, written.number});
  });
}

Audit::Sum Audit::sum_of(const model::Key& key) const {
  Sum sum;
  for (const auto& client : clients_) {
    for (std::size_t i = 0; i < client->stores().size(); ++i) {
      const Store& store = client->stores()[i];
      for (const auto& [number, written] : store.book.writes) {
        if (!(client->stored(written.wish.write.key) == key) || !took_effect(store, written)) continue;
        const Effect& effect = written.wish.effect;
        if (effect.kind == Effect::Kind::add) sum.n += effect.amount;
        if (effect.kind == Effect::Kind::include) sum.tags[effect.token] = true;
        if (effect.kind == Effect::Kind::exclude) sum.tags[effect.token] = false;
        const bool says = effect.kind == Effect::Kind::field || effect.kind == Effect::Kind::whole;
        if (says && !effect.token.empty()) sum.fields[client->field_of(i + 1)] = effect.token;
      }
    }
  }
  return sum;
}

void Audit::check_counted() {
  if (history_.reset_happened || history_.inexact_all) return;
  for (const auto& [key, record] : log_.lineage()->records) {
    const bool counts = is_counted(key) && !history_.overwritten.contains(key);
    if (counts && record.exists()) check_counted(key, record);
  }
}

void Audit::check_counted(const model::Key& key, const model::Record& record) {
  const Sum sum = sum_of(key);
  const model::Value value = model::read(record.data).value();
  const std::string shown = named(key) + " is " + short_text(record.data);
  const model::Value* n = model::member(value, "n");
  const model::Value* fields = model::member(value, "f");
  // A page of a table makes no members but for its fields.
  const bool is_whole = fields != nullptr || setting_.scenario.speaks_nothing_but(Dialect::baserow);
  if (n == nullptr || !is_whole) return fail(invariant::once, shown + ", which nobody wrote");
  const std::string counted = model::write(*n);
  if (counted != std::to_string(sum.n) && !history_.inexact.contains(key)) {
    fail(invariant::once, shown + ", but the increments add up to " + std::to_string(sum.n));
  }
  for (const auto& [field, token] : sum.fields) {
    const std::string* held = fields == nullptr ? nullptr : model::text_member(*fields, field);
    if (held == nullptr && setting_.scenario.has_tables()) held = model::text_member(value, field);
    if (held == nullptr || *held != token)
      fail(invariant::once, shown + ", but " + field + " was last set to " + token);
  }
  if (history_.inexact.contains(key)) return;
  for (const auto& [token, in] : sum.tags) {
    const bool held = record.data.find("\"" + token + "\"") != std::string::npos;
    if (held != in)
      fail(invariant::once, shown + ", but tag " + token + (in ? " is missing" : " was taken out"));
  }
}

void Audit::check_made_once() {
  if (history_.reset_happened || history_.inexact_all) return;
  std::map<std::string, model::Key> made;
  for (const auto& [key, record] : log_.lineage()->records) {
    if (!record.exists() || !setting_.scenario.has(key.collection)) continue;
    const model::Value value = model::read(record.data).value();
    const std::string* token = model::text_member(value, "t");
    if (token == nullptr) continue;
    const auto [other, is_first] = made.emplace(key.collection + *token, key);
    if (!is_first)
      fail(invariant::once, *token + " was made as " + named(other->second) + " and as " + named(key));
  }
}

void Audit::check_fates() {
  // In another history, or under another name, a write may have to be judged twice.
  const bool exact = !history_.reset_happened && !history_.inexact_all;
  for (const auto& client : clients_) {
    if (client->is_copy()) continue;
    const Store& store = client->stores().back();
    for (const auto& [number, written] : store.book.writes) {
      const bool applied =
          exact && std::any_of(store.ids.begin(), store.ids.end(), [&, n = number](const std::string& id) {
            return log_.lineage()->applied.contains({id, n});
          });
      const std::string name = client->name() + "#" + text(number);
      if (applied && written.fate == Fate::cancelled)
        fail(invariant::once, name + " was told cancelled and took effect");
      if (applied && written.fate == Fate::refused)
        fail(invariant::once, name + " was told refused and took effect");
      if (applied && written.fate == Fate::lost)
        fail(invariant::once, name + " was lost in a crash and took effect");
      if (client->is_running() && written.fate == Fate::open)
        fail(invariant::once, name + " never came to an end");
    }
  }
}

}  // namespace rockpool::sim
