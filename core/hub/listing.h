// Pages and totals of a collection, as one reader sees it.
#pragma once

#include "core/hub/records.h"
#include "core/rights/rights.h"

namespace rockpool::hub {

// What somebody is shown of a collection.
struct Shown {
  rights::CollectionRights rights;
  rights::Sight sight;

  bool shows(const model::Record& record) const { return record.exists() && rights.shows(sight, record); }
};

model::Totals totals_of(const Records& records, const Shown& shown);
void list(model::Listed& listed, const Records& records, const model::List& command, const Shown& shown);
void ask(model::Listed& listed, const Records& records, const model::Query& command, const query::Spec& spec,
         const Shown& shown);

}  // namespace rockpool::hub
