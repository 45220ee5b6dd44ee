// Bytes of deepstream's binary protocol ⇄ messages. Pure, and total on any bytes.
//
// frame    := record*
// record   := length:varint envelope:u8[length]
// envelope := protobuf { 2: topic int32, 3: inner bytes }
// inner    := protobuf, whose fields depend on the topic
//
// By hand, since both ends need a dozen fields of three kinds and one of the ends is a page (decision 0017).
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"
#include "core/dialects/deepstream/messages.h"

namespace rockpool::dialects::deepstream {

struct DecodeLimits {
  std::size_t bytes_max = 1 << 20;
  std::size_t messages_max = 10'000;
  std::size_t names_max = 20'000;  // of all messages together, the names of `versions` too
};

// One record. What is not of the message's topic is not written; a message of unknown topic is none: empty.
std::string encode(const Message& message);

// All messages of a frame or none. Unknown fields are skipped, a field that comes twice counts the last time,
// texts are UTF-8. `too_large` names the limit, `bad_message` the byte at which the frame makes no sense.
base::Result<std::vector<Message>> decode(std::string_view frame, const DecodeLimits& limits = {});

}  // namespace rockpool::dialects::deepstream
