#include "server/config/config.h"

#include <filesystem>
#include <fstream>
#include <iterator>

#include "core/model/names.h"
#include "server/config/comments.h"
#include "server/config/hooks.h"
#include "server/config/rules.h"
#include "server/config/schemas.h"
#include "server/config/section.h"

namespace rockpool::config {
namespace {

constexpr std::size_t file_bytes_max = 1 << 20;

void read_backplane(Section section, Config& config) {
  const std::string type = section.text("type").value_or("sqlite");
  if (type == "memory") {
    set_data(config, std::string(memory_folder));
  } else if (type == "jetstream") {
    section.mistake("type", "\"jetstream\" is not available in this version; use \"sqlite\"");
  } else if (type != "sqlite") {
    section.mistake("type", "must be \"sqlite\" or \"memory\"");
  }
  section.unavailable("servers", "it belongs to \"jetstream\"");
  section.unavailable("partitions", "it belongs to \"jetstream\"");
  section.finish();
}

std::string read_public_url(Section& root) {
  std::string url = root.text("publicUrl").value_or("");
  const std::size_t host = url.starts_with("https://") ? 8 : url.starts_with("http://") ? 7 : 0;
  const bool is_origin =
      host > 0 && url.size() > host && url.find_first_of("/?#@ ", host) == std::string::npos;
  if (!url.empty() && !is_origin)
    root.mistake("publicUrl",
                 "write a scheme and a host, such as https://data.example, and nothing behind it");
  return url;
}

// The JSON reader quotes what it read last, which in this file may be a secret.
std::string untold(const std::string& message) { return message.substr(0, message.find("; last read")); }

void read_root(Section& root, std::string_view folder, Config& config) {
  if (const auto listen = root.text("listen")) {
    const auto address = read_address(*listen);
    address.ok() ? void(config.listen = *address) : root.mistake("listen", address.error().message);
  }
  if (const auto data = root.text("data")) set_data(config, place(folder, *data));
  if (auto section = root.section("backplane")) read_backplane(*section, config);
  read_identities(root, folder, config.identities);
  read_front(root, folder, config);
  config.public_url = read_public_url(root);
  if (auto section = root.section("limits")) read_limits(*section, config.limits);
  config.www = place(folder, root.text("www").value_or(""));
  config.sdk = place(folder, root.text("sdk").value_or(""));
  if (auto section = root.section("spaces")) read_spaces(*section, config.spaces);
  read_rules(root, config.spaces["default"].rules);
  if (auto section = root.section("dialects")) read_dialects(*section, config);
  read_schemas(root, folder, config.schemas);
  config.hooks = read_hooks(root);
  root.finish();
}

}  // namespace

std::string place(std::string_view folder, const std::string& path) {
  if (folder.empty() || path.empty() || path == memory_folder) return path;
  return (std::filesystem::path(folder) / path).lexically_normal().string();
}

void set_data(Config& config, const std::string& data) {
  config.data = data;
  config.backplane = data == memory_folder ? Backplane::memory : Backplane::sqlite;
}

base::Result<Config> read_config(std::string_view text, std::string_view folder) {
  const auto value = model::read(without_comments(text), {.bytes_max = file_bytes_max});
  if (!value.ok()) return base::Error{base::Code::usage, untold(value.error().message), value.error().path};
  Config config;
  Mistakes mistakes;
  Section root(*value, "", mistakes);
  read_root(root, folder, config);
  if (mistakes.any()) return mistakes.first();
  return config;
}

base::Result<Config> load_config(const std::string& file) {
  std::ifstream stream(file, std::ios::binary);
  std::error_code problem;
  if (!stream || std::filesystem::is_directory(file, problem)) {
    return base::Error{base::Code::usage, file + ": cannot be read; check the path given to --config", ""};
  }
  std::string text;
  text.resize(file_bytes_max + 1);
  stream.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(stream.gcount()));
  if (text.size() > file_bytes_max) {
    return base::Error{base::Code::usage, file + ": is larger than 1 MiB", ""};
  }
  auto config = read_config(text, std::filesystem::path(file).parent_path().string());
  if (!config.ok()) {
    return base::Error{base::Code::usage, file + ": " + config.error().message, config.error().path};
  }
  config->file = file;
  return config;
}

base::Status check(const Config& config) {
  if (!is_loopback(config.listen) && !config.tls.is_on() && !config.plaintext) {
    return base::Error{
        base::Code::usage,
        "listen: " + config.listen.host +
            " can be reached from other machines, and there is no TLS; set tls.cert and tls.key, "
            "or \"plaintext\": true if a proxy in front speaks TLS or nobody may read along",
        "listen"};
  }
  const bool may_log_in = !config.identities.nobody();
  for (const auto& [name, space] : config.spaces) {
    const std::string path = "spaces." + name + ".access";
    if (space.needs_token() && !may_log_in) {
      return base::Error{
          base::Code::usage,
          path + ": is \"closed\", but nobody could log in; set users, apiKeys, jwt or adminToken", path};
    }
    if (space.is_open() && !space.stated && !is_loopback(config.listen)) {
      return base::Error{
          base::Code::usage,
          path +
              ": is open by default, which is allowed on loopback only, and the server is to listen "
              "on " +
              config.listen.host +
              "; set it to \"closed\" with jwt.secret, or to \"open\" "
              "if everybody who reaches this port may read and write",
          path};
    }
  }
  return base::done();
}

}  // namespace rockpool::config
