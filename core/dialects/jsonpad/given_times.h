// Which lists were answered with which Last-Modified. That header names seconds, and a list may change often
// in one: a time says that somebody has the list as it is only when nothing else was answered with it.
#pragma once

#include <map>
#include <string>

#include "core/base/instant.h"

namespace rockpool::dialects::jsonpad {

class GivenTimes {
 public:
  void give(base::Instant now, const std::string& collection, base::Instant time, const std::string& list);
  // Was the list as it is here all that was answered with that time?
  bool stands_for(const std::string& collection, base::Instant time, const std::string& list) const;

 private:
  struct Given {
    base::Instant time;
    std::string list;  // as it was answered
    bool is_several = false;
  };
  std::map<std::string, Given> given_;  // the last of each collection
};

}  // namespace rockpool::dialects::jsonpad
