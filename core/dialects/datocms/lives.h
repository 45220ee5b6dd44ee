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
  const std::set<CarrierId>& listeners() const { return listeners_; }

 private:
  friend class Lives;

  std::uint64_t number_ = 0;  // they are gone through in this order
  std::string key_;
  Environment* environment_ = nullptr;
  Sight sight_;
  std::shared_ptr<const graphql::Request> request_;
  Result result_;
  std::string id_;
  std::array<Shared, shapes> bodies_;
  std::size_t request_bytes_ = 0;
  std::size_t bytes_ = 0;  // of all of it, as they are counted
  bool is_stale_ = false;
  std::set<CarrierId> listeners_;
};

class Lives {
 public:
  // Results, and what they were read from, take so many bytes and no more: a query past it is let go.
  Lives(const Types& types, const Library& library, std::size_t bytes_max)
      : types_(types), library_(library), bytes_max_(bytes_max) {}

  // The query with its newest result, null when there is no room for that, or {"errors": [...]}.
  std::variant<LiveQuery*, std::string> join(CarrierId carrier, Environment& environment, Sight sight,
                                             const Query& query);
  void leave(CarrierId carrier, LiveQuery& live);
  // The result as it is told, one for all who listen.
  const Shared& body(LiveQuery& live, Shape shape);
  bool is_full();

  void moved(const Environment& environment, std::size_t model, const Shelf::Moved& moved);
  bool has_stale() const { return !stale_.empty(); }
  // What is stale is evaluated, the oldest first: all of it, or as much as a turn may take.
  struct Refreshed {
    std::vector<LiveQuery*> changed;  // what came out otherwise than before
    std::vector<CarrierId> lost;      // there is no room for their results: they are to leave
  };
  Refreshed refresh();
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
  // False: there was no room for it, and the result is gone.
  bool has_room(LiveQuery& live);
  void count(LiveQuery& live);
  void forget_bodies(LiveQuery& live);
  void let_go(LiveQuery& live);
  void watch(LiveQuery& live, bool on);

  const Types& types_;
  const Library& library_;
  std::map<std::string, std::unique_ptr<LiveQuery>> queries_;  // by what they ask
  std::map<Watched, Queries> by_model_;                        // that they read
  std::deque<LiveQuery*> stale_;
  // Results that are no more, but may still be on their way to somebody.
  std::vector<std::pair<std::weak_ptr<const std::string>, std::size_t>> leaving_;
  std::size_t bytes_max_;
  std::size_t bytes_ = 0, leaving_bytes_ = 0;
  std::uint64_t last_number_ = 0;
  std::uint64_t evaluations_ = 0;
};

}  // namespace rockpool::dialects::datocms
