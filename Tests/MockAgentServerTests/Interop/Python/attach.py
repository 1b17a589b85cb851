"""Attaches to a mock agent server as an agentctl client would, and ends with an error if anything is not as it should be."""

import asyncio
import json
import sys

from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

URL = f"ws://127.0.0.1:{sys.argv[1]}/api/v1/workspace/stream"
HEADERS = {"Authorization": "Bearer secret", "X-Instance-ID": "one"}


async def receive(socket):
    return json.loads(await asyncio.wait_for(socket.recv(), 10))


async def attach():
    async with connect(URL, additional_headers=HEADERS, compression=None) as socket:
        assert (await receive(socket))["type"] == "connected"
        names = {(await receive(socket))["git_status"]["repository_name"] for _ in range(2)}
        assert names == {"web", "api"}, names
        await socket.send(json.dumps({"type": "ping", "timestamp": 1}))
        assert (await receive(socket))["type"] == "pong"
        await socket.send(json.dumps({"type": "shell_input", "timestamp": 2, "data": "häß €\r"}))
        assert (await receive(socket))["data"] == "häß €\r"
        await (await socket.ping())
    assert socket.close_code == 1000, socket.close_code


async def refused(headers, status):
    try:
        async with connect(URL, additional_headers=headers, compression=None):
            raise AssertionError("the upgrade was not refused")
    except InvalidStatus as error:
        assert error.response.status_code == status, error.response.status_code
        return json.loads(error.response.body)


async def main():
    await attach()
    assert (await refused({}, 401))["error"].startswith("missing")
    gone = await refused(HEADERS | {"X-Instance-ID": "two"}, 404)
    assert gone["recycled_port"] and gone["expected_id"] == "one" and gone["got_id"] == "two", gone


asyncio.run(main())
