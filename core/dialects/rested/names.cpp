#include "core/dialects/rested/names.h"

#include <algorithm>

#include "core/base/text.h"
#include "core/wire/http.h"

namespace rockpool::dialects::rested {
namespace {

constexpr std::size_t name_bytes_min = 5;
constexpr std::size_t name_bytes_max = 254;
constexpr std::size_t id_digits = 32;
constexpr std::size_t num_digits = 16;
constexpr std::string_view num_mark = "726f636b706f6f6c";  // no version 4 of a UUID begins so
constexpr std::string_view endpoints_base = "/api/1/ce/";
constexpr std::string_view manage_base = "/api/1/manage";

bool is_separator(char c) { return c == '-' || c == '/'; }

bool is_name_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || is_separator(c); }

bool is_hex(char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); }

}  // namespace

bool is_endpoint_name(std::string_view name) {
  if (name.size() < name_bytes_min || name.size() > name_bytes_max) return false;
  if (is_separator(name.front()) || is_separator(name.back())) return false;
  return name.find("--") == std::string_view::npos && std::all_of(name.begin(), name.end(), is_name_letter);
}

bool is_unique_id(std::string_view text) {
  return text.size() == id_digits && std::all_of(text.begin(), text.end(), is_hex);
}

std::string new_unique_id(base::Prng& prng) {
  std::string id = prng.hex(id_digits / 2);
  id[12] = '4';
  id[16] = "89ab"[prng.below(4)];
  return id;
}

std::string unique_id_of(const model::Record& record) {
  if (is_unique_id(record.key.id)) return record.key.id;
  return std::string(num_mark) + base::hex(record.num, num_digits);
}

std::optional<std::uint64_t> num_in(std::string_view unique_id) {
  if (!is_unique_id(unique_id) || !unique_id.starts_with(num_mark)) return std::nullopt;
  return base::read_hex(unique_id.substr(num_mark.size()));
}

Route route_of(std::string_view path) {
  Route route;
  if (path.starts_with(endpoints_base)) {
    route.kind = Route::Kind::endpoint;
    route.endpoint = wire::percent_decode(path.substr(endpoints_base.size())).value_or("");
  } else if (path.starts_with(manage_base) &&
             (path.size() == manage_base.size() || path[manage_base.size()] == '/')) {
    route.kind = Route::Kind::manage;
    path.remove_prefix(manage_base.size());
    if (path.ends_with('/')) path.remove_suffix(1);
    if (path.starts_with('/')) path.remove_prefix(1);
    for (const std::string_view part : base::split(path, '/'))
      route.parts.push_back(wire::percent_decode(part).value_or(""));
  }
  return route;
}

std::vector<std::string> values_of(std::string_view query, std::string_view name) {
  std::vector<std::string> values;
  for (const std::string_view pair : base::split(query, '&')) {
    auto value = wire::query_value(pair, name);
    const bool is_broken = !value && pair.substr(0, pair.find('=')) == name && pair.size() > name.size();
    if (value)
      values.push_back(std::move(*value));
    else if (is_broken)
      values.emplace_back(pair.substr(name.size() + 1));
  }
  return values;
}

bool is_set(std::string_view query, std::string_view name) {
  return wire::query_value(query, name) == "true";
}

}  // namespace rockpool::dialects::rested
