// The models that one page follows: it is told all their records, or what it has not heard of yet, and from
// then on what happens to them.
//
//   whole, piece by piece ──► changes, from where the log stood when that began ──► changes of every turn
//     ▲                         │ more happened meanwhile than is known
//     └─────────────────────────┘
#pragma once

#include <map>
#include <optional>
#include <string>
#include <tuple>

#include "core/dialects/datocms/sdk_outlet.h"
#include "core/dialects/datocms/sdk_records.h"

namespace rockpool::dialects::datocms {

// What was written for one page, for others who know the same. It is good as long as nothing happens.
class Told {
 public:
  const ChangesPiece& changes(const Followed& followed, const Feed& feed, const Known& known, Feed::Place at);

 private:
  using Key = std::tuple<std::size_t, View, bool, Known, Feed::Place>;
  std::map<Key, ChangesPiece> pieces_;
};

class Follows {
 public:
  Follows(const Library& library, const Feed& feed, const Environment& environment, Sight sight)
      : library_(library), feed_(feed), environment_(environment), sight_(sight) {}

  // Each of these: false, the page is too slow to ever be told everything.
  // `since`: the cursor up to which the page knows the model; empty: it does not.
  bool begin(std::size_t model, const std::string& since, Outlet& outlet, ServerSteps& out);
  // What happened to a model that is followed.
  bool tell(std::size_t model, Told& told, Outlet& outlet, ServerSteps& out) {
    return go_on(model, all_.find(model)->second, told, outlet, out);
  }
  // There is room again.
  bool tell_all(Outlet& outlet, ServerSteps& out);
  // False: it was not followed.
  bool end(std::size_t model) { return all_.erase(model) > 0; }
  template <typename Each>
  void for_each(const Each& each) const {
    for (const auto& [model, follow] : all_) each(model);
  }

 private:
  struct Follow {
    std::optional<std::uint64_t> read_to;  // number of the last record of those told so far; nothing: all are
    Known known;
    Feed::Place at = 0;        // all touches before it are told
    bool is_answered = false;  // something was said of it
    int readings = 0;          // begun without getting to the end of the feed
  };

  void read_whole(Follow& follow);
  bool go_on(std::size_t model, Follow& follow, Told& told, Outlet& outlet, ServerSteps& out);
  void tell_records(std::size_t model, Follow& follow, Outlet& outlet, ServerSteps& out);
  void tell_changes(std::size_t model, Follow& follow, Told& told, Outlet& outlet, ServerSteps& out);
  Followed followed(std::size_t model) const { return {library_, environment_, model, sight_}; }

  const Library& library_;
  const Feed& feed_;
  const Environment& environment_;
  Sight sight_;
  std::map<std::size_t, Follow> all_;  // by model
  std::size_t last_told_ = 0;          // when there was room again, so that each has its turn
};

}  // namespace rockpool::dialects::datocms
