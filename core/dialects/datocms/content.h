// All records of one environment, by their models; and what a query has read of them, so that it is known
// which writes can change its result.
#pragma once

#include <list>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/dialects/datocms/shelf.h"

namespace rockpool::dialects::datocms {

// What queries call a record: its number, as the server has it; or, in a page, its own id until that is
// known.
enum class Called : std::uint8_t { by_number, by_id };
// Numbers from here on are the page's own, which queries do not see.
inline constexpr std::uint64_t own_first = std::uint64_t{1} << 63;

class Content {
 public:
  explicit Content(Models models, Called called = Called::by_number);
  Content(const Content&) = delete;

  const Models& models() const { return models_; }
  std::size_t size() const { return shelves_.size(); }
  Shelf& shelf(std::size_t model) { return *shelves_[model]; }
  const Shelf& shelf(std::size_t model) const { return *shelves_[model]; }
  // Null: there is no such model.
  const Shelf* find(std::string_view model_key) const;
  // The place of a model that is there.
  std::size_t place_of(std::string_view model_key) const { return places_.find(model_key)->second; }
  // The record of that number, whatever its model is; null: there is none.
  std::pair<const Shelf*, const Row*> find(std::uint64_t num) const;
  // Those that are called so (Shelf::find_named), each of another model.
  std::vector<std::pair<const Shelf*, const Row*>> find_named(std::string_view name) const;
  // The number of the record that queries call so, there or not; nothing: there cannot be one.
  std::optional<std::uint64_t> number_of(std::size_t model, std::string_view shown) const;
  std::string shown_id(const Row& row) const;
  // What the text in a link leads to; null: there is no such record.
  const Row* linked(std::size_t model, std::string_view link) const;

 private:
  Models models_;
  Called called_;
  std::map<std::string, std::size_t, std::less<>> places_;
  std::vector<std::unique_ptr<Shelf>> shelves_;
};

// Subjects of a model, each on or off.
using Mask = std::vector<bool>;

// What was asked of the records of one model, and where the answer ended.
struct Look {
  std::size_t model = 0;
  Sight sight;
  std::shared_ptr<const Filter> filter;  // null: all
  std::vector<Order> orders;
  bool counts = false;   // how many there are, and no more
  bool is_full = false;  // there may be more behind `last`
  bool is_cut = false;   // it took more than it may, and there was no answer
  std::string last;      // where the last record of the page stands
  Mask subjects;         // that the answer shows or is put in order by
};

// Records that were looked for by their numbers, there or not, by model.
using Sought = std::set<std::pair<std::size_t, std::uint64_t>>;

struct Reads {
  std::list<Look> looks;  // which do not move
  // Records that links led to, there or not, by model and id.
  std::map<std::pair<std::size_t, std::string>, Mask> links;
  Sight sight;  // of the links
  Sought sought;

  // Can this change another result? Either may be null.
  bool are_touched(std::size_t model, const Row* before, const Row* now) const;
};

}  // namespace rockpool::dialects::datocms
