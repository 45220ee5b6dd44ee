#include "core/dialects/deepstream/batches.h"

#include <algorithm>
#include <limits>
#include <set>

#include "core/base/limits.h"
#include "core/dialect/frames.h"
#include "core/dialects/deepstream/errors.h"
#include "core/dialects/deepstream/http_answers.h"
#include "core/dialects/deepstream/names.h"
#include "core/dialects/deepstream/paths.h"
#include "core/model/names.h"

namespace rockpool::dialects::deepstream {
namespace {

using base::Code;
using Kind = Command::Kind;

bool is_write(Kind kind) { return kind == Kind::write || kind == Kind::remove; }
bool is_read(Kind kind) { return kind == Kind::read || kind == Kind::head; }

std::int64_t shown_version(model::Version version, model::Version born) {
  return static_cast<std::int64_t>(version - born);
}

// The version rule of the contract: 0 and 1 make a record, more is one above what it is now.
void set_version(model::Mutation& mutation, std::optional<std::int64_t> version) {
  if (!version || *version < 0) return;
  mutation.by_age = *version > 0;
  mutation.base = static_cast<model::Version>(mutation.by_age ? *version - 1 : 0);
}

}  // namespace

// ---- carrying out -----------------------------------------------------------------------------------------

void Batches::begin(Instant now, CarrierId request, Caller caller, std::vector<Command> commands,
                    ServerSteps& out) {
  desk_.http_commands += commands.size();
  Running& batch = running_[request];
  batch.caller = std::move(caller);
  batch.open = commands.size();
  batch.entries.resize(commands.size());
  batch.commands = std::move(commands);
  deadlines_.set(request, now + base::milliseconds(desk_.settings.request_ms));
  advance(request, batch, out);
}

bool Batches::forsake(CarrierId request, bool is_gone) {
  const auto held = running_.find(request);
  if (held == running_.end()) return false;
  held->second.is_forsaken = held->second.is_forsaken || is_gone;
  return true;
}

void Batches::advance(CarrierId id, Running& batch, ServerSteps& out) {
  const auto may_be_read = [&](std::size_t index) {
    return index < batch.commands.size() && is_read(batch.commands[index].kind) &&
           !is_inquired(batch, batch.commands[index]);
  };
  while (batch.next < batch.commands.size() && batch.awaited == 0) {
    if (!inquire(id, batch, out)) continue;
    const Kind kind = batch.commands[batch.next].kind;
    if (is_write(kind)) {
      write_all(id, batch, out);
    } else if (is_read(kind)) {
      do {
        begin_one(id, batch, batch.next++, out);
      } while (may_be_read(batch.next));
    } else {
      begin_one(id, batch, batch.next++, out);
    }
  }
  if (batch.open == 0) finish(id, batch, out);
}

void Batches::begin_one(CarrierId id, Running& batch, std::size_t index, ServerSteps& out) {
  Command& command = batch.commands[index];
  if (auto entry = refusal(batch, command)) return settle(batch, index, std::move(*entry));
  switch (command.kind) {
    case Kind::read:
    case Kind::head: ++batch.awaited; return ask(batch, {id, index}, model::Read{key_of(command.name)}, out);
    case Kind::emit:
      return ask(batch, {id, index}, model::Emit{.event = command.name, .data = std::move(command.data)},
                 out);
    case Kind::query:
      return ask(batch, {id, index}, model::ListPresence{.room = std::string(presence_room)}, out);
    // What is stored here was written here: there is nothing to be read anew, and subscribers know of it.
    case Kind::notify: return settle(batch, index, std::string(success_entry));
    case Kind::make: return call(id, batch, index, out);
    case Kind::write:
    case Kind::remove: return;
  }
}

void Batches::write_all(CarrierId id, Running& batch, ServerSteps& out) {
  model::Write write{.groups = {}, .array_gap_max = desk_.settings.array_gap};
  const std::size_t first = batch.next;
  while (batch.next < batch.commands.size() && is_write(batch.commands[batch.next].kind)) {
    const std::size_t index = batch.next;
    const Command& command = batch.commands[index];
    const bool is_inquired = this->is_inquired(batch, command);
    if (is_inquired && (!batch.inquiry || batch.inquiry_of != index)) break;
    const bool guards = needs_record(batch, command);
    if ((guards || is_inquired) && !write.groups.empty()) break;
    ++batch.next;
    if (is_inquired && batch.inquiry->seen(command.name) != nullptr) return write_seen(id, batch, index, out);
    if (guards) {
      ++batch.awaited;
      return ask(batch, {.batch = id, .command = index, .guards = true}, model::Read{key_of(command.name)},
                 out);
    }
    if (auto mutation = mutation_of(batch, index)) write.groups.push_back({std::move(*mutation)});
  }
  if (write.groups.empty()) return;
  ++batch.awaited;
  ask(batch, {.batch = id, .command = first, .run = batch.next - first}, std::move(write), out);
}

// A rule has looked at the record as it was: only that is written to.
void Batches::write_seen(CarrierId id, Running& batch, std::size_t index, ServerSteps& out) {
  const Command& command = batch.commands[index];
  const std::optional<model::Record>& seen = *batch.inquiry->seen(command.name);
  if (command.kind == Kind::write && !seen) {
    const Answer answer = judge(batch, command, Act::create, command.name);
    if (answer != Answer::yes) return settle(batch, index, refused(command, answer));
  }
  const std::int64_t age = seen ? shown_version(seen->version, seen->born) : 0;
  const std::int64_t wanted = command.version.value_or(-1);
  const bool fits = wanted < 0 || wanted == age + 1 || (wanted == 0 && !seen);
  const std::string data = command.data;  // for another look, if it takes one
  auto mutation = mutation_of(batch, index);
  if (!mutation) return;
  batch.commands[index].data = data;
  mutation->by_age = false;
  // What does not fit is a conflict whatever becomes of the record.
  mutation->base = !fits ? std::numeric_limits<model::Version>::max() : seen ? seen->version : 0;
  const bool removes_nothing = command.kind == Kind::remove && !seen;
  if (removes_nothing) mutation->base.reset();
  model::Write write{.groups = {}, .array_gap_max = desk_.settings.array_gap};
  write.groups.push_back({std::move(*mutation)});
  ++batch.awaited;
  ask(batch, {.batch = id, .command = index, .guards = !removes_nothing}, std::move(write), out);
}

std::optional<model::Mutation> Batches::mutation_of(Running& batch, std::size_t index) const {
  Command& command = batch.commands[index];
  if (auto entry = refusal(batch, command)) return settle(batch, index, std::move(*entry)), std::nullopt;
  model::Mutation mutation{.number = index + 1, .key = key_of(command.name)};
  if (auto fine = model::check_id(mutation.key.id); !fine)
    return settle(batch, index, failed_record(command, fine.error(), false)), std::nullopt;
  if (command.kind == Kind::remove) {
    mutation.op = model::Op::remove;
    return mutation;
  }
  set_version(mutation, command.version);
  if (!command.path.empty()) {
    auto steps = steps_of(command.path);
    if (!steps) return settle(batch, index, failed_record(command, steps.error(), true)), std::nullopt;
    mutation.op = model::Op::place;
    mutation.path = std::move(*steps);
  }
  mutation.data = std::move(command.data);
  return mutation;
}

void Batches::call(CarrierId id, Running& batch, std::size_t index, ServerSteps& out) {
  if (batch.calls >= base::limits::open_calls_max) return batch.calls_waiting.push_back(index);
  Command& command = batch.commands[index];
  ++batch.calls;
  ask(batch, {id, index},
      model::Call{.procedure = command.name,
                  .data = std::move(command.data),
                  .caller = dialect::member_prefix(id),
                  .timeout_ms = desk_.settings.rpc_response_ms,
                  .accept_ms = desk_.settings.rpc_accept_ms},
      out);
}

void Batches::ask(Running& batch, Question question, model::Command command, ServerSteps& out) {
  questions_.emplace(desk_.ask(batch.caller.principal, std::move(command), out), question);
}

void Batches::finish(CarrierId id, Running& batch, ServerSteps& out) {
  if (!batch.is_forsaken) out.push_back(json_answer(id, write_answer(batch.entries)));
  deadlines_.forget(id);
  running_.erase(id);
}

// ---- what became of it ------------------------------------------------------------------------------------

bool Batches::answer(Ticket ticket, model::Reply& reply, ServerSteps& out) {
  const auto asked = questions_.find(ticket);
  if (asked == questions_.end()) return false;
  const Question question = asked->second;
  if (!dialect::stays_open(reply)) questions_.erase(asked);
  const auto held = running_.find(question.batch);
  if (held == running_.end()) return true;
  answered(question, held->second, reply, out);
  advance(question.batch, held->second, out);
  return true;
}

void Batches::answered(const Question& question, Running& batch, model::Reply& reply, ServerSteps& out) {
  if (!question.of_rule.empty()) {
    batch.inquiry->give(question.of_rule, std::get_if<model::Found>(&reply));
    if (--batch.awaited == 0) read_for_rules(question.batch, batch, out);
    return;
  }
  const std::size_t index = question.command;
  const Command& command = batch.commands[index];
  const bool is_awaited = is_read(command.kind) || is_write(command.kind);
  if (is_awaited && !dialect::stays_open(reply)) --batch.awaited;
  if (command.kind == Kind::make) returned(question.batch, batch, out);
  if (const auto* outcomes = std::get_if<model::Written>(&reply)) {
    written(batch, question, *outcomes);
  } else if (const auto* failure = std::get_if<model::Failed>(&reply)) {
    for (std::size_t at = index; at < index + question.run; ++at)
      settle(batch, at, failed(batch.commands[at], failure->error));
  } else if (const auto* seen = std::get_if<model::Found>(&reply)) {
    question.guards ? guarded(question, batch, *seen, out) : found(batch, index, *seen);
  } else {
    settle(batch, index, entry_of(batch, command, reply));
  }
}

std::string Batches::entry_of(const Running& batch, const Command& command, const model::Reply& reply) const {
  if (const auto* here = std::get_if<model::Present>(&reply)) return present(batch, command, *here);
  if (const auto* result = std::get_if<model::Returned>(&reply))
    return result->error.empty() ? result_entry(result->data) : provider_error_entry(result->error);
  if (std::holds_alternative<model::Unaccepted>(reply)) {
    return failure_entry({Topic::rpc, rpc_action::accept_timeout, accept_timeout_text},
                         desk_.settings.numeric);
  }
  return std::string(success_entry);
}

// A call is over: one that waited may begin.
void Batches::returned(CarrierId id, Running& batch, ServerSteps& out) {
  --batch.calls;
  if (batch.calls_waiting.empty()) return;
  const std::size_t next = batch.calls_waiting.front();
  batch.calls_waiting.pop_front();
  call(id, batch, next, out);
}

void Batches::written(Running& batch, const Question& question, const model::Written& written) {
  for (const model::Outcome& outcome : written.outcomes) {
    const std::uint64_t number = std::visit([](const auto& one) { return one.number; }, outcome);
    const std::size_t index = static_cast<std::size_t>(number) - 1;
    const Command& command = batch.commands[index];
    const auto* conflicted = std::get_if<model::Conflicted>(&outcome);
    const auto* declined = std::get_if<model::Declined>(&outcome);
    const bool is_changed = conflicted != nullptr && !conflicted->data.empty();
    const bool is_gone =
        command.kind == Kind::remove && ((conflicted != nullptr && !is_changed) ||
                                         (declined != nullptr && declined->error.code == Code::not_found));
    if (is_gone || (conflicted == nullptr && declined == nullptr)) {
      settle(batch, index, std::string(success_entry));
    } else if (declined != nullptr) {
      settle(batch, index, failed(command, declined->error));
    } else if (question.guards && (!command.version || *command.version < 0)) {
      // It was changed or deleted between the look and the write: looked at again.
      batch.inquiry.reset();
      --batch.next;
    } else {
      settle(batch, index,
             conflict(command,
                      conflicted->data.empty() ? 0 : shown_version(conflicted->version, conflicted->born),
                      conflicted->data));
    }
  }
}

// The record has been looked at. Only this very version of it may be replaced.
void Batches::guarded(const Question& question, Running& batch, const model::Found& seen, ServerSteps& out) {
  const std::size_t index = question.command;
  const Command& command = batch.commands[index];
  if (!seen.record || !seen.record->exists())
    return settle(batch, index, refused(command, judge(batch, command, Act::create, command.name)));
  const model::Record& record = *seen.record;
  const std::int64_t version = shown_version(record.version, record.born);
  const std::string data = command.data;  // for another look, if it takes one
  if (command.version.value_or(-1) >= 0 && *command.version != version + 1)
    return settle(batch, index, conflict(command, version, record.data));
  auto mutation = mutation_of(batch, index);
  if (!mutation) return;
  batch.commands[index].data = data;
  mutation->by_age = false;
  mutation->base = record.version;
  model::Write write{.groups = {}, .array_gap_max = desk_.settings.array_gap};
  write.groups.push_back({std::move(*mutation)});
  ++batch.awaited;
  ask(batch, question, std::move(write), out);
}

void Batches::found(Running& batch, std::size_t index, const model::Found& found) const {
  const Command& command = batch.commands[index];
  const bool is_head = command.kind == Kind::head;
  if (found.record && found.record->exists()) {
    const std::int64_t version = shown_version(found.record->version, found.record->born);
    return settle(batch, index, is_head ? head_entry(version) : read_entry(version, found.record->data));
  }
  if (is_head && desk_.settings.numeric) return settle(batch, index, head_entry(-1));
  const std::string error = not_found_text(command.name);
  settle(batch, index,
         failure_entry({Topic::record, record_action::not_found, error}, desk_.settings.numeric));
}

std::string Batches::present(const Running& batch, const Command& command,
                             const model::Present& present) const {
  std::set<std::string> online;
  for (const auto& member : present.members) online.insert(desk_.name_of(member));
  online.erase("");
  if (!command.names) {
    online.erase(batch.caller.name);
    return users_entry(std::vector<std::string>(online.begin(), online.end()));
  }
  std::vector<std::pair<std::string, bool>> users;
  std::set<std::string_view> asked;
  for (const std::string& name : *command.names)
    if (asked.insert(name).second) users.emplace_back(name, online.contains(name));
  return users_entry(users);
}

void Batches::settle(Running& batch, std::size_t index, std::string entry) const {
  if (!batch.entries[index].empty()) return;
  batch.entries[index] = std::move(entry);
  --batch.open;
}

// ---- what went wrong --------------------------------------------------------------------------------------

std::string Batches::denied(const Command& command) const {
  return denied_entry(command.topic, word_of(command.kind), desk_.settings.numeric);
}

std::string Batches::failed(const Command& command, const base::Error& error) const {
  if (error.code == Code::forbidden || error.code == Code::auth) return denied(command);
  // What is wrong with the result and not with the place, a schema says with its own.
  const bool is_result = !error.path.empty() || error.message.starts_with("the value: ");
  if (command.topic == Topic::record) return failed_record(command, error, !is_result);
  if (command.topic == Topic::rpc) return failed_call(command, error);
  const bool is_wrong = error.code == Code::invalid || error.code == Code::too_large;
  const std::string_view event =
      is_wrong && command.topic == Topic::event ? "INVALID_MESSAGE_DATA" : "MESSAGE_PERMISSION_ERROR";
  return failure_entry({command.topic, *event_number(command.topic, event), error.message},
                       desk_.settings.numeric);
}

std::string Batches::failed_record(const Command& command, const base::Error& error, bool of_place) const {
  const bool is_wrong =
      error.code == Code::invalid || error.code == Code::too_large || error.code == Code::refused;
  const bool is_misplaced = of_place && error.code == Code::invalid && !command.path.empty();
  const std::int32_t event = is_wrong                       ? record_action::invalid_message_data
                             : command.kind == Kind::write  ? record_action::update_error
                             : command.kind == Kind::remove ? record_action::delete_error
                                                            : record_action::load_error;
  const std::string_view verb = command.kind == Kind::write    ? "update"
                                : command.kind == Kind::remove ? "delete"
                                                               : "read";
  const std::string text = is_misplaced ? path_text(command.name, command.path)
                                        : "Record " + std::string(verb) + " failed. " + error.message + ".";
  return failure_entry({Topic::record, event, text}, desk_.settings.numeric);
}

std::string Batches::failed_call(const Command& command, const base::Error& error) const {
  const auto entry = [&](std::int32_t event, std::string_view text) {
    return failure_entry({Topic::rpc, event, text}, desk_.settings.numeric);
  };
  switch (error.code) {
    case Code::not_found:
    case Code::closed: return entry(rpc_action::no_rpc_provider, no_provider_text(command.name));
    case Code::timeout: return entry(rpc_action::response_timeout, response_timeout_text);
    case Code::invalid:
    case Code::too_large: return entry(rpc_action::invalid_message_data, error.message);
    default: return entry(rpc_action::message_permission_error, error.message);
  }
}

std::string Batches::conflict(const Command& command, std::int64_t version, std::string_view data) const {
  const bool is_ahead = desk_.settings.numeric && command.version.value_or(0) > version + 1;
  const std::string text = is_ahead ? version_invalid_text(command.name, *command.version)
                                    : version_exists_text(command.name, version);
  const std::int32_t event = is_ahead ? record_action::invalid_version : record_action::version_exists;
  return conflict_entry({Topic::record, event, text}, version, data, desk_.settings.numeric);
}

// ---- time -------------------------------------------------------------------------------------------------

void Batches::wake(Instant now, ServerSteps& out) {
  for (const CarrierId id : deadlines_.take(now)) {
    const auto held = running_.find(id);
    if (held == running_.end()) continue;
    Running& batch = held->second;
    for (std::size_t index = 0; index < batch.entries.size(); ++index) settle(batch, index, timeout_entry());
    finish(id, batch, out);
  }
}

}  // namespace rockpool::dialects::deepstream
