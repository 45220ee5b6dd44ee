// The limits of the network's side and how often each was met, for /metrics.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <string_view>

namespace rockpool::net {

enum class Limit : std::uint8_t {
  request_line,
  head,
  header_fields,
  chunk_extras,
  content_coding,
  body,
  file,
  file_space,
  uploads,
  uploads_per_address,
  head_time,
  body_time,
  body_rate,
  idle_time,
  write_time,
  connections,
  connections_per_address,
  descriptors,
  message,
  fragments,
  control_frames,
  queue,
  queue_hard,
  queue_time,
  count,
};

inline constexpr std::size_t limit_count = static_cast<std::size_t>(Limit::count);

// As they are called in /metrics.
inline constexpr std::array<std::string_view, limit_count> limit_names = {"request_line",
                                                                          "head",
                                                                          "header_fields",
                                                                          "chunk_extras",
                                                                          "content_coding",
                                                                          "body",
                                                                          "file",
                                                                          "file_space",
                                                                          "uploads",
                                                                          "uploads_per_address",
                                                                          "head_time",
                                                                          "body_time",
                                                                          "body_rate",
                                                                          "idle_time",
                                                                          "write_time",
                                                                          "connections",
                                                                          "connections_per_address",
                                                                          "descriptors",
                                                                          "message",
                                                                          "fragments",
                                                                          "control_frames",
                                                                          "queue",
                                                                          "queue_hard",
                                                                          "queue_time"};

class LimitCounts {
 public:
  void add(Limit limit) { ++met_[static_cast<std::size_t>(limit)]; }
  std::uint64_t operator[](std::size_t index) const { return met_[index]; }

 private:
  std::array<std::atomic<std::uint64_t>, limit_count> met_{};
};

}  // namespace rockpool::net
