// Figures in the text format of Prometheus.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace rockpool::net {

class MetricsText {
 public:
  using Labels = std::initializer_list<std::pair<std::string_view, std::string_view>>;
  enum class Type : std::uint8_t { counter, gauge, histogram };

  void counter(std::string_view name, std::string_view help, std::uint64_t value) {
    begin(name, help, Type::counter).sample({}, value);
  }
  void gauge(std::string_view name, std::string_view help, std::uint64_t value) {
    begin(name, help, Type::gauge).sample({}, value);
  }
  // Values of one counter by the value of a label.
  void counters(std::string_view name, std::string_view help, std::string_view label,
                const std::vector<std::pair<std::string_view, std::uint64_t>>& values);
  // `counts[i]` of what was at most `bounds[i]`, and one count more of what was above all of them.
  void histogram(std::string_view name, std::string_view help, std::span<const std::uint64_t> bounds,
                 std::span<const std::uint64_t> counts, std::uint64_t sum);

  // A family whose samples differ by labels: begun once, its samples directly behind it.
  MetricsText& begin(std::string_view name, std::string_view help, Type type);
  MetricsText& sample(Labels labels, std::uint64_t value);
  MetricsText& sample_seconds(Labels labels, std::uint64_t milliseconds);

  std::string take() { return std::move(text_); }

 private:
  void add_name(std::string_view suffix, Labels labels);

  std::string text_;
  std::string name_;  // of the family begun last
};

}  // namespace rockpool::net
