#include "core/dialects/deepstream/permissions.h"

#include <algorithm>
#include <span>

#include "core/base/pattern.h"
#include "core/dialects/deepstream/errors.h"

namespace rockpool::dialects::deepstream {
namespace {

using model::Value;

struct Word {
  std::string_view word;
  Act act;
};
constexpr Word record_acts[] = {{"create", Act::create}, {"read", Act::read},     {"write", Act::write},
                                {"delete", Act::remove}, {"listen", Act::listen}, {"notify", Act::notify}};
constexpr Word event_acts[] = {
    {"publish", Act::publish}, {"subscribe", Act::subscribe}, {"listen", Act::listen}};
constexpr Word rpc_acts[] = {{"provide", Act::provide}, {"request", Act::request}};
constexpr Word presence_acts[] = {{"allow", Act::allow}};

std::span<const Word> acts_of(Topic topic) {
  if (topic == Topic::record) return record_acts;
  if (topic == Topic::event) return event_acts;
  if (topic == Topic::rpc) return rpc_acts;
  if (topic == Topic::presence) return presence_acts;
  return {};
}

// How much of a name the pattern says itself.
std::size_t weight(std::string_view pattern) {
  return pattern.size() - static_cast<std::size_t>(std::count(pattern.begin(), pattern.end(), '*'));
}

base::Error mistake(const std::string& path, std::string_view what) {
  return {.code = base::Code::usage, .message = path + ": " + std::string(what), .path = ""};
}

base::Status read_names(const Value& value, const std::string& path, std::vector<std::string>& into) {
  if (!value.is_array()) return mistake(path, "give a list of texts");
  for (const Value& one : value) {
    const auto* text = one.get_ptr<const std::string*>();
    if (text == nullptr) return mistake(path, "give a list of texts");
    into.push_back(*text);
  }
  return base::done();
}

}  // namespace

bool Permissions::allows(const model::Principal& caller, std::string_view name_of_caller, Topic topic,
                         Act act, std::string_view name) const {
  const Rules& rules = topics_[static_cast<std::size_t>(topic)];
  if (caller.admin) return true;
  for (const Rule& rule : rules) {
    const Verdict& verdict = rule.verdicts[static_cast<std::size_t>(act)];
    if (verdict.kind == Verdict::Kind::unsaid || !base::matches(rule.pattern, name)) continue;
    if (verdict.kind != Verdict::Kind::some) return verdict.kind == Verdict::Kind::yes;
    const auto holds = [](const auto& list, std::string_view one) {
      return std::find(list.begin(), list.end(), one) != list.end();
    };
    return (!name_of_caller.empty() && holds(verdict.users, name_of_caller)) ||
           std::any_of(caller.roles.begin(), caller.roles.end(),
                       [&](const std::string& role) { return holds(verdict.roles, role); });
  }
  return true;
}

base::Result<Permissions> Permissions::read(const Value& rules) {
  Permissions permissions;
  if (!rules.is_object()) return mistake("permissions", "give an object of topics");
  for (const auto& [name, value] : rules.members()) {
    Topic topic = Topic::unknown;
    for (const Topic known : {Topic::record, Topic::event, Topic::rpc, Topic::presence})
      if (name == topic_text(known)) topic = known;
    if (topic == Topic::unknown)
      return mistake("permissions." + name, "is no topic; there are record, event, rpc and presence");
    if (auto fine = read_topic(value, topic, permissions.topics_[static_cast<std::size_t>(topic)]); !fine)
      return fine.error();
  }
  return permissions;
}

base::Status Permissions::read_topic(const Value& rules, Topic topic, Rules& into) {
  const std::string path = "permissions." + std::string(topic_text(topic));
  if (!rules.is_object()) return mistake(path, "give an object of name patterns");
  for (const auto& [pattern, value] : rules.members()) {
    Rule& rule = into.emplace_back();
    rule.pattern = pattern;
    if (auto fine = read_rule(value, path + "." + pattern, topic, rule); !fine) return fine;
  }
  std::stable_sort(into.begin(), into.end(),
                   [](const Rule& a, const Rule& b) { return weight(a.pattern) > weight(b.pattern); });
  return base::done();
}

base::Status Permissions::read_rule(const Value& value, const std::string& path, Topic topic, Rule& into) {
  const auto verdict_of = [&](Act act) -> Verdict& { return into.verdicts[static_cast<std::size_t>(act)]; };
  const auto acts = acts_of(topic);
  const bool is_for_all = value.is_boolean() || model::member(value, "users") != nullptr ||
                          model::member(value, "roles") != nullptr;
  if (is_for_all) {
    Verdict verdict;
    if (auto fine = read_verdict(value, path, verdict); !fine) return fine;
    for (const Word& word : acts) verdict_of(word.act) = verdict;
    return base::done();
  }
  if (!value.is_object()) return mistake(path, "give true, false, users and roles, or an object of acts");
  for (const auto& [name, said] : value.members()) {
    const auto word =
        std::find_if(acts.begin(), acts.end(), [&](const Word& one) { return one.word == name; });
    if (word == acts.end()) return mistake(path + "." + name, "is nothing that can be done there");
    if (auto fine = read_verdict(said, path + "." + name, verdict_of(word->act)); !fine) return fine;
  }
  return base::done();
}

base::Status Permissions::read_verdict(const Value& value, const std::string& path, Verdict& into) {
  if (const auto* said = value.get_ptr<const bool*>()) {
    into.kind = *said ? Verdict::Kind::yes : Verdict::Kind::no;
    return base::done();
  }
  if (!value.is_object()) return mistake(path, R"(give true, false or {"users": [...], "roles": [...]})");
  into.kind = Verdict::Kind::some;
  for (const auto& [name, list] : value.members()) {
    if (name != "users" && name != "roles") return mistake(path + "." + name, "is neither users nor roles");
    if (auto fine = read_names(list, path + "." + name, name == "users" ? into.users : into.roles); !fine)
      return fine;
  }
  return base::done();
}

}  // namespace rockpool::dialects::deepstream
