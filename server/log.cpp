#include "server/log.h"

#include <array>

#include <unistd.h>

#include "core/base/text.h"
#include "server/clock.h"

namespace rockpool::server {
namespace {

constexpr std::array<std::string_view, 4> level_names = {"error", "warn", "info", "debug"};

void append_escaped(std::string& out, char c) {
  const auto byte = static_cast<unsigned char>(c);
  if (c == '"' || c == '\\') {
    out += '\\';
    out += c;
  } else if (byte < 0x20 || byte == 0x7f) {
    out += "\\u00" + base::hex(byte, 2);
  } else {
    out += c;
  }
}

}  // namespace

std::optional<LogLevel> log_level_of(std::string_view name) {
  for (std::size_t i = 0; i < level_names.size(); ++i) {
    if (level_names[i] == name) return static_cast<LogLevel>(i);
  }
  return std::nullopt;
}

std::string json_text(std::string_view text) {
  const bool readable = base::is_utf8(text);
  std::string out = "\"";
  for (const char c : text) append_escaped(out, readable || static_cast<unsigned char>(c) < 0x80 ? c : '?');
  return out + '"';
}

std::string log_line(std::string_view time, LogLevel level, std::string_view message, Log::Fields fields) {
  std::string line = "{\"time\":" + json_text(time) +
                     ",\"level\":" + json_text(level_names[static_cast<std::size_t>(level)]) +
                     ",\"message\":" + json_text(message);
  for (const auto& [name, value] : fields) line += ',' + json_text(name) + ':' + json_text(value);
  return line + '}';
}

void Log::write(LogLevel level, std::string_view message, Fields fields) const {
  if (!shows(level)) return;
  const std::string line = log_line(iso_time(now()), level, message, fields) + '\n';
  // Standard error may be gone; then there is nobody to tell.
  [[maybe_unused]] const auto written = ::write(STDERR_FILENO, line.data(), line.size());
}

}  // namespace rockpool::server
