#include "core/schema/formats.h"

#include <array>

namespace rockpool::schema {
namespace {

struct Known {
  std::string_view name;
  std::string_view description;
};
constexpr std::array<Known, 5> known = {{
    {"date-time", "a time such as 2026-01-31T12:00:00Z"},
    {"date", "a day such as 2026-01-31"},
    {"email", "an e-mail address such as ada@example.com"},
    {"uri", "a URI such as https://example.com/a"},
    {"uuid", "a UUID such as 018f3c6e-7c1a-7000-8000-1234567890ab"},
}};

constexpr std::size_t date_bytes = 10;
constexpr std::size_t local_bytes_max = 64;
constexpr std::size_t host_bytes_max = 253;
constexpr std::size_t label_bytes_max = 63;
constexpr unsigned minutes_of_day = 24 * 60;

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_hex(char c) { return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }
bool is_one_of(char c, std::string_view set) { return set.find(c) != std::string_view::npos; }

// All of `text` as a number, nothing when it is no row of digits.
std::optional<unsigned> digits(std::string_view text) {
  unsigned number = 0;
  for (const char c : text) {
    if (!is_digit(c)) return std::nullopt;
    number = number * 10 + static_cast<unsigned>(c - '0');
  }
  return text.empty() ? std::nullopt : std::optional(number);
}

unsigned days_of(unsigned year, unsigned month) {
  constexpr std::array<unsigned, 12> days = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  const bool is_leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
  return month == 2 && is_leap ? 29 : days[month - 1];
}

bool is_date(std::string_view text) {
  if (text.size() != date_bytes || text[4] != '-' || text[7] != '-') return false;
  const auto year = digits(text.substr(0, 4));
  const auto month = digits(text.substr(5, 2));
  const auto day = digits(text.substr(8, 2));
  if (!year || !month || !day || *month < 1 || *month > 12) return false;
  return *day >= 1 && *day <= days_of(*year, *month);
}

// Minutes that a zone is ahead of UTC, modulo a day. zone := "Z" | ("+" | "-") hh ":" mm
std::optional<unsigned> zone_minutes(std::string_view zone) {
  if (zone == "Z" || zone == "z") return 0;
  if (zone.size() != 6 || !is_one_of(zone[0], "+-") || zone[3] != ':') return std::nullopt;
  const auto hour = digits(zone.substr(1, 2));
  const auto minute = digits(zone.substr(4, 2));
  if (!hour || !minute || *hour > 23 || *minute > 59) return std::nullopt;
  const unsigned ahead = *hour * 60 + *minute;
  return zone[0] == '+' ? ahead : (minutes_of_day - ahead) % minutes_of_day;
}

// time := hh ":" mm ":" ss ["." digits] zone. A leap second is the last one of a day in UTC.
bool is_time(std::string_view text) {
  if (text.size() < 9 || text[2] != ':' || text[5] != ':') return false;
  const auto hour = digits(text.substr(0, 2));
  const auto minute = digits(text.substr(3, 2));
  const auto second = digits(text.substr(6, 2));
  std::string_view rest = text.substr(8);
  if (rest[0] == '.') {
    const std::size_t end = rest.find_first_not_of("0123456789", 1);
    if (end == std::string_view::npos || end == 1) return false;
    rest = rest.substr(end);
  }
  const auto ahead = zone_minutes(rest);
  if (!hour || !minute || !second || !ahead || *hour > 23 || *minute > 59) return false;
  if (*second < 60) return true;
  const unsigned utc = (*hour * 60 + *minute + minutes_of_day - *ahead) % minutes_of_day;
  return *second == 60 && utc == minutes_of_day - 1;
}

bool is_date_time(std::string_view text) {
  return text.size() > date_bytes && is_date(text.substr(0, date_bytes)) &&
         is_one_of(text[date_bytes], "Tt") && is_time(text.substr(date_bytes + 1));
}

bool is_host_name(std::string_view host) {
  if (host.empty() || host.size() > host_bytes_max) return false;
  std::size_t label = 0;  // bytes of it so far
  for (std::size_t i = 0; i < host.size(); ++i) {
    const char c = host[i];
    if (c == '.') {
      if (label == 0 || host[i - 1] == '-') return false;
      label = 0;
      continue;
    }
    if (!is_letter(c) && !is_digit(c) && (c != '-' || label == 0)) return false;
    if (++label > label_bytes_max) return false;
  }
  return label > 0 && host.back() != '-';
}

bool is_dot_atom(std::string_view text) {
  char before = '.';
  for (const char c : text) {
    if (c == '.' && before == '.') return false;
    if (c != '.' && !is_letter(c) && !is_digit(c) && !is_one_of(c, "!#$%&'*+-/=?^_`{|}~")) return false;
    before = c;
  }
  return before != '.';
}

bool is_quoted(std::string_view text) {
  if (text.size() < 3 || text.front() != '"' || text.back() != '"') return false;
  for (std::size_t i = 1; i + 1 < text.size(); ++i) {
    if (text[i] < ' ' || text[i] > '~' || text[i] == '"') return false;
    if (text[i] == '\\' && ++i + 1 >= text.size()) return false;
  }
  return true;
}

bool is_email(std::string_view text) {
  const std::size_t at = text.rfind('@');
  if (at == std::string_view::npos || at == 0 || at > local_bytes_max) return false;
  const std::string_view local = text.substr(0, at);
  return (is_dot_atom(local) || is_quoted(local)) && is_host_name(text.substr(at + 1));
}

// `more`: besides letters, digits and `-._~!$&'()*+,;=`.
bool is_of_uri_characters(std::string_view text, std::string_view more) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%') {
      if (i + 2 >= text.size() || !is_hex(text[i + 1]) || !is_hex(text[i + 2])) return false;
      i += 2;
    } else if (!is_letter(text[i]) && !is_digit(text[i]) && !is_one_of(text[i], "-._~!$&'()*+,;=") &&
               !is_one_of(text[i], more)) {
      return false;
    }
  }
  return true;
}

// authority := [user "@"] host [":" port]
bool is_authority(std::string_view text) {
  if (const std::size_t at = text.rfind('@'); at != std::string_view::npos) {
    if (!is_of_uri_characters(text.substr(0, at), ":")) return false;
    text = text.substr(at + 1);
  }
  if (text.starts_with('[')) {
    const std::size_t end = text.find(']');
    if (end == std::string_view::npos || text.substr(1, end - 1).find(':') == std::string_view::npos)
      return false;
    if (!is_of_uri_characters(text.substr(1, end - 1), ":")) return false;
    text = text.substr(end + 1);
    return text.empty() || (text[0] == ':' && (text.size() == 1 || digits(text.substr(1)).has_value()));
  }
  const std::size_t colon = text.find(':');
  if (!is_of_uri_characters(text.substr(0, colon), "")) return false;
  return colon == std::string_view::npos || colon + 1 == text.size() ||
         digits(text.substr(colon + 1)).has_value();
}

bool is_uri(std::string_view text) {
  const std::size_t colon = text.find(':');
  if (colon == std::string_view::npos || colon == 0 || !is_letter(text[0])) return false;
  for (const char c : text.substr(0, colon)) {
    if (!is_letter(c) && !is_digit(c) && !is_one_of(c, "+-.")) return false;
  }
  std::string_view rest = text.substr(colon + 1);
  if (const std::size_t hash = rest.find('#'); hash != std::string_view::npos) {
    if (!is_of_uri_characters(rest.substr(hash + 1), ":@/?")) return false;
    rest = rest.substr(0, hash);
  }
  if (const std::size_t mark = rest.find('?'); mark != std::string_view::npos) {
    if (!is_of_uri_characters(rest.substr(mark + 1), ":@/?")) return false;
    rest = rest.substr(0, mark);
  }
  if (!rest.starts_with("//")) return is_of_uri_characters(rest, ":@/");
  const std::size_t slash = rest.find('/', 2);
  const std::string_view path = slash == std::string_view::npos ? "" : rest.substr(slash);
  return is_authority(rest.substr(2, slash == std::string_view::npos ? slash : slash - 2)) &&
         is_of_uri_characters(path, ":@/");
}

bool is_uuid(std::string_view text) {
  constexpr std::size_t uuid_bytes = 36;
  if (text.size() != uuid_bytes) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool is_dash = i == 8 || i == 13 || i == 18 || i == 23;
    if (is_dash ? text[i] != '-' : !is_hex(text[i])) return false;
  }
  return true;
}

}  // namespace

std::optional<Format> format_of(std::string_view name) {
  for (std::size_t i = 0; i < known.size(); ++i) {
    if (known[i].name == name) return static_cast<Format>(i);
  }
  return std::nullopt;
}

std::string_view name_of(Format format) { return known[static_cast<std::size_t>(format)].name; }
std::string_view description_of(Format format) { return known[static_cast<std::size_t>(format)].description; }

bool is_of(Format format, std::string_view text) {
  switch (format) {
    case Format::date_time: return is_date_time(text);
    case Format::date: return is_date(text);
    case Format::email: return is_email(text);
    case Format::uri: return is_uri(text);
    case Format::uuid: return is_uuid(text);
  }
  return false;
}

}  // namespace rockpool::schema
