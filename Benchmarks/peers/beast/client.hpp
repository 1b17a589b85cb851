// Sets up the streams.
#pragma once

#include <boost/asio/connect.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/websocket.hpp>
#include <string>

#include "../common/measure.h"

namespace beast = boost::beast;
namespace net = boost::asio;
namespace websocket = beast::websocket;
using net::ip::tcp;

// The parts of ws://HOST:PORT/PATH?QUERY.
struct Address {
    std::string url, host, port, target;

    explicit Address(const std::string& url) : url(url) {
        auto authority = url.find("://") + 3;
        auto path = std::min(url.find('/', authority), url.size());
        auto colon = url.find(':', authority);
        host = url.substr(authority, colon - authority);
        port = url.substr(colon + 1, path - colon - 1);
        target = path == url.size() ? "/" : url.substr(path);
    }
};

using PlainStream = websocket::stream<tcp::socket>;

// A layer below the stream that reads 64 KiB at once; the stream's own buffer takes 1536 bytes.
using BufferedLayer = beast::buffered_read_stream<tcp::socket, beast::flat_buffer>;
using BufferedStream = websocket::stream<BufferedLayer>;

namespace boost::beast {
// The library has these functions only for sockets.
inline void teardown(role_type role, BufferedLayer& layer, error_code& error) {
    websocket::teardown(role, layer.next_layer(), error);
}

template <class Handler>
void async_teardown(role_type role, BufferedLayer& layer, Handler&& handler) {
    websocket::async_teardown(role, layer.next_layer(), std::forward<Handler>(handler));
}
}  // namespace boost::beast

template <class Stream>
void configure(Stream& stream, const Address& address) {
    stream.read_message_max(0);
    stream.text(true);
    if (!path_ends_with(address.url.c_str(), "-takeover")) return;
    websocket::permessage_deflate offer;
    offer.client_enable = true;
    offer.server_no_context_takeover = path_ends_with(address.url.c_str(), "-no-takeover");
    stream.set_option(offer);
}

inline void prepare_layer(PlainStream&) {}

inline void prepare_layer(BufferedStream& stream) {
    stream.next_layer().capacity(65536);
    stream.next_layer().buffer().reserve(65536);
}

template <class Stream>
void connect(Stream& stream, const Address& address) {
    auto& socket = beast::get_lowest_layer(stream);
    tcp::resolver resolver(socket.get_executor());
    net::connect(socket, resolver.resolve(address.host, address.port));
    socket.set_option(tcp::no_delay(true));
    prepare_layer(stream);
    configure(stream, address);
    stream.handshake(address.host + ":" + address.port, address.target);
}
