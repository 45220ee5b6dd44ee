// What the server answers by itself, without the hub: health, figures, the SDK, static files.
#pragma once

#include <optional>
#include <string>

#include "server/net/edge.h"
#include "server/net/static_files.h"

namespace rockpool::net {

struct Folders {
  std::string www;  // empty: none
  std::string sdk;  // empty or absent on disk: /sdk/ says that it is not built
  std::vector<std::string> left_out;
};

class Site {
 public:
  static base::Result<Site> make(const Folders& folders);

  // Paths that no dialect can take: /health, /ready, /metrics, /sdk/.
  std::optional<Response> reserved(const wire::RequestHead& head, const Inbox& inbox,
                                   const Counters& counters) const;
  Response file(const wire::RequestHead& head) const;

 private:
  Response sdk(const wire::RequestHead& head) const;

  std::optional<StaticFiles> www_;
  std::optional<StaticFiles> sdk_;
};

}  // namespace rockpool::net
