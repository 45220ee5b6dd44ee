#include "server/clock.h"

#include <array>
#include <cassert>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <ctime>
#include <utility>

#include <sys/random.h>

namespace rockpool::server {

base::Instant now() {
  const auto since = std::chrono::system_clock::now().time_since_epoch();
  return {std::chrono::duration_cast<std::chrono::milliseconds>(since).count()};
}

std::string iso_time(base::Instant at) {
  const std::time_t seconds = at.ms / 1000;
  std::tm parts{};
  gmtime_r(&seconds, &parts);
  char text[32];
  const std::size_t length = std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S", &parts);
  char fraction[8];
  std::snprintf(fraction, sizeof fraction, ".%03dZ", static_cast<int>(at.ms % 1000));
  return std::string(text, length) + fraction;
}

std::optional<base::Instant> read_iso_time(std::string_view text) {
  constexpr std::string_view midnight = "T00:00:00Z";
  constexpr std::size_t day_bytes = 10;
  std::string whole(text);
  if (text.size() == day_bytes) whole += midnight;
  std::tm parts{};
  const char* const end = strptime(whole.c_str(), "%Y-%m-%dT%H:%M:%S", &parts);
  if (end == nullptr) return std::nullopt;
  std::string_view rest(end);
  if (rest.size() == std::strlen(".000Z") && rest.front() == '.') rest.remove_prefix(4);
  const base::Instant at{static_cast<std::int64_t>(timegm(&parts)) * 1000};
  // What strptime lets pass, such as the 31st of April or a missing zero, is not what it says.
  const bool is_exact = rest == "Z" && iso_time(at).substr(0, 19) == whole.substr(0, 19);
  return is_exact ? std::optional(at) : std::nullopt;
}

// In portions, each byte given once: a call of the system for each secret costs more than most requests do.
std::string secret_bytes(std::size_t count) {
  thread_local std::array<char, 256> portion;  // more may be interrupted
  thread_local std::size_t left = 0;
  std::string bytes;
  while (bytes.size() < count) {
    if (left == 0) {
      const auto got = getrandom(portion.data(), portion.size(), 0);
      assert(got == static_cast<ssize_t>(portion.size()));
      left = portion.size();
    }
    bytes += std::exchange(portion[--left], '\0');
  }
  return bytes;
}

std::uint64_t random_seed() {
  const std::string bytes = secret_bytes(sizeof(std::uint64_t));
  std::uint64_t seed = 0;
  std::memcpy(&seed, bytes.data(), sizeof seed);
  return seed;
}

}  // namespace rockpool::server
