#include "core/dialects/deepstream/settings.h"

#include <optional>

#include "core/dialect/config_reader.h"

namespace rockpool::dialects::deepstream {
namespace {

using base::Error;
using model::Value;

constexpr std::uint64_t ms_most = 3'600'000;
constexpr std::size_t depth_least = 4;  // a command with an empty object
constexpr std::size_t gap_most = 10'000;
constexpr std::size_t runs_most = 10;

// Takes the members of one object, each by its own handler, and refuses those that have none.
class Reader : public dialect::ConfigReader {
 public:
  using ConfigReader::ConfigReader;

  bool flag(std::string_view name, const Value& value, bool& into) {
    const auto* held = value.get_ptr<const bool*>();
    held == nullptr ? wrong(name, "give true or false") : void(into = *held);
    return true;
  }
  bool text(std::string_view name, const Value& value, std::string& into) {
    const auto* held = value.get_ptr<const std::string*>();
    held == nullptr || held->empty() ? wrong(name, "give a text") : void(into = *held);
    return true;
  }
  bool milliseconds(std::string_view name, const Value& value, std::int64_t& into) {
    const auto held = model::as_count(value);
    if (!held || *held == 0 || *held > ms_most) {
      wrong(name, "give milliseconds from 1 to " + base::decimal(ms_most));
    } else {
      into = static_cast<std::int64_t>(*held);
    }
    return true;
  }
  bool count(std::string_view name, const Value& value, std::size_t least, std::size_t most,
             std::size_t& into) {
    const auto held = model::as_count(value);
    if (!held || *held < least || *held > most) {
      wrong(name, "give a number from " + base::decimal(std::uint64_t{least}) + " to " +
                      base::decimal(std::uint64_t{most}));
    } else {
      into = static_cast<std::size_t>(*held);
    }
    return true;
  }
  void take(const Error& error) { pass_on(error); }
  template <typename Take>
  void members(const Value& value, const Take& take) {
    ConfigReader::members("", value, [&](const std::string& name, const Value& held) {
      if (!take(name, held)) wrong(name, "is not known here; remove it");
    });
  }
};

std::optional<Settings::Strategy> strategy_of(std::string_view name) {
  using enum Settings::Strategy;
  if (name == "open") return open;
  if (name == "users" || name == "file") return users;
  if (name == "jwt") return jwt;
  if (name == "webhook") return webhook;
  return std::nullopt;
}

bool read_strategy(Reader& reader, const Value& value, Settings& settings) {
  std::string type;
  reader.text("type", value, type);
  const auto strategy = strategy_of(type);
  if (!strategy) reader.wrong("type", "is none of open, users, jwt and webhook");
  settings.strategy = strategy.value_or(settings.strategy);
  return true;
}

bool read_statuses(Reader& reader, const Value& value, std::vector<int>& into) {
  into.clear();
  for (const Value& one : value) {
    const auto status = model::as_count(one);
    if (!status || *status < 200 || *status > 599) reader.wrong("okStatus", "holds no HTTP status");
    into.push_back(static_cast<int>(status.value_or(0)));
  }
  if (into.empty()) reader.wrong("okStatus", "give a list of HTTP statuses");
  return true;
}

void read_auth(const Value& value, Settings& settings, Reader& all) {
  Reader reader("auth");
  reader.members(value, [&](const std::string& name, const Value& held) {
    if (name == "type") return read_strategy(reader, held, settings);
    if (name == "anonymous") return reader.flag(name, held, settings.anonymous);
    if (name == "authData") return reader.flag(name, held, settings.auth_data);
    if (name == "url") return reader.text(name, held, settings.webhook.url);
    if (name == "timeout") return reader.milliseconds(name, held, settings.webhook.ms_max);
    if (name == "okStatus") return read_statuses(reader, held, settings.webhook.ok);
    return false;
  });
  const bool is_webhook = settings.strategy == Settings::Strategy::webhook;
  const std::string& url = settings.webhook.url;
  if (is_webhook && !url.starts_with("http://") && !url.starts_with("https://"))
    reader.wrong("url", "give the address that is asked, as in https://app.example/auth");
  if (!is_webhook && !url.empty()) reader.wrong("url", "is asked only where type is webhook");
  if (reader.error()) all.take(*reader.error());
}

void read_client_data(const Value& value, Settings& settings, Reader& all) {
  Reader reader("clientData");
  reader.members(value, [&](const std::string& user, const Value& held) {
    if (!held.is_object()) reader.wrong(user, "give an object");
    settings.client_data[user] = model::write(held);
    return true;
  });
  if (reader.error()) all.take(*reader.error());
}

void read_server_data(const Value& value, Settings& settings, Reader& all) {
  Reader reader("serverData");
  reader.members(value, [&](const std::string& user, const Value& held) {
    if (!held.is_object()) reader.wrong(user, "give an object");
    settings.server_data[user] = std::make_shared<const Value>(held);
    return true;
  });
  if (reader.error()) all.take(*reader.error());
}

void read_permissions(const Value& value, Settings& settings, Reader& all) {
  auto permissions = Permissions::read(value);
  permissions ? void(settings.permissions = std::move(*permissions)) : all.take(permissions.error());
}

bool read_error_events(Reader& reader, const Value& value, Settings& settings) {
  std::string profile;
  reader.text("errorEvents", value, profile);
  if (profile != "text" && profile != "numeric") reader.wrong("errorEvents", "is neither text nor numeric");
  settings.numeric = profile == "numeric";
  return true;
}

}  // namespace

base::Result<Settings> read_settings(std::string_view text) {
  const auto value = model::read(text);
  if (!value) return value.error();
  Settings settings;
  Reader reader("");
  reader.members(*value, [&](const std::string& name, const Value& held) {
    if (name == "auth") return read_auth(held, settings, reader), true;
    if (name == "clientData") return read_client_data(held, settings, reader), true;
    if (name == "serverData") return read_server_data(held, settings, reader), true;
    if (name == "maxRuleIterations") return reader.count(name, held, 1, runs_most, settings.rule_runs_max);
    if (name == "permissions") return read_permissions(held, settings, reader), true;
    if (name == "errorEvents") return read_error_events(reader, held, settings);
    if (name == "requestTimeout") return reader.milliseconds(name, held, settings.request_ms);
    if (name == "rpcAckTimeout") return reader.milliseconds(name, held, settings.rpc_accept_ms);
    if (name == "rpcResponseTimeout") return reader.milliseconds(name, held, settings.rpc_response_ms);
    if (name == "jsonDepth")
      return reader.count(name, held, depth_least, base::limits::json_depth_max, settings.json_depth);
    if (name == "arrayGap") return reader.count(name, held, 0, gap_most, settings.array_gap);
    return false;
  });
  if (reader.error()) return *reader.error();
  return settings;
}

}  // namespace rockpool::dialects::deepstream
