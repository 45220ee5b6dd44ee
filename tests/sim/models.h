// What DatoCMS shows of the collections: a model over each, with fields for what users write; and what
// queries over them came to, one log entry after the other.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/dialects/datocms/content.h"
#include "core/dialects/datocms/types.h"
#include "core/graphql/request.h"
#include "tests/sim/lineage.h"
#include "tests/sim/scenario.h"

namespace rockpool::sim {

namespace datocms = dialects::datocms;

class Models {
 public:
  explicit Models(const Scenario& scenario);

  // As the configuration of a mount has them.
  static std::string settings(const Scenario& scenario);

  // A history takes over from another one, and goes on.
  void begin(const Lineage& lineage);
  void happened(const hub::Entry& entry);

  // The record as it is now, as a page that sees drafts is shown it, as JSON text.
  std::string shown(const model::Record& record) const;

  // ---- queries that somebody listens to
  struct Query {
    std::string text;
    std::string variables;  // JSON; empty: none
    datocms::View view = datocms::View::newest;
  };
  const std::vector<Query>& queries() const { return queries_; }
  // What it comes to now: {"data": ...} as JSON text.
  const std::string& result(std::size_t query) const { return pasts_[query].result; }
  // The first place from `since` on, in all that was, at which it came to that; nothing: it never did.
  std::optional<std::size_t> find(std::size_t query, std::size_t since, std::string_view response) const;

 private:
  struct Past {
    graphql::Request request;
    std::string result;
    std::vector<std::uint64_t> hashes;  // of all results, each unlike the one before
  };

  void put(const model::Record& record);
  void evaluate();

  datocms::Models models_;
  datocms::Types types_;
  std::vector<Query> queries_;
  std::vector<Past> pasts_;
  std::unique_ptr<datocms::Content> content_;
};

}  // namespace rockpool::sim
