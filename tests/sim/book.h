// What the user of one store knows of his writes: what he asked for and what he was told became of it.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "core/sync/engine.h"
#include "tests/sim/judge.h"

namespace rockpool::sim {

enum class Fate : std::uint8_t { open, acknowledged, cancelled, refused, lost };

// What a write does to a counted record.
struct Effect {
  enum class Kind : std::uint8_t { none, add, include, exclude, field, whole };
  Kind kind = Kind::none;
  std::int64_t amount = 0;
  std::string token;
};

struct Wish {
  sync::LocalWrite write;
  Effect effect;
  std::string token;  // unique text that the write puts into the record, empty: none
};

struct Written {
  std::uint64_t number = 0;
  Wish wish;
  bool creates = false;  // nothing was there when it was made
  bool durable = false;
  bool tried = false;   // it was sent
  bool merged = false;  // its user was told that it was joined with what others wrote
  bool dismissed = false;
  Fate fate = Fate::open;
};

class Book {
 public:
  std::map<std::uint64_t, Written> writes;  // by number

  Written* find(std::uint64_t number);
  void add(Written written) { writes[written.number] = std::move(written); }
  // The store told of it. Fails the judge when that cannot be. `again`: another history may end it a second
  // time.
  void moved(sync::WriteState state, std::uint64_t number, const std::string& who, bool again, Judge& judge);

  // The writes on `record` that are or will be in force, oldest first.
  std::vector<const Written*> in_force(const model::Key& record) const;
};

}  // namespace rockpool::sim
