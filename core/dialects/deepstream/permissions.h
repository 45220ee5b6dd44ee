// What may be done with which names: the rules of one mount, which bind whoever speaks deepstream there. The
// hub's own rights bind them besides.
//
// rules := { topic: { pattern: verdict | { act: verdict } } }
// topic := "record" | "event" | "rpc" | "presence"        pattern := name, in which `*` stands for any bytes
// verdict := true | false | { "users": [name], "roles": [role] }
//
// Of the patterns that fit a name and say something of the act, the one with most bytes besides its `*`
// decides; none: it may be done.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"
#include "core/dialects/deepstream/messages.h"
#include "core/model/command.h"
#include "core/model/value.h"

namespace rockpool::dialects::deepstream {

// In the words of the original; not every topic knows every act.
enum class Act : std::uint8_t {
  create,
  read,
  write,
  remove,
  listen,
  notify,
  publish,
  subscribe,
  provide,
  request,
  allow,
};
inline constexpr std::size_t acts_count = 11;

// Asked for when everybody is meant and nobody in particular, as in a presence query without names.
inline constexpr std::string_view all_names = "*";

class Permissions {
 public:
  // `name` is what the caller is called here, which its principal need not know. An admin may do everything.
  bool allows(const model::Principal& caller, std::string_view name_of_caller, Topic topic, Act act,
              std::string_view name) const;

  // `usage` names the place as a JSON Pointer and in words.
  static base::Result<Permissions> read(const model::Value& rules);

 private:
  struct Verdict {
    enum class Kind : std::uint8_t { unsaid, yes, no, some };
    Kind kind = Kind::unsaid;
    std::vector<std::string> users, roles;
  };
  struct Rule {
    std::string pattern;
    std::array<Verdict, acts_count> verdicts;
  };
  // Those that decide first.
  using Rules = std::vector<Rule>;

  static base::Status read_topic(const model::Value& rules, Topic topic, Rules& into);
  static base::Status read_rule(const model::Value& value, const std::string& path, Topic topic, Rule& into);
  static base::Status read_verdict(const model::Value& value, const std::string& path, Verdict& into);

  std::array<Rules, static_cast<std::size_t>(Topic::presence) + 1> topics_;
};

}  // namespace rockpool::dialects::deepstream
