#include "core/dialect/heads.h"

namespace rockpool::dialect {

std::string header_of(const wire::RequestHead& head, std::string_view name) {
  const std::string* value = wire::find_header(head.headers, name);
  return value == nullptr ? std::string() : *value;
}

std::string base_url(const Arrived& arrived, const MountOptions& options) {
  if (!options.public_url.empty()) return options.public_url + arrived.prefix;
  return (options.is_secure ? "https://" : "http://") + header_of(arrived.head, "Host") + arrived.prefix;
}

bool is_same_secret(std::string_view a, std::string_view b) {
  unsigned difference = a.size() == b.size() ? 0 : 1;
  for (std::size_t i = 0; i < a.size(); ++i)
    difference |= static_cast<unsigned>(a[i]) ^ static_cast<unsigned>(b.empty() ? '\0' : b[i % b.size()]);
  return difference == 0;
}

}  // namespace rockpool::dialect
