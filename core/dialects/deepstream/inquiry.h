// What takes records to decide: the records are read, the rules run, and want more, and run again, as often
// as the mount's settings let them.
//
// Private to the dialect's server half.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/dialects/deepstream/permissions.h"

namespace rockpool::dialects::deepstream {

class Inquiry {
 public:
  // The deeds' texts stay where they are until it is decided.
  explicit Inquiry(std::vector<Deed> deeds);

  // Names of records to be read and given; none: it is decided.
  std::vector<std::string> run(const Permissions& permissions, const Asker& asker, std::uint64_t runs_max);
  // Null: it could not be read.
  void give(const std::string& name, const model::Found* found);

  // `open`: that was not asked.
  Answer answer(Act act, std::string_view name) const;
  // The record as it was when the rules ran; null: none of them looked at it.
  const std::optional<model::Record>* seen(const std::string& name) const;

 private:
  struct Known {
    Act act = Act::read;
    std::string name;
    Answer answer = Answer::open;
  };

  std::vector<Deed> deeds_;
  std::vector<Known> known_;  // of the same places
  RuleRecords records_;
  std::map<std::string, std::optional<model::Record>> seen_;
  bool has_begun_ = false;
  bool has_failed_ = false;
  std::uint64_t runs_ = 0;
};

}  // namespace rockpool::dialects::deepstream
