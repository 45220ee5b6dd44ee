// No path of a request reaches a file that was not on the list made at the start.
//
// input := the path, as it stands in the request
#include <cstdio>
#include <filesystem>

#include <unistd.h>

#include "server/net/static_files.h"
#include "tests/fuzz/fuzz.h"

using namespace rockpool;

namespace {

void write(const std::filesystem::path& file, const char* text) {
  std::FILE* const stream = std::fopen(file.c_str(), "w");
  fuzz::claim(stream != nullptr);
  std::fputs(text, stream);
  std::fclose(stream);
}

// Files that may be read say "listed", all others "secret". What a file is changed to later is not looked at.
net::StaticFiles make() {
  const auto folder = std::filesystem::temp_directory_path() / ("rockpool-fuzz-" + std::to_string(getpid()));
  std::filesystem::create_directories(folder / "www/a/.hidden");
  std::filesystem::create_directories(folder / "data");
  for (const char* name : {"www/index.html", "www/a/index.html", "www/a/b c.txt", "www/%.js"}) {
    write(folder / name, "listed");
  }
  for (const char* name : {"secret", "data/secret", "www/.env", "www/a/.hidden/x", "www/left-out"}) {
    write(folder / name, "secret");
  }
  std::error_code problem;
  std::filesystem::create_symlink("../data", folder / "www/out", problem);
  std::filesystem::create_symlink("../secret", folder / "www/link", problem);
  auto files = net::StaticFiles::list((folder / "www").string(), {(folder / "www/left-out").string()});
  fuzz::claim(files.ok() && files->count() == 4);
  return std::move(*files);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const net::StaticFiles files = make();
  wire::RequestHead head;
  head.method = "GET";
  head.path = fuzz::text(data, size);
  const net::Response response = files.answer(head, head.path);
  const int status = response.head.status;
  fuzz::claim(status == 200 || status == 301 || status == 400 || status == 404);
  if (status == 200) fuzz::claim(response.body != nullptr && *response.body == "listed");
  return 0;
}
