#include "wasm/cache_files.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <optional>

namespace rockpool::wasm {
namespace {

base::Error failed(std::string_view what, const std::string& path) {
  const int reason = errno;
  const bool full = reason == ENOSPC || reason == EDQUOT;
  return {full ? base::Code::quota : base::Code::storage,
          "cannot " + std::string(what) + " " + path + ": " + std::strerror(reason), ""};
}

class Descriptor {
 public:
  Descriptor(const std::string& path, int flags) : number_(::open(path.c_str(), flags, 0600)) {}
  ~Descriptor() {
    if (number_ >= 0) ::close(number_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  bool ok() const { return number_ >= 0; }
  int number() const { return number_; }

 private:
  int number_;
};

std::optional<std::string> read_all(int descriptor, std::size_t size) {
  std::string bytes(size, '\0');
  std::size_t have = 0;
  while (have < size) {
    const ssize_t count = ::read(descriptor, bytes.data() + have, size - have);
    if (count < 0) return std::nullopt;
    if (count == 0) break;
    have += static_cast<std::size_t>(count);
  }
  bytes.resize(have);
  return bytes;
}

base::Result<std::string> read_file(const std::string& path, const struct stat& about) {
  const Descriptor file(path, O_RDONLY);
  if (!file.ok()) return failed("read", path);
  auto bytes = read_all(file.number(), static_cast<std::size_t>(about.st_size));
  if (!bytes) return failed("read", path);
  return std::move(*bytes);
}

}  // namespace

base::Result<journal::Files> CacheFiles::read(const std::string& folder) {
  folder_ = folder;
  DIR* listing = ::opendir(folder.c_str());
  if (listing == nullptr) return failed("list", folder);
  std::vector<std::string> names;
  while (const dirent* entry = ::readdir(listing)) names.emplace_back(entry->d_name);
  ::closedir(listing);
  std::sort(names.begin(), names.end());

  journal::Files files;
  for (const std::string& name : names) {
    const std::string path = folder + "/" + name;
    struct stat about = {};
    if (::stat(path.c_str(), &about) != 0) return failed("read", path);
    if (!S_ISREG(about.st_mode)) continue;
    auto bytes = read_file(path, about);
    if (!bytes) return bytes.error();
    changed_ms_[name] = static_cast<std::int64_t>(about.st_mtim.tv_sec) * 1000 + about.st_mtim.tv_nsec / 1'000'000;
    files.push_back({name, std::move(*bytes)});
  }
  return files;
}

void CacheFiles::add(journal::FileOps ops) { std::move(ops.begin(), ops.end(), std::back_inserter(left_)); }

base::Status CacheFiles::perform(base::Instant now) {
  while (!left_.empty()) {
    if (auto done = perform_next(now); !done) return done;
    left_.pop_front();
    written_ = 0;
  }
  return base::done();
}

base::Status CacheFiles::perform_next(base::Instant now) {
  const journal::FileOp& op = left_.front();
  const std::string path = folder_ + "/" + op.name;
  if (op.kind != journal::FileOp::Kind::remove) {
    if (auto written = write_rest(op); !written) return written;
    touch(op.name, now);
    return base::done();
  }
  if (::unlink(path.c_str()) != 0 && errno != ENOENT) return failed("remove", path);
  changed_ms_.erase(op.name);
  return base::done();
}

base::Status CacheFiles::write_rest(const journal::FileOp& op) {
  const std::string path = folder_ + "/" + op.name;
  const bool fresh = op.kind == journal::FileOp::Kind::create && written_ == 0;
  const Descriptor file(path, O_WRONLY | O_APPEND | (fresh ? O_CREAT | O_TRUNC : 0));
  if (!file.ok()) return failed("write", path);
  while (written_ < op.bytes.size()) {
    const ssize_t count = ::write(file.number(), op.bytes.data() + written_, op.bytes.size() - written_);
    if (count <= 0) return failed("write", path);
    written_ += static_cast<std::size_t>(count);
  }
  return base::done();
}

void CacheFiles::touch(const std::string& name, base::Instant now) {
  std::int64_t& changed = changed_ms_[name];
  changed = std::max(now.ms, changed + 1);
  timespec time = {};
  time.tv_sec = static_cast<time_t>(changed / 1000);
  time.tv_nsec = static_cast<long>(changed % 1000 * 1'000'000);
  const timespec times[2] = {time, time};
  ::utimensat(AT_FDCWD, (folder_ + "/" + name).c_str(), times, 0);
}

}  // namespace rockpool::wasm
