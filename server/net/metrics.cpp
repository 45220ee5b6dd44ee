#include "server/net/metrics.h"

#include "core/base/text.h"

namespace rockpool::net {

void MetricsText::add(std::string_view name, std::string_view help, std::string_view type,
                      std::uint64_t value) {
  for (const std::string_view part :
       {std::string_view("# HELP "), name, std::string_view(" "), help, std::string_view("\n# TYPE "), name,
        std::string_view(" "), type, std::string_view("\n"), name, std::string_view(" ")}) {
    text_ += part;
  }
  text_ += base::decimal(value) + "\n";
}

}  // namespace rockpool::net
