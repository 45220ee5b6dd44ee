// What the commands of a batch may do.
#include <algorithm>

#include "core/dialects/deepstream/batches.h"
#include "core/dialects/deepstream/errors.h"
#include "core/dialects/deepstream/names.h"

namespace rockpool::dialects::deepstream {
namespace {

using Kind = Command::Kind;

// What a command does, and to which names.
template <typename Do>
void for_each_deed(const Command& command, const Do& act_on) {
  const auto each = [&](Act act) {
    for (const std::string& name : *command.names) act_on(act, name);
  };
  switch (command.kind) {
    case Kind::emit: return act_on(Act::publish, command.name);
    case Kind::read:
    case Kind::head: return act_on(Act::read, command.name);
    case Kind::write: act_on(Act::write, command.name); return act_on(Act::create, command.name);
    case Kind::remove: return act_on(Act::remove, command.name);
    case Kind::notify: return each(Act::notify);
    case Kind::make: return act_on(Act::request, command.name);
    case Kind::query: return command.names ? each(Act::allow) : act_on(Act::allow, all_names);
  }
}

// The messages of the WebSocket that do the same, by number.
std::int32_t action_of(const Command& command, Act act) {
  switch (command.kind) {
    case Kind::emit: return event_action::emit;
    case Kind::read: return record_action::read;
    case Kind::head: return record_action::head;
    case Kind::write: break;
    case Kind::remove: return record_action::remove;
    case Kind::notify: return record_action::notify;
    case Kind::make: return rpc_action::request;
    case Kind::query: return command.names ? presence_action::query : presence_action::query_all;
  }
  if (act == Act::create) return record_action::create;
  return command.path.empty() ? record_action::update : record_action::patch;
}

Deed deed_of(const Command& command, Act act, std::string_view name) {
  const bool says = act != Act::create;
  return {.topic = command.topic,
          .act = act,
          .name = name,
          .action = action_of(command, act),
          .data = says ? std::string_view(command.data) : std::string_view(),
          .path = says ? std::string_view(command.path) : std::string_view()};
}

}  // namespace

Answer Batches::judge(const Running& batch, const Command& command, Act act, std::string_view name) const {
  const bool is_inquired = batch.inquiry && &batch.commands[batch.inquiry_of] == &command;
  const Answer known = is_inquired ? batch.inquiry->answer(act, name) : Answer::open;
  if (known != Answer::open) return known;
  RuleRecords none;
  const Answer answer =
      desk_.settings.permissions.judge(asker_of(batch.caller, desk_.now), deed_of(command, act, name), none);
  return answer == Answer::open ? Answer::failed : answer;
}

Answer Batches::judge(const Running& batch, const Command& command) const {
  Answer all = Answer::yes;
  for_each_deed(command, [&](Act act, std::string_view name) {
    const bool is_later = act == Act::create;  // only if the record is not there
    const Answer answer = is_later ? Answer::yes : judge(batch, command, act, name);
    if (answer == Answer::failed || all == Answer::yes) all = answer;
  });
  return all;
}

std::optional<std::string> Batches::refusal(const Running& batch, const Command& command) const {
  const Answer answer = judge(batch, command);
  return answer == Answer::yes ? std::nullopt : std::optional(refused(command, answer));
}

bool Batches::needs_record(const Running& batch, const Command& command) const {
  return command.kind == Kind::write && judge(batch, command) == Answer::yes &&
         judge(batch, command, Act::create, command.name) != Answer::yes;
}

// ---- rules that take records ------------------------------------------------------------------------------

bool Batches::is_inquired(const Running& batch, const Command& command) const {
  const Permissions& permissions = desk_.settings.permissions;
  if (!permissions.take_records()) return false;
  bool takes = false;
  for_each_deed(command, [&](Act act, std::string_view name) {
    takes = takes || permissions.takes_records(batch.caller.principal, deed_of(command, act, name));
  });
  return takes;
}

bool Batches::inquire(CarrierId id, Running& batch, ServerSteps& out) {
  const Command& command = batch.commands[batch.next];
  if (batch.inquiry && batch.inquiry_of == batch.next) return true;
  if (!is_inquired(batch, command)) return true;
  std::vector<Deed> deeds;
  for_each_deed(command,
                [&](Act act, std::string_view name) { deeds.push_back(deed_of(command, act, name)); });
  batch.inquiry.emplace(std::move(deeds));
  batch.inquiry_of = batch.next;
  read_for_rules(id, batch, out);
  return batch.awaited == 0;
}

// Rules are the owner's, and look at everything.
void Batches::read_for_rules(CarrierId id, Running& batch, ServerSteps& out) {
  const Settings& settings = desk_.settings;
  const auto names =
      batch.inquiry->run(settings.permissions, asker_of(batch.caller, desk_.now), settings.rule_runs_max);
  for (const std::string& name : names) {
    ++batch.awaited;
    const Ticket ticket = desk_.ask({.system = true, .roles = {}}, model::Read{key_of(name)}, out);
    questions_.emplace(ticket, Question{.batch = id, .command = batch.inquiry_of, .of_rule = name});
  }
}

std::string Batches::refused(const Command& command, Answer answer) const {
  if (answer != Answer::failed) return denied(command);
  const std::int32_t event = *event_number(command.topic, "MESSAGE_PERMISSION_ERROR");
  return failure_entry({command.topic, event, permission_error_text(word_of(command.kind))},
                       desk_.settings.numeric);
}

}  // namespace rockpool::dialects::deepstream
