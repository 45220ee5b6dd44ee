// Whole collections, beyond the original. A deepstream server knows records by their names and lists that
// somebody keeps; a page of ours wants to know what a collection holds, by whatever protocol it was written.
//
//   challenge of sdkType "rockpool"         accept with data "collections"
//   subscribe+read of `tasks/`              read answers of `tasks/` whose names are its records; the last of
//                                           them has a version
//   somebody makes a record of it           another one, with its name
//
// It tells names alone; each record is then subscribed to, and permitted, as any other, and all of them count
// as one subscription. Where some names of a collection may not be read by everybody it is denied, and the
// page goes by the list.
#include "core/dialects/deepstream/names.h"
#include "core/dialects/deepstream/session.h"

namespace rockpool::dialects::deepstream {
namespace {

constexpr std::size_t names_at_once = 1000;
constexpr std::size_t bytes_at_once = 1 << 20;

}  // namespace

bool Session::is_whole(std::string_view name) const { return is_ours_ && !collection_in(name).empty(); }

bool Session::is_within_whole(std::string_view name) const {
  return !wholes_.empty() && wholes_.contains(std::string(name.substr(0, name.find('/') + 1)));
}

void Session::list_whole(const Message& message, ServerSteps& out) {
  if (!house_.desk.settings.permissions.may_read_below(message.name)) return deny(message, out);
  if (wholes_.contains(message.name) || !may_subscribe(message, out)) return;
  wholes_.insert(message.name);
  ask({.about = Question::About::whole, .message = message},
      model::CatchUp{.collection = collection_in(message.name)}, out);
}

// First where the log stands, from where on what is made is told; then all that is there.
void Session::whole_heard(const Message& message, const model::Reply& reply, ServerSteps& out) {
  if (!wholes_.contains(message.name)) return;
  model::Scan scan{.collection = collection_in(message.name),
                   .after = "",
                   .records_max = names_at_once,
                   .bytes_max = bytes_at_once};
  if (const auto* since = std::get_if<model::Since>(&reply)) {
    if (!subscriptions_.emplace(message.name, Subscription{since->scopes}).second) return;
    for (const std::string& scope : since->scopes) {
      out.push_back(dialect::Join{.carrier = carrier_, .topic = topic_of_record(message.name, scope)});
    }
  } else if (const auto* page = std::get_if<model::Page>(&reply)) {
    std::vector<std::string> names;
    for (const model::Record& record : page->records) {
      if (auto name = name_of(record.key); name && record.exists()) names.push_back(std::move(*name));
    }
    tell_names(message.name, std::move(names), page->done, out);
    if (page->done) return;
    scan.after = page->records.empty() ? "" : page->records.back().key.id;
  } else {
    wholes_.erase(message.name);
    return deny(message, out);
  }
  ask({.about = Question::About::whole, .message = message}, std::move(scan), out);
}

void Session::tell_names(const std::string& whole, std::vector<std::string> names, bool are_all,
                         ServerSteps& out) const {
  Message message{.topic = Topic::record,
                  .action = record_action::read_response,
                  .name = whole,
                  .names = std::move(names)};
  if (are_all) message.version = 0;
  send(message, out);
}

model::Topic Session::topic_of_record(const std::string& name, const std::string& scope) const {
  if (!is_whole(name)) return model::record_topic(house_.desk.options.space, key_of(name), scope);
  model::Topic topic = topic_of(model::Topic::Kind::collection, collection_in(name));
  topic.scope = scope;
  return topic;
}

}  // namespace rockpool::dialects::deepstream
