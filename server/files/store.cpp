#include "server/files/store.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "server/auth/crypto.h"
#include "server/clock.h"

namespace rockpool::files {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t id_bytes = 16;
constexpr mode_t folder_mode = 0700;
constexpr mode_t file_mode = 0600;

base::Error trouble(const std::string& what, int number) {
  if (number == ENOSPC || number == EDQUOT || number == EFBIG) {
    return {base::Code::quota, "the disk of the server is full; make room there and send it again", ""};
  }
  return {base::Code::storage, what + ": " + std::strerror(number), ""};
}

// An entry of a folder is only kept by a power loss when the folder was synced.
base::Status sync_folder(const std::string& path) {
  const int descriptor = open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  const bool synced = descriptor >= 0 && fsync(descriptor) == 0;
  const int number = errno;
  if (descriptor >= 0) close(descriptor);
  return synced ? base::done() : trouble(path + " cannot be synced", number);
}

base::Status make_folder(const std::string& path) {
  if (mkdir(path.c_str(), folder_mode) == 0 || errno == EEXIST) return base::done();
  return trouble(path + " cannot be made", errno);
}

// Names in a folder; none when there is no such folder.
base::Result<std::set<std::string>> names_in(const std::string& folder) {
  std::set<std::string> names;
  std::error_code problem;
  auto walk = fs::directory_iterator(folder, problem);
  if (problem == std::errc::no_such_file_or_directory) return names;
  for (; !problem && walk != fs::directory_iterator(); walk.increment(problem)) {
    names.insert(walk->path().filename().string());
  }
  if (problem) return base::Error{base::Code::storage, folder + " cannot be read: " + problem.message(), ""};
  return names;
}

}  // namespace

bool is_file_id(std::string_view text) {
  return text.size() == 2 * id_bytes && std::all_of(text.begin(), text.end(), [](char c) {
           return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
         });
}

// ---- reading ----------------------------------------------------------------------------------------------

Reader::Reader(Reader&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)), bytes_(other.bytes_) {}

Reader::~Reader() {
  if (descriptor_ >= 0) close(descriptor_);
}

base::Result<std::string> Reader::read(std::uint64_t offset, std::size_t bytes) const {
  std::string out(bytes, '\0');
  for (std::size_t done = 0; done < bytes;) {
    const ssize_t count =
        pread(descriptor_, out.data() + done, bytes - done, static_cast<off_t>(offset + done));
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return trouble("a file cannot be read", errno);
    if (count == 0) return base::Error{base::Code::storage, "a file is shorter than it was", ""};
    done += static_cast<std::size_t>(count);
  }
  return out;
}

base::Result<Reader> Store::read(const std::string& id) const {
  const base::Error gone{base::Code::not_found, "the file is not there any more", ""};
  if (!is_file_id(id)) return gone;
  const int descriptor = ::open(path_of(id).c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
  if (descriptor < 0) return errno == ENOENT ? gone : trouble("a file cannot be opened", errno);
  struct stat facts {};
  if (fstat(descriptor, &facts) == 0 && S_ISREG(facts.st_mode)) {
    return Reader(descriptor, static_cast<std::uint64_t>(facts.st_size));
  }
  close(descriptor);
  return gone;
}

// ---- the folder -------------------------------------------------------------------------------------------

base::Result<std::unique_ptr<Store>> Store::open(std::string folder, const Limits& limits) {
  std::unique_ptr<Store> store(new Store(std::move(folder), limits));
  const auto drafts = names_in(store->folder_ + "/tmp");
  if (!drafts) return drafts.error();
  for (const std::string& name : *drafts) {
    if (is_file_id(name)) unlink(store->draft_of(name).c_str());
  }
  const auto names = names_in(store->folder_);
  if (!names) return names.error();
  for (const std::string& name : *names) {
    struct stat facts {};
    if (!is_file_id(name) || lstat(store->path_of(name).c_str(), &facts) != 0) continue;
    ++store->files_;
    store->bytes_ += static_cast<std::uint64_t>(facts.st_size);
  }
  return store;
}

std::uint64_t Store::keep_only(const std::set<std::string>& named) {
  const auto names = names_in(folder_);
  std::uint64_t dropped = 0;
  if (!names) return dropped;
  for (const std::string& name : *names) {
    if (!is_file_id(name) || named.contains(name)) continue;
    drop(name);
    ++dropped;
  }
  return dropped;
}

void Store::drop(const std::string& id) {
  if (!is_file_id(id)) return;
  const std::string path = path_of(id);
  struct stat facts {};
  if (lstat(path.c_str(), &facts) != 0 || unlink(path.c_str()) != 0) return;
  --files_;
  bytes_ -= static_cast<std::uint64_t>(facts.st_size);
}

base::Status Store::make_folders() {
  const std::lock_guard lock(mutex_);
  if (made_) return base::done();
  if (auto made = make_folder(folder_); !made) return made;
  if (auto made = make_folder(folder_ + "/tmp"); !made) return made;
  const std::string above = fs::path(folder_).parent_path().string();
  if (auto synced = sync_folder(above.empty() ? "." : above); !synced) return synced;
  made_ = true;
  return base::done();
}

base::Status Store::has_room(std::uint64_t bytes) const {
  if (bytes_ + bytes > limits_.bytes_max) {
    return base::Error{base::Code::quota,
                       "the server's room for files is used up; remove some, or ask its operator to raise "
                       "limits.filesBytes",
                       ""};
  }
  struct statvfs disk {};
  const std::string& folder = folder_;
  const std::string above = fs::path(folder).parent_path().string();
  if (statvfs(folder.c_str(), &disk) != 0 && statvfs(above.empty() ? "." : above.c_str(), &disk) != 0) {
    return base::done();
  }
  const std::uint64_t free = std::uint64_t{disk.f_bavail} * disk.f_frsize;
  if (free < bytes || free - bytes < limits_.free_bytes_min) return trouble("", ENOSPC);
  return base::done();
}

// ---- writing ----------------------------------------------------------------------------------------------

base::Result<std::unique_ptr<Store::Draft>> Store::begin() {
  if (auto made = make_folders(); !made) return made.error();
  std::string id = auth::hex(server::secret_bytes(id_bytes));
  const int descriptor = ::open(draft_of(id).c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, file_mode);
  if (descriptor < 0) return trouble("a file cannot be made in " + folder_ + "/tmp", errno);
  return std::unique_ptr<Draft>(new Draft(*this, std::move(id), descriptor));
}

Store::Draft::~Draft() {
  if (descriptor_ >= 0) close(descriptor_);
  if (kept_) return;
  unlink(store_.draft_of(id_).c_str());
  store_.bytes_ -= bytes_;
}

base::Status Store::Draft::write(std::string_view bytes) {
  if (auto fits = store_.has_room(bytes.size()); !fits) return fits;
  store_.bytes_ += bytes.size();
  bytes_ += bytes.size();
  while (!bytes.empty()) {
    const ssize_t count = ::write(descriptor_, bytes.data(), bytes.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return trouble("a file cannot be written", errno);
    bytes.remove_prefix(static_cast<std::size_t>(count));
  }
  return base::done();
}

base::Status Store::Draft::keep() {
  const bool synced = fsync(descriptor_) == 0;
  const int number = errno;
  const bool closed = close(std::exchange(descriptor_, -1)) == 0;
  if (!synced || !closed) return trouble("a file cannot be synced", synced ? errno : number);
  if (rename(store_.draft_of(id_).c_str(), store_.path_of(id_).c_str()) != 0) {
    return trouble("a file cannot be put in its place", errno);
  }
  kept_ = true;
  ++store_.files_;
  return base::done();
}

base::Status Store::sync() { return sync_folder(folder_); }

}  // namespace rockpool::files
