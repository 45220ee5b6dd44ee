// The file that belongs to a record stands in the record's meta, where every dialect and the server's start
// find it: {"file":{"id":"<32 hex digits>","bytes":5}}.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace rockpool::dialect {

struct FileMeta {
  std::string id;
  std::uint64_t bytes = 0;
  bool operator==(const FileMeta&) const = default;
};

// Nothing: the record has none.
std::optional<FileMeta> file_of(std::string_view meta);

// The meta with that file in place of another, or with none.
std::string with_file(std::string_view meta, const std::optional<FileMeta>& file);

}  // namespace rockpool::dialect
