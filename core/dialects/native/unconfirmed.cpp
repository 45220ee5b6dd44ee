#include "core/dialects/native/unconfirmed.h"

#include <string_view>

namespace rockpool::dialects::native {
namespace {

// An event's `id:`, `data:` and line feeds.
constexpr std::size_t frame_extra_bytes = 32;

std::size_t bytes_of(const dialect::Shared& frame) { return frame->size() + frame_extra_bytes; }

}  // namespace

void Unconfirmed::add(dialect::Shared frame) {
  bytes_ += bytes_of(frame);
  frames_.push_back(std::move(frame));
}

bool Unconfirmed::confirm(std::uint64_t n) {
  if (n > last()) return false;
  for (; confirmed_ < n; ++confirmed_) {
    bytes_ -= bytes_of(frames_.front());
    frames_.pop_front();
  }
  return true;
}

std::string Unconfirmed::messages(std::uint64_t& n, std::size_t bytes_max) const {
  std::string out = "[";
  while (n < last() && out.size() < bytes_max) {
    std::string_view text = *frame(++n);
    if (text.starts_with('[')) text = text.substr(1, text.size() - 2);
    if (out.size() > 1) out += ',';
    out += text;
  }
  return out += ']';
}

}  // namespace rockpool::dialects::native
