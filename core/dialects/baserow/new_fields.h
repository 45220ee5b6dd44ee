// What holds for the fields of a table as they are made: names, keys, options.
#pragma once

#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "core/dialects/baserow/columns.h"
#include "core/dialects/baserow/plan.h"

namespace rockpool::dialects::baserow {

inline constexpr std::size_t fields_max = 500;  // of a table

// Rows are shown with members of that name besides their cells.
bool is_reserved_field_name(std::string_view name);

// Has another field of the table, in the trash or not, that member of the data?
bool is_key_taken(const Books& books, Id table, std::string_view key);
// The member of a row's data for a new field: its name, or `field_<id>` where that is taken or no name that
// the hub can be asked for.
std::string key_for(const std::string& name, Id id, bool is_taken);

// select_options of a body: those that the field is to have from now on, and no others.
struct WantedOption {
  Id id = 0;  // 0: a new one
  std::string value, color;
};
std::vector<WantedOption> check_options(Checks& checks);
void put_options(Plan& plan, const Books& books, Id field, const std::vector<WantedOption>& wanted);

}  // namespace rockpool::dialects::baserow
