#include "core/dialects/jsonpad/settings.h"

#include <optional>

#include "core/dialect/config_reader.h"

namespace rockpool::dialects::jsonpad {
namespace {

using model::Value;

constexpr std::uint64_t poll_seconds_most = 55;  // proxies give up after 60
constexpr std::uint64_t log_seconds_most = 86'400;
constexpr std::uint64_t log_events_most = 1'000'000;

class Reader : public dialect::ConfigReader {
 public:
  // The text is no part of what is said: it is a secret.
  std::vector<std::string> tokens(const std::string& place, const Value& value) {
    std::vector<std::string> tokens;
    for (const Value& one : value.elements()) {
      const auto* text = one.get_ptr<const std::string*>();
      text == nullptr || text->empty() ? wrong(place, "give texts") : tokens.push_back(*text);
    }
    if (!value.is_array()) wrong(place, "give a list of tokens");
    return tokens;
  }
  Settings::Account account(const std::string& user, const Value& value) {
    Settings::Account account;
    const std::string place = "accounts." + user;
    if (user.empty() || user.find(':') != std::string::npos) wrong(place, "a name has no colon in it");
    members(place, value, [&](const std::string& name, const Value& held) {
      const std::string at = place + "." + name;
      if (name == "tokens") {
        account.tokens = tokens(at, held);
      } else if (name == "realtimeTokens") {
        account.realtime = tokens(at, held);
      } else {
        wrong(at, "is not known; there are tokens and realtimeTokens");
      }
    });
    return account;
  }
  void take(Settings& settings, const std::string& name, const Value& value) {
    if (name == "accounts") {
      if (!value.is_object()) wrong(name, "give an object with a member for each user");
      for (const auto& [user, held] : value.members()) settings.accounts[user] = account(user, held);
    } else if (name == "pollSeconds") {
      settings.poll_ms = static_cast<std::int64_t>(count(name, value, poll_seconds_most)) * 1000;
    } else if (name == "logSeconds") {
      settings.log_ms = static_cast<std::int64_t>(count(name, value, log_seconds_most)) * 1000;
    } else if (name == "logEvents") {
      settings.log_events = static_cast<std::size_t>(count(name, value, log_events_most));
    } else {
      wrong(name, "is not known; there are accounts, pollSeconds, logSeconds and logEvents");
    }
  }
};

}  // namespace

base::Result<Settings> read_settings(std::string_view text) {
  const auto value = model::read(text.empty() ? "{}" : text);
  if (!value) return value.error();
  Settings settings;
  Reader reader;
  reader.members("jsonpad", *value,
                 [&](const auto& name, const Value& held) { reader.take(settings, name, held); });
  if (reader.error()) return *reader.error();
  return settings;
}

}  // namespace rockpool::dialects::jsonpad
