// What one page is sent over its socket: so much at a time, and the rest once that has left.
#pragma once

#include <string>
#include <utility>

#include "core/dialect/frames.h"
#include "core/dialects/datocms/desk.h"

namespace rockpool::dialects::datocms {

class Outlet {
 public:
  explicit Outlet(CarrierId carrier) : carrier_(carrier) {}

  CarrierId carrier() const { return carrier_; }
  // Whoever has more to say waits for `drained`.
  bool is_full() const { return is_full_; }
  void stalled() { is_full_ = true; }
  void drained() {
    is_full_ = false;
    bytes_ = 0;
  }

  // `before` and `after` stand around what others are sent as well. `fills`: no more before it has left.
  void send(Shared bytes, std::string before, std::string after, bool fills, ServerSteps& out) {
    bytes_ += before.size() + bytes->size() + after.size();
    is_full_ = is_full_ || fills || bytes_ >= bytes_at_once;
    out.push_back(dialect::SendFrame{.carrier = carrier_,
                                     .bytes = std::move(bytes),
                                     .tells = is_full_,
                                     .before = std::move(before),
                                     .after = std::move(after)});
  }
  void send(std::string text, ServerSteps& out) { send(dialect::share(std::move(text)), {}, {}, false, out); }

 private:
  static constexpr std::size_t bytes_at_once = 512 << 10;

  CarrierId carrier_ = 0;
  std::size_t bytes_ = 0;  // since nothing waited
  bool is_full_ = false;
};

}  // namespace rockpool::dialects::datocms
