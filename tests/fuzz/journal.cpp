// Any files are recovered or refused without a crash; what is appended afterwards is there at the next
// recovery.
#include "core/journal/journal.h"

#include <algorithm>

#include "tests/fuzz/fuzz.h"

using namespace rockpool;

// input := (name "\n" length:byte bytes)*
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view rest = fuzz::text(data, size);
  journal::Files files;
  while (!rest.empty() && files.size() < 8) {
    journal::File file;
    file.name = fuzz::next_line(rest);
    if (rest.empty()) break;
    const std::size_t length = static_cast<unsigned char>(rest[0]) * 4u;
    rest.remove_prefix(1);
    file.bytes = rest.substr(0, length);
    rest.remove_prefix(std::min(length, rest.size()));
    const auto same = [&](const journal::File& other) { return other.name == file.name; };
    if (std::find_if(files.begin(), files.end(), same) == files.end()) files.push_back(std::move(file));
  }
  auto opened = journal::Journal::recover(files, {});
  if (!opened.ok()) return 0;
  const std::size_t before = opened->recovered.entries.size();
  const std::vector<journal::Entry> more = {{.kind = 9, .payload = "more"}};
  for (const journal::FileOp& op : opened->journal.append(more)) {
    const auto at =
        std::find_if(files.begin(), files.end(), [&](const auto& file) { return file.name == op.name; });
    if (op.kind == journal::FileOp::Kind::remove) {
      if (at != files.end()) files.erase(at);
    } else if (at != files.end()) {
      fuzz::claim(op.kind == journal::FileOp::Kind::append);
      at->bytes += op.bytes;
    } else {
      files.push_back({op.name, op.bytes});
    }
  }
  auto again = journal::Journal::recover(files, {});
  fuzz::claim(again.ok() && again->recovered.entries.size() == before + 1);
  fuzz::claim(again->recovered.entries.back().payload == "more");
  return 0;
}
