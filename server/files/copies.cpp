#include "server/files/copies.h"

#include <filesystem>
#include <system_error>

#include <fcntl.h>
#include <unistd.h>

#include "server/files/store.h"

namespace rockpool::files {
namespace {

namespace fs = std::filesystem;

bool sync_path(const std::string& path) {
  const int descriptor = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) return false;
  const bool synced = fsync(descriptor) == 0;
  close(descriptor);
  return synced;
}

base::Error failed(const std::string& path, const std::string& reason) {
  return {base::Code::storage, path + " cannot be written: " + reason, ""};
}

}  // namespace

std::set<std::string> missing(const std::string& folder, const std::set<std::string>& ids) {
  std::set<std::string> missing;
  std::error_code none;
  for (const std::string& id : ids) {
    if (!is_file_id(id) || !fs::is_regular_file(folder + '/' + id, none)) missing.insert(id);
  }
  return missing;
}

base::Result<std::set<std::string>> copy_files(const std::string& from, const std::string& to,
                                               const std::set<std::string>& ids) {
  std::set<std::string> gone;
  if (ids.empty()) return gone;
  std::error_code problem;
  fs::create_directories(to, problem);
  if (!problem) fs::permissions(to, fs::perms::owner_all, problem);
  if (problem) return failed(to, problem.message());
  for (const std::string& id : ids) {
    const std::string source = from + '/' + id, target = to + '/' + id;
    if (!is_file_id(id) || (!fs::exists(source, problem) && !fs::exists(target, problem))) {
      gone.insert(id);
      continue;
    }
    if (fs::exists(target, problem)) continue;
    // Under another name until it is whole.
    const std::string part = target + ".part";
    fs::copy_file(source, part, fs::copy_options::overwrite_existing, problem);
    // A server that runs may have removed it just now.
    if (problem == std::errc::no_such_file_or_directory) {
      gone.insert(id);
      continue;
    }
    if (!problem && !sync_path(part)) problem.assign(errno, std::system_category());
    if (!problem) fs::rename(part, target, problem);
    if (problem) return failed(target, problem.message());
  }
  sync_path(to);
  return gone;
}

void remove_files(const std::string& folder, const std::set<std::string>& ids) {
  std::error_code none;
  for (const std::string& id : ids) {
    if (is_file_id(id)) fs::remove(folder + '/' + id, none);
  }
  fs::remove(folder, none);  // if it is empty now
}

}  // namespace rockpool::files
