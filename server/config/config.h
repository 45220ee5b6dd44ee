// The server's configuration: one JSON file with comments. Every key has a default; unknown keys are refused.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"
#include "core/rights/rules.h"
#include "core/schema/schemas.h"
#include "server/auth/identities.h"
#include "server/hooks/authorizer.h"
#include "server/hooks/hook.h"

namespace rockpool::config {

// HOST:PORT, the host a name, an IPv4 address or an IPv6 address in brackets. Port 0: any that is free.
struct Address {
  std::string host;
  std::uint16_t port = 0;
  bool operator==(const Address&) const = default;
};

base::Result<Address> read_address(std::string_view text);
// The host as it stands in a URL.
std::string host_in_url(const Address& address);
// The host is a loopback address, or the name `localhost`.
bool is_loopback(const Address& address);

struct Space {
  rights::SpaceRules rules;
  bool stated = false;                            // the operator said so, it is not the default
  std::optional<std::vector<std::string>> share;  // collections that dialects have in common; patterns
  std::optional<hooks::Guard> webhook;            // who is asked about rights, with Access::service

  bool is_open() const { return rules.access == rights::Access::open; }
  bool needs_token() const { return rules.access == rights::Access::closed; }
};

// Figures and what happens past them: docs/operating.md.
struct Limits {
  std::uint64_t connections = 20'000;
  std::uint64_t connections_per_address = 200;
  bool count_loopback = false;
  std::uint64_t connections_per_user = 100;
  std::uint64_t messages_per_second = 200;
  std::uint64_t messages_burst = 1000;
  std::uint64_t user_messages_per_second = 500;
  std::uint64_t user_messages_burst = 2000;
  std::uint64_t subscriptions = 1000;
  std::uint64_t calls = 100;
  std::uint64_t body_bytes = 1 << 20;
  std::uint64_t body_bytes_per_second = 1024;
  std::uint64_t header_seconds = 10;
  std::uint64_t body_seconds = 30;
  std::uint64_t idle_seconds = 60;
  std::uint64_t queue_bytes = 256 << 10;
  std::uint64_t queue_bytes_hard = 1 << 20;
  std::uint64_t queue_seconds = 10;
  std::uint64_t space_bytes = 1ull << 32;
  std::uint64_t log_entries = 1'000'000;
  std::uint64_t log_days = 90;
  std::uint64_t waiting_writes = 100'000;
  std::uint64_t password_queue = 20;
  std::uint64_t log_in_failures = 10;
  std::uint64_t file_bytes = 100 << 20;
  std::uint64_t files_bytes = 64ull << 30;  // of all files together
  std::uint64_t uploads = 32;               // at once
  std::uint64_t uploads_per_address = 8;
};

struct Tls {
  std::string certificate, key;  // files
  bool is_on() const { return !certificate.empty(); }
};

// Where a dialect is served: `dialects.<name>`.
struct DialectPlace {
  std::string mount;               // "" at the root
  std::vector<std::string> hosts;  // whose root it is as well
  std::string space = "default";
  std::optional<std::vector<std::string>> origins;  // absent: any; `*` in it: any
  std::string settings = "{}";                      // JSON: what only the dialect itself understands
};

enum class Backplane : std::uint8_t { sqlite, memory };

// Paths are ready to be opened: those of the file have its folder before them.
struct Config {
  Address listen{"127.0.0.1", 8787};
  std::string data = "./rockpool-data";
  Backplane backplane = Backplane::sqlite;
  auth::Identities identities;
  std::vector<std::string> allowed_origins;
  std::string public_url;  // scheme and host by which everybody reaches the server; empty: not said
  Tls tls;
  bool plaintext = false;  // the operator wants to be reached without TLS from elsewhere
  Limits limits;
  std::string www;  // empty: no static files
  std::string sdk;  // empty: `dist` of the source tree the program was built in
  std::map<std::string, Space> spaces;
  std::map<std::string, DialectPlace> dialects;  // by name
  schema::Schemas schemas;
  std::vector<hooks::Hook> hooks;
  std::string file;  // where it came from, empty for none

  bool in_memory() const { return backplane == Backplane::memory; }
};

inline constexpr std::string_view memory_folder = ":memory:";

// `folder`: what relative paths are relative to, empty for the current one.
base::Result<Config> read_config(std::string_view text, std::string_view folder);
base::Result<Config> load_config(const std::string& file);

// Sets the data folder as `--data` does.
void set_data(Config& config, const std::string& data);

class Section;
// Parts that read their own keys: `adminToken`, `users`, `apiKeys`, `jwt` and `sessions`.
void read_identities(Section& root, std::string_view folder, auth::Identities& into);
void read_limits(Section section, Limits& limits);
void read_front(Section& root, std::string_view folder, Config& config);
void read_dialects(Section section, Config& config);
// All of the section: what is not about the place is the dialect's.
DialectPlace read_place(Section& section, std::string_view name);
// A path of the file: relative ones are so to its folder.
std::string place(std::string_view folder, const std::string& path);

// What no key says by itself: that the parts fit together. Called after the command line had its say.
base::Status check(const Config& config);

}  // namespace rockpool::config
