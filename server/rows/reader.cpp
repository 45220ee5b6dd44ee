#include "server/rows/reader.h"

#include "core/base/text.h"

namespace rockpool::rows {
namespace {

base::Result<Format> format_of(Source& source, std::string_view file_name) {
  if (file_name.ends_with(".csv")) return Format::csv;
  if (file_name.ends_with(".ndjson") || file_name.ends_with(".jsonl")) return Format::lines;
  while (source.peek() == ' ' || source.peek() == '\t' || source.peek() == '\r' || source.peek() == '\n') {
    source.next();
  }
  if (source.problem()) return *source.problem();
  if (source.peek() == '[') return Format::array;
  if (source.peek() == '{') return Format::lines;
  if (source.peek() != Source::end && !file_name.ends_with(".json")) return Format::csv;
  return at_line(source.line(), "neither a JSON array nor lines of JSON objects begins here");
}

}  // namespace

base::Error at_line(std::size_t line, std::string_view what) {
  return {base::Code::invalid, "line " + base::decimal(std::uint64_t{line}) + ": " + std::string(what), ""};
}

base::Result<std::unique_ptr<RowReader>> open_rows(Source& source, std::string_view file_name) {
  const auto format = format_of(source, file_name);
  if (!format.ok()) return format.error();
  switch (*format) {
    case Format::array: return read_array(source);
    case Format::lines: return read_lines(source);
    case Format::csv: return read_csv(source);
  }
  return read_lines(source);
}

}  // namespace rockpool::rows
