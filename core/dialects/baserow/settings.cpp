#include "core/dialects/baserow/settings.h"

#include <array>
#include <optional>
#include <utility>

#include "core/dialect/config_reader.h"

namespace rockpool::dialects::baserow {
namespace {

using model::Value;

constexpr std::size_t secret_bytes_min = 32;
constexpr std::uint64_t seconds_most = 10ull * 365 * 86'400;
constexpr std::uint64_t log_seconds_most = 86'400;
constexpr std::uint64_t log_events_most = 1'000'000;

class Reader : public dialect::ConfigReader {
 public:
  explicit Reader(Settings& settings) : settings_(settings) {}

  void take(const std::string& name, const Value& value) {
    for (const auto& [known, ms] : times()) {
      if (known != name) continue;
      const std::uint64_t most = name == "logSeconds" ? log_seconds_most : seconds_most;
      *ms = static_cast<std::int64_t>(count(name, value, most)) * 1000;
      return;
    }
    if (name == "jwtSecret")
      secret(value);
    else if (name == "registration")
      settings_.registration = flag(name, value);
    else if (name == "profile")
      choice(name, value, settings_.profile, std::array<std::string_view, 2>{"seed", "upstream"});
    else if (name == "keys")
      choice(name, value, settings_.keys, std::array<std::string_view, 3>{"group", "both", "workspace"});
    else if (name == "orderIds")
      choice(name, value, settings_.order_ids, std::array<std::string_view, 2>{"hashed", "plain"});
    else if (name == "logEvents")
      settings_.log_events = static_cast<std::size_t>(count(name, value, log_events_most));
    else
      wrong(name,
            "is not known; there are jwtSecret, registration, profile, keys, orderIds, "
            "accessTokenSeconds, refreshTokenSeconds, accountDeletionGraceSeconds, trashGraceSeconds, "
            "logSeconds and logEvents");
  }

 private:
  std::array<std::pair<std::string_view, std::int64_t*>, 5> times() {
    return {{{"accessTokenSeconds", &settings_.access_ms},
             {"refreshTokenSeconds", &settings_.refresh_ms},
             {"accountDeletionGraceSeconds", &settings_.deletion_grace_ms},
             {"trashGraceSeconds", &settings_.trash_grace_ms},
             {"logSeconds", &settings_.log_ms}}};
  }
  // The text is no part of what is said: it is a secret.
  void secret(const Value& value) {
    const auto* text = value.get_ptr<const std::string*>();
    if (text == nullptr || text->size() < secret_bytes_min)
      wrong("jwtSecret", "give a text of at least 32 bytes");
    else
      settings_.jwt_secret = *text;
  }
  template <typename Choice, std::size_t count>
  void choice(const std::string& name, const Value& value, Choice& held,
              const std::array<std::string_view, count>& names) {
    const auto* text = value.get_ptr<const std::string*>();
    std::string all;
    for (std::size_t i = 0; i < count; ++i) {
      if (text != nullptr && *text == names[i]) return void(held = static_cast<Choice>(i));
      all.append(i == 0 ? "" : i + 1 == count ? " or " : ", ").append(names[i]);
    }
    wrong(name, "give " + all);
  }

  Settings& settings_;
};

}  // namespace

base::Result<Settings> read_settings(std::string_view text) {
  const auto value = model::read(text.empty() ? "{}" : text);
  if (!value) return value.error();
  Settings settings;
  Reader reader(settings);
  reader.members("baserow", *value, [&](const auto& name, const Value& held) { reader.take(name, held); });
  if (settings.jwt_secret.empty()) reader.wrong("jwtSecret", "is missing; give a text of at least 32 bytes");
  if (reader.error()) return *reader.error();
  return settings;
}

}  // namespace rockpool::dialects::baserow
