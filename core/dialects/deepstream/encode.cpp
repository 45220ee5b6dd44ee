// What is told, in deepstream's words.
#include <algorithm>

#include "core/base/text.h"
#include "core/dialects/deepstream/codec.h"
#include "core/dialects/deepstream/names.h"
#include "core/dialects/deepstream/paths.h"
#include "core/dialects/deepstream/server.h"
#include "core/model/place.h"

namespace rockpool::dialects::deepstream {
namespace {

bool is_gone(const model::Change& change) { return !change.record.exists() || change.left; }

std::string removed(const std::string& name) {
  return encode({.topic = Topic::record, .action = record_action::removed, .name = name});
}

// As little as says it all: the part that was written, where that is known.
std::string updated(const std::string& name, const model::Change& change, const std::string& steps) {
  Message message{.topic = Topic::record,
                  .version = static_cast<std::int32_t>(change.record.version - change.record.born),
                  .name = name};
  if (!steps.empty()) message.path = path_of(steps);
  if (message.path.empty()) {
    message.action = record_action::update;
    message.data = change.record.data;
    return encode(message);
  }
  message.data = model::at_place(change.record.data, steps);
  message.action = message.data.empty() ? record_action::erase : record_action::patch;
  return encode(message);
}

std::string encode_changes(const model::Changed& changed) {
  std::string frame;
  for (std::size_t i = 0; i < changed.changes.size(); ++i) {
    const model::Change& change = changed.changes[i];
    const auto name = name_of(change.record.key);
    if (!name) continue;
    if (is_gone(change)) return frame + removed(*name);
    frame += updated(*name, change, changed.hints.empty() ? std::string() : changed.hints[i].path);
  }
  return frame;
}

// To pages of ours that follow the collection: the records that are new. One that was made empty is new
// twice.
std::string encode_born(const model::Changed& changed, const std::string& collection) {
  Message message{
      .topic = Topic::record, .action = record_action::read_response, .name = whole_name_of(collection)};
  for (const model::Change& change : changed.changes) {
    if (is_gone(change) || change.record.version - change.record.born > 1) continue;
    if (auto name = name_of(change.record.key)) message.names.push_back(std::move(*name));
  }
  return message.names.empty() ? "" : encode(message);
}

}  // namespace

std::string encode_notice(const model::Topic& topic, const model::Notice& notice) {
  if (const auto* changed = std::get_if<model::Changed>(&notice)) {
    return topic.kind == model::Topic::Kind::record ? encode_changes(*changed)
                                                    : encode_born(*changed, topic.name);
  }
  if (const auto* emitted = std::get_if<model::Emitted>(&notice)) {
    return encode(
        {.topic = Topic::event, .action = event_action::emit, .data = emitted->data, .name = topic.name});
  }
  if (const auto* called = std::get_if<model::Called>(&notice)) {
    return encode({.topic = Topic::rpc,
                   .action = rpc_action::request,
                   .data = called->data,
                   .correlation_id = base::decimal(called->call),
                   .name = called->procedure,
                   .requestor_name = called->user});
  }
  const auto* moved = std::get_if<model::PresenceMoved>(&notice);
  if (moved == nullptr) return "";
  return moved->member.member + '\n' + moved->member.user + '\n' + (moved->member.state.empty() ? "" : "1");
}

bool ends_topic(const model::Topic& topic, const model::Notice& notice) {
  const auto* changed = std::get_if<model::Changed>(&notice);
  if (changed == nullptr || topic.kind != model::Topic::Kind::record) return false;
  return std::any_of(changed->changes.begin(), changed->changes.end(), is_gone);
}

Moved read_moved(const std::string& bytes) {
  const std::size_t user = bytes.find('\n') + 1;
  const std::size_t there = bytes.find('\n', user) + 1;
  return {.member = bytes.substr(0, user - 1),
          .user = bytes.substr(user, there - user - 1),
          .is_there = there < bytes.size()};
}

}  // namespace rockpool::dialects::deepstream
