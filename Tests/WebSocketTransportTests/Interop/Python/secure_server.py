"""A server over TLS for the client under test: it prints its port, echoes, and prints how each connection ended.

Arguments: the certificate chain and the private key, two files in PEM.
"""

import asyncio
import ssl
import sys

from websockets.asyncio.server import serve


async def handle(connection):
    if connection.request.path == "/close":
        await connection.close(4002, "server")
    else:
        async for message in connection:
            await connection.send(message)
    await connection.wait_closed()
    print(connection.close_code, connection.close_reason, flush=True)


async def main():
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(sys.argv[1], sys.argv[2])
    context.set_alpn_protocols(["http/1.1"])
    async with serve(handle, "127.0.0.1", 0, ssl=context, compression=None, max_size=None) as server:
        print(server.sockets[0].getsockname()[1], flush=True)
        # The test ends this server. If it can't, the server ends with its input.
        await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)


asyncio.run(main())
