// What can be wrong with a request, in the words of the contract.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/base/result.h"

namespace rockpool::dialects::baserow {

enum class Wrong : std::uint8_t {
  // 400
  body,   // detail: what is wrong with which member
  query,  // the same of the query
  email_taken,
  registration_closed,
  not_in_group,
  not_admin,
  last_admin,
  deletes_oneself,
  invitation_mismatch,
  already_member,
  primary_field,
  same_name,
  ids_not_unique,
  field_not_in_table,
  sort_exists,
  view_not_in_table,
  filter_unfit,
  table_not_in_database,
  application_not_in_group,
  parent_in_trash,
  parent_missing,
  page_size,
  page,
  reserved_field_name,
  too_many_fields,
  order_by,
  initial_data,
  initial_data_limit,
  initial_data_names,
  // 401
  credentials,
  access_token,
  refresh_token,
  deactivated,
  // 404
  no_path,
  no_group,
  no_member,
  no_invitation,
  no_application,
  no_table,
  no_field,
  no_row,
  no_view,
  no_filter,
  no_sort,
  no_decoration,
  no_trash_item,
  // others
  method,
  overtaken,  // the row is of another version than the one that was named
  media_type,
  too_large,
  too_often,
  not_now
};

struct Fault {
  Wrong wrong = Wrong::not_now;
  std::string detail = {};   // instead of the usual sentence
  std::string details = {};  // instead of a sentence: JSON
  std::int64_t retry_after_ms = 0;
};
using MaybeFault = std::optional<Fault>;

int status_of(const Fault& fault);
// {"error":…,"detail":…}
std::string text_of(const Fault& fault);

// What the hub said.
Fault fault_of(const base::Error& error, std::int64_t retry_after_ms = 0);

}  // namespace rockpool::dialects::baserow
