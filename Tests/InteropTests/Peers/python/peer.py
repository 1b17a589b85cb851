"""A peer of the interop tests on `websockets`; see ../README.md."""

import asyncio
import contextlib
import sys
from http import HTTPStatus
from urllib.parse import parse_qs, urlsplit

from websockets.asyncio.client import connect
from websockets.asyncio.server import serve
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.extensions.permessage_deflate import ClientPerMessageDeflateFactory, ServerPerMessageDeflateFactory


def query_of(url):
    return {name: values[0] for name, values in parse_qs(urlsplit(url).query, keep_blank_values=True).items()}


def extensions(factory, query):
    if "deflate" not in query:
        return None
    bare = True if factory is ClientPerMessageDeflateFactory else None
    options = {name: name in query for name in ("server_no_context_takeover", "client_no_context_takeover")}
    for name in ("server_max_window_bits", "client_max_window_bits"):
        value = query.get(name)
        options[name] = None if value is None else int(value) if value else bare
    return [factory(**options)]


def parts(message):
    third = len(message) // 3
    return [message[:third], message[third : 2 * third], message[2 * third :]]


async def pong(connection, payload):
    await (await connection.ping(payload))
    await connection.send(f"!pong {payload}")


async def obey(connection):
    fragmented = False
    pings = set()
    async for message in connection:
        command, _, rest = message.partition(" ") if isinstance(message, str) else ("", "", "")
        if command == "!fragment":
            fragmented = True
        elif command == "!ping":
            # The loop that reads receives the Pong, so this loop must not wait.
            pings.add(asyncio.create_task(pong(connection, rest)))
        elif command == "!close":
            code, _, reason = rest.partition(" ")
            await connection.close(int(code), reason)
        else:
            await connection.send(parts(message) if fragmented else message)


async def behave(connection):
    with contextlib.suppress(ConnectionClosed):
        await obey(connection)
    print("closed", connection.close_code, connection.close_reason, flush=True)


def prepare(connection, request):
    """Chooses the extensions from the query before the handshake uses them, and refuses one path."""
    if urlsplit(request.path).path == "/nothing":
        return connection.respond(HTTPStatus.NOT_FOUND, "nichts für dich")
    connection.protocol.available_extensions = extensions(ServerPerMessageDeflateFactory, query_of(request.path))


def select_subprotocol(connection, offered):
    return "v1" if "v1" in offered else None


async def server():
    async with serve(
        behave,
        "127.0.0.1",
        0,
        process_request=prepare,
        select_subprotocol=select_subprotocol,
        max_size=None,
    ) as listening:
        print(listening.sockets[0].getsockname()[1], flush=True)
        await listening.serve_forever()


async def client(*urls):
    for url in urls:
        query = query_of(url)
        try:
            async with connect(
                url,
                compression=None,
                # If it offers no extension, it sends the field without a value.
                extensions=extensions(ClientPerMessageDeflateFactory, query) or [],
                subprotocols=["v0", "v1"] if "subprotocols" in query else None,
                max_size=None,
                proxy=None,
            ) as connection:
                await behave(connection)
        except InvalidStatus as error:
            print("refused", error.response.status_code, flush=True)
            print("body", (error.response.body or b"").decode(), flush=True)


async def until_end_of_input():
    reader = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    await reader.read()


async def main():
    working = asyncio.ensure_future(globals()[sys.argv[1]](*sys.argv[2:]))
    ending = asyncio.ensure_future(until_end_of_input())
    await asyncio.wait([working, ending], return_when=asyncio.FIRST_COMPLETED)
    if working.done():
        working.result()


asyncio.run(main())
