#include "core/dialects/deepstream/client_records.h"

#include <algorithm>

#include "core/base/text.h"
#include "core/dialects/deepstream/names.h"
#include "core/model/value.h"

namespace rockpool::dialects::deepstream {
namespace {

using base::Code;
using dialect::ClientSteps;
using model::Mutation;

constexpr std::size_t names_at_once = 500;
// The original closes a connection that sends it a frame of more than 1 MiB; the rest is for what is around.
constexpr std::size_t record_bytes_max = (1 << 20) - 8192;
// How often a write that others overtake is made anew. Then the engine is told, which waits longer and
// longer.
constexpr int tries_max = 8;

bool equal(const std::string& left, const std::string& right) {
  if (left == right) return true;
  const auto one = model::read(left);
  const auto other = model::read(right);
  return one && other && *one == *other;
}

bool is_list_op(const Mutation& mutation) { return mutation.number == 0; }

base::Result<std::string> made_of(const Mutation& mutation, const std::string& data) {
  if (is_list_op(mutation) && data.empty()) return mutation.data;
  return model::apply(mutation, data);
}

}  // namespace

// ---- following --------------------------------------------------------------------------------------------

void ClientRecords::subscribe(const dialect::Subscribe& subscribe, ClientSteps& out) {
  const auto [followed, is_new] = collections_.try_emplace(subscribe.collection);
  Collection& collection = followed->second;
  std::vector<std::string> names;
  for (const model::Record& record : subscribe.held) {
    auto name = name_of(record.key);
    if (!name) continue;
    const auto held = records_.find(*name);
    if (held != records_.end() && held->second.known) tell(held->second, out);
    names.push_back(std::move(*name));
  }
  if (is_new) {
    collection.listed = subscribe.collection == own_collection;
    collection.whole = knows_collections_ && !collection.listed;
  }
  if (is_new && collection.whole)  // before its records, which then count as one with it
    say_.push_back({.topic = Topic::record,
                    .action = record_action::subscribe_and_read,
                    .correlation_id = base::decimal(++last_correlation_),
                    .names = {whole_name_of(subscribe.collection)}});
  take_on(subscribe.collection, names);
  if (is_new && !collection.listed && !collection.whole) follow_list(subscribe.collection);
}

void ClientRecords::follow_list(const std::string& collection) {
  lists_[collection] = collection;
  Held& list = records_[collection];
  list.key = key_of(collection);
  list.known = false;
  read(collection, list);
}

void ClientRecords::unsubscribe(const std::string& collection) {
  const auto followed = collections_.find(collection);
  if (followed == collections_.end()) return;
  std::vector<std::string> names(followed->second.names.begin(), followed->second.names.end());
  if (lists_.erase(collection) > 0) names.push_back(collection);
  const bool was_whole = followed->second.whole;
  collections_.erase(followed);
  std::erase_if(names, [&](const std::string& name) {
    const auto held = records_.find(name);
    if (held == records_.end() || !held->second.writes.empty()) return true;
    const bool told = held->second.subscribed;
    records_.erase(held);
    return !told;
  });
  if (was_whole) names.push_back(whole_name_of(collection));
  if (names.empty()) return;
  say_.push_back({.topic = Topic::record,
                  .action = record_action::unsubscribe,
                  .correlation_id = base::decimal(++last_correlation_),
                  .names = std::move(names)});
}

// Follows those of the collection that it does not follow yet.
void ClientRecords::take_on(const std::string& collection, const std::vector<std::string>& names) {
  Collection& followed = collections_[collection];
  std::vector<std::string> fresh;
  const auto ask = [&] {
    if (fresh.empty()) return;
    say_.push_back({.topic = Topic::record,
                    .action = record_action::subscribe_and_read,
                    .correlation_id = base::decimal(++last_correlation_),
                    .names = std::exchange(fresh, {})});
  };
  for (const std::string& name : names) {
    if (!followed.names.insert(name).second) continue;
    Held& held = records_[name];
    held.key = key_of(name);
    if (held.known && held.subscribed) continue;
    followed.waiting.insert(name);
    if (held.reading) continue;
    held.reading = held.subscribed = true;
    fresh.push_back(name);
    if (fresh.size() >= names_at_once) ask();
  }
  ask();
}

void ClientRecords::read(const std::string& name, Held& held) {
  held.stale = held.reading;
  if (held.reading) return;
  held.reading = true;
  const bool told = std::exchange(held.subscribed, true);
  Message message{.topic = Topic::record, .action = record_action::read};
  if (told) {
    message.name = name;
  } else {
    message.action = record_action::subscribe_and_read;
    message.names.push_back(name);
    message.correlation_id = base::decimal(++last_correlation_);
  }
  say_.push_back(std::move(message));
}

// ---- hearing ----------------------------------------------------------------------------------------------

void ClientRecords::hear(const Message& message, ClientSteps& out) {
  using namespace record_action;
  if (message.is_ack) return;
  const auto found = records_.find(message.name);
  if (found == records_.end()) return on_whole(collection_in(message.name), message, out);
  auto& [name, held] = *found;
  switch (message.action) {
    case read_response:
    case update: return on_state(name, message, out);
    case patch:
    case erase: return read(name, held);
    case removed:
    case remove_success: return on_removed(name, held, out);
    case write_ack: return on_write_ack(name, held, out);
    case version_exists:
    case invalid_version: return on_conflict(name, held, message, out);
    case multiple_subscriptions:
    case not_subscribed:
    case has_provider:
    case has_no_provider: return;
    default: return on_error(name, held, message, out);
  }
}

void ClientRecords::on_state(const std::string& name, const Message& message, ClientSteps& out) {
  Held& held = records_[name];
  const std::int32_t before = held.version;
  const bool is_told = message.action == record_action::update;
  // An answer may have been ahead of what is told.
  if (is_told && held.known && message.version.value_or(0) <= before) return;
  if (!is_told) held.reading = false;
  held.version = std::max(message.version.value_or(0), -1);
  held.data = held.exists() ? message.data : "";
  const bool is_born = held.known && before < 0 && held.exists();
  const bool is_news = !std::exchange(held.known, true) || held.version != before;
  if (std::exchange(held.stale, false)) read(name, held);
  on_list(name, held, out);
  if (is_news) tell(held, out);
  if (is_born) keep_list(name, held, out);
  arrived(name, out);
  work(name, held, out);
}

// Not for our eyes as a whole: then its list says what it holds.
void ClientRecords::on_whole(const std::string& collection, const Message& message, ClientSteps& out) {
  const auto followed = collections_.find(collection);
  if (followed == collections_.end() || !followed->second.whole) return;
  followed->second.whole = message.action == record_action::read_response;
  if (!followed->second.whole) return follow_list(collection);
  if (message.version) followed->second.listed = true;
  take_on(collection, message.names);
  show(collection, out);
}

// What a list names is followed from now on.
void ClientRecords::on_list(const std::string& name, const Held& held, ClientSteps& out) {
  const auto list = lists_.find(name);
  if (list == lists_.end()) return;
  std::vector<std::string> names = names_in(held);
  std::erase_if(names, [&](const std::string& one) { return key_of(one).collection != list->second; });
  collections_[list->second].listed = true;
  take_on(list->second, names);
  show(list->second, out);
}

std::vector<std::string> ClientRecords::names_in(const Held& list) {
  std::vector<std::string> names;
  const auto entries = model::read(list.exists() ? list.data : "[]");
  for (const model::Value& entry : entries ? entries->elements() : std::span<const model::Value>()) {
    if (const auto* text = entry.get_ptr<const std::string*>()) names.push_back(*text);
  }
  return names;
}

void ClientRecords::arrived(const std::string& name, ClientSteps& out) {
  const std::string& collection = records_[name].key.collection;
  const auto followed = collections_.find(collection);
  if (followed == collections_.end() || followed->second.waiting.erase(name) == 0) return;
  show(collection, out);
}

// All of a collection that is there, once the first state of each has come.
void ClientRecords::show(const std::string& name, ClientSteps& out) {
  Collection& collection = collections_[name];
  if (!collection.listed || !collection.waiting.empty()) return;
  if (!std::exchange(collection.live, true)) show_all(name, collection, out);
  mend_list(name, collection, out);
}

// Whoever made a record may have been cut off before it was listed, and an entry taken out while the record
// was made anew.
void ClientRecords::mend_list(const std::string& name, const Collection& collection, ClientSteps& out) {
  if (name == own_collection || collection.whole) return;
  const std::vector<std::string> listed = names_in(records_[name]);
  const std::set<std::string_view> entries(listed.begin(), listed.end());
  for (const std::string& one : collection.names) {
    const Held& held = records_[one];
    if (held.exists() && !entries.contains(one)) keep_list(one, held, out);
  }
}

void ClientRecords::show_all(const std::string& name, const Collection& collection, ClientSteps& out) {
  dialect::Part part{.collection = name, .records = {}, .cursor = next_cursor(), .begin = true, .done = true};
  for (const std::string& one : collection.names) {
    const Held& held = records_[one];
    if (!held.exists()) continue;
    model::Record record{.key = held.key, .version = held.shown()};
    record.data = held.data;
    part.records.push_back(std::move(record));
  }
  const std::string cursor = part.cursor;
  out.push_back(std::move(part));
  out.push_back(dialect::Live{.collection = name, .cursor = cursor});
}

// Places in a log there is none of: they only rise.
std::string ClientRecords::next_cursor() {
  return model::write_cursor({.epoch = 1, .space = 0, .seq = ++last_cursor_, .chain = 0});
}

void ClientRecords::tell(const Held& held, ClientSteps& out) {
  const auto followed = collections_.find(held.key.collection);
  if (followed == collections_.end() || !followed->second.live) return;
  model::Change change;
  change.record.key = held.key;
  change.record.version = held.exists() ? held.shown() : held.gone;
  change.record.data = held.data;
  out.push_back(dialect::ChangedAt{
      .collections = {held.key.collection}, .changes = {std::move(change)}, .cursor = next_cursor()});
}

void ClientRecords::on_removed(const std::string& name, Held& held, ClientSteps& out) {
  const bool existed = held.exists();
  if (existed) held.gone = held.shown() + 1;
  held.version = -1;
  held.data.clear();
  held.known = true;
  held.subscribed = held.reading = held.stale = false;
  if (held.sent && held.writes.front().op == model::Op::remove) {
    held.last_number = held.writes.front().number;
    settle(held, model::Acked{.number = held.last_number, .version = held.gone, .seq = 0}, out);
    keep_list(name, held, out);
  }
  if (existed) tell(held, out);
  // It is no longer told of, and may be made anew.
  read(name, held);
  work(name, held, out);
}

void ClientRecords::wake(ClientSteps& out) {
  for (auto& [name, held] : records_) work(name, held, out);
}

// ---- writing ----------------------------------------------------------------------------------------------

void ClientRecords::push(const dialect::Push& push, ClientSteps& out) {
  for (const model::Group& group : push.groups) {
    for (const Mutation& mutation : group) {
      const auto name = name_of(mutation.key);
      base::Error error{.code = Code::invalid, .message = "deepstream has no name for it", .path = ""};
      if (group.size() > 1)
        error = {.code = Code::unsupported, .message = "deepstream has no batches", .path = ""};
      if (group.size() > 1 || !name) {
        out.push_back(
            dialect::Settled{model::Declined{.number = mutation.number, .error = std::move(error)}});
        continue;
      }
      Held& held = records_[*name];
      held.key = mutation.key;
      held.writes.push_back(mutation);
      if (collections_.contains(held.key.collection)) take_on(held.key.collection, {*name});
      work(*name, held, out);
    }
  }
}

// Sends the first write that still has something to do.
void ClientRecords::work(const std::string& name, Held& held, ClientSteps& out) {
  while (!held.sent && !held.writes.empty()) {
    if (!held.known) return held.reading ? void() : read(name, held);
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
    auto result = made_of(first, held.data);
    if (result && result->size() > record_bytes_max) {
      const std::string problem = "larger than a deepstream server takes in one message";
      result = base::Error{.code = Code::too_large, .message = problem, .path = ""};
    }
    const bool changes = !result || !equal(*result, held.data);
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
    } else {
      held.result = std::move(*result);
      send_first(name, held);
    }
  }
}

void ClientRecords::send_first(const std::string& name, Held& held) {
  held.sent = true;
  Message message{.topic = Topic::record, .action = record_action::remove, .name = name};
  if (held.writes.front().op != model::Op::remove) {
    message.action = held.exists() ? record_action::update : record_action::create_and_update;
    message.version = std::max(held.version + 1, 1);
    message.data = held.result;
    message.correlation_id = base::decimal(++last_correlation_);
    message.is_write_ack = true;
  }
  say_.push_back(std::move(message));
}

// The first write is over. List entries are nobody's but ours.
void ClientRecords::settle(Held& held, model::Outcome outcome, ClientSteps& out) {
  if (!is_list_op(held.writes.front())) out.push_back(dialect::Settled{std::move(outcome)});
  held.writes.erase(held.writes.begin());
  held.sent = false;
  held.tries = 0;
}

void ClientRecords::settle_conflict(Held& held, ClientSteps& out) {
  model::Conflicted conflicted{.number = held.writes.front().number, .version = held.shown()};
  conflicted.data = held.data;
  settle(held, std::move(conflicted), out);
}

void ClientRecords::on_write_ack(const std::string& name, Held& held, ClientSteps& out) {
  if (!held.sent) return;
  const bool created = !held.exists();
  held.version = std::max(held.version + 1, 1);
  held.data = std::move(held.result);
  held.last_number = held.writes.front().number;
  settle(held, model::Acked{.number = held.last_number, .version = held.shown(), .seq = 0}, out);
  tell(held, out);
  if (created) keep_list(name, held, out);
  if (!held.subscribed) read(name, held);
  work(name, held, out);
}

// Somebody wrote before us, or the server is not done with an earlier write of the same version.
void ClientRecords::on_conflict(const std::string& name, Held& held, const Message& message,
                                ClientSteps& out) {
  const bool says = message.action == record_action::version_exists;
  const std::int32_t version = says ? message.version.value_or(0) : held.version;
  const bool moved = says && version != held.version;
  if (moved) {
    const bool is_born = !held.exists();
    held.version = version;
    held.data = message.data;
    on_list(name, held, out);
    tell(held, out);
    if (is_born) keep_list(name, held, out);
  } else {
    held.known = false;
  }
  if (!held.sent) return;
  held.sent = false;
  Mutation& first = held.writes.front();
  // It is as it was to be: perhaps by an attempt whose answer was lost. A sum may be somebody else's.
  if (moved && first.op != model::Op::add && equal(held.data, held.result)) {
    held.last_number = first.number;
    settle(held, model::Acked{.number = first.number, .version = held.shown(), .seq = 0}, out);
  } else if (++held.tries > tries_max) {
    held.tries = 0;
    // Nobody else would enter it in the list.
    if (is_list_op(first)) return;
    const base::Error error{.code = Code::overloaded, .message = "others write it all the time", .path = ""};
    settle(held, model::Declined{.number = first.number, .error = error}, out);
  }
  work(name, held, out);
}

void ClientRecords::on_error(const std::string& name, Held& held, const Message& message, ClientSteps& out) {
  using namespace record_action;
  const int of = message.original_action;
  const bool of_write = of == remove || (of >= create_and_update && of <= erase);
  const bool denied = message.action == message_denied || message.action == message_permission_error;
  if (held.sent && (of_write || message.is_write_ack)) {
    base::Error why{.code = Code::storage, .message = "the server could not store it", .path = ""};
    if (denied) why = {.code = Code::forbidden, .message = "the server does not allow it", .path = ""};
    if (message.action == invalid_message_data)
      why = {.code = Code::invalid, .message = "the server does not take such data", .path = ""};
    // Nobody else would enter it in the list, so it is tried again.
    if (why.code == Code::storage && is_list_op(held.writes.front())) return void(held.sent = false);
    settle(held, model::Declined{.number = held.writes.front().number, .error = std::move(why)}, out);
    return work(name, held, out);
  }
  if (held.reading && message.action == load_error) return over_full(held, out);
  if (!held.reading || !(denied || message.action == not_found)) return;
  // What may not be read is not there.
  Message none{.topic = Topic::record, .action = read_response, .version = -1};
  on_state(name, none, out);
}

// A connection may follow so many records and no more.
void ClientRecords::over_full(Held& held, ClientSteps& out) {
  held.reading = held.subscribed = false;
  const auto followed = collections_.find(held.key.collection);
  if (followed == collections_.end() || std::exchange(followed->second.full, true)) return;
  out.push_back(dialect::Trouble{.error = {.code = Code::quota,
                                           .message = "the server follows no more records for one connection",
                                           .path = held.key.collection}});
}

// What the page made or removed is entered in the collection's list, or taken out.
void ClientRecords::keep_list(const std::string& name, const Held& held, ClientSteps& out) {
  const std::string collection = held.key.collection;
  const auto followed = collections_.find(collection);
  const bool is_whole = followed == collections_.end() ? knows_collections_ : followed->second.whole;
  if (collection == own_collection || is_whole) return;
  Held& list = records_[collection];
  list.key = key_of(collection);
  const model::Op op = held.exists() ? model::Op::set_insert : model::Op::set_remove;
  std::string entry;
  model::append_quoted(entry, name);
  // What waits is sent in one piece.
  const bool joins = list.writes.size() > (list.sent ? 1 : 0) && list.writes.back().op == op;
  if (joins) {
    list.writes.back().data.pop_back();
    list.writes.back().data += ',' + entry + ']';
  } else {
    Mutation mutation{.key = list.key, .op = op};
    mutation.data = '[' + entry + ']';
    list.writes.push_back(std::move(mutation));
  }
  work(collection, list, out);
}

}  // namespace rockpool::dialects::deepstream
