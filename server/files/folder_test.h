// A data folder for a test, gone afterwards.
#pragma once

#include <filesystem>
#include <string>

#include <stdlib.h>

namespace rockpool::files {

class TestFolder {
 public:
  TestFolder() {
    std::string name = (std::filesystem::temp_directory_path() / "rockpool-files-XXXXXX").string();
    path_ = mkdtemp(name.data());
  }
  ~TestFolder() { std::filesystem::remove_all(path_); }
  TestFolder(const TestFolder&) = delete;
  TestFolder& operator=(const TestFolder&) = delete;

  const std::string& path() const { return path_; }
  // Regular files below `files/`, those half written too.
  std::size_t files() const {
    std::size_t count = 0;
    std::error_code none;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(path_ + "/files", none)) {
      count += entry.is_regular_file() ? 1 : 0;
    }
    return count;
  }

 private:
  std::string path_;
};

}  // namespace rockpool::files
