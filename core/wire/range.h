// The part of a file that a request asks for (RFC 9110 section 14).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace rockpool::wire {

struct Range {
  enum class Kind : std::uint8_t {
    whole,  // none is asked for, or several, or it is badly formed: the field is to be overlooked
    part,
    outside  // 416
  };
  Kind kind = Kind::whole;
  std::uint64_t offset = 0;
  std::uint64_t bytes = 0;
  bool operator==(const Range&) const = default;
};

// Of a Range field for something of `size` bytes.
Range read_range(std::string_view field, std::uint64_t size);

// For Content-Range: `bytes 0-4/10`, and `bytes */10` of one that is outside.
std::string content_range(const Range& range, std::uint64_t size);

// Does an If-None-Match or If-Match field name this entity tag, which is strong? A weak one in the field
// counts where `weak` says so (RFC 9110 section 8.8.3.2).
bool names_tag(std::string_view field, std::string_view tag, bool weak);

}  // namespace rockpool::wire
