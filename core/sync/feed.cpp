// Following the server: snapshots, changes, cursors, and histories that turn out to be others.
#include <algorithm>

#include "core/model/names.h"
#include "core/sync/engine_impl.h"

namespace rockpool::sync {
namespace {

constexpr std::size_t told_max = 200;

Truth truth_of(model::Record&& record) {
  Truth truth{.version = record.version,
              .data = std::move(record.data),
              .created = record.created,
              .updated = record.updated};
  if (!dialect::always_resumes) truth.remote = std::move(record.meta);
  return truth;
}

model::Record record_of(const Key& key, const Truth& truth) {
  model::Record record{.key = key, .version = truth.version};
  record.data = truth.data;
  record.meta = truth.remote;
  record.created = truth.created;
  record.updated = truth.updated;
  return record;
}

std::uint64_t seq_of(const std::string& cursor) {
  const std::optional<model::Cursor> read = model::read_cursor(cursor);
  return read ? read->seq : 0;
}

}  // namespace

void Engine::Impl::keep(const std::string& name, const std::string& id) {
  if (!usable_ || !model::check_collection(name).ok()) return;
  Collection& collection = replica_.collection(name);
  const bool looks = !id.empty() && !link_.resumes();
  std::vector<std::string>& looked = collection.looked;
  if (looks && std::find(looked.begin(), looked.end(), id) == looked.end()) looked.push_back(id);
  if (!collection.kept) {
    collection.kept = true;
    ledger_.note_collection(name);
    if (link_.is_live()) subscribe(name);
  } else if (looks && link_.is_live()) {
    ask(dialect::Subscribe{.collection = name, .cursor = "", .after = "", .held = {{.key = {name, id}}}});
  }
}

// What a dialect that cannot resume is told of a record that is here.
model::Record Engine::Impl::held(const Key& key, const Row& row) const {
  model::Record record = record_of(key, row.truth);
  if (!row.truth.data.empty() || !row.local || row.local->writes.empty()) return record;
  // Nobody but the server knows whether an attempt to create it got there, be it anew.
  const Pending* first = outbox_.find(row.local->writes.front());
  if (first == nullptr || !first->outstanding || first->mutation.op != model::Op::put) return record;
  record.version = 0;
  record.data = first->mutation.data;
  return record;
}

void Engine::Impl::subscribe(const std::string& name) {
  const Collection& collection = replica_.collection(name);
  dialect::Subscribe subscribe{.collection = name, .cursor = collection.cursor, .after = ""};
  if (!dialect::always_reads_whole && !collection.pull_cursor.empty()) {
    subscribe.cursor = collection.pull_cursor;
    subscribe.after = collection.pull_after;
  }
  if (!link_.resumes()) {
    for (const auto& [id, row] : collection.rows) subscribe.held.push_back(held({name, id}, row));
    for (const std::string& id : collection.looked) {
      if (!collection.rows.contains(id)) subscribe.held.push_back({.key = {name, id}});
    }
  }
  dialect::ClientSteps steps;
  link_.ask(now, subscribe, steps);
  act(std::move(steps));
}

// ---- snapshots
// -----------------------------------------------------------------------------------------------------

void Engine::Impl::on_part(dialect::Part& part) {
  Collection& collection = replica_.collection(part.collection);
  if (part.begin) {
    ++collection.pulls;
    collection.pull_after.clear();
  }
  collection.pull_cursor = part.cursor;
  for (model::Record& record : part.records) {
    const Key key{part.collection, std::move(record.key.id)};
    collection.pull_after = key.id;
    Row& row = replica_.row(key);
    row.pull = collection.pulls;
    ledger_.note_row(key);
    advance(key, truth_of(std::move(record)), Source::snapshot);
  }
  ledger_.note_collection(part.collection);
  if (part.done) on_done(part.collection, part.cursor);
}

// What neither a chunk nor a change has named is not there any more.
void Engine::Impl::on_done(const std::string& name, const std::string& cursor) {
  Collection& collection = replica_.collection(name);
  std::vector<Key> gone;
  for (const auto& [id, row] : collection.rows) {
    if (row.pull != collection.pulls && row.truth.version > 0) gone.push_back({name, id});
  }
  const bool replaced = !dialect::always_reads_whole && collection.replacing;
  collection.replacing = false;
  for (const Key& key : gone) {
    Row& row = replica_.row(key);
    if (replaced && !row.truth.data.empty()) lost_.push_back(key);
    ledger_.note_row(key);
    // Which version the tombstone has is not known; a write made on the lost version is a clash either way.
    if (row.local && !row.local->ancestor) {
      row.local->ancestor =
          Ancestor{row.truth.version, Replica::fold(row.truth.data, *row.local, outbox_, FoldPart::acked)};
    }
    row.truth = Truth{};
    row.tombstone = false;
    reconcile(key);
    show(key);
  }
  collection.cursor = cursor;
  collection.pull_cursor.clear();
  collection.pull_after.clear();
  ledger_.note_collection(name);
  if (replaced) finish_replacing();
  // Writes on records of this collection may have waited for it.
  std::vector<Key> waiting;
  for (const auto& [id, row] : collection.rows) {
    if (row.local) waiting.push_back({name, id});
  }
  for (const Key& key : waiting) {
    settle_absent(key);
    reconcile(key);
    show(key);
  }
  push_due_ = true;
}

void Engine::Impl::finish_replacing() {
  for (const auto& [name, collection] : replica_.all()) {
    if (collection.replacing) return;
  }
  effects_.push_back(WasReset{"the server's history changed", std::exchange(lost_, {})});
}

// ---- changes
// -------------------------------------------------------------------------------------------------------

bool Engine::Impl::is_own(const model::Change& change) const {
  return !dialect::always_reads_whole && !writer_.empty() && change.writer == writer_;
}

void Engine::Impl::on_changes(dialect::ChangedAt& changed) {
  for (model::Change& change : changed.changes) {
    const Key key = change.record.key;
    // On a resumed link the change may come before the answer to the write that was sent again.
    if (is_own(change)) on_acked({change.number, change.record.version, change.seq});
    Row& row = replica_.row(key);
    row.pull = replica_.collection(key.collection).pulls;
    ledger_.note_row(key);
    advance(key, truth_of(std::move(change.record)), Source::feed);
  }
  for (const std::string& name : changed.collections) {
    Collection& collection = replica_.collection(name);
    if (!collection.pull_cursor.empty()) continue;  // stays before S until the pull is done
    collection.cursor = changed.cursor;
    ledger_.note_collection(name);
  }
  // Each collection may be told for itself.
  if (link_.reads_whole())
    on_progress("");
  else
    on_progress(changed.cursor);
}

void Engine::Impl::on_progress(const std::string& cursor) {
  const std::uint64_t seq = seq_of(cursor);
  for (auto& [name, collection] : replica_.all()) {
    if (!collection.live || seq_of(collection.cursor) >= seq) continue;
    collection.cursor = cursor;
    ledger_.note_collection(name);
  }
  identity_.synced_ms = now.ms;
  // Whatever an answer told ahead of the feed is behind it now, or never came to be.
  std::set<Key> passed;
  for (const auto& [number, pending] : outbox_.all()) {
    if (pending.acked) passed.insert(pending.mutation.key);
  }
  for (const Key& key : passed) settle_absent(key);
  std::erase_if(ahead_, [this](const Key& key) {
    if (!replica_.collection(key.collection).live) return false;
    if (Row* row = replica_.find(key)) {
      row->tombstone = false;
      ledger_.note_row(key);
      replica_.refresh(key, outbox_);
    }
    return true;
  });
}

void Engine::Impl::on_live(const dialect::Live& live) {
  Collection& collection = replica_.collection(live.collection);
  collection.live = true;
  identity_.synced_ms = now.ms;
  if (!link_.resumes()) push_due_ = true;  // writes have waited for it
  note_answered();
  if (dialect::has_live_queries && !collection.kept) bound_told();
  if (collection.confirmed) return;
  collection.confirmed = true;
  ledger_.note_collection(live.collection);
  effects_.push_back(KnownMoved{live.collection});
}

// Results of queries have collections that nobody follows: of too many the oldest goes, unless it was told on
// this link.
void Engine::Impl::bound_told() {
  std::string oldest;
  std::size_t told = 0;
  Instant before = now;
  for (const auto& [name, collection] : replica_.all()) {
    if (collection.kept || collection.rows.empty()) continue;
    ++told;
    const Instant updated = collection.rows.begin()->second.truth.updated;
    if (collection.live || updated > before) continue;
    oldest = name;
    before = updated;
  }
  if (told <= told_max || oldest.empty()) return;
  dialect::Part nothing{.collection = oldest, .records = {}, .cursor = "", .begin = true, .done = true};
  on_part(nothing);
}

// Where collections are let in one by one, a token is good once each has been answered, be it by a no.
void Engine::Impl::note_answered() {
  if (!link_.reads_whole()) return;
  const auto waits = [](const auto& one) {
    return one.second.kept && !one.second.live && !one.second.refused;
  };
  const Replica::Map& all = replica_.all();
  if (std::none_of(all.begin(), all.end(), waits)) token_reason_ = WantToken::Reason::start;
}

void Engine::Impl::on_forgot(const dialect::Forgot& forgot) {
  if (dialect::always_reads_whole) return;
  if (forgot.reason != model::gone_compacted) {
    // Rolled back without a new epoch: what we hold may be ahead of the server, and its books on us behind.
    new_history(identity_.epoch);
    renew_client();
    link_.reset();
    connect();
    return;
  }
  Collection& collection = replica_.collection(forgot.collection);
  collection.cursor.clear();
  collection.pull_cursor.clear();
  collection.pull_after.clear();
  collection.live = false;
  ledger_.note_collection(forgot.collection);
}

// ---- one record
// ----------------------------------------------------------------------------------------------------

// Writes that the server applied and that version `seen` contains leave the books; `reached` goes along with
// them.
void Engine::Impl::settle_seen(Row& row, Ancestor& reached, model::Version seen) {
  const Numbers writes = row.local->writes;
  for (const std::uint64_t number : writes) {
    const Pending* pending = outbox_.find(number);
    if (pending == nullptr || !pending->acked || pending->acked_version > seen) continue;
    base::Result<std::string> next = model::apply(pending->mutation, reached.data);
    if (next.ok()) reached.data = std::move(*next);
    if (pending->acked_version == reached.version + 1) reached.version = pending->acked_version;
    settle(number, WriteState::acknowledged);
  }
}

// What the server applied is in its feed, or it was deleted again before we came, or deleted, forgotten and
// begun anew: then its version will never be told, and only the place in the log says that we are past it.
void Engine::Impl::settle_absent(const Key& key) {
  Row* row = replica_.find(key);
  const Collection& collection = *replica_.find_collection(key.collection);
  if (row == nullptr || !row->local || !collection.pull_cursor.empty() || collection.cursor.empty()) return;
  const std::uint64_t reached_seq = seq_of(collection.cursor);
  model::Version seen = 0;
  for (const std::uint64_t number : row->local->writes) {
    const Pending& pending = *outbox_.find(number);
    const bool passed = pending.acked && pending.acked_seq > 0 && pending.acked_seq <= reached_seq;
    if (passed && pending.acked_version > row->truth.version) seen = std::max(seen, pending.acked_version);
  }
  if (seen == 0) return;
  Local& local = *row->local;
  Ancestor reached = local.ancestor ? *local.ancestor : Ancestor{row->truth.version, row->truth.data};
  settle_seen(*row, reached, seen);
  if (row->truth.data.empty()) row->truth = Truth{};
  local.ancestor.reset();
  if (!open_writes(local, true).empty()) local.ancestor = std::move(reached);
  ledger_.note_row(key);
  reconcile(key);
  show(key);
}

// A snapshot is read later than anything heard before it, and a live feed comes in order. While a feed
// catches up, it may tell what a snapshot or an answer was ahead of. There the time decides, which never goes
// back in a log, and within the same millisecond the version. Versions alone do not: after the server forgot
// a deletion, a record's versions begin anew.
bool Engine::Impl::is_newer(const Collection& collection, const Row& row, const Truth& next,
                            Source source) const {
  const bool is_replaced = !dialect::always_reads_whole && collection.replacing;
  if (is_replaced || source == Source::snapshot) return true;
  if (source == Source::feed && collection.live) return true;
  const Instant unknown{};
  const bool timed = next.updated != unknown && row.truth.updated != unknown;
  if (timed && next.updated != row.truth.updated) return next.updated > row.truth.updated;
  const bool forgettable = source == Source::feed && row.truth.data.empty() && !row.tombstone;
  const model::Version held = forgettable ? 0 : row.truth.version;
  return next.version > held || held == 0;
}

// We know it deleted, and yet it was created with a lower version, later than all we have heard of: the
// server had forgotten the deletion.
bool Engine::Impl::is_begun_anew(const Key& key, const Row& row, std::uint64_t seq) const {
  if (dialect::always_reads_whole) return false;
  const bool deleted = row.truth.data.empty() && !row.tombstone;
  return deleted && seq > seq_of(replica_.find_collection(key.collection)->cursor);
}

// The server's record is `next` now (or was already: then only what we made of it is looked at again).
void Engine::Impl::advance(const Key& key, Truth next, Source source) {
  Row& row = replica_.row(key);
  const Collection& collection = replica_.collection(key.collection);
  if (source != Source::answer && next.version >= row.truth.version) row.tombstone = false;
  const bool ahead = source == Source::answer && next.version > row.truth.version && next.data.empty();
  if (!dialect::always_resumes && next.remote.empty()) next.remote = row.truth.remote;
  const bool replacing = !dialect::always_reads_whole && collection.replacing;
  if (!is_newer(collection, row, next, source)) {
    next = row.truth;
  } else if (replacing && next.version < row.truth.version) {
    lost_.push_back(key);
  }
  ledger_.note_row(key);
  if (row.local) {
    Local& local = *row.local;
    Ancestor reached = local.ancestor ? *local.ancestor : Ancestor{row.truth.version, row.truth.data};
    settle_seen(row, reached, next.version);
    const Numbers fenced = open_writes(local, true);
    row.truth = std::move(next);
    // A server that is none of ours in our words may have added to what was written, or say it in its own:
    // that concerns whoever replaces it. And what was another record already is one under the same version
    // too.
    const auto replaces = [this](std::uint64_t number) {
      return outbox_.find(number)->mutation.op == model::Op::put;
    };
    const bool may_differ = local.ancestor || source == Source::snapshot ||
                            (!dialect::always_resumes && std::any_of(fenced.begin(), fenced.end(), replaces));
    const bool other = reached.version != row.truth.version || (may_differ && reached.data != row.truth.data);
    const bool stale = !fenced.empty() && (replacing || other);
    if (stale || (local.clash && other)) {
      local.ancestor = std::move(reached);
    } else {
      local.ancestor.reset();
      if (!fenced.empty()) {
        Pending& first = *outbox_.find(fenced.front());
        const model::Version anchored = row.truth.data.empty() ? 0 : row.truth.version;
        if (first.mutation.base && !first.outstanding && *first.mutation.base != anchored) {
          first.mutation.base = anchored;
          first.step = ledger_.step();
          ledger_.note_pending(fenced.front());
        }
      }
    }
  } else {
    row.truth = std::move(next);
  }
  row.tombstone = row.tombstone || ahead;
  if (row.tombstone) ahead_.insert(key);
  reconcile(key);
  show(key);
}

// ---- other histories
// -----------------------------------------------------------------------------------------------

// The server is not the one we knew: its versions and ours do not compare. What we hold is the ancestor of
// what it will send.
void Engine::Impl::new_history(std::uint64_t epoch) {
  identity_.epoch = epoch;
  lost_.clear();
  for (auto& [name, collection] : replica_.all()) {
    collection.cursor.clear();
    collection.pull_cursor.clear();
    collection.pull_after.clear();
    collection.replacing = collection.kept;
    ledger_.note_collection(name);
    for (auto& [id, row] : collection.rows) {
      if (!row.local) continue;
      for (const std::uint64_t number : row.local->writes) {
        outbox_.mark_open(number);
        ledger_.note_pending(number);
      }
      if (!row.local->ancestor) row.local->ancestor = Ancestor{row.truth.version, row.truth.data};
      ledger_.note_row({name, id});
    }
  }
}

// The server's books on us are gone, or not ours. Under a new name, writes that a version fences can go
// again; those that commute could be applied twice, and only the user knows whether they should be.
void Engine::Impl::renew_client() {
  identity_.client = prng_.hex(16);
  identity_.known = false;
  identity_.renewed_after = outbox_.last();
  known_step_ = 0;
  writer_.clear();
  ledger_.note_identity();
  std::set<Key> doubtful;
  for (auto& [number, pending] : outbox_.all()) {
    if (!pending.open()) continue;
    if (!pending.fenced() && pending.outstanding) doubtful.insert(pending.mutation.key);
    pending.forget_attempts();
  }
  for (const Key& key : doubtful) raise_doubt(key);
  resend_everything();
}

}  // namespace rockpool::sync
