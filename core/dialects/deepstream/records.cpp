// A session's records.
#include <algorithm>
#include <limits>

#include "core/dialects/deepstream/names.h"
#include "core/dialects/deepstream/paths.h"
#include "core/dialects/deepstream/session.h"
#include "core/model/value.h"

namespace rockpool::dialects::deepstream {
namespace {

using namespace record_action;

std::int32_t shown_version(const model::Record& record) {
  const model::Version age = record.version - record.born;
  return static_cast<std::int32_t>(std::min<model::Version>(age, std::numeric_limits<std::int32_t>::max()));
}

bool is_write(std::int32_t action) {
  return action == update || action == patch || action == erase || action == create_and_update ||
         action == create_and_patch;
}

bool is_for_many(std::int32_t action) {
  return action == subscribe || action == subscribe_and_read || action == subscribe_create_and_read ||
         action == subscribe_and_head || action == unsubscribe || action == notify;
}

// It names no version, so that another one stands in nobody's way.
bool is_forced(const Message& message) {
  return message.action == record_action::remove || message.version.value_or(0) < 0;
}

bool creates(std::int32_t action) { return action == create_and_update || action == create_and_patch; }

}  // namespace

void Session::record(Instant now, Message message, ServerSteps& out) {
  const std::int32_t action = message.action;
  if (is_for_many(action)) {
    if (message.names.empty() && !message.name.empty()) message.names = {message.name};
    return subscribe_all(message, out);
  }
  if (message.name.empty()) return refuse(message, invalid_message_data, out);
  if (action == listen || action == unlisten || action == listen_accept || action == listen_reject) {
    if (!permits(message, Act::listen, message.name, out)) return;
    return house_.records.receive(now, carrier_, message, out);
  }
  if (has_to_wait(message)) return;
  if (is_write(action)) return write(std::move(message), out);
  if (action == record_action::remove) return remove(message, out);
  if (action == record_action::read || action == record_action::head) {
    if (!permits(message, Act::read, message.name, out)) return;
    const bool is_head = action == record_action::head;
    return read(is_head ? Question::About::head : Question::About::read, std::move(message), out);
  }
  send({.topic = Topic::parser,
        .action = parser_action::unknown_action,
        .original_topic = static_cast<std::int32_t>(Topic::record),
        .original_action = action,
        .is_error = true},
       out);
}

// Writes of one record go to the hub as they come, which keeps their order; all else waits for them.
bool Session::has_to_wait(Message& message) {
  const auto held = writing_.find(message.name);
  if (held == writing_.end()) return false;
  if (held->second.behind.empty() && is_write(message.action)) return false;
  inbox_bytes_ += bytes_of(message);
  held->second.behind.push_back(std::move(message));
  return true;
}

void Session::settle(Instant now, const std::string& name, ServerSteps& out) {
  const auto held = writing_.find(name);
  if (held == writing_.end() || --held->second.open > 0) return;
  std::deque<Message> behind = std::move(held->second.behind);
  writing_.erase(held);
  for (Message& message : behind) {
    inbox_bytes_ -= bytes_of(message);
    if (has_to_wait(message)) continue;
    if (is_for_many(message.action)) {
      read(message.action == subscribe_and_head ? Question::About::head : Question::About::subscribe,
           std::move(message), out);
    } else {
      record(now, std::move(message), out);
    }
  }
}

// ---- many at once -----------------------------------------------------------------------------------------

void Session::subscribe_all(const Message& message, ServerSteps& out) {
  if (message.names.empty() || std::any_of(message.names.begin(), message.names.end(),
                                           [](const std::string& name) { return name.empty(); }))
    return refuse(message, invalid_message_data, out);
  if (message.action == unsubscribe) return unsubscribe_all(message, out);
  const bool is_notice = message.action == notify;
  std::shared_ptr<Heads> heads;
  if (message.action == subscribe_and_head) {
    heads = std::make_shared<Heads>();
    heads->answer = {.topic = Topic::record, .action = head_response_bulk};
    heads->open = 1;
  }
  for (const std::string& name : permitted(message, is_notice ? Act::notify : Act::read, out)) {
    Message one = about(message, name);
    if (message.action == subscribe_and_read && is_whole(name)) {
      list_whole(one, out);
    } else if (heads) {
      heads->open += 1;
      read(Question::About::head, std::move(one), out, heads);
    } else if (!is_notice && !has_to_wait(one)) {
      read(Question::About::subscribe, std::move(one), out);
    }
  }
  acknowledge(message, out);
  if (heads) head_found({.heads = heads}, -1, out);
}

void Session::unsubscribe_all(const Message& message, ServerSteps& out) {
  for (const std::string& name : message.names) {
    if (!subscriptions_.contains(name)) refuse(about(message, name), not_subscribed, out);
    leave(name, out);
  }
  acknowledge(message, out);
}

// ---- reading ----------------------------------------------------------------------------------------------

void Session::read(Question::About about, Message message, ServerSteps& out, std::shared_ptr<Heads> heads) {
  const bool listens = is_for_many(message.action);
  if (listens && !subscriptions_.contains(message.name) && !may_subscribe(message, out)) {
    if (heads) heads->open -= 1;
    return;
  }
  const model::Key key = key_of(message.name);
  const bool creates = about == Question::About::subscribe && message.action == subscribe_create_and_read;
  const Answer may_create = creates ? judge(message, Act::create, message.name) : Answer::no;
  ask({.about = about, .message = std::move(message), .heads = std::move(heads), .may_create = may_create},
      model::Read{.key = key, .listens = listens}, out);
}

void Session::found(Instant now, Question question, const model::Found& found, ServerSteps& out) {
  using About = Question::About;
  const Message& message = question.message;
  const bool exists = found.record && found.record->exists();
  if (question.about == About::subscribe) return subscribe_found(now, std::move(question), found, out);
  if (question.about == About::write) {  // may it be written though it may not be created?
    const std::int32_t version = message.version.value_or(0);
    const std::int32_t shown = exists ? shown_version(*found.record) : 0;
    if (exists && (version < 0 || version == shown + 1)) return put(message, found.record->version, out);
    exists ? tell_conflict(message, shown, found.record->data, out) : deny(message, out);
    return settle(now, message.name, out);
  }
  if (question.about == About::head) {
    if (question.heads) join(now, message.name, found.scopes, out);
    return head_found(std::move(question), exists ? shown_version(*found.record) : -1, out);
  }
  if (!exists) return refuse(message, not_found, out);
  send({.topic = Topic::record,
        .action = read_response,
        .version = shown_version(*found.record),
        .data = found.record->data,
        .name = message.name},
       out);
}

void Session::head_found(Question question, std::int64_t version, ServerSteps& out) {
  const std::string& name = question.message.name;
  const auto shown = static_cast<std::int32_t>(version);
  if (!question.heads || (version < 0 && !name.empty()))
    send({.topic = Topic::record, .action = head_response, .version = shown, .name = name}, out);
  if (!question.heads) return;
  Heads& heads = *question.heads;
  if (version >= 0) heads.answer.versions.emplace_back(name, shown);
  if (--heads.open == 0 && !heads.answer.versions.empty()) send(heads.answer, out);
}

// A record that is not there yet is made first, and then read again.
void Session::subscribe_found(Instant now, Question question, const model::Found& found, ServerSteps& out) {
  const Message& message = question.message;
  const bool exists = found.record && found.record->exists();
  if (!exists && message.action == subscribe_create_and_read) {
    if (question.may_create != Answer::yes) return refuse_for(message, question.may_create, out);
    model::Mutation blank{
        .key = key_of(message.name), .op = model::Op::put, .blank = true, .data = "{}", .base = 0};
    writing_[message.name].open += 1;
    question.about = Question::About::create;
    model::Write command{.groups = {{std::move(blank)}}, .author = carrier_};
    return ask(std::move(question), std::move(command), out);
  }
  if (subscriptions_.contains(message.name)) {
    send({.topic = Topic::record,
          .action = multiple_subscriptions,
          .original_action = record_action::subscribe,
          .name = message.name},
         out);
  }
  join(now, message.name, found.scopes, out);
  if (message.action == subscribe) return;
  send({.topic = Topic::record,
        .action = read_response,
        .version = exists ? shown_version(*found.record) : -1,
        .data = exists ? found.record->data : "{}",
        .name = message.name},
       out);
}

// ---- subscriptions ----------------------------------------------------------------------------------------

void Session::join(Instant now, const std::string& name, const std::vector<std::string>& scopes,
                   ServerSteps& out) {
  const bool is_within = is_within_whole(name);
  if (!subscriptions_.emplace(name, Subscription{scopes, is_within}).second) return;
  if (is_within) ++within_;
  for (const std::string& scope : scopes) {
    out.push_back(dialect::Join{.carrier = carrier_, .topic = topic_of_record(name, scope)});
  }
  house_.records.subscribe(now, carrier_, name, out);
}

void Session::leave(const std::string& name, ServerSteps& out) {
  const auto held = subscriptions_.extract(name);
  wholes_.erase(name);
  if (held.empty()) return;
  if (held.mapped().is_within) --within_;
  for (const std::string& scope : held.mapped().scopes) {
    out.push_back(dialect::Leave{.carrier = carrier_, .topic = topic_of_record(name, scope)});
  }
  house_.records.unsubscribe(carrier_, name, out);
}

void Session::ended(const std::string& name, ServerSteps& out) { leave(name, out); }

// ---- writing ----------------------------------------------------------------------------------------------

void Session::write(Message message, ServerSteps& out) {
  const Answer may_create = judge(message, Act::create, message.name);
  const auto* seen = inquiry_ ? inquiry_->seen(message.name) : nullptr;
  const bool has_to_create = creates(message.action) || (seen != nullptr && !*seen);
  if (!permits(message, Act::write, message.name, out)) return;
  if (has_to_create && may_create != Answer::yes) return refuse_for(message, may_create, out);
  if (message.action == erase) {
    message.data.clear();
  } else {
    auto data = payload(message);
    const bool is_whole = message.action == update || message.action == create_and_update;
    if (!data || (is_whole && data->front() != '{' && data->front() != '['))
      return refuse(message, invalid_message_data, out);
    message.data = std::move(*data);
  }
  writing_[message.name].open += 1;
  if (seen != nullptr) return put_seen(message, *seen, out);
  if (may_create == Answer::yes || message.version.value_or(0) > 1) return put(message, std::nullopt, out);
  look(message, out);
}

// A rule has looked at the record as it was: only that is written to.
void Session::put_seen(const Message& message, const std::optional<model::Record>& seen, ServerSteps& out) {
  const std::int32_t version = message.version.value_or(0);
  const std::int32_t age = seen ? shown_version(*seen) : 0;
  const bool fits = version < 0 || version == age + 1 || (version == 0 && !seen);
  // What does not fit is a conflict whatever becomes of the record.
  put(message, !fits ? std::numeric_limits<model::Version>::max() : seen ? seen->version : 0, out);
}

// Who may not create a record has to have seen it.
void Session::look(const Message& message, ServerSteps& out) {
  ask({.about = Question::About::write, .message = message}, model::Read{.key = key_of(message.name)}, out);
}

void Session::put(const Message& message, std::optional<model::Version> seen, ServerSteps& out) {
  model::Mutation mutation{.number = 1, .key = key_of(message.name), .data = message.data};
  const std::int32_t version = message.version.value_or(0);
  if (version >= 0) mutation.base = version > 0 ? version - 1 : 0;
  mutation.by_age = version > 0;
  if (seen) {
    mutation.by_age = false;
    mutation.base = seen;
  }
  const bool is_partly =
      message.action == patch || message.action == erase || message.action == create_and_patch;
  if (is_partly) {
    auto steps = steps_of(message.path);
    mutation.op = message.action == erase ? model::Op::erase : model::Op::place;
    mutation.path = steps ? std::move(*steps) : "[]";
  }
  model::Write command{
      .groups = {{std::move(mutation)}}, .author = carrier_, .array_gap_max = house_.desk.settings.array_gap};
  ask({.about = Question::About::write, .message = message}, std::move(command), out);
}

void Session::tell_conflict(const Message& message, std::int32_t version, std::string data,
                            ServerSteps& out) const {
  send({.topic = Topic::record,
        .action = version_exists,
        .original_action = message.action,
        .version = version,
        .is_write_ack = message.is_write_ack,
        .data = std::move(data),
        .correlation_id = message.correlation_id,
        .name = message.name},
       out);
}

void Session::remove(const Message& message, ServerSteps& out) {
  if (!permits(message, Act::remove, message.name, out)) return;
  model::Mutation mutation{.number = 1, .key = key_of(message.name), .op = model::Op::remove};
  const auto* seen = inquiry_ ? inquiry_->seen(message.name) : nullptr;
  if (seen != nullptr && *seen) mutation.base = (*seen)->version;
  writing_[message.name].open += 1;
  model::Write command{.groups = {{std::move(mutation)}}, .author = carrier_};
  ask({.about = Question::About::remove, .message = message}, std::move(command), out);
}

void Session::written(Instant now, const Question& question, const model::Written& written,
                      ServerSteps& out) {
  using About = Question::About;
  const Message& message = question.message;
  const model::Outcome& outcome = written.outcomes.front();
  const auto* declined = std::get_if<model::Declined>(&outcome);
  const auto* conflict = std::get_if<model::Conflicted>(&outcome);
  if (declined != nullptr) {
    fail(message, declined->error, out);
  } else if (question.about == About::create) {
    read(About::subscribe, message, out);
  } else if (conflict != nullptr && is_forced(message) && is_inquired(message) &&
             (question.about != About::remove || !conflict->data.empty())) {
    return again(now, message, out);
  } else if (question.about == About::remove) {  // what is not there is gone, too
    send({.topic = Topic::record, .action = remove_success, .name = message.name}, out);
    leave(message.name, out);
  } else if (conflict != nullptr) {
    // Only who may not create can fail to force: the record has changed since it was seen, or gone.
    if (message.version.value_or(0) < 0) return look(message, out);
    const bool is_there = !conflict->data.empty();
    tell_conflict(message, is_there ? static_cast<std::int32_t>(conflict->version - conflict->born) : 0,
                  is_there ? conflict->data : "{}", out);
  } else if (message.is_write_ack) {
    send({.topic = Topic::record,
          .action = write_ack,
          .is_write_ack = true,
          .correlation_id = message.correlation_id,
          .name = message.name},
         out);
  }
  settle(now, message.name, out);
}

}  // namespace rockpool::dialects::deepstream
