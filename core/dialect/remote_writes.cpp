// The writes of RemoteRecords: one of a record at a time, and what its answer says.
#include "core/dialect/remote_records.h"
#include "core/model/value.h"

namespace rockpool::dialect {
namespace {

using base::Code;
using model::Mutation;

// How often a write that others overtake is made anew. Then the engine is told, which waits longer and
// longer.
constexpr int tries_max = 8;

}  // namespace

void RemoteRecords::push(const Push& push, ClientSteps& out) {
  for (const model::Group& group : push.groups) {
    for (const Mutation& mutation : group) {
      if (group.size() > 1) {
        const base::Error error{
            .code = Code::unsupported, .message = "this server has no batches", .path = ""};
        out.push_back(Settled{model::Declined{.number = mutation.number, .error = error}});
        continue;
      }
      Collection& collection = collections_[mutation.key.collection];
      Held& held = collection.records[mutation.key.id];
      held.key = mutation.key;
      held.writes.push_back(mutation);
      if (!collection.known)
        read_all(mutation.key.collection, collection);
      else
        work(collection, held, out);
    }
  }
}

// Sends the first write that still has something to do.
void RemoteRecords::work(Collection& collection, Held& held, ClientSteps& out) {
  while (!held.sent && !held.writes.empty()) {
    Mutation& first = held.writes.front();
    if (first.after) {
      if (*first.after != held.last_number) {
        const std::uint64_t behind = *first.after;
        settle(held, model::Held{.number = first.number, .behind = behind}, out);
        continue;
      }
      first.after.reset();
      first.base = held.shown();
    }
    auto result = model::apply(first, held.state.data);
    const bool changes = !result || !service_.is_so(held.key, *result, held.state.data, false);
    if (first.base && *first.base != held.shown() && changes) {
      settle_conflict(held, out);
    } else if (!result) {
      settle(held, model::Declined{.number = first.number, .error = result.error()}, out);
    } else if (!changes) {
      // It is so already: perhaps by an attempt whose answer was lost. Others may have written since, which
      // the writes behind it have not seen. What goes on whatever is there has seen none of its versions.
      const model::Version known = first.base ? std::min(*first.base + 1, held.shown()) : held.shown();
      const model::Version made = model::is_commutative(first.op) ? 0 : known;
      held.last_number = made == held.shown() ? first.number : 0;
      settle(held, model::Acked{.number = first.number, .version = made, .seq = 0}, out);
    } else if (held.exists() && !service_.fences() && !std::exchange(held.looked, true)) {
      held.sent = true;
      service_.read(held.key, held.state.remote);
    } else {
      send_first(collection, held, std::move(*result), out);
    }
  }
}

void RemoteRecords::send_first(Collection& collection, Held& held, std::string result, ClientSteps& out) {
  if (++held.tries > tries_max) {
    const base::Error error{.code = Code::overloaded, .message = "it comes to nothing for now", .path = ""};
    return settle(held, model::Declined{.number = held.writes.front().number, .error = error}, out);
  }
  held.sent = true;
  held.looked = held.stirred = false;
  held.result = std::move(result);
  held.ground = held.state.version;
  if (held.exists()) return service_.write(held.key, held.state, held.result);
  held.creates = true;
  ++collection.creating;
  service_.create(held.key, held.result);
}

void RemoteRecords::settle(Held& held, model::Outcome outcome, ClientSteps& out) {
  out.push_back(Settled{std::move(outcome)});
  held.writes.erase(held.writes.begin());
  held.sent = held.looked = false;
  held.tries = 0;
}

void RemoteRecords::settle_conflict(Held& held, ClientSteps& out) {
  model::Conflicted conflicted{.number = held.writes.front().number, .version = held.shown()};
  conflicted.data = held.state.data;
  conflicted.created = held.state.created;
  conflicted.updated = held.state.updated;
  settle(held, std::move(conflicted), out);
}

// ---- answers ----------------------------------------------------------------------------------------------

RemoteRecords::Held* RemoteRecords::answered(const model::Key& key) {
  Held* held = find(key);
  if (held == nullptr || !std::exchange(held->sent, false)) return nullptr;
  Collection& collection = collections_[key.collection];
  if (std::exchange(held->creates, false)) --collection.creating;
  held->touched = collection.readings;
  held->heard = 0;
  return held;
}

// What waited for the answer is looked at, and the next write goes.
void RemoteRecords::go_on(const model::Key& key, ClientSteps& out) {
  Collection& collection = collections_[key.collection];
  if (collection.creating == 0) {
    std::vector<State> deferred = std::exchange(collection.deferred, {});
    let_go_of_place(collection);
    for (State& state : deferred) changed(key.collection, std::move(state), out);
  }
  work(collection, *find(key), out);
}

void RemoteRecords::is(const model::Key& key, State state, ClientSteps& out) {
  Held* held = answered(key);
  if (held == nullptr) return;
  Collection& collection = collections_[key.collection];
  // Nobody knows what came first.
  const bool is_open = state.version == 0 || (!held->exists() && state.version < held->state.version);
  if (is_open && std::exchange(held->stirred, false) && !held->state.remote.empty()) return read_again(*held);
  std::vector<model::Change> changes;
  const bool is_old = held->stirred && is_older(*held, state);
  if (!is_old && take(collection, *held, std::move(state), &changes)) changes.push_back(change_of(*held));
  if (collection.live) tell(key.collection, std::move(changes), out);
  go_on(key, out);
}

void RemoteRecords::read_again(Held& held) {
  held.sent = held.looked = true;
  service_.read(held.key, held.state.remote);
}

void RemoteRecords::wrote(const model::Key& key, State state, ClientSteps& out) {
  const Held* asked = find(key);
  const bool creates = asked != nullptr && asked->creates;
  Held* held = answered(key);
  if (held == nullptr || held->writes.empty()) return;
  Collection& collection = collections_[key.collection];
  // Of what is removed no version is said; a fenced removal is the next after the one that it names.
  if (state.data.empty() && service_.fences()) state.version = held->ground + 1;
  const model::Version made = state.version > 0 ? state.version : held->state.version + 1;
  // Where the server has no versions, nobody knows what came first.
  const bool is_doubtful = held->stirred && state.version == 0;
  std::vector<model::Change> changes;
  // A fenced write goes on with the versions that it was made on.
  const bool is_passed = service_.fences() && !creates && made <= held->state.version;
  const bool is_old = held->stirred && (is_passed || is_older(*held, state));
  if (!is_old && take(collection, *held, std::move(state), &changes)) changes.push_back(change_of(*held));
  held->last_number = held->state.version == made ? held->writes.front().number : 0;
  settle(*held, model::Acked{.number = held->writes.front().number, .version = made, .seq = 0}, out);
  if (collection.live) tell(key.collection, std::move(changes), out);
  held->stirred = false;
  if (is_doubtful && !held->state.remote.empty()) read_again(*held);
  go_on(key, out);
}

// It is read again, and then either goes or clashes.
void RemoteRecords::overtaken(const model::Key& key) {
  Held* held = find(key);
  if (held == nullptr || !held->sent) return;
  held->looked = true;
  service_.read(key, held->state.remote);
}

const RemoteRecords::State* RemoteRecords::shown(const std::string& collection, const std::string& remote) {
  const auto followed = collections_.find(collection);
  const Held* held = followed == collections_.end() ? nullptr : find(followed->second, remote);
  return held != nullptr && held->exists() ? &held->state : nullptr;
}

const std::string* RemoteRecords::sent(const model::Key& key) {
  const Held* held = find(key);
  return held != nullptr && held->sent ? &held->result : nullptr;
}

void RemoteRecords::refused(const model::Key& key, base::Error error, ClientSteps& out) {
  Held* held = answered(key);
  if (held == nullptr || held->writes.empty()) return;
  settle(*held, model::Declined{.number = held->writes.front().number, .error = std::move(error)}, out);
  go_on(key, out);
}

}  // namespace rockpool::dialect
