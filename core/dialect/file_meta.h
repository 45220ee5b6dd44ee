// The file that belongs to a record: its id stands in the record's meta, `{"file": "<32 hex digits>"}`, where
// every dialect and the server's start find it.
#pragma once

#include <string>
#include <string_view>

namespace rockpool::dialect {

// Empty: the record has none.
std::string file_of(std::string_view meta);

// The meta with that file in place of another; without any for an empty id.
std::string with_file(std::string_view meta, std::string_view id);

}  // namespace rockpool::dialect
