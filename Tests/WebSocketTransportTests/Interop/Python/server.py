"""A server for the client under test: prints its port, then does what the path of each connection says."""

import asyncio
import sys

from websockets.asyncio.server import serve


async def echo(connection):
    async for message in connection:
        await connection.send(message)


async def fragments(connection):
    await connection.send(["frag", "men", "", "ted ", "täxt"])
    await connection.send([b"\x00" * 70_000, b"\x01", b"\x02" * 200])
    await connection.wait_closed()


async def ping(connection):
    for size in (0, 1, 125):
        waiter = await connection.ping(b"p" * size)
        await waiter
    await connection.send("all answered")
    await connection.wait_closed()


async def close(connection):
    code, reason = await connection.recv(), await connection.recv()
    await connection.close(int(code), reason)


async def report(connection):
    """Says on the next line of the output how the client closed."""
    await connection.wait_closed()
    print(connection.close_code, connection.close_reason, flush=True)


async def handle(connection):
    scenarios = {"/echo": echo, "/fragments": fragments, "/ping": ping, "/close": close, "/report": report}
    await scenarios[connection.request.path](connection)


def select_subprotocol(connection, offered):
    return "v1" if "v1" in offered else None


async def main():
    async with serve(
        handle, "127.0.0.1", 0, select_subprotocol=select_subprotocol, compression=None, max_size=None
    ) as server:
        print(server.sockets[0].getsockname()[1], flush=True)
        await server.serve_forever()


# The test ends us; when it can't, we end with its input.
async def until_end_of_input():
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)


async def both():
    await asyncio.wait(
        [asyncio.ensure_future(main()), asyncio.ensure_future(until_end_of_input())],
        return_when=asyncio.FIRST_COMPLETED,
    )


asyncio.run(both())
