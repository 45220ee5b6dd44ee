#include "server/clock.h"

#include <cassert>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <ctime>

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

std::string secret_bytes(std::size_t count) {
  std::string bytes(count, '\0');
  const auto got = getrandom(bytes.data(), count, 0);
  assert(got == static_cast<ssize_t>(count));
  return bytes;
}

std::uint64_t random_seed() {
  const std::string bytes = secret_bytes(sizeof(std::uint64_t));
  std::uint64_t seed = 0;
  std::memcpy(&seed, bytes.data(), sizeof seed);
  return seed;
}

}  // namespace rockpool::server
