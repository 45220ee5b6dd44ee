#include "core/rights/decisions.h"

#include <algorithm>

namespace rockpool::rights {

// Names hold no control bytes, so a line break keeps them apart.
std::string who_of(const model::Principal& principal) {
  std::string who = principal.user;
  std::vector<std::string> roles = principal.roles;
  std::sort(roles.begin(), roles.end());
  for (const std::string& role : roles) who.append("\n").append(role);
  return who;
}

const Decisions::Decision* Decisions::find(const Question& question) const {
  const auto found = decisions_.find(question);
  return found == decisions_.end() ? nullptr : &found->second;
}

bool Decisions::put(const Question& question, const Decision& decision) {
  const auto [held, is_new] = decisions_.try_emplace(question, decision);
  const bool turned = !is_new && held->second.allowed != decision.allowed;
  held->second = decision;
  if (turned) turns_[{question.who, question.space}] += 1;
  return turned;
}

std::uint64_t Decisions::turns(const std::string& who, const std::string& space) const {
  const auto held = turns_.find({who, space});
  return held == turns_.end() ? 0 : held->second;
}

}  // namespace rockpool::rights
