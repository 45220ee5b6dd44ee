#include "core/dialect/times.h"

#include <algorithm>
#include <array>

#include "core/base/text.h"

namespace rockpool::dialect {
namespace {

constexpr std::int64_t day_seconds = 86'400;
constexpr std::array<std::string_view, 12> months = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                     "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
constexpr std::array<std::string_view, 7> weekdays = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};

struct Civil {
  std::int64_t year = 1970, month = 1, day = 1, weekday = 4, hour = 0, minute = 0, second = 0, ms = 0;
};

std::int64_t floor_div(std::int64_t a, std::int64_t b) { return a / b - (a % b < 0 ? 1 : 0); }

// Counted in years that begin in March, so that the leap day is a year's last.
std::int64_t days_of(std::int64_t year, std::int64_t month, std::int64_t day) {
  const std::int64_t y = month <= 2 ? year - 1 : year;
  const std::int64_t m = month <= 2 ? month + 9 : month - 3;
  return 365 * y + floor_div(y, 4) - floor_div(y, 100) + floor_div(y, 400) + (153 * m + 2) / 5 + day - 1 -
         719'468;
}

Civil civil_of(base::Instant at) {
  Civil civil;
  const std::int64_t seconds = floor_div(at.ms, 1000);
  const std::int64_t days = floor_div(seconds, day_seconds);
  const std::int64_t rest = seconds - days * day_seconds;
  civil.ms = at.ms - seconds * 1000;
  civil.hour = rest / 3600;
  civil.minute = rest / 60 % 60;
  civil.second = rest % 60;
  civil.weekday = ((days + 4) % 7 + 7) % 7;
  const std::int64_t shifted = days + 719'468;
  const std::int64_t era = floor_div(shifted, 146'097);
  const std::int64_t of_era = shifted - era * 146'097;
  const std::int64_t year = (of_era - of_era / 1460 + of_era / 36'524 - of_era / 146'096) / 365;
  const std::int64_t of_year = of_era - (365 * year + year / 4 - year / 100);
  const std::int64_t month = (5 * of_year + 2) / 153;
  civil.day = of_year - (153 * month + 2) / 5 + 1;
  civil.month = month < 10 ? month + 3 : month - 9;
  civil.year = year + era * 400 + (civil.month <= 2 ? 1 : 0);
  return civil;
}

void append(std::string& out, std::int64_t number, std::size_t digits) {
  const std::string text = base::decimal(number);
  if (text.size() < digits) out.append(digits - text.size(), '0');
  out += text;
}

std::string iso(const Civil& civil) {
  std::string out;
  append(out, civil.year, 4);
  append(out += '-', civil.month, 2);
  append(out += '-', civil.day, 2);
  append(out += 'T', civil.hour, 2);
  append(out += ':', civil.minute, 2);
  append(out += ':', civil.second, 2);
  return out;
}

std::optional<std::int64_t> read_digits(std::string_view text) {
  std::int64_t number = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') return std::nullopt;
    number = number * 10 + (c - '0');
  }
  return number;
}

}  // namespace

std::string iso_seconds(base::Instant at, std::string_view zone) { return iso(civil_of(at)).append(zone); }

std::string iso_milliseconds(base::Instant at) {
  const Civil civil = civil_of(at);
  std::string out = iso(civil);
  append(out += '.', civil.ms, 3);
  return out += 'Z';
}

std::optional<base::Instant> read_iso(std::string_view text) {
  constexpr std::string_view form = "dddd-dd-ddTdd:dd:dd";
  if (text.size() <= form.size()) return std::nullopt;
  std::array<std::int64_t, 6> parts = {};
  std::size_t part = 0;
  for (std::size_t i = 0; i < form.size(); ++i) {
    if (form[i] != 'd' && text[i] != form[i]) return std::nullopt;
    if (form[i] != 'd') ++part;
    if (form[i] != 'd') continue;
    if (text[i] < '0' || text[i] > '9') return std::nullopt;
    parts[part] = parts[part] * 10 + (text[i] - '0');
  }
  std::string_view rest = text.substr(form.size());
  std::int64_t ms = 0;
  if (rest.front() == '.') {
    const std::size_t end = std::min(rest.find_first_not_of("0123456789", 1), rest.size());
    const std::string digits = std::string(rest.substr(1, end - 1)) + "000";
    ms = read_digits(digits.substr(0, 3)).value_or(0);
    rest.remove_prefix(end);
  }
  std::int64_t offset = 0;
  if (rest != "Z") {
    const auto hours = rest.size() == 6 ? read_digits(rest.substr(1, 2)) : std::nullopt;
    const auto minutes = hours ? read_digits(rest.substr(4)) : std::nullopt;
    if (!minutes || (rest[0] != '+' && rest[0] != '-')) return std::nullopt;
    offset = (*hours * 60 + *minutes) * (rest[0] == '-' ? -60 : 60);
  }
  const std::int64_t days = days_of(parts[0], parts[1], parts[2]);
  const std::int64_t seconds = parts[3] * 3600 + parts[4] * 60 + parts[5];
  return base::Instant{(days * day_seconds + seconds - offset) * 1000 + ms};
}

std::string http_date(base::Instant at) {
  const Civil civil = civil_of(at);
  std::string out(weekdays[static_cast<std::size_t>(civil.weekday)]);
  append(out += ", ", civil.day, 2);
  (out += ' ').append(months[static_cast<std::size_t>(civil.month - 1)]);
  append(out += ' ', civil.year, 4);
  append(out += ' ', civil.hour, 2);
  append(out += ':', civil.minute, 2);
  append(out += ':', civil.second, 2);
  return out += " GMT";
}

std::optional<base::Instant> read_http_date(std::string_view text) {
  // Wdy, DD Mon YYYY hh:mm:ss GMT
  if (text.size() != 29 || text.substr(25) != " GMT") return std::nullopt;
  std::int64_t month = 0;
  for (std::size_t i = 0; i < months.size(); ++i)
    if (text.substr(8, 3) == months[i]) month = static_cast<std::int64_t>(i) + 1;
  const auto day = read_digits(text.substr(5, 2));
  const auto year = read_digits(text.substr(12, 4));
  const auto hour = read_digits(text.substr(17, 2));
  const auto minute = read_digits(text.substr(20, 2));
  const auto second = read_digits(text.substr(23, 2));
  if (month == 0 || !day || !year || !hour || !minute || !second) return std::nullopt;
  const base::Instant at{(days_of(*year, month, *day) * day_seconds + *hour * 3600 + *minute * 60 + *second) *
                         1000};
  return http_date(at) == text ? std::optional(at) : std::nullopt;
}

}  // namespace rockpool::dialect
