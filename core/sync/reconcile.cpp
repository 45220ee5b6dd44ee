// Joining both sides of a record: by the policy where it can, by asking where it must.
#include <algorithm>

#include "core/model/value.h"
#include "core/sync/engine_impl.h"
#include "core/sync/resolver.h"

namespace rockpool::sync {

using base::Code;
using base::Error;

const Policy& Engine::Impl::policy_for(const std::string& collection) const {
  static const Policy standard;
  const auto own = options_.policies.find(collection);
  if (own != options_.policies.end()) return own->second;
  const auto general = options_.policies.find("*");
  return general != options_.policies.end() ? general->second : standard;
}

Engine::Impl::Numbers Engine::Impl::open_writes(const Local& local, bool fenced_only) const {
  Numbers numbers;
  for (const std::uint64_t number : local.writes) {
    const Pending* pending = outbox_.find(number);
    if (pending != nullptr && pending->open() && (pending->fenced() || !fenced_only))
      numbers.push_back(number);
  }
  return numbers;
}

// Only after a definite answer to every attempt, and when the truth contains all that the server said it
// applied.
bool Engine::Impl::may_reconcile(const Row& row, const Key& key) const {
  if (!row.local || !row.local->ancestor || row.local->clash) return false;
  if (replica_.find_collection(key.collection)->replacing) return false;
  for (const std::uint64_t number : row.local->writes) {
    const Pending* pending = outbox_.find(number);
    if (pending == nullptr) continue;
    if (pending->outstanding) return false;
    if (pending->acked && pending->acked_version > row.truth.version) return false;
  }
  return !open_writes(*row.local, true).empty();
}

void Engine::Impl::reconcile(const Key& key) {
  Row* row = replica_.find(key);
  if (row == nullptr || !row->local || options_.follower) return;  // the leader does, and tells
  if (row->local->clash) {
    conflicts_moved_ = true;  // theirs may have moved
    if (!row->local->clash->by_user) ask_app(key, *row);
    return;
  }
  if (!may_reconcile(*row, key)) return;
  const Local& local = *row->local;
  const Numbers numbers = open_writes(local, true);
  // Commutative writes made before the last of them stand on both sides: they apply to whatever is there.
  const FoldSpan before{.after = 0, .last = numbers.back()};
  const std::string base = Replica::fold(local.ancestor->data, local, outbox_, FoldPart::commutative, before);
  const std::string mine = Replica::fold(local.ancestor->data, local, outbox_, FoldPart::all, before);
  const std::string theirs = Replica::fold(row->truth.data, local, outbox_, FoldPart::commutative, before);
  Resolution result = sync::resolve({base, mine, theirs}, policy_for(key.collection));
  if (result.what == Resolution::What::ask_user || result.what == Resolution::What::ask_app) {
    const bool by_user = result.what == Resolution::What::ask_user;
    // What is decided stands for all writes of the record.
    result.merged =
        Replica::fold(result.merged, local, outbox_, FoldPart::commutative, {.after = numbers.back()});
    raise_clash(key, *row, std::move(result.paths), std::move(result.merged), by_user);
    return;
  }
  if (result.clashed()) {
    const Clash clash{
        .at = now, .by_user = true, .repeats = false, .paths = result.paths, .merged = result.merged};
    effects_.push_back(Merged{view_of(key, *row, clash)});
  }
  if (result.what == Resolution::What::keep_theirs) {
    // Either theirs contains mine already, or the policy gave mine up.
    const WriteState state = result.clashed() ? WriteState::cancelled : WriteState::acknowledged;
    row->local->ancestor.reset();
    for (const std::uint64_t number : numbers) settle(number, state);
  } else if (fits_one_carrier(numbers)) {
    place(key, *row, numbers, numbers.back(), std::move(result.merged));
  } else {
    rebase_each(key, *row);
  }
  ledger_.note_row(key);
  push_due_ = true;
}

// ---- asking
// --------------------------------------------------------------------------------------------------------

void Engine::Impl::raise_clash(const Key& key, Row& row, std::vector<std::string> paths, std::string merged,
                               bool by_user) {
  Local& local = row.own_local();
  if (!local.ancestor) local.ancestor = Ancestor{row.truth.version, row.truth.data};
  clashes_.insert(key);
  local.clash = Clash{.at = now,
                      .by_user = by_user,
                      .repeats = false,
                      .paths = std::move(paths),
                      .merged = std::move(merged)};
  const Numbers numbers = open_writes(local, false);
  for (const std::uint64_t number : numbers) outbox_.ready().erase(number);
  moved(WriteState::conflict, numbers);
  ledger_.note_row(key);
  show(key);
  conflicts_moved_ = true;
  if (by_user)
    effects_.push_back(Clashed{view_of(key, row, *local.clash)});
  else
    ask_app(key, row);
}

// Sums of the record may have been made already, and only the user knows whether they should be once more.
void Engine::Impl::raise_doubt(const Key& key) {
  Row& row = replica_.row(key);
  raise_clash(key, row, {""}, row.view(), true);
  row.local->clash->repeats = true;
}

void Engine::Impl::drop_clash(const Key& key, Row& row) {
  asked_.erase(row.local->clash->ticket);
  row.local->clash.reset();
  clashes_.erase(key);
  conflicts_moved_ = true;
}

void Engine::Impl::ask_app(const Key& key, Row& row) {
  Clash& clash = *row.local->clash;
  asked_.erase(clash.ticket);
  clash.ticket = next_ticket_++;
  asked_[clash.ticket] = key;
  effects_.push_back(AskPolicy{clash.ticket, view_of(key, row, clash)});
}

void Engine::Impl::decide(std::uint64_t ticket, std::optional<std::string> value) {
  const auto asked = asked_.find(ticket);
  if (asked == asked_.end()) return;
  const Key key = asked->second;
  asked_.erase(asked);
  Row* row = replica_.find(key);
  if (row == nullptr || !row->local || !row->local->clash || row->local->clash->ticket != ticket) return;
  if (value && !value->empty()) {
    base::Result<std::string> compacted = model::compact(*value);
    value = compacted.ok() ? std::optional<std::string>(std::move(*compacted)) : std::nullopt;
  }
  if (!value) {
    row->local->clash->by_user = true;
    ledger_.note_row(key);
    conflicts_moved_ = true;
    effects_.push_back(Clashed{view_of(key, *row, *row->local->clash)});
    return;
  }
  const ConflictView clash = view_of(key, *row, *row->local->clash);
  if (finish_clash(key, *row, std::move(value)).ok()) effects_.push_back(Merged{clash});
}

base::Result<WriteView> Engine::Impl::resolve(const Key& key, const std::string& to, bool is_value) {
  Row* row = replica_.find(key);
  if (row == nullptr || !row->local || !row->local->clash) {
    return Error{Code::not_found, "there is no conflict on '" + key.id + "' in '" + key.collection + "'", ""};
  }
  if (!is_value && to == "theirs") return finish_clash(key, *row, std::nullopt);
  if (!is_value && to == "mine") return finish_clash(key, *row, row->view());
  if (!is_value)
    return Error{Code::usage, "a conflict is resolved to 'mine', 'theirs' or a value, not '" + to + "'", ""};
  if (to.empty()) return finish_clash(key, *row, std::string());
  base::Result<std::string> value = model::compact(to);
  if (!value.ok()) return value.error();
  if (value->size() > base::limits::record_bytes_max) {
    return Error{Code::too_large, "a record holds at most 1 MiB", ""};
  }
  return finish_clash(key, *row, std::move(*value));
}

// `content`: what the record is to be, empty: deleted, nullopt: what the server has.
base::Result<WriteView> Engine::Impl::finish_clash(const Key& key, Row& row,
                                                   std::optional<std::string> content) {
  Local& local = *row.local;
  const Numbers numbers = open_writes(local, false);
  drop_clash(key, row);
  push_due_ = true;
  WriteView view;
  if (numbers.empty() || !content || *content == row.truth.data) {
    const WriteState state = content ? WriteState::acknowledged : WriteState::cancelled;
    if (!numbers.empty()) view = view_of(*outbox_.find(numbers.back()));
    view.state = WriteState::acknowledged;  // the record is as it was wished
    local.ancestor.reset();
    for (const std::uint64_t number : numbers) settle(number, state);
  } else {
    const std::uint64_t carrier = carrier_among(numbers);
    place(key, row, numbers, carrier, std::move(*content));
    view = view_of(*outbox_.find(carrier));
  }
  ledger_.note_row(key);
  show(key);
  return view;
}

}  // namespace rockpool::sync
