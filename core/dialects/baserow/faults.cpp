#include "core/dialects/baserow/faults.h"

#include <algorithm>
#include <array>

#include "core/dialect/object_text.h"

namespace rockpool::dialects::baserow {
namespace {

using base::Code;

struct Row {
  Wrong wrong;
  int status;
  std::string_view error;
  std::string_view detail;
};

constexpr std::array<Row, 52> rows = {{
    {Wrong::body, 400, "ERROR_REQUEST_BODY_VALIDATION", "The body is not what is expected."},
    {Wrong::query, 400, "ERROR_QUERY_PARAMETER_VALIDATION", "The query is not what is expected."},
    {Wrong::email_taken, 400, "ERROR_EMAIL_ALREADY_EXISTS", "A user with that email already exists."},
    {Wrong::registration_closed, 400, "ERROR_DISABLED_SIGNUP", "Sign up is disabled."},
    {Wrong::not_in_group, 400, "ERROR_USER_NOT_IN_GROUP", "The user is not a member of the group."},
    {Wrong::not_admin, 400, "ERROR_USER_INVALID_GROUP_PERMISSIONS",
     "Only an admin of the group may do this."},
    {Wrong::last_admin, 400, "ERROR_GROUP_USER_IS_LAST_ADMIN",
     "The user is the last admin of the group; make another member admin, or delete the group."},
    {Wrong::deletes_oneself, 400, "ERROR_CANNOT_DELETE_YOURSELF_FROM_GROUP",
     "You cannot remove yourself; leave the group."},
    {Wrong::invitation_mismatch, 400, "ERROR_GROUP_INVITATION_EMAIL_MISMATCH",
     "The invitation is for another email."},
    {Wrong::already_member, 400, "ERROR_GROUP_USER_ALREADY_EXISTS",
     "The user is already a member of the group."},
    {Wrong::primary_field, 400, "ERROR_CANNOT_DELETE_PRIMARY_FIELD", "The primary field cannot be deleted."},
    {Wrong::same_name, 400, "ERROR_FIELD_WITH_SAME_NAME_ALREADY_EXISTS",
     "The table has a field of that name."},
    {Wrong::ids_not_unique, 400, "ERROR_ROW_IDS_NOT_UNIQUE", "A row is named more than once."},
    {Wrong::field_not_in_table, 400, "ERROR_FIELD_NOT_IN_TABLE", "The field is not one of the table."},
    {Wrong::sort_exists, 400, "ERROR_VIEW_SORT_FIELD_ALREADY_EXISTS", "The view is sorted by that field."},
    {Wrong::view_not_in_table, 400, "ERROR_VIEW_NOT_IN_TABLE", "The view is not one of the table."},
    {Wrong::filter_unfit, 400, "ERROR_VIEW_FILTER_TYPE_UNSUPPORTED_FIELD",
     "The field cannot be filtered in that way."},
    {Wrong::table_not_in_database, 400, "ERROR_TABLE_NOT_IN_DATABASE",
     "The table is not one of the database."},
    {Wrong::application_not_in_group, 400, "ERROR_APPLICATION_NOT_IN_GROUP",
     "The application is not one of the group."},
    {Wrong::parent_in_trash, 400, "ERROR_CANNOT_RESTORE_PARENT_BEFORE_CHILD",
     "What it belongs to is in the trash; restore that first."},
    {Wrong::parent_missing, 400, "ERROR_PARENT_ID_MUST_BE_PROVIDED",
     "Give parent_trash_item_id: the id of the table."},
    {Wrong::page_size, 400, "ERROR_PAGE_SIZE_LIMIT", "The page size is too large."},
    {Wrong::page, 400, "ERROR_INVALID_PAGE", "There is no such page."},
    {Wrong::reserved_field_name, 400, "ERROR_RESERVED_BASEROW_FIELD_NAME",
     "No field can be called id, order, or field_ and a number."},
    {Wrong::too_many_fields, 400, "ERROR_MAX_FIELD_COUNT_EXCEEDED", "A table has at most 500 fields."},
    {Wrong::order_by, 400, "ERROR_ORDER_BY_FIELD_NOT_FOUND", "There is no such field to order by."},
    {Wrong::initial_data, 400, "ERROR_INVALID_INITIAL_TABLE_DATA",
     "The data is a list of rows, each a list of texts, numbers, flags and nulls, with one cell at least."},
    {Wrong::initial_data_limit, 400, "ERROR_INITIAL_TABLE_DATA_LIMIT_EXCEEDED",
     "A table begins with at most 5,000 rows; add the others later."},
    {Wrong::initial_data_names, 400, "ERROR_INITIAL_TABLE_DATA_HAS_DUPLICATE_NAMES",
     "Two fields of the first row have the same name."},
    {Wrong::credentials, 401, "ERROR_INVALID_CREDENTIALS", "The email or the password is not right."},
    {Wrong::access_token, 401, "ERROR_INVALID_ACCESS_TOKEN", "The access token is invalid or has expired."},
    {Wrong::refresh_token, 401, "ERROR_INVALID_REFRESH_TOKEN",
     "The refresh token is invalid or has expired."},
    {Wrong::deactivated, 401, "ERROR_DEACTIVATED_USER", "The account is not active."},
    {Wrong::no_path, 404, "URL_NOT_FOUND", "Nothing is at this address; all addresses end in a slash."},
    {Wrong::no_group, 404, "ERROR_GROUP_DOES_NOT_EXIST", "The group does not exist."},
    {Wrong::no_member, 404, "ERROR_GROUP_USER_DOES_NOT_EXIST", "The member does not exist."},
    {Wrong::no_invitation, 404, "ERROR_GROUP_INVITATION_DOES_NOT_EXIST", "The invitation does not exist."},
    {Wrong::no_application, 404, "ERROR_APPLICATION_DOES_NOT_EXIST", "The application does not exist."},
    {Wrong::no_table, 404, "ERROR_TABLE_DOES_NOT_EXIST", "The table does not exist."},
    {Wrong::no_field, 404, "ERROR_FIELD_DOES_NOT_EXIST", "The field does not exist."},
    {Wrong::no_row, 404, "ERROR_ROW_DOES_NOT_EXIST", "The row does not exist."},
    {Wrong::no_view, 404, "ERROR_VIEW_DOES_NOT_EXIST", "The view does not exist."},
    {Wrong::no_filter, 404, "ERROR_VIEW_FILTER_DOES_NOT_EXIST", "The filter does not exist."},
    {Wrong::no_sort, 404, "ERROR_VIEW_SORT_DOES_NOT_EXIST", "The sorting does not exist."},
    {Wrong::no_decoration, 404, "ERROR_VIEW_DECORATION_DOES_NOT_EXIST", "The decoration does not exist."},
    {Wrong::no_trash_item, 404, "ERROR_TRASH_ITEM_DOES_NOT_EXIST", "There is no such thing in the trash."},
    {Wrong::method, 405, "ERROR_METHOD_NOT_ALLOWED", "The method is not allowed at this address."},
    {Wrong::overtaken, 412, "ERROR_ROW_HAS_CHANGED", "Somebody else has changed the row."},
    {Wrong::media_type, 415, "ERROR_UNSUPPORTED_MEDIA_TYPE",
     "Send the body as Content-Type: application/json."},
    {Wrong::too_large, 413, "ERROR_REQUEST_TOO_LARGE", "The body is too large."},
    {Wrong::too_often, 429, "ERROR_TOO_MANY_REQUESTS", "Too many requests; try again later."},
    {Wrong::not_now, 503, "ERROR_NOT_AVAILABLE", "The server cannot do that now; try again later."},
}};

consteval bool is_in_order() {
  for (std::size_t i = 0; i < rows.size(); ++i)
    if (rows[i].wrong != static_cast<Wrong>(i)) return false;
  return rows.size() == static_cast<std::size_t>(Wrong::not_now) + 1;
}
static_assert(is_in_order());

const Row& row_of(const Fault& fault) { return rows[static_cast<std::size_t>(fault.wrong)]; }

}  // namespace

int status_of(const Fault& fault) { return row_of(fault).status; }

std::string text_of(const Fault& fault) {
  const Row& row = row_of(fault);
  std::string text;
  dialect::ObjectText object(text);
  object.text("error", row.error);
  if (!fault.details.empty())
    object.raw("detail", fault.details);
  else
    object.text("detail", fault.detail.empty() ? row.detail : fault.detail);
  object.end();
  return text;
}

Fault fault_of(const base::Error& error, std::int64_t retry_after_ms) {
  switch (error.code) {
    case Code::too_large:
    case Code::quota: return {.wrong = Wrong::too_large, .detail = error.message};
    case Code::overloaded:
      return {.wrong = Wrong::not_now, .retry_after_ms = std::max<std::int64_t>(1000, retry_after_ms)};
    case Code::refused:
    case Code::invalid: return {.wrong = Wrong::body, .detail = error.message};
    case Code::forbidden:
    case Code::auth: return {.wrong = Wrong::not_admin, .detail = error.message};
    default: return {.wrong = Wrong::not_now, .detail = error.message, .retry_after_ms = 1000};
  }
}

}  // namespace rockpool::dialects::baserow
