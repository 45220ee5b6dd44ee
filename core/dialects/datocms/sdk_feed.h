// Which records of an environment were touched, in order and the newest 10,000 times: so that who follows a
// model is told what it has not heard yet, be it that it was away.
//
// A record is touched when it comes, changes or goes, and when a record that it links to comes or goes, for
// then the link is shown in another way. Who links to whom is found out in steps, for the records may be
// many; the feed begins once that is known.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "core/dialects/datocms/content.h"

namespace rockpool::dialects::datocms {

class Feed {
 public:
  // Where in the feed: touches are counted from 1.
  using Place = std::uint64_t;
  static constexpr std::size_t touches_max = 10'000;

  explicit Feed(const Content& content);

  bool is_ready() const { return indexed_.first == content_.size(); }
  // Looks at so many records more, to get ready. Of what came up to the log entry `seq` nothing is known.
  void prepare(std::size_t records, std::uint64_t seq);

  // By the log entry `seq`.
  void moved(std::size_t model, const Shelf::Moved& moved, std::uint64_t seq);
  // The models that were touched since this was asked last.
  std::set<std::size_t> take_touched() { return std::exchange(touched_, {}); }
  bool has_touched() const { return !touched_.empty(); }

  Place end() const { return first_ + touches_.size(); }
  // Where whoever knows all up to the log entry `seq` goes on. Nothing: what came since is not known any
  // more.
  std::optional<Place> after(std::size_t model, std::uint64_t seq) const;
  // Is everything known that touched the model from that place on?
  bool reaches(std::size_t model, Place place) const { return place >= lost_[model].place; }

  // The next record of the model from `place` on that is not touched once more behind it.
  struct Touched {
    Place place = 0;
    std::uint64_t num = 0;
    model::Version version = 0;  // that the touch left it with
  };
  std::optional<Touched> next(std::size_t model, Place place) const;
  // May whoever knows all before `from`, and some of what came behind it, have seen the record of that touch?
  bool was_seen(const Touched& touched, Place from, const Sight& sight) const;

 private:
  using Record = std::pair<std::size_t, std::uint64_t>;  // model and number
  struct Touch {
    std::uint64_t seq = 0;
    Record record;
    model::Version version = 0;
    Place previous = 0;     // of the same record, 0: there is none that is known
    std::uint8_t seen = 0;  // by which sights it was seen before
    bool is_last = true;    // of this record
  };
  // The newest touch of a model that is not here any more.
  struct Lost {
    Place place = 0;
    std::uint64_t seq = 0;
  };

  // The next record to be looked at.
  const Row* next_unindexed();
  void touch(const Record& record, const Row* before, const Row* now, std::uint64_t seq);
  void link(std::size_t model, const Row* row, bool on);
  const Touch& at(Place place) const { return touches_[place - first_]; }

  const Content& content_;
  Record indexed_;  // all up to it are looked at, until there is no such model
  std::deque<Touch> touches_;
  Place first_ = 1;
  std::map<Record, Place> last_;  // touch of each
  std::vector<Lost> lost_;        // by model
  std::set<std::size_t> touched_;
  // Those that link to a record, by its model and id, be it there or not.
  std::vector<std::unordered_map<std::string, std::set<Record>>> linkers_;
};

}  // namespace rockpool::dialects::datocms
