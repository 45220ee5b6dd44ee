// Figures in the text format of Prometheus.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace rockpool::net {

class MetricsText {
 public:
  void counter(std::string_view name, std::string_view help, std::uint64_t value) {
    add(name, help, "counter", value);
  }
  void gauge(std::string_view name, std::string_view help, std::uint64_t value) {
    add(name, help, "gauge", value);
  }
  std::string take() { return std::move(text_); }

 private:
  void add(std::string_view name, std::string_view help, std::string_view type, std::uint64_t value);

  std::string text_;
};

}  // namespace rockpool::net
