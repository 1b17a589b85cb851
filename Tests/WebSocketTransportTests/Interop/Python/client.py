"""A client for the server under test: client.py PORT SCENARIO; exits with 0 when all was as it should be."""

import asyncio
import sys

from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

port, scenario = sys.argv[1:]


def open_connection(path="/echo", **options):
    return connect(f"ws://127.0.0.1:{port}{path}", compression=None, max_size=None, **options)


async def echo(message):
    async with open_connection() as connection:
        await connection.send(message)
        assert await connection.recv() == message


async def text():
    for message in ("", "a", "täxt 𝄞", "x" * 125, "x" * 126, "x" * 65535, "x" * 65536, "ü" * 524_288):
        await echo(message)


async def binary():
    for size in (0, 1, 125, 126, 65535, 65536, 1_048_576):
        await echo(bytes(index & 0xFF for index in range(size)))


async def fragments():
    async with open_connection() as connection:
        await connection.send(["frag", "men", "", "ted"])
        assert await connection.recv() == "fragmented"


async def many():
    async with open_connection() as connection:
        for index in range(1000):
            await connection.send(f"message {index}")
        for index in range(1000):
            assert await connection.recv() == f"message {index}"


async def ping():
    async with open_connection() as connection:
        for size in (0, 1, 125):
            await (await connection.ping(b"p" * size))


async def subprotocol():
    async with open_connection(subprotocols=["v0", "v1"]) as connection:
        assert connection.subprotocol == "v1", connection.subprotocol


async def close():
    async with open_connection() as connection:
        await connection.close(4321, "enough")
        assert (connection.close_code, connection.close_reason) == (4321, ""), connection.close_reason


async def server_closes():
    async with open_connection("/close") as connection:
        try:
            await connection.recv()
        except ConnectionClosed as closed:
            assert (closed.rcvd.code, closed.rcvd.reason) == (4002, "server"), closed
            assert closed.rcvd_then_sent
        else:
            assert False


async def refused():
    try:
        async with open_connection("/nothing"):
            assert False
    except InvalidStatus as error:
        assert error.response.status_code == 404
        assert error.response.body == b'{"error":"not found"}'


asyncio.run(globals()[scenario]())
