// The page's live queries, by the ids it gave them, each following its collection.
#pragma once

#include <cstddef>
#include <map>
#include <set>
#include <string>

#include "core/query/live_query.h"
#include "core/sync/engine.h"
#include "wasm/json_out.h"

namespace rockpool::wasm {

class Queries {
 public:
  // `spec` as in core/query/query.h. Its rows come with the next events. Errors: those of query::parse.
  base::Status watch(const sync::Engine& engine, int id, const std::string& collection,
                     const std::string& spec);
  void unwatch(int id) { watched_.erase(id); }
  void more(int id, std::size_t rows);

  // These records may read differently now.
  void moved(const sync::Engine& engine, const std::string& collection, const std::set<std::string>& ids);
  // ["all", id, has more, [row, ...]] once, then ["steps", id, has more, [step, ...]]; a step is ["enter",
  // index, row],
  // ["change", index, row] or ["leave", index], with a last member `true` when the row only moved.
  void put_events(const sync::Engine& engine, JsonOut& out);

  // How many records fit `where` (JSON text; empty: all).
  static base::Result<std::size_t> count(const sync::Engine& engine, const std::string& collection,
                                         const std::string& where);

 private:
  struct Watched {
    std::string collection;
    query::LiveQuery query;
    bool told = false;  // the first list went out
    bool dirty = true;
  };

  void put_all(const sync::Engine& engine, int id, Watched& watched, JsonOut& out);
  void put_steps(const sync::Engine& engine, int id, Watched& watched, JsonOut& out);

  std::map<int, Watched> watched_;
};

}  // namespace rockpool::wasm
