#include "server/verbs/common.h"

#include "core/base/text.h"
#include "server/backplane/memory/memory_backplane.h"
#include "server/backplane/sqlite/sqlite_backplane.h"
#include "server/clock.h"

namespace rockpool::verbs {
namespace {

class MemoryStore final : public Store {
 public:
  explicit MemoryStore(std::function<void(hub::Event)> deliver)
      : log_(server::random_seed(), {.loads_again = false}), backplane_(log_, std::move(deliver)) {}
  hub::Backplane& backplane() override { return backplane_; }

 private:
  backplane::MemoryLog log_;
  backplane::MemoryBackplane backplane_;
};

class SqliteStore final : public Store {
 public:
  explicit SqliteStore(std::unique_ptr<backplane::SqliteBackplane> backplane)
      : backplane_(std::move(backplane)) {}
  hub::Backplane& backplane() override { return *backplane_; }

 private:
  std::unique_ptr<backplane::SqliteBackplane> backplane_;
};

}  // namespace

base::Result<config::Config> read_settings(const Arguments& arguments) {
  const auto file = arguments.value("--config");
  auto config = file ? config::load_config(*file) : config::read_config("{}", "");
  if (!config.ok()) return config;
  if (const auto data = arguments.value("--data")) {
    if (data->empty()) return base::Error{base::Code::usage, "--data needs the name of a folder", ""};
    config::set_data(*config, *data);
  }
  if (const auto listen = arguments.value("--listen")) {
    const auto address = config::read_address(*listen);
    if (!address.ok()) return base::Error{base::Code::usage, "--listen: " + address.error().message, ""};
    config->listen = *address;
  }
  return config;
}

std::vector<std::string> read_roles(const Arguments& arguments) {
  std::vector<std::string> roles;
  const auto said = arguments.value("--role");
  if (!said) return roles;
  for (const std::string_view role : base::split(*said, ',')) roles.emplace_back(role);
  return roles;
}

hub::Limits hub_limits(const config::Limits& limits) {
  hub::Limits given;
  given.waiting_writes_max = limits.waiting_writes;
  given.open_calls_max = limits.calls;
  given.space_bytes_max = limits.space_bytes;
  given.log_entries_max = limits.log_entries;
  given.log_age_ms = static_cast<std::int64_t>(limits.log_days) * 24 * 3600 * 1000;
  return given;
}

base::Result<std::unique_ptr<Store>> open_store(const config::Config& config,
                                                std::function<void(hub::Event)> deliver) {
  if (config.in_memory()) return std::unique_ptr<Store>(std::make_unique<MemoryStore>(std::move(deliver)));
  backplane::SqliteOptions options;
  options.deliver = std::move(deliver);
  auto opened = backplane::SqliteBackplane::open(config.data, std::move(options));
  if (!opened.ok()) return opened.error();
  return std::unique_ptr<Store>(std::make_unique<SqliteStore>(std::move(*opened)));
}

base::Result<std::string> read_folder(const Arguments& arguments) {
  const auto config = read_settings(arguments);
  if (!config.ok()) return config.error();
  if (config->in_memory()) return base::Error{base::Code::usage, "--data :memory: is no folder", ""};
  return config->data;
}

base::Error about(const std::string& what, const base::Error& error) {
  return {error.code, what + ": " + error.message, error.path};
}

}  // namespace rockpool::verbs
