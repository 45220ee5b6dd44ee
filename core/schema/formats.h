// The formats a schema may demand of a text. Each is read in one pass.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace rockpool::schema {

enum class Format : std::uint8_t { date_time, date, email, uri, uuid };

std::optional<Format> format_of(std::string_view name);
std::string_view name_of(Format format);
// With an example, for people.
std::string_view description_of(Format format);

// date-time and date: RFC 3339. email: a dot-atom or a quoted string, `@`, a host name; no address literals,
// no comments. uri: RFC 3986, with a scheme. uuid: RFC 9562, of any version and case.
bool is_of(Format format, std::string_view text);

}  // namespace rockpool::schema
