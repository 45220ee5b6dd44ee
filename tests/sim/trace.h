// What happened, in order: hashed always, kept as text only when somebody wants to read it.
#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <string_view>

namespace rockpool::sim {

class Trace {
 public:
  enum class Text : std::uint8_t { none, keep_last, print };

  explicit Trace(Text text) : text_(text) {}

  // `detail` may be long; what is shown of it is cut.
  void note(std::int64_t at_ms, std::string_view who, std::string_view what, std::string_view detail = {});

  std::uint64_t hash() const { return hash_; }
  std::uint64_t events() const { return events_; }
  const std::deque<std::string>& lines() const { return lines_; }

 private:
  Text text_;
  std::uint64_t hash_ = 0;
  std::uint64_t events_ = 0;
  std::deque<std::string> lines_;
};

}  // namespace rockpool::sim
