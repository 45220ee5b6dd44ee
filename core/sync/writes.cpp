// Local writes: checked against what is shown, numbered, anchored to the version they were made on.
#include <algorithm>

#include "core/base/text.h"
#include "core/model/names.h"
#include "core/model/value.h"
#include "core/sync/engine_impl.h"

namespace rockpool::sync {

using base::Code;
using base::Error;
using Kind = LocalWrite::Kind;

// A write that has passed every check, and what the record looks like after it.
struct Engine::Impl::Staged {
  model::Mutation mutation;
  Kind kind = Kind::put;
  std::string view;  // after it; empty: gone
};

namespace {

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

std::string name_of(const Key& key) { return "'" + key.id + "' in '" + key.collection + "'"; }

}  // namespace

base::Result<Engine::Impl::Staged> Engine::Impl::stage_one(const LocalWrite& write,
                                                           std::string_view view) const {
  if (base::Status named = model::check_collection(write.key.collection); !named.ok()) return named.error();
  if (base::Status named = model::check_id(write.key.id); !named.ok()) return named.error();
  const bool creates = write.kind == Kind::insert || write.kind == Kind::put;
  if (write.kind == Kind::insert && !view.empty()) {
    return Error{Code::exists, "there is already a record " + name_of(write.key), ""};
  }
  if (!creates && view.empty()) return Error{Code::not_found, "there is no record " + name_of(write.key), ""};

  Staged staged{.mutation = {.number = 0, .key = write.key, .op = op_of(write.kind), .path = write.path},
                .kind = write.kind};
  if (write.kind != Kind::remove) {
    base::Result<std::string> data = model::compact(write.data);
    if (!data.ok()) return data.error();
    staged.mutation.data = std::move(*data);
  }
  if (base::Status checked = model::check(staged.mutation); !checked.ok()) return checked.error();
  base::Result<std::string> after = model::apply(staged.mutation, view);
  if (!after.ok()) return after.error();
  staged.view = std::move(*after);
  return staged;
}

base::Result<std::vector<Engine::Impl::Staged>> Engine::Impl::stage(
    const std::vector<LocalWrite>& writes) const {
  std::map<Key, std::string> views;  // after the writes staged so far
  std::vector<Staged> staged;
  std::size_t bytes = 0;
  for (const LocalWrite& write : writes) {
    const auto earlier = views.find(write.key);
    const Row* row = replica_.find(write.key);
    const std::string_view view = earlier != views.end() ? std::string_view(earlier->second)
                                  : row != nullptr       ? std::string_view(row->view())
                                                         : std::string_view();
    base::Result<Staged> one = stage_one(write, view);
    if (!one.ok()) return one.error();
    bytes += one->mutation.data.size() + write.key.id.size() + write.key.collection.size() + 64;
    if (writes.size() > 1) views[write.key] = one->view;
    staged.push_back(std::move(*one));
  }
  if (writes.size() > 1 && bytes > base::limits::batch_bytes_max) {
    return Error{Code::too_large,
                 "a batch holds at most 256 KiB, this one " + base::decimal(std::uint64_t{bytes}), ""};
  }
  return staged;
}

// In one batch a record is written once, unless all its writes are commutative: a write fenced by a version
// cannot follow one that is not, since nobody knows yet which version that one will make.
void Engine::Impl::unite_repeated(std::vector<Staged>& staged) {
  for (std::size_t i = 0; i < staged.size(); ++i) {
    const Key key = staged[i].mutation.key;
    std::size_t last = i;
    bool fenced = false;
    for (std::size_t k = i; k < staged.size(); ++k) {
      if (!(staged[k].mutation.key == key)) continue;
      last = k;
      fenced = fenced || !model::is_commutative(staged[k].mutation.op);
    }
    if (last == i || !fenced) continue;
    Staged united = staged[last];
    united.kind = united.view.empty() ? Kind::remove : Kind::put;
    united.mutation.op = united.view.empty() ? model::Op::remove : model::Op::put;
    united.mutation.path.clear();
    united.mutation.data = united.view;
    staged[i] = std::move(united);
    const auto rest = std::remove_if(staged.begin() + static_cast<std::ptrdiff_t>(i) + 1, staged.end(),
                                     [&](const Staged& other) { return other.mutation.key == key; });
    staged.erase(rest, staged.end());
  }
}

// The version of what is shown below our own writes. While they wait to be joined with a newer truth, that is
// not it.
model::Version Engine::Impl::ground_of(const Row& row) {
  if (row.local && row.local->ancestor)
    return row.local->ancestor->data.empty() ? 0 : row.local->ancestor->version;
  return row.truth.data.empty() ? 0 : row.truth.version;
}

// The version a write is made on: that of the ground, or the one an earlier write of ours will make.
void Engine::Impl::anchor(model::Mutation& mutation, const Row& row) const {
  mutation.base.reset();
  mutation.after.reset();
  if (model::is_commutative(mutation.op)) return;
  const Pending* last = nullptr;
  if (row.local) {
    for (const std::uint64_t number : row.local->writes) {
      if (number == mutation.number) break;
      last = outbox_.find(number);
    }
  }
  if (last != nullptr && last->fenced() && !last->acked) {
    mutation.after = last->mutation.number;
  } else if (last != nullptr && last->fenced()) {
    mutation.base = last->acked_version;
  } else {
    mutation.base = ground_of(row);
  }
}

std::uint64_t Engine::Impl::accept(Staged staged, std::uint64_t group, Op op) {
  Pending pending;
  pending.mutation = std::move(staged.mutation);
  pending.kind = staged.kind;
  const std::uint64_t number = options_.follower ? provisional_base + op.number : outbox_.take_number();
  pending.op = std::move(op);
  pending.mutation.number = number;
  pending.group = group == 0 ? number : group;
  pending.at = now;
  pending.step = ledger_.step();
  Row& row = replica_.row(pending.mutation.key);
  anchor(pending.mutation, row);
  narrow(pending, row);
  Local& local = row.own_local();
  const bool alone = local.writes.empty() && !local.clash;
  local.writes.push_back(number);
  ledger_.note_pending(number);
  const Key key = pending.mutation.key;
  outbox_.add(std::move(pending));
  if (alone)
    local.view = std::move(staged.view);
  else
    replica_.refresh(key, outbox_);
  shown_.insert(key);
  if (local.clash) {
    outbox_.ready().erase(number);
    conflicts_moved_ = true;
  }
  return number;
}

base::Result<WriteView> Engine::Impl::write(const std::vector<LocalWrite>& writes, const Op& op) {
  if (!usable_ || closed_) return Error{Code::closed, "the database is closed", ""};
  if (writes.empty()) return Error{Code::usage, "a batch needs at least one write", ""};
  const auto mark = outbox_.tabs().find(op.tab);
  if (mark != outbox_.tabs().end() && op.number <= mark->second.highest)
    return Error{Code::sent, "the write was taken before", ""};
  if (writes.size() > base::limits::batch_ops_max) {
    return Error{Code::too_large,
                 "a batch holds at most 256 writes, this one " + base::decimal(std::uint64_t{writes.size()}),
                 ""};
  }
  if (hides())
    return Error{Code::user_mismatch, error_ ? error_->message : "the store belongs to another user", ""};
  if (outbox_.all().size() + writes.size() > options_.pending_max) {
    return Error{Code::quota,
                 "there are already " + base::decimal(std::uint64_t{outbox_.all().size()}) +
                     " writes waiting for the server",
                 ""};
  }
  base::Result<std::vector<Staged>> staged = stage(writes);
  if (!staged.ok()) return staged.error();
  if (dialect::has_batches && staged->size() > 1) unite_repeated(*staged);
  std::uint64_t first = 0;
  Op next = op;
  for (Staged& one : *staged) {
    if (link_.reads_whole() && !options_.follower) keep(one.mutation.key.collection, "");
    const std::uint64_t number = accept(std::move(one), first, next);
    ++next.number;
    if (first == 0) first = number;
  }
  if (!ledger_.stores()) {
    outbox_.persisted(0, outbox_.last());
    push_due_ = true;
  }
  return view_of(*outbox_.find(first));
}

// ---- second thoughts
// -----------------------------------------------------------------------------------------------

bool Engine::Impl::may_cancel(const Pending& pending) const {
  return pending.refused.has_value() || (pending.open() && !pending.outstanding && !pending.in_flight);
}

bool Engine::Impl::cancel(const std::string& key) {
  const Pending* first = outbox_.find(outbox_.carrier_of(number_of(key)));
  if (first == nullptr) return false;
  Numbers doomed = outbox_.group_of(first->mutation.number);
  // Writes on a record that only a cancelled write would have created go with it, and so do their batches.
  for (std::size_t i = 0; i < doomed.size(); ++i) {
    const Pending& pending = *outbox_.find(doomed[i]);
    if (!may_cancel(pending)) return false;
    const Row* row = replica_.find(pending.mutation.key);
    const bool creates = row != nullptr && row->local && row->truth.data.empty() && !pending.refused;
    if (!creates) continue;
    for (const std::uint64_t later : row->local->writes) {
      if (later <= doomed[i]) continue;
      for (const std::uint64_t member : outbox_.group_of(later)) {
        if (std::find(doomed.begin(), doomed.end(), member) == doomed.end()) doomed.push_back(member);
      }
    }
  }
  std::vector<model::Mutation> gone;
  for (const std::uint64_t number : doomed) {
    gone.push_back(outbox_.find(number)->mutation);
    settle(number, WriteState::cancelled);
  }
  for (const model::Mutation& was : gone) {
    reanchor(was.key, was.number, was);
    Row* row = replica_.find(was.key);
    if (row != nullptr && row->local && row->local->writes.empty() && row->local->clash) {
      drop_clash(was.key, *row);
    }
    ledger_.note_row(was.key);
    show(was.key);
  }
  return true;
}

base::Result<WriteView> Engine::Impl::retry(const std::string& key, const std::string& value, const Op& op) {
  const Pending* refused = outbox_.find(number_of(key));
  if (refused == nullptr || !refused->refused) {
    return Error{Code::not_found, "there is no refused write '" + key + "'", ""};
  }
  LocalWrite again{.kind = refused->kind,
                   .key = refused->mutation.key,
                   .path = refused->mutation.path,
                   .data = value.empty() ? refused->mutation.data : value};
  const Row* row = replica_.find(again.key);
  const bool here = row != nullptr && !row->view().empty();
  if (again.kind == Kind::insert && here) again.kind = Kind::put;
  base::Result<WriteView> written = write({again}, op);
  if (written.ok()) dismiss(key);
  return written;
}

void Engine::Impl::dismiss(const std::string& key) {
  const Pending* pending = outbox_.find(number_of(key));
  if (pending == nullptr || !pending->refused) return;
  const std::uint64_t number = pending->mutation.number;
  ledger_.note_pending(number);
  outbox_.erase(number);
}

}  // namespace rockpool::sync
