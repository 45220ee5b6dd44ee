#include "core/dialects/rested/client_words.h"

#include "core/base/hash.h"
#include "core/base/text.h"
#include "core/dialect/times.h"
#include "core/model/value.h"

namespace rockpool::dialects::rested {
namespace {

using model::Value;

constexpr model::ReadLimits answer_limits{.values_max = 10'000'000};
constexpr std::uint16_t refused = 4000, normal = 1000;

base::Instant time_of(const Value& object, std::string_view name) {
  const std::string* text = model::text_member(object, name);
  return text == nullptr ? base::Instant{} : dialect::read_iso(*text).value_or(base::Instant{});
}

bool add_record(const Value& value, std::vector<State>& into) {
  const std::string* id = model::text_member(value, "uniqueId");
  const Value* data = model::member(value, "data");
  if (id == nullptr || data == nullptr) return false;
  into.push_back({.remote = *id,
                  .data = model::write(*data),
                  .version = model::count_member(value, "version").value_or(0),
                  .created = time_of(value, "createdAt"),
                  .updated = time_of(value, "updatedAt")});
  return true;
}

bool add_records(const Value& value, std::vector<State>& into) {
  if (!value.is_array()) return add_record(value, into);
  for (const Value& one : value.elements())
    if (!add_record(one, into)) return false;
  return true;
}

bool says(std::string_view text, std::string_view word) {
  std::string lower(text);
  for (char& c : lower)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + 32);
  return lower.find(word) != std::string::npos;
}

}  // namespace

std::optional<Login> read_login(std::string_view token) {
  if (!token.starts_with('{'))
    return token.empty() ? std::nullopt : std::optional(Login{std::string(token), ""});
  const auto said = model::read(token);
  const std::string* key = said ? model::text_member(*said, "key") : nullptr;
  if (key == nullptr) return std::nullopt;
  const std::string* access = model::text_member(*said, "accessToken");
  return Login{*key, access == nullptr ? "" : *access};
}

bool may_be_made(std::string_view id) {
  return id.size() == 32 && id.find_first_not_of("0123456789abcdef") == std::string_view::npos &&
         !id.starts_with("726f636b706f6f6c");
}

std::string unique_id_for(std::string_view id) {
  if (may_be_made(id)) return std::string(id);
  return base::hex(base::hash64(id, 0), 16) + base::hex(base::hash64(id, 1), 16);
}

std::optional<std::vector<State>> read_records(std::string_view body) {
  const auto said = model::read(body, answer_limits);
  std::vector<State> records;
  return said && add_records(*said, records) ? std::optional(std::move(records)) : std::nullopt;
}

std::optional<Stand> read_stand(std::string_view cursor) {
  const std::size_t behind = cursor.find('-');
  if (behind == std::string_view::npos) return std::nullopt;
  const auto place = base::read_decimal(cursor.substr(0, behind));
  const auto epoch = base::read_hex(cursor.substr(behind + 1));
  if (!place || !epoch) return std::nullopt;
  return Stand{.place = *place, .epoch = *epoch};
}

std::optional<Message> read_message(std::string_view frame) {
  const auto said = model::read(frame, answer_limits);
  const std::string* type = said ? model::text_member(*said, "type") : nullptr;
  if (type == nullptr) return std::nullopt;
  Message message{.type = *type, .records = {}, .seq = model::count_member(*said, "seq").value_or(0)};
  for (const std::string_view name : {"record", "records"}) {
    const Value* records = model::member(*said, name);
    if (records != nullptr && !add_records(*records, message.records)) return std::nullopt;
  }
  const auto version = model::count_member(*said, "version");
  if (version && message.records.size() == 1) message.records.front().version = *version;
  return message;
}

Ending read_ending(std::uint16_t code, std::string_view reason) {
  const bool is_word = code == refused || code == normal;
  if (is_word && says(reason, "token")) return Ending::token;
  if (code != refused) return Ending::other;
  return says(reason, "origin") ? Ending::origin : Ending::not_valid;
}

std::string read_error(std::string_view body) {
  const auto said = model::read(body);
  const std::string* error = said ? model::text_member(*said, "error") : nullptr;
  return error == nullptr ? "" : *error;
}

}  // namespace rockpool::dialects::rested
