// Figures in the text format of Prometheus.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace rockpool::net {

class MetricsText {
 public:
  void counter(std::string_view name, std::string_view help, std::uint64_t value) {
    add(name, help, "counter", value);
  }
  void gauge(std::string_view name, std::string_view help, std::uint64_t value) {
    add(name, help, "gauge", value);
  }
  // Values of one counter by the value of a label.
  void counters(std::string_view name, std::string_view help, std::string_view label,
                const std::vector<std::pair<std::string_view, std::uint64_t>>& values);
  std::string take() { return std::move(text_); }

 private:
  void describe(std::string_view name, std::string_view help, std::string_view type);
  void add(std::string_view name, std::string_view help, std::string_view type, std::uint64_t value);

  std::string text_;
};

}  // namespace rockpool::net
