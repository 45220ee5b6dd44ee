// The queries whose results a page of DatoCMS wants to be told, and what it was told of them.
#pragma once

#include <string>
#include <vector>

#include "core/sync/engine.h"
#include "tests/sim/setting.h"

namespace rockpool::sim {

class Listening {
 public:
  explicit Listening(Setting& setting);

  // The page was loaded again: what it shows may be what it showed a while ago.
  void begin_anew();
  // What a session that has just begun is told.
  std::vector<std::string> wishes() const;
  // Listens to one of them no more, or again.
  std::string change_mind(std::size_t query);

  // What the page shows of a result was so once, and after what it showed before. Empty, or what is wrong.
  std::string judge(const sync::Engine& engine, const model::Key& key);
  // Whether all of it is so now.
  std::string disagreement(const sync::Engine& engine) const;

 private:
  std::string wish(std::size_t query) const;
  std::string response(const sync::Engine& engine, std::size_t query) const;

  Setting& setting_;
  struct Heard {
    bool wanted = true;
    std::size_t place = 0;  // in the query's past
  };
  std::vector<Heard> heard_;  // by query
};

}  // namespace rockpool::sim
