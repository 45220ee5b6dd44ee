// What a new table begins with: its fields and rows.
#pragma once

#include <string>
#include <variant>
#include <vector>

#include "core/dialects/baserow/faults.h"
#include "core/model/value.h"

namespace rockpool::dialects::baserow {

struct FirstField {
  std::string name, type;
};
struct FirstRows {
  std::vector<FirstField> fields;
  std::vector<std::vector<std::string>> rows;  // cells by field; empty ones are not there
};

// Three fields, and two rows with nothing in them.
FirstRows usual_rows();
// As the members `data` and `first_row_header` of a body say: every field is a text.
std::variant<FirstRows, Fault> read_rows(const model::Value& data, bool has_names);

}  // namespace rockpool::dialects::baserow
