#include <cerrno>
#include <cstdio>
#include <cstring>

#include "core/model/value.h"
#include "server/transfer/progress.h"
#include "server/verbs/transfer.h"
#include "server/verbs/verbs.h"

namespace rockpool::verbs {
namespace {

// The record flat, with its id, as `import --id id` takes it. What is no object stands under `value`.
base::Result<std::string> row_of(const model::Record& record) {
  const auto data = model::read(record.data);
  if (!data.ok()) return data.error();
  model::Value row = model::Value::object();
  row["id"] = record.key.id;
  if (!data->is_object()) {
    row["value"] = *data;
    return model::write(row);
  }
  for (const auto& [name, value] : data->members()) {
    if (name != "id") row[name] = value;
  }
  return model::write(row);
}

// Writes beside the file and takes its place at the end, so that a file of that name is always whole.
class Output {
 public:
  Output(std::string name, bool array) : name_(std::move(name)), array_(array) {
    file_ = name_.empty() ? stdout : std::fopen(draft().c_str(), "wb");
  }
  ~Output() {
    if (file_ != nullptr && !name_.empty()) {
      std::fclose(file_);
      std::remove(draft().c_str());
    }
  }
  Output(const Output&) = delete;
  Output& operator=(const Output&) = delete;

  base::Status add(const std::string& row) {
    if (file_ == nullptr) return failed();
    const std::string text = array_ ? (rows_ == 0 ? "[\n" : ",\n") + row : row + "\n";
    ++rows_;
    return std::fwrite(text.data(), 1, text.size(), file_) == text.size() ? base::done() : failed();
  }

  base::Status finish() {
    if (file_ == nullptr) return failed();
    if (array_) std::fputs(rows_ == 0 ? "[]\n" : "\n]\n", file_);
    const bool flushed = std::fflush(file_) == 0 && std::ferror(file_) == 0;
    if (name_.empty()) return flushed ? base::done() : failed();
    const bool closed = std::fclose(std::exchange(file_, nullptr)) == 0;
    if (!flushed || !closed || std::rename(draft().c_str(), name_.c_str()) != 0) return failed();
    return base::done();
  }

  std::uint64_t rows() const { return rows_; }

 private:
  std::string draft() const { return name_ + ".part"; }
  base::Status failed() const {
    return base::Error{
        base::Code::storage,
        (name_.empty() ? "standard output" : name_) + ": cannot be written: " + std::strerror(errno), ""};
  }

  std::string name_;
  bool array_;
  std::FILE* file_;
  std::uint64_t rows_ = 0;
};

base::Status export_to(const std::string& name, transfer::Target& target, const std::string& collection) {
  Output output(name, name.ends_with(".json"));
  transfer::Progress progress(0);
  const auto read = target.read(collection, [&](const model::Record& record) -> base::Status {
    const auto row = row_of(record);
    if (!row.ok()) return row.error();
    progress.at(0, output.rows());
    return output.add(*row);
  });
  if (!read.ok()) return read;
  if (const auto finished = output.finish(); !finished.ok()) return finished;
  std::fprintf(stderr, "exported %s in %s s\n", transfer::grouped(output.rows()).c_str(),
               transfer::in_seconds(progress.elapsed_ms()).c_str());
  return base::done();
}

}  // namespace

base::Status export_rows(const Words& words) {
  const auto arguments = Arguments::read(
      words, {.options = {"--collection", "--space", "--data", "--config", "--url", "--token"},
              .switches = {},
              .places = {"FILE"},
              .places_min = 0});
  if (!arguments.ok()) return arguments.error();
  const auto collection = read_collection(*arguments);
  if (!collection.ok()) return collection.error();
  return with_target(*arguments, [&](transfer::Target& target) {
    return export_to(arguments->place(0).value_or(""), target, *collection);
  });
}

}  // namespace rockpool::verbs
