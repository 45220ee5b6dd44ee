#include <cstdio>
#include <filesystem>
#include <set>

#include "core/base/text.h"
#include "core/dialect/file_meta.h"
#include "server/backplane/sqlite/sqlite_backplane.h"
#include "server/files/copies.h"
#include "server/verbs/common.h"
#include "server/verbs/verbs.h"

namespace rockpool::verbs {
namespace {

constexpr int tries_max = 3;

using Ids = std::set<std::string>;

// Of a function that reads all records.
template <typename Read>
base::Result<Ids> named_files(Read read, const std::string& from) {
  Ids ids;
  const auto done = read(from, [&](const model::Record& record) {
    if (auto file = dialect::file_of(record.meta)) ids.insert(std::move(file->id));
  });
  if (!done.ok()) return done.error();
  return ids;
}

std::string counted(std::size_t count) {
  return base::decimal(std::uint64_t{count}) + (count == 1 ? " file" : " files");
}

struct Copied {
  Ids files, missing;
};

// The store, then the files that its copy names. A server that runs may have removed one since: then its
// record is gone as well, and the next copy of the store does not name it.
base::Result<Copied> copy(const std::string& folder, const std::string& file) {
  Copied copied;
  for (int tries = 0; tries < tries_max; ++tries) {
    if (const auto done = backplane::backup(folder, file); !done.ok()) return done.error();
    auto ids = named_files(backplane::read_backup, file);
    if (!ids.ok()) return ids.error();
    auto missing = files::copy_files(files::folder_of_store(folder), files::folder_of_backup(file), *ids);
    if (!missing.ok()) {
      std::filesystem::remove(file);
      return missing.error();
    }
    const bool is_final = missing->empty() || *missing == copied.missing || tries + 1 == tries_max;
    // What an earlier try copied and nobody names any more.
    for (const std::string& id : *ids) copied.files.erase(id);
    files::remove_files(files::folder_of_backup(file), copied.files);
    copied = {.files = std::move(*ids), .missing = std::move(*missing)};
    if (is_final) break;
    std::filesystem::remove(file);
  }
  return copied;
}

base::Status check_files(const std::string& folder) {
  const auto ids = named_files(backplane::read_folder, folder);
  if (!ids.ok()) return ids.error();
  const Ids missing = files::missing(files::folder_of_store(folder), *ids);
  if (!ids->empty()) std::printf("%s of records\n", counted(ids->size()).c_str());
  if (missing.empty()) return base::done();
  return base::Error{base::Code::storage,
                     folder + ": " + counted(missing.size()) + " of records missing, " + *missing.begin() +
                         " for one; put them back into " + files::folder_of_store(folder) + " from a backup",
                     ""};
}

}  // namespace

base::Status backup(const Words& words) {
  const auto arguments = Arguments::read(
      words, {.options = {"--data", "--config"}, .switches = {}, .places = {"FILE"}, .places_min = 1});
  if (!arguments.ok()) return arguments.error();
  const auto folder = read_folder(*arguments);
  if (!folder.ok()) return folder.error();
  const std::string file = *arguments->place(0);
  std::error_code problem;
  if (const std::string beside = files::folder_of_backup(file); std::filesystem::exists(beside, problem)) {
    return base::Error{base::Code::exists, beside + " is there already; remove it or choose another name",
                       ""};
  }
  const auto copied = copy(*folder, file);
  if (!copied.ok()) return copied.error();
  const auto bytes = std::filesystem::file_size(file, problem);
  std::printf("backed up %s to %s, %ju bytes\n", folder->c_str(), file.c_str(),
              static_cast<std::uintmax_t>(bytes));
  if (!copied->files.empty()) {
    std::printf("%s beside it in %s, which belongs to the backup\n",
                counted(copied->files.size() - copied->missing.size()).c_str(),
                files::folder_of_backup(file).c_str());
  }
  if (copied->missing.empty()) return base::done();
  return base::Error{base::Code::storage,
                     "the backup is whole but for " + counted(copied->missing.size()) +
                         " that records name and " + *folder + " does not have",
                     ""};
}

namespace {

// Files first: without a store they are nobody's.
base::Status restore_all(const std::string& file, const std::string& folder, const Ids& ids) {
  std::error_code problem;
  std::filesystem::create_directories(folder, problem);
  const std::string to = files::folder_of_store(folder);
  const Ids new_ones = files::missing(to, ids);
  const auto copied = files::copy_files(files::folder_of_backup(file), to, new_ones);
  const base::Status done = copied.ok() ? backplane::restore(file, folder) : base::Status(copied.error());
  if (!done.ok()) files::remove_files(to, new_ones);
  return done;
}

}  // namespace

base::Status restore(const Words& words) {
  const auto arguments = Arguments::read(
      words, {.options = {"--data"}, .switches = {"--without-files"}, .places = {"FILE"}, .places_min = 1});
  if (!arguments.ok()) return arguments.error();
  if (!arguments->has("--data"))
    return base::Error{base::Code::usage, "name the folder to restore into by --data", ""};
  const auto folder = read_folder(*arguments);
  if (!folder.ok()) return folder.error();
  const std::string file = *arguments->place(0);
  const auto ids = named_files(backplane::read_backup, file);
  if (!ids.ok()) return ids.error();
  const std::string beside = files::folder_of_backup(file);
  if (const Ids missing = files::missing(beside, *ids);
      !missing.empty() && !arguments->has("--without-files")) {
    return base::Error{base::Code::not_found,
                       beside + " lacks " + counted(missing.size()) +
                           " that records name; put the folder of that backup there, or give --without-files",
                       ""};
  }
  if (const auto done = restore_all(file, *folder, *ids); !done.ok()) return done;
  std::printf("restored %s from %s; clients will take a fresh snapshot\n", folder->c_str(), file.c_str());
  return base::done();
}

base::Status check(const Words& words) {
  const auto arguments = Arguments::read(
      words, {.options = {"--data", "--config"}, .switches = {}, .places = {}, .places_min = 0});
  if (!arguments.ok()) return arguments.error();
  const auto folder = read_folder(*arguments);
  if (!folder.ok()) return folder.error();
  const auto findings = backplane::verify(*folder);
  if (!findings.ok()) return findings.error();
  for (const std::string& line : findings->lines) std::puts(line.c_str());
  if (findings->is_sound) return check_files(*folder);
  return base::Error{base::Code::storage, *folder + ": is damaged; restore the last backup into a new folder",
                     ""};
}

}  // namespace rockpool::verbs
