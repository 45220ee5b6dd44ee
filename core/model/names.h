// Which names are names. Limits: notes in docs/operating.md.
#pragma once

#include <string_view>

#include "core/base/result.h"

namespace rockpool::model {

// 1-256 bytes of UTF-8 without control bytes, not `.` or `..`. `$...` is closed to clients (`forbidden`).
base::Status check_collection(std::string_view name);
base::Status check_space(std::string_view name);
base::Status check_event(std::string_view name);
base::Status check_procedure(std::string_view name);
// A record id: 1-2048 bytes of UTF-8 without control bytes, not `.` or `..`.
base::Status check_id(std::string_view id);
// Client ids: 8-64 bytes of letters, digits, `-` and `_`.
base::Status check_client(std::string_view id);

}  // namespace rockpool::model
