#include "server/net/metrics.h"

#include <cassert>

#include "core/base/text.h"

namespace rockpool::net {
namespace {

constexpr std::string_view type_names[] = {"counter", "gauge", "histogram"};

void append_escaped(std::string& out, std::string_view value) {
  for (const char c : value) {
    if (c == '\\' || c == '"') out += '\\';
    if (c == '\n') {
      out += "\\n";
    } else {
      out += c;
    }
  }
}

}  // namespace

MetricsText& MetricsText::begin(std::string_view name, std::string_view help, Type type) {
  name_ = name;
  for (const std::string_view part :
       {std::string_view("# HELP "), name, std::string_view(" "), help, std::string_view("\n# TYPE "), name,
        std::string_view(" "), type_names[static_cast<std::size_t>(type)], std::string_view("\n")}) {
    text_ += part;
  }
  return *this;
}

void MetricsText::add_name(std::string_view suffix, Labels labels) {
  text_.append(name_).append(suffix);
  char separator = '{';
  for (const auto& [label, value] : labels) {
    text_ += std::exchange(separator, ',');
    text_.append(label).append("=\"");
    append_escaped(text_, value);
    text_ += '"';
  }
  text_ += separator == '{' ? " " : "} ";
}

MetricsText& MetricsText::sample(Labels labels, std::uint64_t value) {
  add_name("", labels);
  text_.append(base::decimal(value)).append("\n");
  return *this;
}

void MetricsText::counters(std::string_view name, std::string_view help, std::string_view label,
                           const std::vector<std::pair<std::string_view, std::uint64_t>>& values) {
  begin(name, help, Type::counter);
  for (const auto& [of, value] : values) sample({{label, of}}, value);
}

MetricsText& MetricsText::sample_seconds(Labels labels, std::uint64_t milliseconds) {
  constexpr std::uint64_t second = 1000;
  add_name("", labels);
  const std::string fraction = base::decimal(second + milliseconds % second).substr(1);
  text_.append(base::decimal(milliseconds / second)).append(".").append(fraction).append("\n");
  return *this;
}

void MetricsText::histogram(std::string_view name, std::string_view help,
                            std::span<const std::uint64_t> bounds, std::span<const std::uint64_t> counts,
                            std::uint64_t sum) {
  assert(counts.size() == bounds.size() + 1);
  begin(name, help, Type::histogram);
  std::uint64_t so_far = 0;
  for (std::size_t i = 0; i < counts.size(); ++i) {
    so_far += counts[i];
    add_name("_bucket", {{"le", i < bounds.size() ? base::decimal(bounds[i]) : "+Inf"}});
    text_.append(base::decimal(so_far)).append("\n");
  }
  text_.append(name).append("_sum ").append(base::decimal(sum)).append("\n");
  text_.append(name).append("_count ").append(base::decimal(so_far)).append("\n");
}

}  // namespace rockpool::net
