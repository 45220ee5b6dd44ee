#include <cstdio>
#include <filesystem>

#include "server/backplane/sqlite/sqlite_backplane.h"
#include "server/verbs/common.h"
#include "server/verbs/verbs.h"

namespace rockpool::verbs {

base::Status backup(const Words& words) {
  const auto arguments = Arguments::read(
      words, {.options = {"--data", "--config"}, .switches = {}, .places = {"FILE"}, .places_min = 1});
  if (!arguments.ok()) return arguments.error();
  const auto folder = read_folder(*arguments);
  if (!folder.ok()) return folder.error();
  const std::string file = *arguments->place(0);
  if (const auto done = backplane::backup(*folder, file); !done.ok()) return done;
  std::error_code problem;
  const auto bytes = std::filesystem::file_size(file, problem);
  std::printf("backed up %s to %s, %ju bytes\n", folder->c_str(), file.c_str(),
              static_cast<std::uintmax_t>(bytes));
  return base::done();
}

base::Status restore(const Words& words) {
  const auto arguments =
      Arguments::read(words, {.options = {"--data"}, .switches = {}, .places = {"FILE"}, .places_min = 1});
  if (!arguments.ok()) return arguments.error();
  const auto folder = read_folder(*arguments);
  if (!folder.ok()) return folder.error();
  const std::string file = *arguments->place(0);
  if (const auto done = backplane::restore(file, *folder); !done.ok()) return done;
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
  if (findings->is_sound) return base::done();
  return base::Error{base::Code::storage, *folder + ": is damaged; restore the last backup into a new folder",
                     ""};
}

}  // namespace rockpool::verbs
