// One run of a query over the content: what it answers, and what it has read.
#pragma once

#include <deque>
#include <string>
#include <vector>

#include "core/dialects/datocms/content.h"
#include "core/dialects/datocms/types.h"
#include "core/graphql/execute.h"

namespace rockpool::dialects::datocms {

class Evaluation final : public graphql::Source {
 public:
  Evaluation(Content& content, const Types& types, Sight sight)
      : content_(content), types_(types), sight_(sight) {
    reads_.sight = sight;
    for (std::size_t model = 0; model < content.size(); ++model)
      looked_before_.push_back(content.shelf(model).looked());
  }

  void answer(const graphql::Question& question, graphql::Answer& into) override;
  Reads take_reads() { return std::move(reads_); }

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
  // After a question: false, all of them together have looked at too much.
  bool look_on(std::size_t model);
  void page(std::size_t model, Ask ask, const graphql::Question& question, graphql::Answer& into);

  Content& content_;
  const Types& types_;
  Sight sight_;
  Reads reads_;
  std::deque<Seen> seen_;                     // by handle, less one
  std::vector<std::uint64_t> looked_before_;  // by model
  std::uint64_t looked_ = 0, followed_ = 0;
};

}  // namespace rockpool::dialects::datocms
