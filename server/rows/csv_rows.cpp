#include <set>
#include <vector>

#include "core/base/limits.h"
#include "core/base/text.h"
#include "server/rows/reader.h"

namespace rockpool::rows {
namespace {

constexpr std::size_t row_bytes_max = 1 << 20;

// row   := field *("," field) (LF | CRLF | end)
// field := <"> *(any byte but <"> | <""> ) <"> | *(any byte but "," <"> CR LF)
class CsvReader final : public RowReader {
 public:
  explicit CsvReader(Source& source) : source_(source) {}

  base::Result<std::optional<Row>> next() override {
    if (names_.empty()) {
      if (const auto read = read_header(); !read.ok()) return read.error();
    }
    std::vector<std::string> fields;
    const auto line = read_row(fields);
    if (!line.ok()) return line.error();
    if (*line == 0) return std::optional<Row>();
    if (fields.size() != names_.size()) {
      return at_line(*line, "has " + base::decimal(std::uint64_t{fields.size()}) +
                                " fields, the header has " + base::decimal(std::uint64_t{names_.size()}));
    }
    model::Value value = model::Value::object();
    for (std::size_t i = 0; i < fields.size(); ++i) value[names_[i]] = std::move(fields[i]);
    return std::optional<Row>(Row{*line, std::move(value)});
  }

 private:
  base::Status read_header() {
    const auto line = read_row(names_);
    if (!line.ok()) return line.error();
    if (*line == 0) return at_line(1, "the header with the names of the columns is missing");
    std::set<std::string> seen;
    for (const std::string& name : names_) {
      if (name.empty()) return at_line(*line, "a column has no name");
      if (name.size() > base::limits::json_key_bytes_max) {
        return at_line(*line, "a column's name is over 1 KiB");
      }
      if (!seen.insert(name).second) return at_line(*line, "the column '" + name + "' is named twice");
    }
    return base::done();
  }

  // The line it begins on, 0 at the end of the file. Empty lines are skipped.
  base::Result<std::size_t> read_row(std::vector<std::string>& fields) {
    while (source_.peek() == '\n' || source_.peek() == '\r') source_.next();
    if (source_.problem()) return *source_.problem();
    if (source_.peek() == Source::end) return std::size_t{0};
    const std::size_t line = source_.line();
    bytes_ = 0;
    for (bool more = true; more;) {
      fields.emplace_back();
      const auto read =
          source_.peek() == '"' ? read_quoted(line, fields.back()) : read_bare(line, fields.back());
      if (!read.ok()) return read.error();
      if (!base::is_utf8(fields.back())) return at_line(line, "is not UTF-8; convert the file first");
      const auto ended = end_field(line);
      if (!ended.ok()) return ended.error();
      more = *ended;
    }
    if (source_.problem()) return *source_.problem();
    return line;
  }

  base::Status add(std::size_t line, std::string& field, int c) {
    if (++bytes_ > row_bytes_max) return at_line(line, "the row that begins here is over 1 MiB");
    if (c == 0) return at_line(line, "holds a NUL byte");
    field += static_cast<char>(c);
    return base::done();
  }

  base::Status read_bare(std::size_t line, std::string& field) {
    for (int c = source_.peek(); c != Source::end && c != ',' && c != '\n' && c != '\r'; c = source_.peek()) {
      if (c == '"') {
        return at_line(source_.line(), "a quote stands inside a field that does not begin with one");
      }
      if (const auto added = add(line, field, source_.next()); !added.ok()) return added;
    }
    return base::done();
  }

  base::Status read_quoted(std::size_t line, std::string& field) {
    const std::size_t opened = source_.line();
    source_.next();
    for (int c = source_.next(); c != Source::end; c = source_.next()) {
      if (c == '"' && source_.peek() != '"') return base::done();
      if (c == '"') source_.next();
      if (const auto added = add(line, field, c); !added.ok()) return added;
    }
    return source_.problem() ? *source_.problem()
                             : at_line(opened, "the quote that opens here is never closed");
  }

  // Takes what stands behind a field; is there another one in the row?
  base::Result<bool> end_field(std::size_t line) {
    const int c = source_.next();
    if (c == ',') return true;
    if (c == '\r' && source_.peek() == '\n') source_.next();
    if (c == Source::end || c == '\n' || c == '\r') return false;
    return at_line(line, "there is text after a closing quote");
  }

  Source& source_;
  std::vector<std::string> names_;
  std::size_t bytes_ = 0;
};

}  // namespace

std::unique_ptr<RowReader> read_csv(Source& source) { return std::make_unique<CsvReader>(source); }

}  // namespace rockpool::rows
