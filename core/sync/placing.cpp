// What a joined record makes of its pending writes: new content on the server's version, under numbers given
// before.
#include <algorithm>

#include "core/sync/engine_impl.h"
#include "core/sync/resolver.h"

namespace rockpool::sync {
namespace {

// As what a write is made anew when the user wants to retry it.
LocalWrite::Kind kind_of(const model::Mutation& mutation) {
  if (mutation.op == model::Op::remove) return LocalWrite::Kind::remove;
  if (mutation.op == model::Op::put) return LocalWrite::Kind::put;
  return mutation.data.starts_with('[') ? LocalWrite::Kind::patch : LocalWrite::Kind::update;
}

}  // namespace

// May all of them become one, the last? Not when that would take a write out of its batch.
bool Engine::Impl::fits_one_carrier(const Numbers& numbers) const {
  return std::none_of(numbers.begin(), numbers.end() - 1,
                      [this](std::uint64_t number) { return outbox_.is_batched(*outbox_.find(number)); });
}

// Whoever decides about the whole record decides for its batches too: the result goes with the last of them.
std::uint64_t Engine::Impl::carrier_among(const Numbers& numbers) const {
  const auto batched = std::find_if(numbers.rbegin(), numbers.rend(), [this](std::uint64_t number) {
    return outbox_.is_batched(*outbox_.find(number));
  });
  return batched != numbers.rend() ? *batched : numbers.back();
}

void Engine::Impl::absorb(Pending& carrier, std::uint64_t number) {
  const Pending* merged = outbox_.find(number);
  const Numbers numbers = with_carried(*merged);
  std::vector<std::string> keys = merged->carried_keys;
  if (!merged->op.tab.empty()) keys.push_back(merged->op.key());
  leave_row(*merged);
  ledger_.note_pending(number);
  outbox_.settling(number, ledger_.stores() ? ledger_.step() : 0);
  outbox_.erase(number);
  carrier.carries.insert(carrier.carries.end(), numbers.begin(), numbers.end());
  carrier.carried_keys.insert(carrier.carried_keys.end(), keys.begin(), keys.end());
}

// `content` (empty: delete) becomes what `carrier` says on top of the truth; the other `numbers` are merged
// into it.
void Engine::Impl::place(const Key& key, Row& row, const Numbers& numbers, std::uint64_t carrier,
                         std::string content) {
  for (const std::uint64_t number : numbers) {
    if (number != carrier) absorb(*outbox_.find(carrier), number);
  }
  outbox_.note_carried(carrier);
  // Commutative writes that go before it have made their change by then.
  const FoldSpan before{.after = 0, .last = carrier};
  const std::string under = Replica::fold(row.truth.data, *row.local, outbox_, FoldPart::commutative, before);
  const bool beside = row.local->writes.size() > 1;
  rewrite(*outbox_.find(carrier), row, under, content, beside);
  row.local->ancestor.reset();
  ledger_.note_row(key);
}

// A whole record written behind writes on sets says only what it changes: how those sets will be ordered on
// the server is not known yet.
void Engine::Impl::narrow(Pending& pending, const Row& row) const {
  if (pending.mutation.op != model::Op::put || row.view().empty() || !row.local) return;
  const Numbers& writes = row.local->writes;
  const bool beside = std::any_of(writes.begin(), writes.end(), [this](std::uint64_t number) {
    const model::Op op = outbox_.find(number)->mutation.op;
    return op == model::Op::set_insert || op == model::Op::set_remove;
  });
  if (!beside) return;
  pending.mutation.op = model::Op::patch;
  pending.mutation.data = difference(row.view(), pending.mutation.data);
  pending.kind = kind_of(pending.mutation);
}

// Makes a write one that turns `under`, which it finds on the server, into `content`. `partly`: only what
// differs is sent, because the rest of the record is for others to change.
void Engine::Impl::rewrite(Pending& pending, const Row& row, const std::string& under,
                           const std::string& content, bool partly) {
  model::Mutation& mutation = pending.mutation;
  mutation.path.clear();
  mutation.base = row.truth.data.empty() ? 0 : row.truth.version;
  mutation.after.reset();
  const bool patches = partly && !under.empty() && !content.empty();
  mutation.op = content.empty() ? model::Op::remove : patches ? model::Op::patch : model::Op::put;
  mutation.data = patches ? difference(under, content) : content;
  pending.kind = kind_of(mutation);
  pending.step = ledger_.step();
  pending.forget_attempts();
  ledger_.note_pending(mutation.number);
  for (const std::uint64_t number : outbox_.group_of(mutation.number)) {
    const Pending& member = *outbox_.find(number);
    if (member.open() && !member.in_flight) outbox_.ready().insert(number);
  }
}

// Every write keeps its number and its batch, and is joined with theirs for itself, on top of those before
// it.
void Engine::Impl::rebase_each(const Key& key, Row& row) {
  const Numbers writes = open_writes(*row.local, false);
  std::string mine = row.local->ancestor->data;
  std::string joined = row.truth.data;
  std::uint64_t fenced_before = 0;  // the write right before, if it is fenced
  const auto apply_to = [](const model::Mutation& mutation, const std::string& data) {
    base::Result<std::string> made = model::apply(mutation, data);
    return made.ok() ? std::move(*made) : data;
  };
  for (const std::uint64_t number : writes) {
    Pending& pending = *outbox_.find(number);
    const std::string next = apply_to(pending.mutation, mine);
    if (!pending.fenced()) {
      joined = apply_to(pending.mutation, joined);
      fenced_before = 0;
    } else {
      Resolution result = sync::resolve({mine, next, joined}, policy_for(key.collection));
      if (result.merged == joined) {
        settle(number, result.clashed() ? WriteState::cancelled : WriteState::acknowledged);
      } else {
        rewrite(pending, row, joined, result.merged, true);
        if (fenced_before != 0) {
          pending.mutation.base.reset();
          pending.mutation.after = fenced_before;
        }
        fenced_before = number;
        joined = std::move(result.merged);
      }
    }
    mine = next;
  }
  row.local->ancestor.reset();
  ledger_.note_row(key);
}

}  // namespace rockpool::sync
