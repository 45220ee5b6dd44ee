// Stream by WebSocket (RFC 6455), over core/wire/websocket.h.
#pragma once

#include "core/wire/websocket.h"
#include "server/net/edge.h"
#include "server/net/link.h"
#include "server/net/stream.h"

namespace rockpool::net {

// Takes over the link of a connection whose last request was the upgrade `head`.
std::shared_ptr<Stream> make_websocket_stream(Link link, const wire::RequestHead& head,
                                              const wire::FrameReader::Limits& limits, Counters& counters);

}  // namespace rockpool::net
