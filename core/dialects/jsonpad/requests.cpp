#include "core/dialects/jsonpad/requests.h"

#include <algorithm>
#include <array>

#include "core/base/text.h"
#include "core/dialect/object_text.h"
#include "core/wire/http.h"

namespace rockpool::dialects::jsonpad {
namespace {

constexpr std::string_view api_prefix = "/api/v1.0/";
constexpr std::size_t batch_max = 500;
constexpr std::uint64_t page_size_max = 1000;
constexpr std::uint64_t page_max = 1'000'000'000;
constexpr std::size_t name_bytes_max = 64;
constexpr std::uint64_t cursor_max = (1ull << 53) - 1;

constexpr std::array<std::string_view, 8> event_names = {"list-create",     "list-update",    "list-delete",
                                                         "list-delete-all", "item-create",    "item-update",
                                                         "item-delete",     "item-delete-all"};

using Kind = Place::Kind;
using Parts = std::vector<std::string>;

Place api_place(const Parts& parts) {
  const std::size_t count = parts.size();
  if (count == 1 && parts[0] == "version") return {.kind = Kind::version, .list = {}, .item = {}};
  if (parts[0] != "lists" || count > 4) return {};
  if (count == 1) return {.kind = Kind::lists, .list = {}, .item = {}};
  if (count == 2) return {.kind = Kind::list, .list = parts[1], .item = {}};
  if (parts[2] != "items") return {};
  if (count == 3) return {.kind = Kind::items, .list = parts[1], .item = {}};
  if (parts[3] == "data") return {.kind = Kind::items_data, .list = parts[1], .item = {}};
  return {.kind = Kind::item, .list = parts[1], .item = parts[3]};
}

Place watched_place(const Parts& parts) {
  if (parts.size() == 1 && parts[0] == "lists") return {.kind = Kind::watch_lists, .list = {}, .item = {}};
  if (parts.size() != 2) return {};
  if (parts[0] == "lists") return {.kind = Kind::watch_list, .list = parts[1], .item = {}};
  if (parts[0] == "items") return {.kind = Kind::watch_item, .list = {}, .item = parts[1]};
  return {};
}

// Is the parameter there, whatever it says?
bool has(std::string_view query, std::string_view name) {
  const auto parts = base::split(query, '&');
  return std::any_of(parts.begin(), parts.end(),
                     [&](std::string_view part) { return part.substr(0, part.find('=')) == name; });
}

std::optional<Mask> read_events(std::string_view text) {
  if (text.empty()) return all_events;
  Mask mask = 0;
  for (const std::string_view name : base::split(text, ',')) {
    const auto found = std::find(event_names.begin(), event_names.end(), name);
    if (found == event_names.end()) return std::nullopt;
    mask = static_cast<Mask>(mask | (1u << (found - event_names.begin())));
  }
  return mask;
}

// False: it is there and no number from `least` to `most`.
bool read_number(std::string_view query, std::string_view name, std::uint64_t least, std::uint64_t most,
                 std::optional<std::uint64_t>& into) {
  if (!has(query, name)) return true;
  const auto text = wire::query_value(query, name);
  into = text ? base::read_decimal(*text) : std::nullopt;
  return into && *into >= least && *into <= most;
}

}  // namespace

Place place_of(std::string_view path) {
  const bool is_api = path.starts_with(api_prefix);
  path.remove_prefix(is_api ? api_prefix.size() : std::min<std::size_t>(1, path.size()));
  if (path.ends_with('/')) path.remove_suffix(1);
  Parts parts;
  for (const std::string_view part : base::split(path, '/')) {
    auto decoded = wire::percent_decode(part);
    if (!decoded || decoded->empty()) return {};
    parts.push_back(std::move(*decoded));
  }
  return is_api ? api_place(parts) : watched_place(parts);
}

std::string_view name_of(Happening happening) { return event_names[static_cast<std::size_t>(happening)]; }

std::optional<Fault> read_wish(std::string_view query, Wish& wish) {
  const auto events = wire::query_value(query, "events");
  if (!events && has(query, "events")) return Fault::event_name;
  wish.events_text = events.value_or("");
  const auto mask = read_events(wish.events_text);
  if (!mask) return Fault::event_name;
  wish.events = *mask;
  std::optional<std::uint64_t> batch;
  if (!read_number(query, "since", 0, cursor_max, wish.since)) return Fault::since;
  if (!read_number(query, "batch", 1, batch_max, batch)) return Fault::since;
  wish.batch = static_cast<std::size_t>(batch.value_or(0));
  wish.waits = wire::query_value(query, "wait") != "0";
  wish.all = wire::query_value(query, "all") == "1";
  wish.connection = wire::query_value(query, "_");
  return std::nullopt;
}

std::optional<Paging> read_paging(std::string_view query, std::initializer_list<std::string_view> sorts) {
  Paging paging;
  std::optional<std::uint64_t> page, size, after;
  if (!read_number(query, "page", 1, page_max, page)) return std::nullopt;
  if (!read_number(query, "page_size", 1, page_size_max, size)) return std::nullopt;
  if (!read_number(query, "after", 0, cursor_max, after)) return std::nullopt;
  paging.after = after.value_or(0);
  paging.is_said = page || size;
  paging.page = page.value_or(paging.page);
  paging.size = size.value_or(paging.size);
  paging.sort = wire::query_value(query, "sort").value_or("");
  if (paging.sort.empty()) paging.sort = *sorts.begin();
  if (std::find(sorts.begin(), sorts.end(), paging.sort) == sorts.end()) return std::nullopt;
  const std::string descending = wire::query_value(query, "descending").value_or("0");
  paging.descending = descending == "1" || descending == "true";
  return paging;
}

std::uint64_t pages_of(std::uint64_t total, std::uint64_t size) { return (total + size - 1) / size; }

std::string page_text(const Paging& paging, std::string_view elements_name, std::string_view elements,
                      std::uint64_t total) {
  std::string body;
  dialect::ObjectText object(body);
  object.flag("descending", paging.descending).raw(elements_name, elements).count("page", paging.page);
  object.count("page_size", paging.size).count("pages", pages_of(total, paging.size));
  object.text("sort", paging.sort).count("total", total).end();
  return body;
}

bool is_list_name(std::string_view name) {
  const auto is_fine = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
  };
  return !name.empty() && name.size() <= name_bytes_max && std::all_of(name.begin(), name.end(), is_fine);
}

std::optional<std::uint64_t> read_num(std::string_view text) {
  const auto num = base::read_decimal(text);
  return num && *num > 0 ? num : std::nullopt;
}

}  // namespace rockpool::dialects::jsonpad
