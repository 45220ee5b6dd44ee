#include "server/net/metrics.h"

#include "core/base/text.h"

namespace rockpool::net {

void MetricsText::describe(std::string_view name, std::string_view help, std::string_view type) {
  for (const std::string_view part :
       {std::string_view("# HELP "), name, std::string_view(" "), help, std::string_view("\n# TYPE "), name,
        std::string_view(" "), type, std::string_view("\n")}) {
    text_ += part;
  }
}

void MetricsText::add(std::string_view name, std::string_view help, std::string_view type,
                      std::uint64_t value) {
  describe(name, help, type);
  text_.append(name).append(" ").append(base::decimal(value)).append("\n");
}

void MetricsText::counters(std::string_view name, std::string_view help, std::string_view label,
                           const std::vector<std::pair<std::string_view, std::uint64_t>>& values) {
  describe(name, help, "counter");
  for (const auto& [of, value] : values) {
    text_.append(name).append("{").append(label).append("=\"").append(of).append("\"} ");
    text_.append(base::decimal(value)).append("\n");
  }
}

}  // namespace rockpool::net
