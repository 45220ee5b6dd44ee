// One run of a query over the content: what it answers, and what it has read.
#pragma once

#include <string>
#include <vector>

#include "core/dialects/datocms/content.h"
#include "core/dialects/datocms/types.h"
#include "core/graphql/execute.h"

namespace rockpool::dialects::datocms {

// What one query may take: a query that took more once may take half, so that its result does not come and
// go with every write.
struct Bounds {
  std::uint64_t patterns = 20'000'000;  // work of all patterns together, some 0.15 s
  std::uint64_t tests = 10'000'000;     // of conditions on records, some 0.3 s
  std::uint64_t looks = 5'000'000;      // records looked at without finding them
  std::uint64_t links = 1'000'000;      // followed, long lists counted more
  graphql::ExecuteLimits result;

  Bounds halved() const;
};

class Evaluation final : public graphql::Source {
 public:
  Evaluation(Content& content, const Types& types, Sight sight, const Bounds& bounds)
      : content_(content),
        types_(types),
        sight_(sight),
        bounds_(bounds),
        work_{.left = bounds.patterns, .tests = bounds.tests} {
    reads_.sight = sight;
    for (std::size_t model = 0; model < content.size(); ++model)
      looked_before_.push_back(content.shelf(model).looked());
  }

  void answer(const graphql::Question& question, graphql::Answer& into) override;
  Reads take_reads() { return std::move(reads_); }
  bool is_past_bounds() const { return is_past_bounds_; }
  // As patterns count it.
  std::uint64_t work() const {
    constexpr std::uint64_t work_of_look = 16, work_of_test = 4;
    return bounds_.patterns - work_.left + (bounds_.tests - work_.tests) * work_of_test +
           (looked_ + followed_) * work_of_look;
  }

 private:
  // An object of the result.
  struct Seen {
    std::size_t model = 0;
    const Row* row = nullptr;  // null: it is what a collection comes to
    Mask* shown = nullptr;
    std::size_t count = 0;
  };

  void ask(const graphql::Question& question, graphql::Answer& into);
  void show(const Seen& seen, std::uint32_t tag, graphql::Answer& into);
  void follow(const Seen& seen, std::size_t field, graphql::Answer& into);
  void add(const Seen& seen, graphql::Answer& into);
  // After a question: what all of them together took too much of; nothing while they may go on.
  std::string_view past_bounds(std::size_t model);
  void page(std::size_t model, Ask ask, const graphql::Question& question, graphql::Answer& into);

  Content& content_;
  const Types& types_;
  Sight sight_;
  Bounds bounds_;
  Work work_;  // what is left of it
  Reads reads_;
  std::vector<Seen> seen_;                    // by handle, less one
  std::vector<std::uint64_t> looked_before_;  // by model
  std::uint64_t looked_ = 0, followed_ = 0;
  bool is_past_bounds_ = false;
};

}  // namespace rockpool::dialects::datocms
