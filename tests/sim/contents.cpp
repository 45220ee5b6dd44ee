#include "tests/sim/contents.h"

#include <array>
#include <iterator>

#include "core/model/value.h"
#include "tests/sim/names.h"

namespace rockpool::sim {
namespace {

// Fields of tables and models (tables.cpp, models.cpp) that users write besides `t`, which holds the token.
constexpr std::array<std::string_view, 7> written_fields = {"a", "b", "n", "d", "e", "pick", "up"};
constexpr std::uint64_t misfit_once_in = 25;

std::string member(std::string_view name, const std::string& value) {
  return "," + json_text(name) + ":" + value;
}

}  // namespace

std::string Contents::value() {
  static constexpr std::array<const char*, 10> values = {"1",
                                                         "true",
                                                         "null",
                                                         "\"x\"",
                                                         "9007199254740993",
                                                         "-0.5",
                                                         "[1,2]",
                                                         "{\"deep\":{\"er\":1}}",
                                                         "\"\\u00e4\\ud83d\\ude00\"",
                                                         "\"line\\nbreak\""};
  return values[setting_.prng.below(values.size())];
}

// ---- cells
// ---------------------------------------------------------------------------------------------------------

// Said by its id, its text, or as it is shown; kept as its id.
std::string Contents::pick(Dialect writer) {
  base::Prng& prng = setting_.prng;
  const std::uint64_t table = prng.below(setting_.scenario.collections.size());
  const std::uint64_t at = prng.below(std::size(picks));
  if (writer == Dialect::baserow) return prng.once_in(4) ? "null" : json_text(picks[at]);
  return prng.once_in(4) ? "null" : std::to_string(table * std::size(picks) + at + 1);
}

bool Contents::is_known(std::string_view field, Dialect writer) const {
  const bool is_of_tables = field == "pick";
  const bool is_of_models = field == "up";
  if (is_of_tables) return setting_.scenario.has_tables() && writer != Dialect::datocms;
  return !is_of_models || (setting_.scenario.has_models() && writer != Dialect::baserow);
}

std::string Contents::cell(Dialect writer, std::string_view field) {
  static constexpr std::array<const char*, 4> texts = {"\"x\"", "null", "\"\\u00e4\\ud83d\\ude00\"", "\"\""};
  static constexpr std::array<const char*, 4> numbers = {"7", "-0.5", "null", "1.25"};
  static constexpr std::array<const char*, 4> said_numbers = {"7", "\"-0.50\"", "null", "\"1.25\""};
  static constexpr std::array<const char*, 3> days = {"\"2026-01-02\"", "null", "\"1999-12-31\""};
  base::Prng& prng = setting_.prng;
  const bool is_row = writer == Dialect::baserow;
  if (field == "pick") return pick(writer);
  if (field == "up") return prng.once_in(4) ? "null" : json_text(free_id(prng.below(4)));
  if (field == "b") return prng.once_in(2) ? "true" : "false";
  if (field == "n") return (is_row ? said_numbers : numbers)[prng.below(numbers.size())];
  if (field == "d") return days[prng.below(days.size())];
  return texts[prng.below(texts.size())];
}

// Members without a field are what a page of a table cannot write.
std::string Contents::cells(Dialect writer, const std::string& token) {
  base::Prng& prng = setting_.prng;
  std::string data = "{\"t\":" + json_text(token);
  for (const std::string_view field : written_fields)
    if (is_known(field, writer) && prng.once_in(2)) data += member(field, cell(writer, field));
  if (writer == Dialect::baserow) return data + "}";
  if (prng.once_in(2)) data += member("o", "{\"p\":" + value() + ",\"q\":" + value() + "}");
  if (prng.once_in(2)) data += ",\"list\":[1,\"x\"]";
  if (prng.once_in(2)) data += member("c", value());
  return data + "}";
}

// ---- what is written
// -----------------------------------------------------------------------------------------------

std::string Contents::anything(const std::string& token) {
  std::string data = "{\"t\":" + json_text(token) + ",\"a\":" + value();
  if (setting_.prng.once_in(2)) data += ",\"b\":" + value();
  if (setting_.prng.once_in(2)) data += ",\"o\":{\"p\":" + value() + ",\"q\":" + value() + "}";
  if (setting_.prng.once_in(2)) data += ",\"list\":[1,\"x\"]";
  if (setting_.prng.once_in(2)) data += ",\"n\":" + std::string(setting_.prng.once_in(6) ? "\"none\"" : "7");
  if (setting_.prng.once_in(10))
    data += ",\"long\":" + json_text(std::string(200 + setting_.prng.below(2'000), 'z'));
  return data + "}";
}

std::string Contents::object(Dialect writer, const std::string& token) {
  return setting_.scenario.has_fields() ? cells(writer, token) : anything(token);
}

std::string Contents::merge_patch(Dialect writer, const std::string& token) {
  static constexpr std::array<const char*, 4> members = {"a", "b", "c", "n"};
  base::Prng& prng = setting_.prng;
  const std::string begin = "{\"t\":" + json_text(token);
  const bool has_fields = setting_.scenario.has_fields();
  if (has_fields && prng.once_in(misfit_once_in)) return begin + R"(,"n":"none"})";
  if (writer == Dialect::datocms && prng.once_in(5))
    return begin + member("_status", prng.once_in(3) ? "\"unpublish\"" : "\"publish\"") + "}";
  if (writer != Dialect::baserow && prng.once_in(5)) return begin + ",\"o\":{\"p\":" + value() + "}}";
  if (has_fields && (writer == Dialect::baserow || !prng.once_in(4))) {
    const std::string_view field = written_fields[prng.below(written_fields.size())];
    if (is_known(field, writer)) return begin + member(field, cell(writer, field)) + "}";
  }
  return begin + member(has_fields ? "c" : members[prng.below(members.size())], value()) + "}";
}

std::string Contents::json_patch(Dialect writer, const std::string& token, std::string_view shown) {
  const base::Result<model::Value> held = model::read(shown);
  if (!held.ok() || !held->is_object() || setting_.prng.once_in(8)) {
    return R"([{"op":"replace","path":"/not/there","value":1}])";
  }
  std::string patch = "[{\"op\":\"add\",\"path\":\"/t\",\"value\":" + json_text(token) + "}";
  const model::Value* list = model::member(*held, "list");
  if (list != nullptr && list->is_array()) {
    patch += R"(,{"op":"add","path":"/list/-","value":)" + value() + "}";
    if (!list->empty()) patch += R"(,{"op":"remove","path":"/list/0"})";
  }
  const bool has_fields = setting_.scenario.has_fields();
  const std::string other = writer == Dialect::baserow ? "/e" : has_fields ? "/c" : "/b";
  if (model::member(*held, "a") != nullptr) patch += R"(,{"op":"move","from":"/a","path":")" + other + "\"}";
  return patch + "]";
}

}  // namespace rockpool::sim
