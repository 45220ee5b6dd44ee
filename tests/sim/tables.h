// What pages of Baserow see of the collections: a table over each, with fields for what users write.
#pragma once

#include <map>
#include <string>

#include "core/dialects/baserow/columns.h"
#include "core/dialects/baserow/plan.h"
#include "tests/sim/scenario.h"

namespace rockpool::sim {

namespace baserow = dialects::baserow;

class Tables {
 public:
  explicit Tables(const Scenario& scenario);

  // What a history begins with: data of the records of Baserow's own collection, and what tables are to the
  // collections.
  using Records = std::map<model::Key, std::string>;
  const Records& records() const { return records_; }

  // The record as a page shows it, as JSON text.
  const std::string& shown(const model::Record& record) const;

 private:
  void make_group(baserow::Plan& plan, const Scenario& scenario);
  void make_table(baserow::Plan& plan, const std::string& collection, const Scenario& scenario);
  void happen(const model::Group& group);

  baserow::Desk desk_;
  baserow::Books books_{desk_};
  Records records_;
  model::Version versions_ = 0;
  baserow::Id database_ = 0;
  std::map<std::string, baserow::Columns> columns_;  // by collection
  struct Shown {
    model::Record of;
    std::string text;
  };
  mutable std::map<model::Key, Shown> shown_;  // the last of each
};

// Texts that may stand in the field `pick`; their ids are counted over all tables.
inline constexpr std::string_view picks[] = {"red", "green", "blue"};
// Fields of its own that a page has in counted records: one for each of the first stores that it begins.
inline constexpr std::size_t own_fields = 2;
std::string own_field(std::size_t client, std::size_t store);

std::string email_of(int client);

}  // namespace rockpool::sim
