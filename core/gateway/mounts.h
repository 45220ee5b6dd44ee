// Which dialect a request is for. Read by every thread once all mounts are there.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "core/gateway/gateway.h"

namespace rockpool::gateway {

struct Mounted {
  Mount mount;
  std::unique_ptr<dialect::ServerDialect> server;
};

class Mounts {
 public:
  // `usage` for a wrong or reserved path, and for one that is there already.
  base::Status check(const Mount& mount) const;
  void add(Mounted mounted);

  struct Route {
    std::size_t mount = 0;
    std::string path;  // below the mount
  };
  // By host, then the longest path; the first whose dialect wants it.
  std::optional<Route> find(const wire::RequestHead& head) const;

  std::size_t size() const { return mounted_.size(); }
  const Mounted& operator[](std::size_t index) const { return *mounted_[index]; }

 private:
  bool wants(const Mounted& mounted, const wire::RequestHead& head, std::string_view path) const;

  std::vector<std::unique_ptr<Mounted>> mounted_;  // in the order they came
  std::vector<std::size_t> longest_first_;
  bool have_hosts_ = false;
};

}  // namespace rockpool::gateway
