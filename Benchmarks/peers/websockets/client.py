"""A client on websockets for the benchmark; see README.md and ../README.md."""

import asyncio
import json
import time
import urllib.parse

import measure
import uvloop
from websockets.asyncio.client import connect
from websockets.extensions.permessage_deflate import ClientPerMessageDeflateFactory


def open_connection(url):
    """Returns a connection for `async with`."""
    path = urllib.parse.urlsplit(url).path
    if path.endswith("-no-takeover"):
        extension = ClientPerMessageDeflateFactory(server_no_context_takeover=True, client_max_window_bits=True)
        return connect(url, compression=None, extensions=[extension], max_size=None, proxy=None)
    compression = "deflate" if path.endswith("-takeover") else None
    return connect(url, compression=compression, max_size=None, proxy=None, open_timeout=60)


async def receive(url, options, decodes=False):
    count = options["count"]
    size, left = 0, count
    async with open_connection(url) as connection:
        start = measure.Measurement()
        async for message in connection:
            # The message is a str. If it is ASCII, its size in bytes is known without encoding it.
            size += len(message) if message.isascii() else len(message.encode())
            if decodes:
                json.loads(message)
            left -= 1
            if left == 0:
                break
        result = start.end(count, size)
        # While unread messages wait, close() would wait for its timeout.
        connection.transport.abort()
    if left > 0:
        raise RuntimeError("the connection ended early")
    return result


async def decode(url, options):
    return await receive(url, options, decodes=True)


async def echo(url, options):
    payload = "x" * options["size"]
    latencies = []
    async with open_connection(url) as connection:
        start = measure.Measurement()
        for _ in range(options["count"]):
            sent = time.monotonic_ns()
            await connection.send(payload)
            message = await connection.recv()
            latencies.append(time.monotonic_ns() - sent)
            if len(message) != len(payload):
                raise RuntimeError("the echo has another size")
        return start.end(len(latencies), len(latencies) * len(payload), **measure.percentiles(latencies))


async def send(url, options):
    payload = "x" * options["size"]
    async with open_connection(url) as connection:
        start = measure.Measurement()
        for _ in range(options["count"]):
            await connection.send(payload)
        await connection.close()
        return start.end(options["count"], options["count"] * len(payload))


async def idle(url, options):
    measure.raise_file_limit()
    async with open_connection(url):
        pass
    connections = []

    async def hold():
        connections.append(await open_connection(url))

    before = measure.status_kib("VmRSS:")
    await measure.for_each(options["count"], hold)
    after = measure.status_kib("VmRSS:")
    start = measure.Measurement()
    await asyncio.sleep(options["seconds"])
    each = (after - before) * 1024 // len(connections)
    result = start.end(len(connections), 0, rss_per_connection_bytes=each)
    for connection in connections:
        connection.transport.abort()
    return result


async def open_and_close(url, options):
    measure.raise_file_limit()

    async def cycle():
        async with open_connection(url):
            pass

    start = measure.Measurement()
    await measure.for_each(options["count"], cycle)
    return start.end(options["count"], 0)


if __name__ == "__main__":
    scenarios = {
        "receive": receive,
        "decode": decode,
        "echo": echo,
        "send": send,
        "idle": idle,
        "open": open_and_close,
    }
    measure.main(scenarios, uvloop.run)
