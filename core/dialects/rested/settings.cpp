#include "core/dialects/rested/settings.h"

#include <optional>

#include "core/base/text.h"
#include "core/model/value.h"

namespace rockpool::dialects::rested {
namespace {

using base::Error;
using model::Value;

constexpr std::uint64_t log_seconds_most = 86'400;
constexpr std::uint64_t log_events_most = 1'000'000;
constexpr std::uint64_t log_bytes_most = 64ull << 30;

// Remembers the first thing that is wrong.
class Reader {
 public:
  void wrong(const std::string& place, std::string_view what) {
    if (!error_)
      error_ = Error{.code = base::Code::usage, .message = place + ": " + std::string(what), .path = {}};
  }
  std::uint64_t count(const std::string& name, const Value& value, std::uint64_t most) {
    const auto held = model::as_count(value);
    if (held && *held > 0 && *held <= most) return *held;
    wrong(name, "give a number from 1 to " + base::decimal(most));
    return 1;
  }
  void take(Settings& settings, const std::string& name, const Value& value) {
    if (name == "adminToken") {
      const auto* text = value.get_ptr<const std::string*>();
      // The text is no part of what is said: it is a secret.
      text == nullptr || text->empty() ? wrong(name, "give a text") : void(settings.admin_token = *text);
    } else if (name == "logSeconds") {
      settings.log_ms = static_cast<std::int64_t>(count(name, value, log_seconds_most)) * 1000;
    } else if (name == "logEvents") {
      settings.log_events = static_cast<std::size_t>(count(name, value, log_events_most));
    } else if (name == "logBytes") {
      settings.log_bytes = static_cast<std::size_t>(count(name, value, log_bytes_most));
    } else {
      wrong(name, "is not known; there are adminToken, logSeconds, logEvents and logBytes");
    }
  }
  const std::optional<Error>& error() const { return error_; }

 private:
  std::optional<Error> error_;
};

}  // namespace

base::Result<Settings> read_settings(std::string_view text) {
  const auto value = model::read(text.empty() ? "{}" : text);
  if (!value) return value.error();
  Settings settings;
  Reader reader;
  if (!value->is_object()) reader.wrong("rested", "give an object");
  for (const auto& [name, held] : value->members()) reader.take(settings, name, held);
  if (reader.error()) return *reader.error();
  return settings;
}

}  // namespace rockpool::dialects::rested
