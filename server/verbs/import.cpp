#include <cerrno>
#include <cstdio>
#include <cstring>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/text.h"
#include "server/transfer/importer.h"
#include "server/transfer/progress.h"
#include "server/verbs/common.h"
#include "server/verbs/transfer.h"
#include "server/verbs/verbs.h"

namespace rockpool::verbs {
namespace {

// Closes what it opened; standard input, named "-", stays open.
class File {
 public:
  explicit File(const std::string& name)
      : descriptor_(name == "-" ? STDIN_FILENO : ::open(name.c_str(), O_RDONLY | O_CLOEXEC)) {}
  ~File() {
    if (descriptor_ > STDIN_FILENO) ::close(descriptor_);
  }
  File(const File&) = delete;
  File& operator=(const File&) = delete;

  int descriptor() const { return descriptor_; }
  std::uint64_t size() const {
    struct stat facts {};
    return ::fstat(descriptor_, &facts) == 0 && S_ISREG(facts.st_mode)
               ? static_cast<std::uint64_t>(facts.st_size)
               : 0;
  }

 private:
  int descriptor_;
};

std::string say(const transfer::Tally& tally) {
  return "imported " + base::decimal(tally.imported) + ", updated " + base::decimal(tally.updated) +
         ", unchanged " + base::decimal(tally.unchanged);
}

base::Status add_all(rows::RowReader& reader, const rows::Source& source, transfer::Importer& importer,
                     transfer::Progress& progress) {
  for (;;) {
    auto row = reader.next();
    if (!row.ok()) return row.error();
    if (!*row) return importer.finish();
    if (const auto added = importer.add(std::move(**row)); !added.ok()) return added;
    progress.at(source.bytes_taken(), importer.tally().rows());
  }
}

// What stands before the mistake is brought in, and said.
base::Error stopped(const std::string& file, const base::Error& error, transfer::Importer& importer) {
  const bool whole = importer.finish().ok();
  std::string text = file + ": " + error.message + "; ";
  text.append(whole ? "the rows before it are in: " : "rows that are in for certain: ")
      .append(say(importer.tally()));
  return {error.code, text, ""};
}

base::Status import_from(const std::string& name, transfer::Target& target, transfer::ImportOptions options) {
  const File file(name);
  if (file.descriptor() < 0) {
    return base::Error{base::Code::not_found, name + ": cannot be read: " + std::strerror(errno), ""};
  }
  rows::Source source(rows::read_descriptor(file.descriptor(), name));
  auto reader = rows::open_rows(source, name);
  if (!reader.ok()) return about(name, reader.error());
  transfer::Importer importer(target, std::move(options));
  std::int64_t elapsed_ms = 0;
  {
    transfer::Progress progress(file.size());
    if (const auto added = add_all(**reader, source, importer, progress); !added.ok()) {
      return stopped(name, added.error(), importer);
    }
    elapsed_ms = progress.elapsed_ms();
  }
  std::printf("%s in %s s\n", say(importer.tally()).c_str(), transfer::in_seconds(elapsed_ms).c_str());
  return base::done();
}

}  // namespace

base::Status import_rows(const Words& words) {
  const auto arguments = Arguments::read(
      words, {.options = {"--collection", "--id", "--space", "--data", "--config", "--url", "--token"},
              .switches = {},
              .places = {"FILE"},
              .places_min = 1});
  if (!arguments.ok()) return arguments.error();
  const auto collection = read_collection(*arguments);
  if (!collection.ok()) return collection.error();
  const transfer::ImportOptions options{*collection, arguments->value("--id").value_or("")};
  if (arguments->has("--id") && options.id_field.empty()) {
    return base::Error{base::Code::usage, "--id needs the name of a member", ""};
  }
  return with_target(*arguments, [&](transfer::Target& target) {
    return import_from(*arguments->place(0), target, options);
  });
}

}  // namespace rockpool::verbs
