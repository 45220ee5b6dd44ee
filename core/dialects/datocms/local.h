// Queries answered in the page, from the records that its cache holds: what the server would answer if these
// were all that there are.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "core/base/instant.h"
#include "core/dialects/datocms/content.h"
#include "core/dialects/datocms/types.h"
#include "core/graphql/request.h"

namespace rockpool::dialects::datocms {

class Local {
 public:
  // `models` is JSON, as the configuration has them. The error is `usage` and names the place.
  static base::Result<std::unique_ptr<Local>> make(std::string_view models);

  // `record` is JSON, as a collection of the SDK shows it: `id`, the fields by their keys, `_status`,
  // `_createdAt` and so on; `_id` is its number on the server where `id` is a name that the page gave, and
  // links may say either. What it lacks is as the page makes it now: a draft, or published where the model's
  // records are so at once.
  // `usage`: there is no such model; `invalid`: it is no such record.
  base::Status put(std::string_view model, std::string_view record, base::Instant now);
  void remove(std::string_view model, std::string_view id);

  // {"models": [...]}: those that a run of the query may read, with whatever variables; or {"errors": [...]}.
  std::string models_of(std::string_view query) const;
  // {"data": ..., "errors"?: [...]} or {"errors": [...]}.
  std::string ask(const graphql::RequestText& request);

 private:
  Local(Models models, Types types);

  Row row_of(std::size_t model, const std::string& id, const model::Value& record, base::Instant now);
  std::uint64_t own_number(const Shelf& shelf, base::Instant created);

  Content content_;
  Types types_;
  model::Version version_ = 0;
  std::uint64_t own_ids_ = 0;
};

}  // namespace rockpool::dialects::datocms
