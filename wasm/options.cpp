#include "wasm/options.h"

#include "core/base/text.h"
#include "core/model/value.h"

namespace rockpool::wasm {
namespace {

using model::Value;

// None, if `value` is null or no object.
const Value::object_t& members_of(const Value* value) {
  static const Value::object_t none;
  const auto* members = value == nullptr ? nullptr : value->get_ptr<const Value::object_t*>();
  return members == nullptr ? none : *members;
}

base::Result<sync::Rule> read_rule(const Value& value) {
  const auto* name = value.get_ptr<const std::string*>();
  if (name != nullptr) {
    if (*name == "merge") return sync::Rule::merge;
    if (*name == "server") return sync::Rule::server;
    if (*name == "client") return sync::Rule::client;
    if (*name == "manual") return sync::Rule::manual;
    if (*name == "function") return sync::Rule::function;
    if (*name == "set") return sync::Rule::set;
  }
  return base::Error{base::Code::usage, "a policy is merge, server, client, manual, set or a function", ""};
}

base::Result<sync::Policy> read_policy(const Value& value) {
  sync::Policy policy;
  if (const Value* standard = model::member(value, "standard")) {
    auto rule = read_rule(*standard);
    if (!rule) return rule.error();
    policy.standard = *rule;
  }
  for (const auto& [path, field] : members_of(model::member(value, "fields"))) {
    auto rule = read_rule(field);
    if (!rule) return rule.error();
    policy.fields[path] = *rule;
  }
  return policy;
}

void take_text(const Value& from, std::string_view name, std::string& to) {
  if (const std::string* text = model::text_member(from, name)) to = *text;
}

}  // namespace

base::Result<CoreOptions> read_options(std::string_view text) {
  const auto value = model::read(text);
  if (!value) return value.error();
  CoreOptions options;
  take_text(*value, "dialect", options.dialect);
  take_text(*value, "url", options.engine.url);
  take_text(*value, "space", options.engine.space);
  take_text(*value, "user", options.engine.user);
  take_text(*value, "client", options.engine.client);
  take_text(*value, "sdk", options.engine.sdk);
  if (const std::string* seed = model::text_member(*value, "seed"))
    options.seed = base::read_hex(*seed).value_or(0);
  options.engine.version = static_cast<std::uint32_t>(model::count_member(*value, "version").value_or(0));
  options.engine.disk = model::bool_member(*value, "disk").value_or(false);
  options.engine.follower = model::bool_member(*value, "follower").value_or(false);
  options.engine.asks_token = model::bool_member(*value, "asksToken").value_or(false);
  // By their numbers in dialect::Carrier.
  const std::string* carriers = model::text_member(*value, "carriers");
  if (carriers != nullptr) options.engine.carriers.clear();
  for (const char digit : carriers == nullptr ? "" : *carriers) {
    options.engine.carriers.push_back(static_cast<dialect::Carrier>(digit - '0'));
  }
  const std::string* worked = model::text_member(*value, "worked");
  if (worked != nullptr) options.engine.worked = static_cast<dialect::Carrier>(worked->front() - '0');
  for (const auto& [collection, described] : members_of(model::member(*value, "policies"))) {
    auto policy = read_policy(described);
    if (!policy) return policy.error();
    options.engine.policies[collection] = std::move(*policy);
  }
  return options;
}

}  // namespace rockpool::wasm
