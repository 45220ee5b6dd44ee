// What the messages of a session may do.
#include "core/dialects/deepstream/names.h"
#include "core/dialects/deepstream/session.h"

namespace rockpool::dialects::deepstream {
namespace {

bool is_partly(std::int32_t action) {
  using namespace record_action;
  return action == patch || action == erase || action == create_and_patch;
}

Act act_of_record(std::int32_t action) {
  using namespace record_action;
  if (action == record_action::remove) return Act::remove;
  if (action == record_action::notify) return Act::notify;
  if (action == update || action == create_and_update || is_partly(action)) return Act::write;
  if (action >= record_action::listen && action <= listen_reject) return Act::listen;
  return Act::read;
}

Act act_of(const Message& message) {
  switch (message.topic) {
    case Topic::record: return act_of_record(message.action);
    case Topic::event:
      return message.action == event_action::emit        ? Act::publish
             : message.action == event_action::subscribe ? Act::subscribe
                                                         : Act::listen;
    case Topic::rpc: return message.action == rpc_action::provide ? Act::provide : Act::request;
    default: return Act::allow;
  }
}

// Of messages that are not asked about.
bool is_free(const Message& message) {
  switch (message.topic) {
    case Topic::record: return message.action == record_action::unsubscribe;
    case Topic::event: return message.action == event_action::unsubscribe;
    case Topic::rpc: return message.action != rpc_action::provide && message.action != rpc_action::request;
    case Topic::presence: return false;
    default: return true;
  }
}

// What it does, and to which names.
template <typename Do>
void for_each_deed(const Message& message, const Do& act_on) {
  if (is_free(message)) return;
  const Act act = act_of(message);
  const bool may_create =
      act == Act::write || (act == Act::read && message.action == record_action::subscribe_create_and_read);
  const auto all = [&](std::string_view name) {
    act_on(act, name);
    if (may_create) act_on(Act::create, name);
  };
  for (const std::string& name : message.names) all(name);
  if (!message.names.empty()) return;
  all(message.topic == Topic::presence ? all_names : std::string_view(message.name));
}

Deed deed_of(const Message& message, Act act, std::string_view name) {
  Deed deed{.topic = message.topic, .act = act, .name = name, .action = message.action};
  if (act == Act::create) deed.action = record_action::create;
  if (act != Act::write && act != Act::publish && act != Act::request) return deed;
  const bool erases = act == Act::write && message.action == record_action::erase;
  if (!erases) deed.data = message.data;
  if (act != Act::write) return deed;
  const bool is_of_part = is_partly(message.action);
  // A path of nothing names no place.
  if (is_of_part) deed.path = message.path.empty() ? std::string_view(".") : message.path;
  if (!erases) deed.action = is_of_part ? record_action::patch : record_action::update;
  return deed;
}

}  // namespace

Answer Session::judge(const Message& message, Act act, std::string_view name) const {
  const Answer known = inquiry_ ? inquiry_->answer(act, name) : Answer::open;
  if (known != Answer::open) return known;
  RuleRecords none;
  const Answer answer = house_.desk.settings.permissions.judge(asker_of(caller_, house_.desk.now),
                                                               deed_of(message, act, name), none);
  return answer == Answer::open ? Answer::failed : answer;
}

bool Session::is_inquired(const Message& message) const {
  const Permissions& permissions = house_.desk.settings.permissions;
  if (!permissions.take_records()) return false;
  bool takes = false;
  for_each_deed(message, [&](Act act, std::string_view name) {
    takes = takes || permissions.takes_records(caller_.principal, deed_of(message, act, name));
  });
  return takes;
}

void Session::inquire(ServerSteps& out) {
  const Message& message = inbox_.front();
  std::vector<Deed> deeds;
  for_each_deed(message,
                [&](Act act, std::string_view name) { deeds.push_back(deed_of(message, act, name)); });
  inquiry_.emplace(std::move(deeds));
  read_for_rules(out);
}

// Rules are the owner's, and look at everything.
void Session::read_for_rules(ServerSteps& out) {
  const Settings& settings = house_.desk.settings;
  const auto names =
      inquiry_->run(settings.permissions, asker_of(caller_, house_.desk.now), settings.rule_runs_max);
  for (const std::string& name : names) {
    const Ticket ticket =
        house_.desk.ask({.system = true, .roles = {}}, model::Read{.key = key_of(name)}, out);
    house_.asked.emplace(ticket, carrier_);
    questions_.emplace(ticket, Question{.about = Question::About::rule, .message = {.name = name}});
    ++rule_reads_;
  }
}

void Session::rule_found(Instant now, const std::string& name, const model::Reply& reply, ServerSteps& out) {
  inquiry_->give(name, std::get_if<model::Found>(&reply));
  if (--rule_reads_ > 0) return;
  read_for_rules(out);
  if (rule_reads_ == 0) pump(now, out);
}

void Session::again(Instant now, const Message& message, ServerSteps& out) {
  Message once_more = message;
  inbox_bytes_ += bytes_of(once_more);
  // What came behind it stays there.
  const auto held = writing_.find(message.name);
  if (held != writing_.end() && --held->second.open == 0) {
    auto& behind = held->second.behind;
    inbox_.insert(inbox_.begin(), std::make_move_iterator(behind.begin()),
                  std::make_move_iterator(behind.end()));
    writing_.erase(held);
  }
  inbox_.push_front(std::move(once_more));
  pump(now, out);
}

}  // namespace rockpool::dialects::deepstream
