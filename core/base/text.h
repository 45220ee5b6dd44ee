// Small helpers on text: hex, base64url, decimal, UTF-8.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace rockpool::base {

// Lower-case hex of `value`, padded to `digits` (at most 16).
std::string hex(std::uint64_t value, int digits);
// Only lower-case hex digits, 1-16 of them.
std::optional<std::uint64_t> read_hex(std::string_view text);

std::string decimal(std::int64_t value);
std::string decimal(std::uint64_t value);
// Only digits, no sign, no leading zero but "0" itself, within 64 bits.
std::optional<std::uint64_t> read_decimal(std::string_view text);

// Base64url without padding (RFC 4648 section 5). Reading refuses padding, stray bits and other alphabets.
std::string base64url(std::string_view bytes);
std::optional<std::string> read_base64url(std::string_view text);

// Well-formed UTF-8 (RFC 3629): no overlong forms, no surrogates, nothing above U+10FFFF.
bool is_utf8(std::string_view text);
// How many bytes of `text` are whole characters of it. Nothing when what follows them cannot become one.
std::optional<std::size_t> utf8_prefix(std::string_view text);
// Reads the character that begins at `at`, which moves behind it. A byte that begins none is U+FFFD.
char32_t read_utf8(std::string_view text, std::size_t& at);
void append_utf8(std::string& out, char32_t point);

std::vector<std::string_view> split(std::string_view text, char separator);

}  // namespace rockpool::base
