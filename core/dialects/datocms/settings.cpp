#include "core/dialects/datocms/settings.h"

#include <algorithm>
#include <optional>

#include "core/base/text.h"
#include "core/dialect/config_reader.h"

namespace rockpool::dialects::datocms {
namespace {

using model::Value;

constexpr std::size_t token_bytes_max = 1024;
constexpr std::size_t environment_bytes_max = 42;
constexpr std::uint64_t channels_most = 1'000'000;
constexpr std::uint64_t live_bytes_most = std::uint64_t{1} << 40;

bool is_environment(std::string_view name) {
  return !name.empty() && name.size() <= environment_bytes_max &&
         name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-") == std::string_view::npos;
}

class Reader : public dialect::ConfigReader {
 public:
  void take(Settings& settings, const std::string& name, const Value& value) {
    if (name == "tokens") {
      if (!value.is_array()) wrong(name, "give a list of objects with token and permissions");
      for (const Value& one : value)
        settings.tokens.push_back(token(name + "." + base::decimal(settings.tokens.size()), one));
    } else if (name == "environments") {
      settings.environments = texts(name, value);
      if (settings.environments.empty()) wrong(name, "give one name at least");
      for (const std::string& one : settings.environments)
        if (!is_environment(one)) wrong(name, "are named by small letters, digits and -");
      const std::set<std::string> names(settings.environments.begin(), settings.environments.end());
      if (names.size() < settings.environments.size()) wrong(name, "are named once each");
    } else if (name == "models") {
      auto models = read_models(value);
      if (models)
        settings.models = std::move(*models);
      else
        pass_on(models.error());
    } else if (name == "channelsMax") {
      settings.channels_max = count(name, value, channels_most);
    } else if (name == "channelsPerCaller") {
      settings.channels_of_caller = count(name, value, channels_most);
    } else if (name == "liveBytes") {
      settings.live_bytes = count(name, value, live_bytes_most);
    } else {
      wrong(name,
            "is not known; there are tokens, environments, models, channelsMax, channelsPerCaller and "
            "liveBytes");
    }
  }
  // Of the whole.
  void check(const Settings& settings) {
    for (std::size_t i = 0; i < settings.tokens.size(); ++i)
      for (const std::string& one : settings.tokens[i].environments)
        if (std::find(settings.environments.begin(), settings.environments.end(), one) ==
            settings.environments.end())
          wrong("tokens." + base::decimal(i) + ".environments", "there is no environment " + one);
  }

 private:
  // What it says is no part of any message: it is a secret.
  Token token(const std::string& place, const Value& value) {
    Token token;
    if (!value.is_object()) wrong(place, "give an object");
    for (const auto& [name, held] : value.members()) {
      const std::string at = place + "." + name;
      const auto* text = held.get_ptr<const std::string*>();
      if (name == "token" || name == "user") {
        if (text == nullptr || text->empty() || text->size() > token_bytes_max) wrong(at, "give a text");
        if (text != nullptr) (name == "token" ? token.text : token.user) = *text;
      } else if (name == "permissions") {
        for (const std::string& one : texts(at, held)) permit(token, at, one);
      } else if (name == "environments") {
        for (std::string& one : texts(at, held)) token.environments.insert(std::move(one));
      } else {
        wrong(at, "is not known; there are token, permissions, environments and user");
      }
    }
    if (token.text.empty()) wrong(place + ".token", "is missing");
    return token;
  }
  void permit(Token& token, const std::string& place, std::string_view name) {
    if (name == "read")
      token.reads = true;
    else if (name == "drafts")
      token.reads = token.drafts = true;
    else if (name == "write")
      token.writes = true;
    else
      wrong(place, "there are read, drafts and write");
  }
};

}  // namespace

base::Result<Settings> read_settings(std::string_view text) {
  const auto value = model::read(text.empty() ? "{}" : text);
  if (!value) return value.error();
  Settings settings;
  Reader reader;
  reader.members("datocms", *value,
                 [&](const auto& name, const Value& held) { reader.take(settings, name, held); });
  reader.check(settings);
  if (reader.error()) return *reader.error();
  return settings;
}

}  // namespace rockpool::dialects::datocms
