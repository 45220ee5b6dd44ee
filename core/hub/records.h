// The records of one collection, tombstones too: by id, and by number once somebody has asked.
#pragma once

#include <memory>
#include <optional>
#include <set>
#include <string_view>
#include <vector>

#include "core/index/index.h"
#include "core/model/command.h"

namespace rockpool::hub {

class Records {
 public:
  struct ById {
    using is_transparent = void;
    bool operator()(const model::Record& a, const model::Record& b) const { return a.key.id < b.key.id; }
    bool operator()(const model::Record& a, std::string_view b) const { return a.key.id < b; }
    bool operator()(std::string_view a, const model::Record& b) const { return a < b.key.id; }
  };
  using Set = std::set<model::Record, ById>;

  auto begin() const { return by_id_.begin(); }
  auto end() const { return by_id_.end(); }
  auto find(std::string_view id) const { return by_id_.find(id); }
  auto upper_bound(std::string_view id) const { return by_id_.upper_bound(id); }
  std::size_t size() const { return by_id_.size(); }
  bool empty() const { return by_id_.empty(); }

  // In the place of the one of that id, which comes back.
  std::optional<model::Record> put(const model::Record& record);
  void erase(std::string_view id);

  // The first call sorts what there is; from then on the order is kept up as records are added. Good until
  // the next change.
  const std::vector<const model::Record*>& by_num() const;
  const model::Record* numbered(std::uint64_t num) const;
  // Made by the first call, and kept up from then on for as long as it is asked now and then.
  index::Index& indexes() const;
  // Of those that exist.
  const model::Totals& totals() const { return totals_; }

 private:
  void count(const model::Record& record, bool in);
  void order(const model::Record& record, const model::Record* before);
  void enter(const model::Record& record, const model::Record* before);

  Set by_id_;
  model::Totals totals_;
  mutable std::vector<const model::Record*> by_num_;
  mutable bool is_ordered_ = false;
  mutable std::unique_ptr<index::Index> index_;
};

}  // namespace rockpool::hub
