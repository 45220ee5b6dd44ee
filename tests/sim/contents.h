// What users write into records, by chance: anything, or, where collections have fields, what suits those.
#pragma once

#include <string>
#include <string_view>

#include "tests/sim/setting.h"

namespace rockpool::sim {

class Contents {
 public:
  explicit Contents(Setting& setting) : setting_(setting) {}

  // A page of `writer`'s dialect may write what is made for it. `token` is in it, as a text.
  std::string object(Dialect writer, const std::string& token);
  std::string merge_patch(Dialect writer, const std::string& token);
  // Fits what is shown; the server may see another record by then.
  std::string json_patch(Dialect writer, const std::string& token, std::string_view shown);
  std::string value();

 private:
  std::string anything(const std::string& token);
  std::string cells(Dialect writer, const std::string& token);
  std::string cell(Dialect writer, std::string_view field);
  std::string pick(Dialect writer);
  // May a page of it say so?
  bool is_known(std::string_view field, Dialect writer) const;

  Setting& setting_;
};

inline std::string json_text(std::string_view text) { return "\"" + std::string(text) + "\""; }

}  // namespace rockpool::sim
