// Stream by WebSocket (RFC 6455), over core/wire/websocket.h.
#pragma once

#include <boost/asio/ip/tcp.hpp>

#include "core/wire/websocket.h"
#include "server/net/edge.h"
#include "server/net/stream.h"

namespace rockpool::net {

// Takes over the socket of a connection whose last request was the upgrade `head`.
std::shared_ptr<Stream> make_websocket_stream(boost::asio::ip::tcp::socket socket,
                                              const wire::RequestHead& head,
                                              const wire::FrameReader::Limits& limits, Counters& counters);

}  // namespace rockpool::net
