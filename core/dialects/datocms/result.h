// A query's run as whoever asked is told of it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/dialects/datocms/evaluation.h"
#include "core/graphql/request.h"

namespace rockpool::dialects::datocms {

// What a query comes to: {"data": ..., "errors"?: [...]}.
struct Result {
  std::string text;
  std::size_t data_bytes = 0;
  Reads reads;
  std::uint64_t work = 0;       // that it took
  bool is_past_bounds = false;  // there was more to it than a query may take

  std::string_view data() const;
};
Result evaluate(Content& content, const Types& types, Sight sight, const graphql::Request& request,
                const Bounds& bounds = {});

// The same from the text of a request on; {"errors": [...]} when it is not right for the schema.
std::string answer_to(const graphql::RequestText& request, Content& content, const Types& types, Sight sight);

// {"errors": [...]}
std::string errors_text(const std::vector<graphql::Error>& errors);

}  // namespace rockpool::dialects::datocms
