// A look into the JSON of an answer.
#pragma once

#include <string>
#include <string_view>

#include "core/base/text.h"
#include "core/model/value.h"

namespace rockpool::gateway {

// A member of the JSON in an answer or a frame as text; of a text its letters. A way of members: `user.id`,
// `tables.0.name`.
inline std::string json_member(const std::string& answer, const std::string& way) {
  const std::size_t begin = answer.find_first_of("{[");
  const auto value = model::read(begin == std::string::npos ? "" : answer.substr(begin));
  const model::Value* found = value ? &*value : nullptr;
  for (const std::string_view step : base::split(way, '.')) {
    const auto place = base::read_decimal(step);
    if (found == nullptr) break;
    if (found->is_array())
      found = place && *place < found->size() ? &found->elements()[*place] : nullptr;
    else
      found = model::member(*found, step);
  }
  if (found == nullptr) return "none in " + answer;
  const auto* text = found->get_ptr<const std::string*>();
  return text != nullptr ? *text : model::write(*found);
}

}  // namespace rockpool::gateway
