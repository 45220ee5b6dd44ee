// What our JSON readers share: checks before parsing, limits counted while parsing. Private to the module.
//
// The one door through which nlohmann/json enters: its parser, whose events our readers take, and its way of
// writing a double.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

#include "core/model/value.h"

namespace rockpool::model {

// Walks the text for nlohmann's parser and lets a handler see how far it has come: after an event, `at` is
// behind the token, and one byte further when the token was a number. Both ends of the range are the same
// object, asked twice.
class Walk {
 public:
  using iterator_category = std::input_iterator_tag;
  using value_type = char;
  using difference_type = std::ptrdiff_t;
  using pointer = const char*;
  using reference = const char&;

  Walk(const char** at, const char* end) : at_(at), end_(end) {}
  reference operator*() const { return **at_; }
  Walk& operator++() {
    ++*at_;
    return *this;
  }
  bool operator!=(const Walk&) const { return *at_ != end_; }
  bool operator==(const Walk&) const { return *at_ == end_; }

 private:
  const char** at_;
  const char* end_;
};

// Counts what was read against the limits. Handlers derive from it; each of their events asks first whether
// it may go on, and stops the parser with false otherwise. `error()` then says why.
class Gate {
 public:
  explicit Gate(const ReadLimits& limits) : limits_(limits) {}

  const base::Error& error() const { return error_; }
  // nlohmann's own finding. `what` is its message with a prefix that only repeats the place.
  bool syntax_error(std::size_t position, std::string_view what);

 protected:
  bool value();
  bool text(std::size_t bytes) { return bytes <= limits_.string_bytes_max ? value() : stop_string(); }
  bool key(std::size_t bytes);
  bool enter();
  bool leave();

 private:
  bool stop(std::string_view what, std::size_t limit);
  bool stop_string();

  const ReadLimits& limits_;
  std::size_t values_ = 0;
  std::vector<std::size_t> keys_;  // of each open object and array
  base::Error error_;
};

// Size, UTF-8, byte order mark and NUL bytes: what has to be right before the parser is let in.
std::optional<base::Error> refuse_bytes(std::string_view text, const ReadLimits& limits);

// Compact JSON text from valid JSON text. Copies once, in one piece when there is nothing to strip.
std::string strip_space(std::string_view text);

}  // namespace rockpool::model
