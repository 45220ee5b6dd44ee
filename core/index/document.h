// A record as one JSON object, so that questions can be put to all of it in the language of core/query:
//
//   {"num": 7, "position": "...", "created": ms, "updated": ms, "text": {...}, "meta": {...}, "data": ...}
//
// `position` sorts as positions do (core/model/position.h). `text.<member>` is a member of the data as people
// read it, where that is a text or a number: what is looked for in both kinds can be asked of it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/model/record.h"
#include "core/query/fields.h"

namespace rockpool::index {

class Document {
 public:
  // Of it what these paths lead to; the others may be left out.
  explicit Document(const std::vector<std::vector<std::string>>& paths);

  // Good until the next call.
  std::string_view of(const model::Record& record);

 private:
  bool has_position_ = false;
  std::vector<std::string> names_;  // of text members, as JSON text
  query::Fields members_;
  std::vector<std::string_view> found_;
  std::string text_;
};

// Calls `each` with every text and number of the data, the names of members left out; folded.
class Texts {
 public:
  template <typename Each>
  void each(std::string_view data, const Each& each) {
    for (std::size_t at = 0; at < data.size();)
      if (next(data, at)) each(std::string_view(folded_));
  }

 private:
  // Moves on; true: `folded_` is another one.
  bool next(std::string_view data, std::size_t& at);

  std::string folded_;
  std::string scratch_;
};

}  // namespace rockpool::index
