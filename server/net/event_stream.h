// Stream of a response that never ends: what is sent goes down as it is (text/event-stream and the like),
// nothing comes up.
#pragma once

#include "server/net/link.h"
#include "server/net/stream.h"

namespace rockpool::net {

// Takes over the link of a connection whose last request asked for it. `chunked`: the client speaks
// HTTP/1.1.
std::shared_ptr<Stream> make_event_stream(Link link, bool chunked);

}  // namespace rockpool::net
