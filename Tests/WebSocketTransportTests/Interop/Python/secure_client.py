"""A client over TLS for the server under test; it ends with 0 if every check passes.

Arguments: the port, the authority to trust, our certificate chain and our private key, as files in PEM.
"""

import asyncio
import ssl
import sys

from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosedError


async def main():
    port, authority, chain, key = sys.argv[1:]
    context = ssl.create_default_context(cafile=authority)
    context.load_cert_chain(chain, key)
    url = f"wss://127.0.0.1:{port}"
    async with connect(f"{url}/echo", ssl=context, compression=None, max_size=None) as connection:
        for message in ("hello", "x" * 1_000_000, b"\x00" * 70_000, "täxt"):
            await connection.send(message)
            assert await connection.recv() == message
    assert connection.close_code == 1000, connection.close_code

    connection = await connect(f"{url}/close", ssl=context, compression=None)
    try:
        await connection.recv()
        raise AssertionError("the server did not close")
    except ConnectionClosedError as error:
        assert (error.rcvd.code, error.rcvd.reason) == (4002, "server"), error
    await connection.wait_closed()

    # It does not connect to a server that it does not trust.
    try:
        await connect(f"{url}/echo", ssl=ssl.create_default_context())
        raise AssertionError("the certificate was trusted")
    except ssl.SSLCertVerificationError:
        pass


asyncio.run(main())
