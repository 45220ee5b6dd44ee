#include "core/dialects/baserow/client_words.h"

#include "core/base/text.h"
#include "core/dialect/object_text.h"
#include "core/dialect/requests.h"

namespace rockpool::dialects::baserow {
namespace {

using dialect::ObjectText;
using model::Value;

// Of 200 rows with as many cells as a table may have, and more.
constexpr std::size_t answer_values_max = 10'000'000;

std::string text_in(const Value& object, std::string_view name) {
  const std::string* text = model::text_member(object, name);
  return text == nullptr ? "" : *text;
}

// The first sentence of a list of faults: [{"error":"This field is required.","code":"required"}].
std::string first_fault(const Value& faults) {
  if (const auto* text = faults.get_ptr<const std::string*>()) return *text;
  if (faults.elements().empty()) return "";
  const Value& first = faults.elements().front();
  const auto* text = first.get_ptr<const std::string*>();
  return text == nullptr ? text_in(first, "error") : *text;
}

}  // namespace

base::Result<Value> read_answer(std::string_view body) {
  return model::read(body, {.values_max = answer_values_max});
}

// ---- who it is --------------------------------------------------------------------------------------------

std::optional<Login> read_login(std::string_view token) {
  if (token.empty()) return std::nullopt;
  if (!token.starts_with('{')) return Login{.access = std::string(token)};
  const auto said = model::read(token);
  if (!said) return std::nullopt;
  Login login{.email = text_in(*said, "email"),
              .password = text_in(*said, "password"),
              .refresh = text_in(*said, "refresh_token")};
  if (login.refresh.empty()) login.access = text_in(*said, "access_token");
  const bool has_password = !login.email.empty() && !login.password.empty();
  if (!has_password && login.refresh.empty() && login.access.empty()) return std::nullopt;
  return login;
}

// Older servers call the email `username`, and the refresh token `token`.
std::string login_body(const Login& login) {
  std::string body;
  ObjectText(body)
      .text("email", login.email)
      .text("username", login.email)
      .text("password", login.password)
      .end();
  return body;
}

std::string refresh_body(const std::string& refresh) {
  std::string body;
  ObjectText(body).text("refresh_token", refresh).text("token", refresh).end();
  return body;
}

std::optional<Tokens> read_tokens(std::string_view body) {
  const auto said = model::read(body);
  if (!said) return std::nullopt;
  Tokens tokens{.access = text_in(*said, "access_token"), .refresh = text_in(*said, "refresh_token")};
  if (tokens.access.empty()) tokens.access = text_in(*said, "token");
  return tokens.access.empty() ? std::nullopt : std::optional(std::move(tokens));
}

// RFC 7519: the second part is what it claims.
Life read_life(std::string_view access) {
  const auto parts = base::split(access, '.');
  const auto claims = parts.size() == 3 ? base::read_base64url(parts[1]) : std::nullopt;
  const auto said = claims ? model::read(*claims) : base::Result<Value>(Value());
  if (!said) return {};
  const auto ends = model::count_member(*said, "exp"), begins = model::count_member(*said, "iat");
  if (!ends || *ends > (1ull << 40)) return {};
  const auto ms = [](std::uint64_t seconds) { return static_cast<std::int64_t>(seconds * 1000); };
  return {.ends_ms = ms(*ends), .whole_ms = begins && *begins < *ends ? ms(*ends - *begins) : 0};
}

// ---- tables -----------------------------------------------------------------------------------------------

std::optional<std::vector<KnownTable>> read_tables(std::string_view body) {
  const auto said = read_answer(body);
  if (!said || !said->is_array()) return std::nullopt;
  std::vector<KnownTable> tables;
  for (const Value& application : said->elements()) {
    const Value* list = model::member(application, "tables");
    if (list == nullptr) continue;
    for (const Value& table : list->elements()) {
      const auto id = model::count_member(table, "id");
      const std::string name = text_in(table, "name");
      if (id) tables.push_back({.id = *id, .name = name, .place = text_in(application, "name") + '/' + name});
    }
  }
  return tables;
}

FoundTable find_table(const std::vector<KnownTable>& tables, const std::string& name) {
  constexpr std::string_view by_id = "table_";
  if (name.starts_with(by_id))
    if (const auto id = base::read_decimal(std::string_view(name).substr(by_id.size()))) return {*id, ""};
  std::string several;
  FoundTable found;
  for (const KnownTable& table : tables) {
    if (table.name != name && table.place != name) continue;
    several += (several.empty() ? "table_" : ", table_") + base::decimal(table.id) + " (" + table.place + ')';
    found.id = found.id == 0 ? table.id : 0;
    if (found.id == 0) found.problem = "several";
  }
  if (several.empty()) return {0, "no table that this user sees is called \"" + name + '"'};
  if (found.problem.empty()) return found;
  return {0, "several tables are called \"" + name + "\", name one of them: " + several};
}

// ---- refusals ---------------------------------------------------------------------------------------------

Refusal read_refusal(int status, std::string_view body) {
  Refusal refusal{.code = {}, .message = dialect::said_by(status), .member = {}};
  const auto said = model::read(body);
  if (!said) return refusal;
  if (const std::string* code = model::text_member(*said, "error")) {
    refusal.code = *code;
    refusal.message = *code;
  }
  const Value* detail = model::member(*said, "detail");
  if (detail == nullptr) return refusal;
  std::string sentence;
  if (const auto* text = detail->get_ptr<const std::string*>()) sentence = *text;
  if (!detail->members().empty()) {
    refusal.member = detail->members().front().name;
    sentence = first_fault(detail->members().front().value);
  }
  if (!sentence.empty()) refusal.message += ": " + sentence;
  return refusal;
}

}  // namespace rockpool::dialects::baserow
