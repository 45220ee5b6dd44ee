// What a rule is told, and where it finds other records.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/dialects/deepstream/rule.h"
#include "core/model/value.h"

namespace rockpool::dialects::deepstream {

struct RuleInputs {
  const model::Value* user = nullptr;      // {isAuthenticated, id, data}
  const model::Value* data = nullptr;      // null: undefined
  const model::Value* old_data = nullptr;  // null: there is no record
  std::int64_t now_ms = 0;
  std::int32_t action = 0;
  std::string_view name;
  std::vector<std::string_view> variables;
};

// Records that rules refer to, by name. Their values stay where they are.
class RuleRecords {
 public:
  // Null while nobody knows, which the rule then wants to.
  const std::optional<model::Value>* find(const std::string& name);
  bool wants_any() const { return !wanted_.empty(); }
  std::vector<std::string> take_wanted() { return std::exchange(wanted_, {}); }
  // Nothing: there is none.
  void give(const std::string& name, std::optional<model::Value> data) { held_[name] = std::move(data); }

 private:
  std::map<std::string, std::optional<model::Value>> held_;
  std::vector<std::string> wanted_;
};

}  // namespace rockpool::dialects::deepstream
