#include "core/dialects/baserow/client_words.h"

#include "core/base/text.h"
#include "core/dialect/requests.h"

namespace rockpool::dialects::baserow {
namespace {

using base::Code;
using model::Value;

// Of 200 rows with as many cells as a table may have, and more.
constexpr std::size_t answer_values_max = 10'000'000;

std::string text_in(const Value& object, std::string_view name) {
  const std::string* text = model::text_member(object, name);
  return text == nullptr ? "" : *text;
}

Code code_of(int status) {
  if (dialect::is_passing(status)) return Code::overloaded;
  if (status == 401) return Code::auth;
  if (status == 403) return Code::forbidden;
  if (status == 404) return Code::not_found;
  return status == 413 ? Code::too_large : Code::invalid;
}

}  // namespace

base::Result<Value> read_answer(std::string_view body) {
  return model::read(body, {.values_max = answer_values_max});
}

// ---- who it is --------------------------------------------------------------------------------------------

std::optional<Login> read_login(std::string_view token) {
  if (token.empty()) return std::nullopt;
  const auto said = model::read(token);
  if (!said || !said->is_object()) return Login{.path = {}, .secret = std::string(token)};
  if (model::text_member(*said, "password") != nullptr) return Login{"token-auth/", std::string(token)};
  if (model::text_member(*said, "refresh_token") != nullptr)
    return Login{"token-refresh/", std::string(token)};
  return std::nullopt;
}

// Older servers call it `token` alone.
std::string read_access_token(std::string_view body) {
  const auto said = model::read(body);
  if (!said) return "";
  std::string token = text_in(*said, "access_token");
  return token.empty() ? text_in(*said, "token") : token;
}

// ---- tables -----------------------------------------------------------------------------------------------

bool read_tables(std::string_view body, std::vector<KnownTable>& tables) {
  const auto said = read_answer(body);
  if (!said || !said->is_array()) return false;
  tables.clear();
  for (const Value& application : said->elements()) {
    const Value* list = model::member(application, "tables");
    if (list == nullptr) continue;
    for (const Value& table : list->elements()) {
      const auto id = model::count_member(table, "id");
      const std::string name = text_in(table, "name");
      if (id) tables.push_back({.id = *id, .name = name, .place = text_in(application, "name") + '/' + name});
    }
  }
  return true;
}

std::uint64_t find_table(const std::vector<KnownTable>& tables, const std::string& name) {
  std::uint64_t found = 0;
  for (const KnownTable& table : tables) {
    if (table.name != name && table.place != name && "table_" + base::decimal(table.id) != name) continue;
    if (found != 0) return 0;
    found = table.id;
  }
  return found;
}

// ---- rows -------------------------------------------------------------------------------------------------

std::string row_name(const std::string& id) {
  return id.starts_with('~') || base::read_decimal(id) ? '~' + id : id;
}

// ---- refusals ---------------------------------------------------------------------------------------------

base::Error read_error(int status, std::string_view body) {
  base::Error error{.code = code_of(status), .message = dialect::said_by(status), .path = ""};
  const auto said = model::read(body);
  const std::string* word = said ? model::text_member(*said, "error") : nullptr;
  if (word == nullptr) return error;
  error.message = *word;
  const Value* detail = model::member(*said, "detail");
  // {"field_1":[{"error":"This field is required.","code":"required"}]}
  if (detail != nullptr && !detail->members().empty()) {
    error.path = detail->members().front().name;
    detail = &detail->members().front().value;
    if (!detail->elements().empty()) detail = model::member(detail->elements().front(), "error");
  }
  const auto* sentence = detail == nullptr ? nullptr : detail->get_ptr<const std::string*>();
  if (sentence != nullptr) (error.message += ": ") += *sentence;
  return error;
}

}  // namespace rockpool::dialects::baserow
