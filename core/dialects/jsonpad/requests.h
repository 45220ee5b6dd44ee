// What a request's line says: its place, and what is asked for there.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/dialects/jsonpad/faults.h"
#include "core/model/command.h"

namespace rockpool::dialects::jsonpad {

struct Place {
  enum class Kind : std::uint8_t {
    unknown,
    version,
    lists,
    list,
    items,
    items_data,
    item,
    watch_lists,
    watch_list,
    watch_item
  };
  Kind kind = Kind::unknown;
  std::string list;  // as it was written
  std::string item;

  bool is_watched() const { return kind >= Kind::watch_lists; }
};

// Below the mount.
Place place_of(std::string_view path);

// The eight kinds of events, in the contract's order.
enum class Happening : std::uint8_t {
  list_create,
  list_update,
  list_delete,
  list_delete_all,
  item_create,
  item_update,
  item_delete,
  item_delete_all
};
std::string_view name_of(Happening happening);
using Mask = std::uint8_t;  // a bit for each
inline constexpr Mask all_events = 0xff;
inline constexpr Mask bit_of(Happening happening) {
  return static_cast<Mask>(1u << static_cast<unsigned>(happening));
}

struct Wish {  // of a realtime request
  Mask events = all_events;
  std::string events_text;             // as it was written
  std::optional<std::uint64_t> since;  // cursor
  std::size_t batch = 0;               // 0: one event, not an array
  bool waits = true;
  bool all = false;                       // item events on `lists`, with the list's name
  std::optional<std::string> connection;  // `_`, which the old connector keeps over its polls
};
// A fault instead when the query makes no sense.
std::optional<Fault> read_wish(std::string_view query, Wish& wish);

struct Paging {
  std::uint64_t page = 1;
  std::uint64_t size = 50;
  std::string sort;
  bool descending = false;
  std::uint64_t after = 0;  // an item's number: those behind it, instead of a page
  bool is_said = false;     // the query names a page or its size
};
// `sorts`: what may be sorted by, the first one is the default. Nothing when the query makes no sense.
std::optional<Paging> read_paging(std::string_view query, std::initializer_list<std::string_view> sorts);
std::uint64_t pages_of(std::uint64_t total, std::uint64_t size);
// A page as the API writes it; `elements` is a JSON array.
std::string page_text(const Paging& paging, std::string_view elements_name, std::string_view elements,
                      std::uint64_t total);

bool is_list_name(std::string_view name);
// `[0-9]{1,20}` without a leading zero, within 64 bits; 0 is nobody's.
std::optional<std::uint64_t> read_num(std::string_view text);

}  // namespace rockpool::dialects::jsonpad
