// Seeded chance (xoshiro256**, Blackman and Vigna). Not for secrets: secrets are made at the edges.
#pragma once

#include <cstdint>
#include <string>

namespace rockpool::base {

class Prng {
 public:
  explicit Prng(std::uint64_t seed);

  std::uint64_t next();
  // Uniform in [0, bound); 0 when bound is 0.
  std::uint64_t below(std::uint64_t bound);
  // True once in `n` calls on average; never when n is 0.
  bool once_in(std::uint64_t n) { return n != 0 && below(n) == 0; }
  // `bytes` random bytes as lower-case hex.
  std::string hex(std::size_t bytes);
  // A generator whose stream does not depend on how much of this one is used later.
  Prng fork() { return Prng(next()); }

 private:
  std::uint64_t state_[4];
};

}  // namespace rockpool::base
