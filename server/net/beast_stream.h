// Stream by Boost.Beast's WebSocket. Stands until an own frame codec replaces it; included by connection.cpp
// only.
#pragma once

#include <memory>

#include <boost/beast/core/tcp_stream.hpp>

#include "server/net/stream.h"

namespace rockpool::net {

// Takes over the socket of a connection whose last request was the upgrade `head`. Messages beyond
// `message_bytes_max` end the stream with 1009.
std::unique_ptr<Stream> make_beast_stream(boost::beast::tcp_stream socket, const wire::RequestHead& head,
                                          std::size_t message_bytes_max);

}  // namespace rockpool::net
