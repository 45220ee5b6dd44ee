#include "core/gateway/mounts.h"

#include <algorithm>
#include <array>

#include "core/model/names.h"
#include "core/wire/url.h"

namespace rockpool::gateway {
namespace {

constexpr std::array<std::string_view, 5> reserved = {"/v1", "/health", "/ready", "/metrics", "/sdk"};

base::Status usage(std::string message) {
  return base::Error{.code = base::Code::usage, .message = std::move(message), .path = ""};
}

bool is_path_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
         std::string_view("-._~/").find(c) != std::string_view::npos;
}

// "" or "/name", or several names.
bool is_mount_path(std::string_view path) {
  if (path.empty()) return true;
  if (path.front() != '/' || path.back() == '/' || path.find("//") != std::string_view::npos) return false;
  return std::all_of(path.begin(), path.end(), is_path_letter);
}

bool is_below(std::string_view path, std::string_view prefix) {
  return path.starts_with(prefix) && (path.size() == prefix.size() || path[prefix.size()] == '/');
}

bool has_host(const Mount& mount, std::string_view host) {
  return std::any_of(mount.hosts.begin(), mount.hosts.end(),
                     [&](const std::string& name) { return wire::host_name(name) == host; });
}

}  // namespace

base::Status Mounts::check(const Mount& mount) const {
  const std::string name = mount.dialect == nullptr ? "" : std::string(mount.dialect->name);
  if (mount.dialect == nullptr || mount.dialect->server == nullptr)
    return usage("a mount without a dialect that serves");
  if (!is_mount_path(mount.path)) {
    return usage("mount \"" + mount.path + "\" of " + name +
                 " is no path: write \"\" or \"/name\", without a slash at the end");
  }
  for (const std::string_view path : reserved) {
    if (!is_below(mount.path, path)) continue;
    return usage("mount \"" + mount.path + "\" of " + name + " is the server's own: choose another path");
  }
  for (const auto& other : mounted_) {
    if (other->mount.path == mount.path) {
      return usage("mount \"" + mount.path + "\" is asked for by " + std::string(other->mount.dialect->name) +
                   " and by " + name + ": give each its own path");
    }
    for (const std::string& host : mount.hosts) {
      if (!has_host(other->mount, wire::host_name(host))) continue;
      return usage("host \"" + host + "\" is asked for by " + std::string(other->mount.dialect->name) +
                   " and by " + name + ": give each its own host");
    }
  }
  return model::check_space(mount.space);
}

void Mounts::add(Mounted mounted) {
  have_hosts_ = have_hosts_ || !mounted.mount.hosts.empty();
  mounted_.push_back(std::make_unique<Mounted>(std::move(mounted)));
  longest_first_.push_back(mounted_.size() - 1);
  std::stable_sort(longest_first_.begin(), longest_first_.end(), [&](std::size_t a, std::size_t b) {
    return mounted_[a]->mount.path.size() > mounted_[b]->mount.path.size();
  });
}

bool Mounts::wants(const Mounted& mounted, const wire::RequestHead& head, std::string_view path) const {
  if (path.size() == head.path.size()) return mounted.server->claims(head);
  // Asked twice for each request: without the fields, which say nothing of paths.
  return mounted.server->claims({.method = head.method,
                                 .path = std::string(path),
                                 .query = head.query,
                                 .headers = {},
                                 .upgrade = head.upgrade});
}

std::optional<Mounts::Route> Mounts::find(const wire::RequestHead& head) const {
  const std::string* field = have_hosts_ ? wire::find_header(head.headers, "Host") : nullptr;
  const std::string host = field == nullptr ? std::string() : wire::host_name(*field);
  for (std::size_t i = 0; i < mounted_.size() && !host.empty(); ++i) {
    if (has_host(mounted_[i]->mount, host) && wants(*mounted_[i], head, head.path))
      return Route{i, head.path};
  }
  for (const std::size_t i : longest_first_) {
    const std::string& prefix = mounted_[i]->mount.path;
    if (!is_below(head.path, prefix) && !prefix.empty()) continue;
    const std::string_view path = std::string_view(head.path).substr(prefix.size());
    if (wants(*mounted_[i], head, path)) return Route{i, std::string(path)};
  }
  return std::nullopt;
}

}  // namespace rockpool::gateway
