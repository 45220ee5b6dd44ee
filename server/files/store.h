// Files that records name, one folder of them: `<folder>/<id>`, and `<folder>/tmp/<id>` while they are being
// written. Names are made here, never taken from outside. Blocks; any thread, a draft on one at a time.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <string_view>

#include "core/base/result.h"

namespace rockpool::files {

// 32 lower-case hex digits.
bool is_file_id(std::string_view text);

// An open file, which stays readable when it is dropped meanwhile.
class Reader {
 public:
  Reader(int descriptor, std::uint64_t bytes) : descriptor_(descriptor), bytes_(bytes) {}
  Reader(Reader&& other) noexcept;
  Reader& operator=(Reader&&) = delete;
  ~Reader();

  std::uint64_t bytes() const { return bytes_; }
  // All of them or an error.
  base::Result<std::string> read(std::uint64_t offset, std::size_t bytes) const;

 private:
  int descriptor_;
  std::uint64_t bytes_;
};

class Store {
 public:
  struct Limits {
    std::uint64_t bytes_max = 64ull << 30;       // of all files together
    std::uint64_t free_bytes_min = 64ull << 20;  // that stay free on the disk, for the log
  };

  // What an earlier process left half written goes. The folder comes into being with the first file.
  // `storage` when the folder cannot be read.
  static base::Result<std::unique_ptr<Store>> open(std::string folder, const Limits& limits);

  // Files that are not named go; how many. Before the first begin().
  std::uint64_t keep_only(const std::set<std::string>& named);

  // A file being written. Without keep() nothing of it is left.
  class Draft {
   public:
    ~Draft();
    Draft(const Draft&) = delete;
    Draft& operator=(const Draft&) = delete;
    // `quota` when there is no room, `storage` for other troubles of the disk.
    base::Status write(std::string_view bytes);
    // On disk and under its name, which is known for good only after sync().
    base::Status keep();
    const std::string& id() const { return id_; }
    std::uint64_t bytes() const { return bytes_; }

   private:
    friend class Store;
    Draft(Store& store, std::string id, int descriptor)
        : store_(store), id_(std::move(id)), descriptor_(descriptor) {}
    Store& store_;
    std::string id_;
    int descriptor_;
    std::uint64_t bytes_ = 0;
    bool kept_ = false;
  };
  base::Result<std::unique_ptr<Draft>> begin();
  // All that was kept survives a power cut from now on.
  base::Status sync();
  // Is there room for so much more? The error is the one write() would give.
  base::Status has_room(std::uint64_t bytes) const;

  // `not_found`, `storage`.
  base::Result<Reader> read(const std::string& id) const;
  void drop(const std::string& id);

  std::uint64_t files() const { return files_; }
  std::uint64_t bytes() const { return bytes_; }

 private:
  Store(std::string folder, const Limits& limits) : folder_(std::move(folder)), limits_(limits) {}
  std::string path_of(const std::string& id) const { return folder_ + '/' + id; }
  std::string draft_of(const std::string& id) const { return folder_ + "/tmp/" + id; }
  base::Status make_folders();

  const std::string folder_;
  const Limits limits_;
  std::mutex mutex_;  // guards `made_`
  bool made_ = false;
  std::atomic<std::uint64_t> files_{0};
  std::atomic<std::uint64_t> bytes_{0};  // of drafts too
};

}  // namespace rockpool::files
