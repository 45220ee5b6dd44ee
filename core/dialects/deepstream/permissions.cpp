#include "core/dialects/deepstream/permissions.h"

#include <algorithm>
#include <span>

#include "core/dialects/deepstream/errors.h"
#include "core/dialects/deepstream/paths.h"
#include "core/model/place.h"

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

// Is anything sent or said that a rule of that act may look at?
bool has_data(Act act) {
  return act == Act::write || act == Act::publish || act == Act::request || act == Act::subscribe;
}
bool has_old_data(Act act) { return act == Act::write || act == Act::read || act == Act::remove; }

Value user_of(const Asker& asker) {
  Value data = asker.server_data == nullptr ? Value::object() : *asker.server_data;
  if (model::member(data, "roles") == nullptr) {
    Value& roles = data["roles"] = Value::array();
    for (const std::string& role : asker.principal.roles) roles.push_back(Value(role));
  }
  Value user = Value::object();
  user["isAuthenticated"] = Value(!asker.name.empty());
  user["id"] = Value(asker.name.empty() ? "open" : asker.name);
  user["data"] = std::move(data);
  return user;
}

// As the record would be, or as it was sent.
base::Result<Value> data_of(const Deed& deed, const std::optional<Value>& before) {
  if (deed.path.empty()) return deed.data.empty() ? Value() : model::read(deed.data);
  const auto steps = steps_of(deed.path);
  // What names no place changes nothing, and is refused for that later.
  if (!steps) return before.value_or(Value::object());
  const model::Mutation mutation{.op = deed.data.empty() ? model::Op::erase : model::Op::place,
                                 .path = *steps,
                                 .data = std::string(deed.data)};
  const auto after = model::apply_place(mutation, before ? model::write(*before) : "{}");
  return after ? model::read(*after) : before.value_or(Value::object());
}

}  // namespace

// ---- judging ----------------------------------------------------------------------------------------------

Permissions::Found Permissions::find(Topic topic, Act act, std::string_view name) const {
  for (const Rules& rules : topics_[static_cast<std::size_t>(topic)]) {
    const Verdict& verdict = rules.verdicts[static_cast<std::size_t>(act)];
    if (verdict.kind != Verdict::Kind::unsaid && rules.name.matches(name)) return {&rules, &verdict};
  }
  return {};
}

Answer Permissions::judge(const Asker& asker, const Deed& deed, RuleRecords& records) const {
  if (asker.principal.admin) return Answer::yes;
  const Found found = find(deed.topic, deed.act, deed.name);
  if (found.verdict == nullptr) return Answer::yes;
  const Verdict& verdict = *found.verdict;
  if (verdict.kind == Verdict::Kind::rule) return run(*found.rules, *verdict.rule, asker, deed, records);
  if (verdict.kind != Verdict::Kind::some)
    return verdict.kind == Verdict::Kind::yes ? Answer::yes : Answer::no;
  const auto holds = [](const auto& list, std::string_view one) {
    return std::find(list.begin(), list.end(), one) != list.end();
  };
  const auto& roles = asker.principal.roles;
  const bool may =
      (!asker.name.empty() && holds(verdict.users, asker.name)) ||
      std::any_of(roles.begin(), roles.end(), [&](const auto& role) { return holds(verdict.roles, role); });
  return may ? Answer::yes : Answer::no;
}

bool Permissions::may_read_below(std::string_view beginning) const {
  const List& list = topics_[static_cast<std::size_t>(Topic::record)];
  return std::none_of(list.begin(), list.end(), [&](const Rules& rules) {
    const auto kind = rules.verdicts[static_cast<std::size_t>(Act::read)].kind;
    return kind != Verdict::Kind::unsaid && kind != Verdict::Kind::yes &&
           rules.name.may_match_below(beginning);
  });
}

const Rule* Permissions::rule_of(const model::Principal& principal, const Deed& deed) const {
  if (principal.admin) return nullptr;
  const Verdict* verdict = find(deed.topic, deed.act, deed.name).verdict;
  return verdict == nullptr ? nullptr : verdict->rule.get();
}

bool Permissions::takes_own_record(const model::Principal& principal, const Deed& deed) const {
  const Rule* rule = rule_of(principal, deed);
  return rule != nullptr && (rule->uses_old_data() || (rule->uses_data() && !deed.path.empty()));
}

bool Permissions::takes_records(const model::Principal& principal, const Deed& deed) const {
  const Rule* rule = rule_of(principal, deed);
  return rule != nullptr && (rule->refers() || takes_own_record(principal, deed));
}

Answer Permissions::run(const Rules& rules, const Rule& rule, const Asker& asker, const Deed& deed,
                        RuleRecords& records) {
  const Value user = user_of(asker);
  RuleInputs inputs{.user = &user,
                    .now_ms = asker.now.ms,
                    .action = deed.action,
                    .name = deed.name,
                    .variables = rules.name.capture(deed.name)};
  std::optional<Value> before;
  if (rule.uses_old_data() || (rule.uses_data() && !deed.path.empty())) {
    const auto* held = records.find(std::string(deed.name));
    if (held == nullptr) return Answer::open;
    before = *held;
    if (before) inputs.old_data = &*before;
  }
  std::optional<Value> data;
  if (rule.uses_data()) {
    auto read = data_of(deed, before);
    if (!read) return Answer::failed;
    data = std::move(*read);
    if (!deed.data.empty() || !deed.path.empty()) inputs.data = &*data;
  }
  const auto result = rule.run(inputs, records);
  if (records.wants_any()) return Answer::open;
  if (!result) return Answer::failed;
  return *result ? Answer::yes : Answer::no;
}

// ---- reading ----------------------------------------------------------------------------------------------

base::Result<Permissions> Permissions::read(const Value& rules) {
  Permissions permissions;
  if (!rules.is_object()) return mistake("permissions", "give an object of topics");
  for (const auto& [name, value] : rules.members()) {
    Topic topic = Topic::unknown;
    for (const Topic known : {Topic::record, Topic::event, Topic::rpc, Topic::presence})
      if (name == topic_text(known)) topic = known;
    if (topic == Topic::unknown)
      return mistake("permissions." + name, "is no topic; there are record, event, rpc and presence");
    List& into = permissions.topics_[static_cast<std::size_t>(topic)];
    if (auto fine = permissions.read_topic(value, topic, into); !fine) return fine.error();
  }
  return permissions;
}

base::Status Permissions::read_topic(const Value& rules, Topic topic, List& into) {
  const std::string path = "permissions." + std::string(topic_text(topic));
  if (!rules.is_object()) return mistake(path, "give an object of name patterns");
  for (const auto& [pattern, value] : rules.members()) {
    auto name = RuleName::read(pattern);
    if (!name) return mistake(path + "." + pattern, name.error().message);
    Rules& one = into.emplace_back();
    one.name = std::move(*name);
    if (auto fine = read_rules(value, path + "." + pattern, topic, one); !fine) return fine;
  }
  std::stable_sort(into.begin(), into.end(),
                   [](const Rules& a, const Rules& b) { return a.name.decides_before(b.name); });
  return base::done();
}

base::Status Permissions::read_rules(const Value& value, const std::string& path, Topic topic, Rules& into) {
  const auto acts = acts_of(topic);
  const bool is_for_all = value.is_boolean() || value.is_string() ||
                          model::member(value, "users") != nullptr ||
                          model::member(value, "roles") != nullptr;
  if (is_for_all) {
    for (const Word& word : acts)
      if (auto fine = read_verdict(value, path, word.act, into); !fine) return fine;
    return base::done();
  }
  if (!value.is_object()) return mistake(path, "give a rule, or an object of acts with a rule each");
  for (const auto& [name, said] : value.members()) {
    const auto word =
        std::find_if(acts.begin(), acts.end(), [&](const Word& one) { return one.word == name; });
    if (word == acts.end()) return mistake(path + "." + name, "is nothing that can be done there");
    if (auto fine = read_verdict(said, path + "." + name, word->act, into); !fine) return fine;
  }
  return base::done();
}

base::Status Permissions::read_verdict(const Value& value, const std::string& path, Act act, Rules& into) {
  Verdict& verdict = into.verdicts[static_cast<std::size_t>(act)];
  if (const auto* said = value.get_ptr<const bool*>()) {
    verdict.kind = *said ? Verdict::Kind::yes : Verdict::Kind::no;
    return base::done();
  }
  if (const auto* text = value.get_ptr<const std::string*>()) {
    auto rule = Rule::read(*text, into.name.variables());
    if (!rule) return mistake(path, rule.error().message);
    if (rule->uses_data() && !has_data(act)) return mistake(path, "nothing is sent there: there is no data");
    if (rule->uses_old_data() && !has_old_data(act)) return mistake(path, "there is no oldData");
    const bool is_of_part = rule->uses_data() && act == Act::write;
    take_records_ = take_records_ || rule->refers() || rule->uses_old_data() || is_of_part;
    verdict.kind = Verdict::Kind::rule;
    verdict.rule = std::make_shared<const Rule>(std::move(*rule));
    return base::done();
  }
  if (!value.is_object())
    return mistake(path, R"(give true, false, {"users": [...], "roles": [...]} or a rule as text)");
  verdict.kind = Verdict::Kind::some;
  for (const auto& [name, list] : value.members()) {
    if (name != "users" && name != "roles") return mistake(path + "." + name, "is neither users nor roles");
    if (auto fine = read_names(list, path + "." + name, name == "users" ? verdict.users : verdict.roles);
        !fine)
      return fine;
  }
  return base::done();
}

}  // namespace rockpool::dialects::deepstream
