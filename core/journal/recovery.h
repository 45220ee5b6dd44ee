// Reading a store: what the files say, before a journal goes on from there.
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"
#include "core/journal/journal.h"

namespace rockpool::journal {

// A log and the bytes of it that count, inside the files given.
struct ReadLog {
  LogFile log;
  std::string_view bytes;
};

struct Recovery {
  Recovered recovered;
  std::vector<ReadLog> chain;  // sealed, oldest first
  ReadLog active;              // number 0: none that may be appended to
  std::uint64_t next_sequence = 1;
  std::uint64_t next_number = 1;     // no file and no manifest knows it or a larger one
  std::uint64_t manifest = 0;        // the one believed; 0: none, or not all it names is good
  std::uint64_t older_manifest = 0;  // the readable one before it
  std::vector<std::string> named;    // logs the believed manifest needs
  std::set<std::string> files;       // every file with a name of ours
};

base::Result<Recovery> read_store(const Files& files);

}  // namespace rockpool::journal
