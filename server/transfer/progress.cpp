#include "server/transfer/progress.h"

#include <algorithm>
#include <cstdio>

#include <unistd.h>

#include "core/base/text.h"
#include "server/clock.h"

namespace rockpool::transfer {
namespace {

constexpr std::int64_t draw_every_ms = 100;
constexpr std::uint64_t bar_cells = 30;

}  // namespace

Progress::Progress(std::uint64_t total)
    : total_(total), started_(server::now()), drawn_(started_), shown_(isatty(STDERR_FILENO) == 1) {}

Progress::~Progress() {
  if (shown_) std::fputs("\r\x1b[K", stderr);
}

std::int64_t Progress::elapsed_ms() const { return std::max<std::int64_t>((server::now() - started_).ms, 0); }

void Progress::at(std::uint64_t bytes, std::uint64_t rows) {
  const base::Instant at = server::now();
  if (!shown_ || (at - drawn_).ms < draw_every_ms) return;
  drawn_ = at;
  const std::uint64_t rate =
      rows * 1000 / static_cast<std::uint64_t>(std::max<std::int64_t>(elapsed_ms(), 1));
  std::string line = "\r\x1b[K";
  if (total_ > 0) {
    const std::uint64_t cells = std::min(bar_cells, bytes * bar_cells / total_);
    line.append("[").append(cells, '#').append(bar_cells - cells, ' ').append("] ");
    line.append(base::decimal(std::min<std::uint64_t>(100, bytes * 100 / total_))).append(" %  ");
  }
  line.append(grouped(rows)).append(" rows  ").append(grouped(rate)).append("/s");
  std::fputs(line.c_str(), stderr);
  std::fflush(stderr);
}

std::string grouped(std::uint64_t number) {
  const std::string digits = base::decimal(number);
  std::string text;
  for (std::size_t i = 0; i < digits.size(); ++i) {
    if (i > 0 && (digits.size() - i) % 3 == 0) text += ',';
    text += digits[i];
  }
  return text;
}

std::string in_seconds(std::int64_t ms) {
  char text[32];
  std::snprintf(text, sizeof text, "%.1f", static_cast<double>(ms) / 1000.0);
  return text;
}

}  // namespace rockpool::transfer
