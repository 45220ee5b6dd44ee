// The indexes of one collection, and the questions that they answer. An index is made when a question first
// wants it, and kept up as records change; those that nobody wants any more go.
//
//   condition, order ──► records that fit, in that order, each with its rank
//   all texts        ──► which records may contain one (core/index/signatures.h)
//
// A question first finds those who may fit, by the condition that leaves the fewest of them, and then looks
// at each. If those are many, what it found becomes an index: the next page is a matter of ranks.
#pragma once

#include <functional>
#include <list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "core/index/document.h"
#include "core/index/ranked.h"
#include "core/index/signatures.h"
#include "core/query/query.h"

namespace rockpool::index {

struct Question {
  std::string_view text;              // the same for the same question
  const query::Spec* spec = nullptr;  // what it says, over documents; its limit and `after` do not count
  std::size_t offset = 0;
  std::size_t records_max = 0;
  // Not every record is shown to whoever asks. Null: every one is.
  std::function<bool(const model::Record&)> shows = nullptr;
};

struct Found {
  std::vector<const model::Record*> page;
  std::size_t count = 0;   // of all that fit
  std::size_t looked = 0;  // at so many records: what it cost
};

class Index {
 public:
  // Records are added with their address: they stay there until they are replaced or removed.
  void add(const model::Record& record);
  void replace(const model::Record& before, const model::Record& now);
  void remove(const model::Record& before);

  Found ask(const Question& question);
  // More has changed since the last question than making all this again would cost.
  bool is_idle() const { return changes_ > idle_changes_min + 4 * slots_by_id_.size(); }

 private:
  static constexpr std::size_t orders_max = 16;
  static constexpr std::size_t idle_changes_min = 100'000;
  static constexpr std::size_t few = 500;

  // Records that fit, in their order.
  struct Order {
    explicit Order(const query::Spec& spec) : document(spec.paths), judge(spec) {}
    Document document;
    query::Judge judge;
    Ranked ranked;

    // Where it stands; false: it does not fit.
    bool read_key(const model::Record& record, std::string& key);
  };
  using Slots = std::vector<Slot>;

  Order* find(std::string_view name);
  Order& keep(std::string name, Order order);
  Order& field(const query::Spec& spec, std::size_t path);
  Signatures& signatures();
  void sign(Slot slot, const model::Record& record);
  // Those that may fulfil the condition; nothing: that is not known, or would be most of them.
  std::optional<Slots> candidates(const query::Spec& spec, const query::Condition& condition);
  std::optional<Slots> in_range(const query::Spec& spec, const query::Condition& test);
  Found look(const Question& question);
  std::optional<Found> look_at_end(const Question& question);
  Found page_of(const Question& question, const Ranked& ranked) const;
  bool is_most(std::size_t count) const { return count > slots_by_id_.size() / 2; }

  std::vector<const model::Record*> records_;  // by slot, null: free
  Slots free_;
  std::unordered_map<std::string, Slot> slots_by_id_;
  std::list<std::pair<std::string, Order>> orders_;  // by name; what was asked for last comes first
  std::unique_ptr<Signatures> signatures_;
  Texts texts_;
  std::size_t changes_ = 0;  // since the last question
};

}  // namespace rockpool::index
