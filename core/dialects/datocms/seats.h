// How many of something each holder has, within a bound.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>

namespace rockpool::dialects::datocms {

class Seats {
 public:
  Seats() = default;
  Seats(const Seats&) = delete;

  // Free again when the last copy goes, which must not outlive the seats.
  using Seat = std::shared_ptr<const std::string>;

  // Null: the holder has so many already.
  Seat take(const std::string& holder, std::uint64_t seats_max) {
    std::uint64_t& taken = taken_[holder];
    if (taken >= seats_max) return nullptr;
    ++taken;
    return {new std::string(holder), [this](const std::string* of) {
              const auto held = taken_.find(*of);
              if (--held->second == 0) taken_.erase(held);
              delete of;
            }};
  }

 private:
  std::map<std::string, std::uint64_t> taken_;
};

}  // namespace rockpool::dialects::datocms
