// Checksums and hashes that find damage. None of them resists an attacker.
#pragma once

#include <cstdint>
#include <string_view>

namespace rockpool::base {

// CRC-32C (Castagnoli), as in RFC 3720 appendix B.4. `seed` continues an earlier checksum.
std::uint32_t crc32c(std::string_view bytes, std::uint32_t seed = 0);

// XXH64 (Collet): fast, well mixed, the same on every platform.
std::uint64_t hash64(std::string_view bytes, std::uint64_t seed = 0);

}  // namespace rockpool::base
