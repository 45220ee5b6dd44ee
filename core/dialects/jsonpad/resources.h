// Lists and items as the API and events write them.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "core/model/command.h"

namespace rockpool::dialects::jsonpad {

// A list is a facet of a collection, which another list or another dialect may have as well.
struct List {
  std::string collection;
  std::string name;
  bool realtime = false;
  base::Instant created, updated;  // of the facet; items move it further
};

std::string facet_text(const List& list);
std::optional<List> read_list(const std::string& collection, std::string_view facet);

// When the list last changed, items and all.
base::Instant updated_of(const List& list, const model::Totals& totals);
std::string list_text(const List& list, const model::Totals& totals);
// With its version for our own SDK, and what other protocols call it.
std::string item_text(const model::Record& item, bool with_version = false);

}  // namespace rockpool::dialects::jsonpad
