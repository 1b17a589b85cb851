// The scenarios with many connections: coroutines on one thread.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <functional>
#include <memory>
#include <stdexcept>

#include "client.hpp"

using Connection = std::unique_ptr<PlainStream>;
using Opened = std::function<net::awaitable<void>(Connection)>;

// The number of connections that are opened at the same time.
constexpr int openers = 100;

inline void rethrow(std::exception_ptr problem) {
    if (problem) std::rethrow_exception(problem);
}

// Opens `count` connections, one after the other, and awaits the work on each.
inline net::awaitable<void> open_some(const Address& address, long count, Opened opened) {
    auto executor = co_await net::this_coro::executor;
    tcp::endpoint endpoint(net::ip::make_address(address.host), std::stoi(address.port));
    for (long index = 0; index < count; index++) {
        auto stream = std::make_unique<PlainStream>(executor);
        co_await stream->next_layer().async_connect(endpoint, net::use_awaitable);
        configure(*stream, address);
        co_await stream->async_handshake(address.host + ":" + address.port, address.target, net::use_awaitable);
        co_await opened(std::move(stream));
    }
}

inline void open_many(net::io_context& context, const Address& address, long count, Opened opened) {
    raise_file_limit();
    for (int opener = 0; opener < openers; opener++) {
        long share = (count + opener) / openers;
        net::co_spawn(context, open_some(address, share, opened), rethrow);
    }
}

// Reads until the connection ends; without a read no Ping would be answered.
inline net::awaitable<void> read_all(Connection stream) {
    beast::flat_buffer buffer;
    while (true) {
        co_await stream->async_read(buffer, net::use_awaitable);
        buffer.consume(buffer.size());
    }
}

inline void idle(const Address& address, long count, long seconds) {
    net::io_context context(1);
    long before = status_kib("VmRSS:"), opened = 0;
    open_many(context, address, count, [&](Connection stream) -> net::awaitable<void> {
        net::co_spawn(co_await net::this_coro::executor, read_all(std::move(stream)), rethrow);
        opened++;
    });
    while (opened < count) context.run_one();
    long after = status_kib("VmRSS:");
    auto start = measure();
    context.run_for(std::chrono::seconds(seconds));
    auto end = measure();
    char more[80];
    snprintf(more, sizeof more, ",\"rss_per_connection_bytes\":%ld", (after - before) * 1024 / count);
    report(start, end, count, 0, more);
}

inline net::awaitable<void> close_politely(Connection stream) {
    co_await stream->async_close(websocket::close_code::normal, net::use_awaitable);
}

inline void open(const Address& address, long count) {
    net::io_context context(1);
    auto start = measure();
    open_many(context, address, count, close_politely);
    context.run();
    report(start, measure(), count, 0, "");
}
