// The records of one model, and the questions that queries put to them.
//
//   filter ──► which records may fit, by the sorted list of one field, or all of them
//          ──► those that do, in their order, a page of them
//
// A sorted list is made when a question first wants it and is kept up from then on; of those that nobody has
// wanted for longest are let go.
#pragma once

#include <list>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "core/dialects/datocms/filter.h"
#include "core/index/ranked.h"

namespace rockpool::dialects::datocms {

struct Order {
  Subject subject = 0;
  bool descending = false;
  auto operator<=>(const Order&) const = default;
};

// Which records there are for whoever asks.
struct Sight {
  View view = View::published;
  bool valid_only = false;
  bool operator==(const Sight&) const = default;

  const Row::Version* of(const Row& row) const {
    const Row::Version* version = row.in(view);
    return version != nullptr && valid_only && !version->is_valid ? nullptr : version;
  }
};

// Nulls come last, whichever way it goes, and equal ones by number.
struct Question {
  Sight sight;
  const Filter* filter = nullptr;  // null: all
  std::vector<Order> orders;
  std::size_t skip = 0;
  std::size_t first = 0;
};

// Where a record stands in an order: bytes that sort.
std::string place_of(const Row& row, const Row::Version& version, const std::vector<Order>& orders);

class Shelf {
 public:
  explicit Shelf(const Model& model) : model_(model) {}
  Shelf(const Shelf&) = delete;

  const Model& model() const { return model_; }
  std::size_t size() const { return by_num_.size(); }

  // What was there before and what is there now; either may be null, and they live until the next call.
  struct Moved {
    const Row* before = nullptr;
    const Row* now = nullptr;
  };
  // An older version than the one that is here changes nothing.
  Moved put(Row row);
  Moved remove(std::uint64_t num, model::Version version);

  const Row* find(std::uint64_t num) const;
  const Row* find_id(std::string_view id) const;
  // By what pages of ours call it: its number, or its id where that is not all digits.
  const Row* find_named(std::string_view name) const;
  // The first one whose number is larger; null: there is none.
  const Row* next(std::uint64_t num) const;
  // Rows live until they are put again or removed.
  // What patterns take is taken from `work`; when that runs out, what is found is no answer.
  std::vector<const Row*> page(const Question& question, Work& work);
  std::size_t count(const Sight& sight, const Filter* filter, Work& work);
  // At so many records was looked since the beginning.
  std::uint64_t looked() const { return looked_; }

 private:
  static constexpr std::size_t lists_max = 24;

  struct Sorted {
    View view;
    std::vector<Order> orders;
    index::Ranked ranked;
  };
  using Slot = index::Slot;

  Sorted& sorted(View view, const std::vector<Order>& orders);
  void enter(Slot slot);
  void leave(Slot slot);
  // Those that may fit; nothing: that is not known, or would be most of them.
  std::optional<std::vector<Slot>> candidates(const Sight& sight, const Filter& filter);
  bool fits(const Question& question, const Row& row, Work& work);
  std::vector<const Row*> walk(const Question& question, Work& work);

  const Model& model_;
  std::vector<std::unique_ptr<Row>> rows_;  // by slot, null: free
  std::vector<Slot> free_;
  std::map<std::uint64_t, Slot> by_num_;
  std::unordered_map<std::string, Slot> by_id_;
  std::list<Sorted> lists_;  // what was wanted last comes first
  std::unique_ptr<Row> before_;
  std::uint64_t looked_ = 0;
};

}  // namespace rockpool::dialects::datocms
