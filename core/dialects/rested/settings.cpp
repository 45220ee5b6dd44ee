#include "core/dialects/rested/settings.h"

#include "core/dialect/config_reader.h"

namespace rockpool::dialects::rested {
namespace {

using model::Value;

constexpr std::uint64_t log_seconds_most = 86'400;
constexpr std::uint64_t log_events_most = 1'000'000;
constexpr std::uint64_t log_bytes_most = 64ull << 30;

class Reader : public dialect::ConfigReader {
 public:
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
};

}  // namespace

base::Result<Settings> read_settings(std::string_view text) {
  const auto value = model::read(text.empty() ? "{}" : text);
  if (!value) return value.error();
  Settings settings;
  Reader reader;
  reader.members("rested", *value,
                 [&](const auto& name, const Value& held) { reader.take(settings, name, held); });
  if (reader.error()) return *reader.error();
  return settings;
}

}  // namespace rockpool::dialects::rested
