#include "core/base/limits.h"
#include "server/rows/reader.h"

namespace rockpool::rows {
namespace {

// A record of the largest size still fits its text with white space inside.
constexpr std::size_t text_bytes_max = 4 << 20;

bool is_space(int c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

base::Error ended_in(const Source& source, std::size_t line, std::string_view what) {
  return source.problem() ? *source.problem() : at_line(line, what);
}

base::Result<std::optional<Row>> parse(std::size_t line, std::string_view text) {
  auto value = model::read(text, {.bytes_max = text_bytes_max});
  if (!value.ok()) return at_line(line, value.error().message);
  return std::optional<Row>(Row{line, std::move(*value)});
}

class LineReader final : public RowReader {
 public:
  explicit LineReader(Source& source) : source_(source) {}

  base::Result<std::optional<Row>> next() override {
    while (source_.peek() != Source::end) {
      const std::size_t line = source_.line();
      std::string text;
      for (int c = source_.next(); c != Source::end && c != '\n'; c = source_.next()) {
        if (text.size() == text_bytes_max) return at_line(line, "is longer than 4 MiB");
        text += static_cast<char>(c);
      }
      if (text.find_first_not_of(" \t\r") != std::string::npos) return parse(line, text);
    }
    if (source_.problem()) return *source_.problem();
    return std::optional<Row>();
  }

 private:
  Source& source_;
};

// Cuts the text of each element out by following strings and brackets alone; what is between is the JSON
// reader's.
class ArrayReader final : public RowReader {
 public:
  explicit ArrayReader(Source& source) : source_(source) {}

  base::Result<std::optional<Row>> next() override {
    skip_space();
    if (!begun_ && source_.next() != '[') return at_line(source_.line(), "a JSON array must begin with [");
    const bool first = !begun_;
    begun_ = true;
    skip_space();
    if (source_.peek() == ']') return finish();
    if (!first) {
      if (source_.peek() != ',') {
        return ended_in(source_, source_.line(), "a , or ] is missing after an element");
      }
      source_.next();
      skip_space();
    }
    const std::size_t line = source_.line();
    std::string text;
    if (const auto taken = take_element(line, text); !taken.ok()) return taken.error();
    if (text.empty()) return ended_in(source_, line, "an element of the array is missing");
    return parse(line, text);
  }

 private:
  void skip_space() {
    while (is_space(source_.peek())) source_.next();
  }

  base::Result<std::optional<Row>> finish() {
    source_.next();
    skip_space();
    if (source_.peek() != Source::end) {
      return at_line(source_.line(), "there is text after the end of the array");
    }
    if (source_.problem()) return *source_.problem();
    return std::optional<Row>();
  }

  base::Status take_element(std::size_t line, std::string& text) {
    int depth = 0;
    bool in_string = false;
    for (int c = source_.peek(); c != Source::end; c = source_.peek()) {
      const bool outside = !in_string && depth == 0;
      if (outside && (c == ',' || c == ']' || is_space(c))) return base::done();
      if (text.size() == text_bytes_max) {
        return at_line(line, "the element that begins here is longer than 4 MiB");
      }
      text += static_cast<char>(source_.next());
      if (in_string) {
        if (c == '\\' && source_.peek() != Source::end) text += static_cast<char>(source_.next());
        if (c == '"') in_string = false;
        continue;
      }
      if (c == '"') in_string = true;
      if (c == '{' || c == '[') ++depth;
      if ((c == '}' || c == ']') && depth > 0) --depth;
    }
    return ended_in(source_, line, "the element that begins here never ends");
  }

  Source& source_;
  bool begun_ = false;
};

}  // namespace

std::unique_ptr<RowReader> read_array(Source& source) { return std::make_unique<ArrayReader>(source); }
std::unique_ptr<RowReader> read_lines(Source& source) { return std::make_unique<LineReader>(source); }

}  // namespace rockpool::rows
