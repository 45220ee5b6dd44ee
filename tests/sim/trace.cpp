#include "tests/sim/trace.h"

#include <cstdio>

#include "core/base/hash.h"

namespace rockpool::sim {
namespace {

constexpr std::size_t lines_kept = 60;
constexpr std::size_t detail_bytes_max = 600;
constexpr std::size_t printed_bytes_max = 20'000;

}  // namespace

void Trace::note(std::int64_t at_ms, std::string_view who, std::string_view what, std::string_view detail) {
  ++events_;
  hash_ = base::hash64(who, hash_ + static_cast<std::uint64_t>(at_ms));
  hash_ = base::hash64(what, hash_);
  hash_ = base::hash64(detail, hash_);
  if (text_ == Text::none) return;
  const std::size_t shown = text_ == Text::print ? printed_bytes_max : detail_bytes_max;
  char clock[32];
  std::snprintf(clock, sizeof clock, "%9.3f ", static_cast<double>(at_ms) / 1000);
  std::string line = clock;
  line.append(who).append(" ").append(what);
  if (!detail.empty()) line.append(" ").append(detail.substr(0, shown));
  if (detail.size() > shown) line += " ...";
  for (char& c : line) c = static_cast<unsigned char>(c) < ' ' ? '.' : c;
  if (text_ == Text::print) {
    std::printf("%s\n", line.c_str());
    return;
  }
  lines_.push_back(std::move(line));
  if (lines_.size() > lines_kept) lines_.pop_front();
}

}  // namespace rockpool::sim
