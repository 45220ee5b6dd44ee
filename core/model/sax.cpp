#include "core/model/sax.h"

#include <cstring>

#include "core/base/text.h"
#include "core/model/skip.h"

namespace rockpool::model {
namespace {

constexpr std::size_t reason_bytes_max = 160;

bool is_space(char c) { return c == ' ' || c == '\n' || c == '\t' || c == '\r'; }

// The next white space outside of strings, from `at`, which is outside of one.
std::size_t next_space(std::string_view text, std::size_t at) {
  while (at < text.size() && !is_space(text[at])) at = text[at] == '"' ? behind_string(text, at) : at + 1;
  return at;
}

// How many bytes at the front are surely ASCII: eight at a time, since most of most texts is.
std::size_t ascii_prefix(std::string_view text) {
  constexpr std::uint64_t high_bits = 0x8080'8080'8080'8080;
  std::uint64_t block = 0;
  std::size_t at = 0;
  for (; at + sizeof block <= text.size(); at += sizeof block) {
    std::memcpy(&block, text.data() + at, sizeof block);
    if ((block & high_bits) != 0) break;
  }
  return at;
}

// Which byte of text that is not UTF-8 begins the first malformed sequence.
std::size_t first_bad_byte(std::string_view text) {
  constexpr std::size_t longest = 4;
  for (std::size_t at = 0;;) {
    std::size_t length = 1;
    while (length <= longest && !base::is_utf8(text.substr(at, length))) ++length;
    if (length > longest) return at;
    at += length;
  }
}

base::Error at_byte(std::size_t at, std::string_view reason) {
  std::string message = "not JSON at byte " + base::decimal(std::uint64_t{at}) + ": ";
  message += reason;
  return {.code = base::Code::invalid, .message = std::move(message), .path = ""};
}

// Only what can be read in a log: the parser quotes what it read, which may be anything of any length.
std::string readable(std::string_view what) {
  std::string reason;
  for (const char c : what.substr(0, reason_bytes_max)) reason += c >= ' ' && c <= '~' ? c : '?';
  if (what.size() > reason_bytes_max) reason += "...";
  return reason;
}

}  // namespace

bool Gate::syntax_error(std::size_t position, std::string_view what) {
  constexpr std::string_view syntax = "syntax error ";
  if (const std::size_t at = what.find(syntax); at != std::string_view::npos) {
    what.remove_prefix(at + syntax.size());
  } else if (const std::size_t bracket = what.find("] "); bracket != std::string_view::npos) {
    what.remove_prefix(bracket + 2);
  }
  error_ = at_byte(position == 0 ? 0 : position - 1, readable(what));
  return false;
}

bool Gate::value() { return ++values_ <= limits_.values_max || stop("values", limits_.values_max); }

bool Gate::key(std::size_t bytes) {
  if (bytes > limits_.key_bytes_max) return stop("bytes in a key", limits_.key_bytes_max);
  return ++keys_.back() <= limits_.keys_max || stop("keys in an object", limits_.keys_max);
}

bool Gate::enter() {
  if (!value()) return false;
  keys_.push_back(0);
  return keys_.size() <= limits_.depth_max || stop("levels of nesting", limits_.depth_max);
}

bool Gate::leave() {
  keys_.pop_back();
  return true;
}

bool Gate::stop_string() { return stop("bytes in a string", limits_.string_bytes_max); }

bool Gate::stop(std::string_view what, std::size_t limit) {
  std::string message = "JSON with more than " + base::decimal(std::uint64_t{limit}) + ' ';
  message += what;
  error_ = {.code = base::Code::too_large, .message = std::move(message), .path = ""};
  return false;
}

std::optional<base::Error> refuse_bytes(std::string_view text, const ReadLimits& limits) {
  if (text.size() > limits.bytes_max) {
    return base::Error{.code = base::Code::too_large,
                       .message = "JSON of " + base::decimal(std::uint64_t{text.size()}) +
                                  " bytes, at most " + base::decimal(std::uint64_t{limits.bytes_max}) +
                                  " are taken",
                       .path = ""};
  }
  if (text.starts_with("\xef\xbb\xbf")) return at_byte(0, "a byte order mark, leave it out");
  if (const void* nul = text.empty() ? nullptr : std::memchr(text.data(), 0, text.size())) {
    return at_byte(static_cast<std::size_t>(static_cast<const char*>(nul) - text.data()), "a NUL byte");
  }
  if (!base::is_utf8(text.substr(ascii_prefix(text)))) return at_byte(first_bad_byte(text), "not UTF-8");
  return std::nullopt;
}

std::string strip_space(std::string_view text) {
  std::size_t at = next_space(text, 0);
  if (at == text.size()) return std::string(text);
  std::string out;
  out.reserve(text.size());
  for (std::size_t from = 0;; at = next_space(text, from)) {
    out.append(text, from, at - from);
    while (at < text.size() && is_space(text[at])) ++at;
    if (at == text.size()) return out;
    from = at;
  }
}

}  // namespace rockpool::model
