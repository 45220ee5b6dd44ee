// What may be done with which names: the rules of one mount, which bind whoever speaks deepstream there. The
// hub's own rights bind them besides.
//
// rules := { topic: { pattern: verdict | { act: verdict } } }
// topic := "record" | "event" | "rpc" | "presence"                  pattern := as in rule_name.h
// verdict := true | false | { "users": [name], "roles": [role] } | a rule as text, as in rule.h
//
// Of the patterns that fit a name and say something of the act, the one with most bytes besides its `*` and
// variables decides; none: it may be done.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"
#include "core/dialects/deepstream/messages.h"
#include "core/dialects/deepstream/rule_name.h"
#include "core/dialects/deepstream/rule_run.h"
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

// Who wants to do something.
struct Asker {
  const model::Principal& principal;
  std::string_view name;                      // what it is called here, which its principal need not know
  const model::Value* server_data = nullptr;  // an object
  base::Instant now;
};

// What it wants to do.
struct Deed {
  Topic topic = Topic::record;
  Act act = Act::read;
  std::string_view name = {};
  std::int32_t action = 0;     // the original's number, which rules may ask for
  std::string_view data = {};  // JSON that is sent; empty: none
  // Where in the record `data` is for, or is erased where there is none; empty: the whole.
  std::string_view path = {};
};

enum class Answer : std::uint8_t {
  yes,
  no,
  failed,  // the rule could not be told
  open,    // records have to be read before
};

class Permissions {
 public:
  // An admin may do everything.
  Answer judge(const Asker& asker, const Deed& deed, RuleRecords& records) const;
  // May everybody read every record whose name begins with this? No, in doubt.
  bool may_read_below(std::string_view beginning) const;
  // Does any rule take records?
  bool take_records() const { return take_records_; }
  // Does it take some to judge that?
  bool takes_records(const model::Principal& principal, const Deed& deed) const;
  // Is it judged by the record itself as it is?
  bool takes_own_record(const model::Principal& principal, const Deed& deed) const;

  // `usage` names the place as a JSON Pointer and in words.
  static base::Result<Permissions> read(const model::Value& rules);

 private:
  struct Verdict {
    enum class Kind : std::uint8_t { unsaid, yes, no, some, rule };
    Kind kind = Kind::unsaid;
    std::vector<std::string> users = {}, roles = {};
    std::shared_ptr<const Rule> rule = {};
  };
  struct Rules {
    RuleName name;
    std::array<Verdict, acts_count> verdicts;
  };
  // Those that decide first.
  using List = std::vector<Rules>;

  struct Found {
    const Rules* rules = nullptr;
    const Verdict* verdict = nullptr;
  };
  Found find(Topic topic, Act act, std::string_view name) const;
  const Rule* rule_of(const model::Principal& principal, const Deed& deed) const;
  static Answer run(const Rules& rules, const Rule& rule, const Asker& asker, const Deed& deed,
                    RuleRecords& records);

  base::Status read_topic(const model::Value& rules, Topic topic, List& into);
  base::Status read_rules(const model::Value& value, const std::string& path, Topic topic, Rules& into);
  base::Status read_verdict(const model::Value& value, const std::string& path, Act act, Rules& into);

  std::array<List, static_cast<std::size_t>(Topic::presence) + 1> topics_;
  bool take_records_ = false;
};

}  // namespace rockpool::dialects::deepstream
