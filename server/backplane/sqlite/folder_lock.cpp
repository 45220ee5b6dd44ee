#include "server/backplane/sqlite/folder_lock.h"

#include <cerrno>
#include <filesystem>
#include <system_error>

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

namespace rockpool::backplane {
namespace {

base::Error problem(base::Code code, std::string message) {
  return {.code = code, .message = std::move(message), .path = {}};
}

std::string reason(int number) { return std::generic_category().message(number); }

std::string holder(int descriptor) {
  char text[32] = {};
  const ssize_t length = pread(descriptor, text, sizeof text - 1, 0);
  return length > 0 ? " (process " + std::string(text, static_cast<std::size_t>(length)) + ")" : "";
}

}  // namespace

base::Result<FolderLock> FolderLock::take(const std::string& folder) {
  std::error_code trouble;
  const bool is_new = std::filesystem::create_directories(folder, trouble);
  if (trouble) {
    return problem(base::Code::storage, "cannot make the data folder " + folder + ": " + trouble.message() +
                                            "; choose another with --data");
  }
  if (is_new) std::filesystem::permissions(folder, std::filesystem::perms::owner_all, trouble);
  const std::string path = folder + "/lock";
  const int descriptor = open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (descriptor < 0) {
    return problem(base::Code::storage, "cannot write to the data folder " + folder + ": " + reason(errno) +
                                            "; give this user the right to, or choose another with --data");
  }
  if (flock(descriptor, LOCK_EX | LOCK_NB) != 0) {
    const std::string who = holder(descriptor);
    close(descriptor);
    return problem(base::Code::refused, "the data folder " + folder + " is in use by another Rockpool" + who +
                                            "; stop it, or choose another folder with --data");
  }
  const std::string id = std::to_string(getpid());
  // Only for the message above: a lock without it is as good.
  if (ftruncate(descriptor, 0) == 0 && pwrite(descriptor, id.data(), id.size(), 0) < 0) errno = 0;
  return FolderLock(descriptor);
}

FolderLock::~FolderLock() {
  if (descriptor_ >= 0) close(descriptor_);
}

}  // namespace rockpool::backplane
