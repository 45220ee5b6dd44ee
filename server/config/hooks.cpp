#include "server/config/hooks.h"

#include <algorithm>

#include "core/model/names.h"

namespace rockpool::config {
namespace {

constexpr std::size_t secret_bytes_min = 16;
constexpr std::size_t name_bytes_max = 64;
constexpr std::uint64_t batch_max = 1000;
constexpr std::uint64_t ms_min = 100;
constexpr std::uint64_t ms_max = 300'000;
constexpr std::uint64_t cache_seconds_max = 3600;

// It is a record id and a label in /metrics.
bool is_hook_name(const std::string& name) {
  const auto fits = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
  };
  return !name.empty() && name.size() <= name_bytes_max && std::all_of(name.begin(), name.end(), fits);
}

hooks::Hook read_hook(Section section) {
  hooks::Hook hook;
  hook.name = section.text("name").value_or("");
  if (!is_hook_name(hook.name)) section.mistake("name", "must be 1 to 64 letters, digits, - and _");
  hook.url = read_call_url(section);
  hook.space = section.text("space").value_or("default");
  if (!model::check_space(hook.space).ok()) section.mistake("space", "is no name for a space");
  hook.collections = section.texts("collections");
  hook.secret = read_call_secret(section);
  hook.batch = section.count("batch", 1, batch_max).value_or(hook.batch);
  hook.ms_max = section.count("timeoutMs", ms_min, ms_max).value_or(hook.ms_max);
  const std::string from = section.text("from").value_or("end");
  hook.from_start = from == "start";
  if (from != "start" && from != "end") section.mistake("from", "must be \"end\" or \"start\"");
  section.finish();
  return hook;
}

}  // namespace

hooks::Guard read_webhook(Section section) {
  hooks::Guard guard;
  guard.url = read_call_url(section);
  guard.secret = read_call_secret(section);
  guard.ms_max = section.count("timeoutMs", ms_min, ms_max).value_or(guard.ms_max);
  guard.cache_seconds = section.count("cacheSeconds", 1, cache_seconds_max).value_or(guard.cache_seconds);
  section.finish();
  return guard;
}

net::Url read_call_url(Section& section) {
  const auto text = section.text("url");
  if (!text) {
    section.mistake("url", "is missing; write https://HOST/PATH");
    return {};
  }
  const auto url = net::read_url(*text);
  if (!url.ok()) {
    section.mistake("url", url.error().message);
    return {};
  }
  return *url;
}

std::string read_call_secret(Section& section) {
  const std::string secret = section.text("secret").value_or("");
  if (secret.size() < secret_bytes_min) {
    section.mistake("secret",
                    "must be at least 16 bytes long; the receiver knows calls of this server by it");
  }
  return secret;
}

std::vector<hooks::Hook> read_hooks(Section& root) {
  std::vector<hooks::Hook> all;
  for (Section& section : root.sections("hooks")) {
    all.push_back(read_hook(section));
    const auto same = [&](const hooks::Hook& other) { return other.name == all.back().name; };
    if (std::any_of(all.begin(), all.end() - 1, same)) {
      section.mistake("name", "another hook has this name; each keeps its place in the log by it");
    }
  }
  return all;
}

}  // namespace rockpool::config
