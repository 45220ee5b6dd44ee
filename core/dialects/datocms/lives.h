// Queries that somebody listens to. Those that ask the same share one evaluation and one text, and only
// writes that can touch what was read have it evaluated again: once for all writes of a turn.
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "core/dialects/datocms/library.h"
#include "core/dialects/datocms/requests.h"
#include "core/dialects/datocms/result.h"

namespace rockpool::dialects::datocms {

// In which form results are told: {"response": result, "data": data}, or one of the two.
enum class Shape : std::uint8_t { both, response, data };
inline constexpr std::size_t shapes = 3;

// The original's words to whoever listens.
inline constexpr std::string_view query_is_wrong =
    "The query returned an erroneous response. Please consult the response details to understand the cause.";

class LiveQuery {
 public:
  // Of this run: when, and what came.
  const std::string& id() const { return id_; }
  const Shared& body(Shape shape) const;

 private:
  friend class Lives;

  std::uint64_t number_ = 0;  // they are gone through in this order
  std::string key_;
  Environment* environment_ = nullptr;
  Sight sight_;
  std::shared_ptr<const graphql::Request> request_;
  Result result_;
  std::string id_;
  mutable std::array<Shared, shapes> bodies_;
  bool is_stale_ = false;
  std::set<CarrierId> listeners_;
};

class Lives {
 public:
  Lives(const Types& types, const Library& library) : types_(types), library_(library) {}

  // The query with its newest result, or {"errors": [...]}.
  std::variant<LiveQuery*, std::string> join(CarrierId carrier, Environment& environment, Sight sight,
                                             const Query& query);
  void leave(CarrierId carrier, LiveQuery& live);

  void moved(const Environment& environment, std::size_t model, const Shelf::Moved& moved);
  bool has_stale() const { return !stale_.empty(); }
  // What is stale is evaluated, the oldest first: all of it, or as much as a turn may take. Who listens to
  // what came out otherwise than before.
  struct Changed {
    LiveQuery* live;
    const std::set<CarrierId>* listeners;
  };
  std::vector<Changed> refresh();
  std::uint64_t evaluations() const { return evaluations_; }
  std::size_t size() const { return queries_.size(); }

 private:
  using Watched = std::pair<std::string, std::size_t>;  // a model of an environment
  struct InOrder {
    bool operator()(const LiveQuery* one, const LiveQuery* other) const {
      return one->number_ < other->number_;
    }
  };
  using Queries = std::set<LiveQuery*, InOrder>;

  // True: it comes to something else than before.
  bool run(LiveQuery& live);
  void watch(LiveQuery& live, bool on);

  const Types& types_;
  const Library& library_;
  std::map<std::string, std::unique_ptr<LiveQuery>> queries_;  // by what they ask
  std::map<Watched, Queries> by_model_;                        // that they read
  std::deque<LiveQuery*> stale_;
  std::uint64_t last_number_ = 0;
  std::uint64_t evaluations_ = 0;
};

}  // namespace rockpool::dialects::datocms
