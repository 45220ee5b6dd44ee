// Keeps a second server off the same data folder.
#pragma once

#include <string>

#include "core/base/result.h"

namespace rockpool::backplane {

class FolderLock {
 public:
  // Makes the folder when it is missing. `refused` when somebody else holds it, `storage` when it cannot be
  // used. The lock goes with the process, however it ends.
  static base::Result<FolderLock> take(const std::string& folder);

  FolderLock(FolderLock&& other) noexcept : descriptor_(other.descriptor_) { other.descriptor_ = -1; }
  FolderLock& operator=(FolderLock&&) = delete;
  ~FolderLock();

 private:
  explicit FolderLock(int descriptor) : descriptor_(descriptor) {}
  int descriptor_;
};

}  // namespace rockpool::backplane
