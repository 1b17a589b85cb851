// The scenarios with one connection. They block: with nothing else to do, this is the fastest way to read.
#pragma once

#include <stdexcept>
#include <vector>

#include "client.hpp"

// A global variable, so that the compiler can't remove the message.
inline std::string received;

template <class Stream>
void disconnect(Stream& stream) {
    beast::error_code error;
    stream.close(websocket::close_code::normal, error);
    // Messages that were still on their way are thrown away, and the server may have been the first to close.
    if (error && error != websocket::error::closed && error != net::error::eof) throw beast::system_error(error);
}

template <class Stream>
void receive(const Address& address, long count) {
    net::io_context context(1);
    Stream stream(context);
    connect(stream, address);
    beast::flat_buffer buffer;
    int64_t bytes = 0;
    auto start = measure();
    for (long index = 0; index < count; index++) {
        bytes += stream.read(buffer);
        received = beast::buffers_to_string(buffer.data());
        buffer.consume(buffer.size());
    }
    auto end = measure();
    disconnect(stream);
    report(start, end, count, bytes, "");
}

template <class Stream>
void echo(const Address& address, long count, long size) {
    net::io_context context(1);
    Stream stream(context);
    connect(stream, address);
    beast::flat_buffer buffer;
    std::string payload(size, 'x');
    std::vector<int64_t> latencies(count);
    auto start = measure();
    for (auto& latency : latencies) {
        auto sent = now_ns();
        stream.write(net::buffer(payload));
        stream.read(buffer);
        received = beast::buffers_to_string(buffer.data());
        buffer.consume(buffer.size());
        latency = now_ns() - sent;
        if (received.size() != payload.size()) throw std::runtime_error("the echo has another size");
    }
    auto end = measure();
    disconnect(stream);
    char more[120];
    write_percentiles(more, sizeof more, latencies.data(), latencies.size());
    report(start, end, count, int64_t(count) * size, more);
}

template <class Stream>
void send(const Address& address, long count, long size) {
    net::io_context context(1);
    Stream stream(context);
    connect(stream, address);
    std::string payload(size, 'x');
    auto start = measure();
    for (long index = 0; index < count; index++) stream.write(net::buffer(payload));
    disconnect(stream);
    report(start, measure(), count, int64_t(count) * size, "");
}
