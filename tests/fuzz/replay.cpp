// replay_TARGET FOLDER: the target, given every recorded input of its corpus once. Fails by what the target
// claims, or where there is nothing to replay.
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "tests/fuzz/fuzz.h"

int main(int count, char** arguments) {
  if (count != 2) return std::fprintf(stderr, "usage: %s FOLDER\n", arguments[0]), 2;
  int inputs = 0;
  std::error_code problem;
  for (const auto& entry : std::filesystem::directory_iterator(arguments[1], problem)) {
    std::ifstream file(entry.path(), std::ios::binary);
    const std::string bytes{std::istreambuf_iterator<char>(file), {}};
    LLVMFuzzerTestOneInput(reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size());
    ++inputs;
  }
  std::printf("%d inputs of %s\n", inputs, arguments[1]);
  return inputs > 0 ? 0 : 1;
}
