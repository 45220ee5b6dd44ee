// WebSocket close codes (RFC 6455 section 7.4.1).
#pragma once

#include <cstdint>

namespace rockpool::wire {

enum class CloseCode : std::uint16_t {
  normal = 1000,
  going_away = 1001,
  protocol_error = 1002,
  unsupported_data = 1003,
  absent = 1005,
  abnormal = 1006,
  not_utf8 = 1007,
  policy = 1008,
  too_big = 1009,
  internal = 1011,
  restart = 1012,
  try_again = 1013,
};

}  // namespace rockpool::wire
