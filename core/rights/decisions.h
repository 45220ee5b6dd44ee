// What an authorization service has said about the names of a space that leaves its rights to it.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <tuple>

#include "core/base/instant.h"
#include "core/model/command.h"
#include "core/rights/rules.h"

namespace rockpool::rights {

// May this principal do that to the thing of that name?
struct Question {
  std::string who;  // of all that the service is told of the principal
  std::string space;
  Verb verb = Verb::read;
  Kind kind = Kind::collection;
  std::string name;
  auto operator<=>(const Question&) const = default;
};

std::string who_of(const model::Principal& principal);

class Decisions {
 public:
  struct Decision {
    bool allowed = false;
    base::Instant until;  // to be asked again from then on; it stands until there is another one
  };

  const Decision* find(const Question& question) const;
  // True: it was the other way round before.
  bool put(const Question& question, const Decision& decision);
  void forget(const Question& question) { decisions_.erase(question); }
  const std::map<Question, Decision>& all() const { return decisions_; }

  // How often something was turned round for them in the space.
  std::uint64_t turns(const std::string& who, const std::string& space) const;

 private:
  std::map<Question, Decision> decisions_;
  std::map<std::pair<std::string, std::string>, std::uint64_t> turns_;
};

}  // namespace rockpool::rights
