// What the server says about itself: one line of JSON each on standard error. Outside text is escaped; nobody
// may hand it a token, a password, a cookie or a body.
#pragma once

#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace rockpool::server {

enum class LogLevel : unsigned char { error, warn, info, debug };

std::optional<LogLevel> log_level_of(std::string_view name);

// May be used from any thread: a line leaves by one write.
class Log {
 public:
  using Fields = std::initializer_list<std::pair<std::string_view, std::string>>;

  explicit Log(LogLevel level) : level_(level) {}
  bool shows(LogLevel level) const { return level <= level_; }
  void write(LogLevel level, std::string_view message, Fields fields = {}) const;
  void error(std::string_view message, Fields fields = {}) const { write(LogLevel::error, message, fields); }
  void warn(std::string_view message, Fields fields = {}) const { write(LogLevel::warn, message, fields); }
  void info(std::string_view message, Fields fields = {}) const { write(LogLevel::info, message, fields); }
  void debug(std::string_view message, Fields fields = {}) const { write(LogLevel::debug, message, fields); }

 private:
  LogLevel level_;
};

// The line that `write` prints, without its line break.
std::string log_line(std::string_view time, LogLevel level, std::string_view message, Log::Fields fields);

// `text` as a JSON string with its quotes; bytes that are not UTF-8 become `?`.
std::string json_text(std::string_view text);

}  // namespace rockpool::server
