// What the engine shows.
#include <algorithm>

#include "core/base/text.h"
#include "core/model/value.h"
#include "core/sync/engine_impl.h"

namespace rockpool::sync {
namespace {

// The app's names for what it asked.
std::string_view name_of(LocalWrite::Kind kind) {
  switch (kind) {
    case LocalWrite::Kind::insert: return "insert";
    case LocalWrite::Kind::update: return "update";
    case LocalWrite::Kind::put: return "put";
    case LocalWrite::Kind::patch: return "patch";
    case LocalWrite::Kind::increment: return "increment";
    case LocalWrite::Kind::include: return "include";
    case LocalWrite::Kind::exclude: return "exclude";
    case LocalWrite::Kind::remove: return "remove";
  }
  return "put";
}

std::string json_text(std::string_view text) { return model::write(model::Value(std::string(text))); }

}  // namespace

std::string_view name_of(WriteState state) {
  constexpr std::string_view names[] = {"accepted", "durable", "sent",     "acknowledged",
                                        "conflict", "refused", "cancelled"};
  return names[static_cast<std::size_t>(state)];
}

std::string_view name_of(Known known) {
  constexpr std::string_view names[] = {"unknown", "cached", "complete"};
  return names[static_cast<std::size_t>(known)];
}

std::string_view name_of(State state) {
  constexpr std::string_view names[] = {"connecting",    "online",   "offline", "auth",
                                        "user-mismatch", "outdated", "stopped", "closed"};
  return names[static_cast<std::size_t>(state)];
}

std::string Engine::Impl::key_of(std::uint64_t number) const {
  const Pending* pending = outbox_.find(number);
  if (pending != nullptr && !pending->op.tab.empty()) return pending->op.key();
  return identity_.origin + '#' + base::decimal(number);
}

std::uint64_t Engine::Impl::number_of(const std::string& key) const {
  const std::string prefix = identity_.origin + '#';
  if (key.starts_with(prefix))
    return base::read_decimal(std::string_view(key).substr(prefix.size())).value_or(0);
  for (const auto& [number, pending] : outbox_.all()) {
    const std::vector<std::string>& carried = pending.carried_keys;
    if (pending.op.key() == key || std::find(carried.begin(), carried.end(), key) != carried.end())
      return number;
  }
  return 0;
}

RowView Engine::Impl::view_of(const Row& row) const {
  RowView view{.data = row.view(),
               .version = row.truth.version,
               .created = row.truth.created,
               .updated = row.truth.updated,
               .remote = row.truth.remote};
  if (!row.local) return view;
  view.conflict = row.local->clash.has_value();
  for (const std::uint64_t number : row.local->writes) {
    const Pending* pending = outbox_.find(number);
    if (pending == nullptr || !pending->open()) continue;
    ++view.pending;
    // Until the server has said its time, the page's is shown.
    if (view.version == 0 && view.created.ms == 0) view.created = pending->at;
    view.updated = std::max(view.updated, pending->at);
  }
  return view;
}

std::optional<RowView> Engine::Impl::row(const Key& key) const {
  const Row* row = replica_.find(key);
  if (row == nullptr || row->view().empty() || hides()) return std::nullopt;
  return view_of(*row);
}

WriteView Engine::Impl::view_of(const Pending& pending) const {
  const model::Mutation& mutation = pending.mutation;
  const Row* row = replica_.find(mutation.key);
  const bool clashes = row != nullptr && row->local && row->local->clash;
  WriteView view{.key = key_of(mutation.number),
                 .number = mutation.number,
                 .record = mutation.key,
                 .op = std::string(name_of(pending.kind)),
                 .value = mutation.data,
                 .durable = pending.said_durable || (ledger_.stores() && ledger_.is_done(pending.step)),
                 .at = pending.at,
                 .tries = pending.tries,
                 .error = pending.refused};
  if (outbox_.is_batched(pending)) {
    Op first = pending.op;
    first.number -= mutation.number - pending.group;
    view.batch = first.tab.empty() ? key_of(pending.group) : first.key();
  }
  view.state = pending.refused                            ? WriteState::refused
               : pending.acked                            ? WriteState::acknowledged
               : clashes                                  ? WriteState::conflict
               : pending.outstanding || pending.in_flight ? WriteState::sent
               : view.durable                             ? WriteState::durable
                                                          : WriteState::accepted;
  return view;
}

std::vector<WriteView> Engine::Impl::pending() const {
  std::vector<WriteView> views;
  if (hides()) return views;
  for (const auto& [number, pending] : outbox_.all()) {
    if (!pending.acked) views.push_back(view_of(pending));
  }
  return views;
}

std::optional<WriteView> Engine::Impl::find_write(const std::string& key) const {
  const std::uint64_t number = number_of(key);
  const Pending* pending = outbox_.find(outbox_.carrier_of(number));
  if (number == 0 || pending == nullptr) return std::nullopt;
  WriteView view = view_of(*pending);
  view.key = key;
  return view;
}

ConflictView Engine::Impl::view_of(const Key& key, const Row& row, const Clash& clash) const {
  ConflictView view{
      .record = key, .paths = clash.paths, .theirs = row.truth.data, .merged = clash.merged, .at = clash.at};
  const Local* local = row.local.get();
  if (local == nullptr) return view;
  view.base = local->ancestor ? local->ancestor->data : row.truth.data;
  view.mine = Replica::fold(view.base, *local, outbox_, FoldPart::all);
  for (const std::uint64_t number : open_writes(*local, false)) view.writes.push_back(key_of(number));
  return view;
}

std::vector<ConflictView> Engine::Impl::conflicts() const {
  std::vector<ConflictView> views;
  if (hides()) return views;
  for (const Key& key : clashes_) {
    const Row* row = replica_.find(key);
    if (row->local->clash->by_user) views.push_back(view_of(key, *row, *row->local->clash));
  }
  return views;
}

StatusView Engine::Impl::status() const {
  StatusView view{.state = state_,
                  .error = error_,
                  .user = identity_.user,
                  .storage_failing = storage_failing_,
                  .paused = identity_.paused};
  if (link_.is_live()) view.transport = link_.carrier();
  if (identity_.synced_ms != 0) view.synced_at = Instant{identity_.synced_ms};
  view.pending = outbox_.open_count();
  view.refused = outbox_.refused_count();
  for (const Key& key : clashes_) {
    const Local& local = *replica_.find(key)->local;
    if (!local.clash->by_user) continue;
    ++view.conflicts;
    view.pending -= open_writes(local, false).size();
  }
  return view;
}

std::string Engine::Impl::export_all() const {
  std::string text = "{\"client\":" + json_text(identity_.client) + ",\"user\":" + json_text(identity_.user) +
                     ",\"records\":{";
  bool first_collection = true;
  for (const auto& [name, collection] : replica_.all()) {
    text += (first_collection ? "" : ",") + json_text(name) + ":{";
    first_collection = false;
    bool first = true;
    for (const auto& [id, row] : collection.rows) {
      if (row.view().empty()) continue;
      text += (first ? "" : ",") + json_text(id) + ':' + row.view();
      first = false;
    }
    text += '}';
  }
  text += "},\"pending\":[";
  bool first = true;
  for (const auto& [number, pending] : outbox_.all()) {
    const model::Mutation& mutation = pending.mutation;
    if (pending.acked) continue;
    text += (first ? "{\"key\":" : ",{\"key\":") + json_text(key_of(number)) +
            ",\"collection\":" + json_text(mutation.key.collection);
    text += ",\"id\":" + json_text(mutation.key.id) + ",\"op\":" + json_text(model::name_of(mutation.op));
    if (!mutation.path.empty()) text += ",\"path\":" + json_text(mutation.path);
    if (!mutation.data.empty()) text += ",\"value\":" + mutation.data;
    text += ",\"state\":" + json_text(name_of(view_of(pending).state)) +
            ",\"at\":" + base::decimal(pending.at.ms) + '}';
    first = false;
  }
  text += "],\"conflicts\":[";
  first = true;
  for (const ConflictView& conflict : conflicts()) {
    const auto side = [](const std::string& value) { return value.empty() ? std::string("null") : value; };
    text += (first ? "{\"collection\":" : ",{\"collection\":") + json_text(conflict.record.collection);
    text += ",\"id\":" + json_text(conflict.record.id) + ",\"base\":" + side(conflict.base);
    text += ",\"mine\":" + side(conflict.mine) + ",\"theirs\":" + side(conflict.theirs) + '}';
    first = false;
  }
  return text + "]}";
}

}  // namespace rockpool::sync
