// How the server is reached: TLS, origins of pages, where dialects are served.
#include <algorithm>
#include <array>

#include "core/model/names.h"
#include "server/config/config.h"
#include "server/config/section.h"

namespace rockpool::config {
namespace {

constexpr std::array<std::string_view, 4> place_keys = {"mount", "hosts", "space", "origins"};

bool is_origin(std::string_view origin) {
  const std::size_t scheme = origin.find("://");
  return scheme != std::string_view::npos && origin.size() > scheme + 3 &&
         origin.find_first_of("/?# ", scheme + 3) == std::string_view::npos;
}

std::vector<std::string> read_origins(Section& section, std::string_view key, bool any_is_fine) {
  std::vector<std::string> origins = section.texts(key);
  for (const std::string& origin : origins) {
    if (is_origin(origin) || (any_is_fine && origin == "*")) continue;
    section.mistake(key, "'" + origin + "' is no origin; write it as https://app.example, without a path");
  }
  return origins;
}

void read_tls(Section section, std::string_view folder, Tls& tls) {
  for (const auto& [key, file] : {std::pair{"cert", &tls.certificate}, std::pair{"key", &tls.key}}) {
    *file = place(folder, section.text(key).value_or(""));
    if (file->empty()) section.mistake(key, "is missing; name a file in PEM");
  }
  section.finish();
}

}  // namespace

void read_front(Section& root, std::string_view folder, Config& config) {
  config.allowed_origins = read_origins(root, "allowedOrigins", false);
  if (auto section = root.section("tls")) read_tls(*section, folder, config.tls);
  config.plaintext = root.boolean("plaintext").value_or(false);
}

DialectPlace read_place(Section& section, std::string_view name) {
  DialectPlace read{.mount = section.text("mount").value_or("/" + std::string(name)),
                    .hosts = section.texts("hosts"),
                    .space = section.text("space").value_or("default"),
                    .origins = std::nullopt};
  if (read.mount == "/") read.mount.clear();
  if (!model::check_space(read.space).ok()) section.mistake("space", "is no name for a space");
  for (const std::string& host : read.hosts) {
    if (host.empty() || host.find_first_of("/:@ ") != std::string::npos) {
      section.mistake("hosts", "'" + host + "' is no host; write its name alone, such as api.example");
    }
  }
  if (section.has("origins")) read.origins = read_origins(section, "origins", true);
  model::Value settings = model::Value::object();
  for (const std::string& key : section.keys()) {
    if (std::find(place_keys.begin(), place_keys.end(), key) == place_keys.end()) {
      settings[key] = *section.any(key);
    }
  }
  read.settings = model::write(settings);
  return read;
}

void read_dialects(Section section, Config& config) {
  for (const std::string_view name : {"baserow", "datocms", "deepstream", "jsonpad", "rested"}) {
    auto one = section.section(name);
    if (!one) continue;
    if (name == "rested" && one->has("origins"))
      one->mistake("origins", "is said by each project, as its allowedOrigins; remove it here");
    config.dialects[std::string(name)] = read_place(*one, name);
  }
  section.finish();
}

}  // namespace rockpool::config
