// Reads rows out of a JSON array, lines of JSON (NDJSON) or CSV with a header, one at a time.
#pragma once

#include <memory>
#include <optional>
#include <string_view>

#include "core/base/result.h"
#include "core/model/value.h"
#include "server/rows/source.h"

namespace rockpool::rows {

struct Row {
  std::size_t line = 0;  // where it begins
  model::Value value;
};

class RowReader {
 public:
  virtual ~RowReader() = default;
  // The next row, nothing at the end. After an error, which names the line, it is not called again.
  virtual base::Result<std::optional<Row>> next() = 0;
};

enum class Format : unsigned char { array, lines, csv };

// Elements of one JSON array.
std::unique_ptr<RowReader> read_array(Source& source);
// One JSON value a line; empty lines are skipped.
std::unique_ptr<RowReader> read_lines(Source& source);
// RFC 4180: the first row names the members, all values are text, every row has as many fields as the header.
std::unique_ptr<RowReader> read_csv(Source& source);

// By the ending of the file's name where it says enough (.csv, .ndjson, .jsonl), otherwise by the first byte
// that is no white space: `[` is an array, `{` lines; anything else is CSV unless the name ends in .json.
base::Result<std::unique_ptr<RowReader>> open_rows(Source& source, std::string_view file_name);

// An error about what stands on `line`.
base::Error at_line(std::size_t line, std::string_view what);

}  // namespace rockpool::rows
