"""Sends a few agentctl events, as text, fragmented, and large, and answers one command; prints its port."""

import asyncio
import json

from websockets.asyncio.server import serve


async def handle(socket):
    assert socket.request.headers["Authorization"] == "Bearer secret"
    assert socket.request.path == "/api/v1/workspace/stream"
    await socket.send(json.dumps({"type": "connected", "timestamp": 1}))
    status = {"timestamp": "2026-01-01T00:00:00Z", "repository_name": "web", "branch": "main", "modified": None}
    await socket.send(iter([json.dumps({"type": "git_status", "timestamp": 2, "git_status": status})[:20],
                            json.dumps({"type": "git_status", "timestamp": 2, "git_status": status})[20:]]))
    await socket.send(json.dumps({"type": "shell_output", "timestamp": 3, "data": "ü" * 3_000_000}, ensure_ascii=False))
    await socket.send("not json")
    command = json.loads(await socket.recv())
    await socket.send(json.dumps({"type": "shell_output", "timestamp": 4, "data": command["data"]}))
    await socket.close(1001, "bye")


async def main():
    async with serve(handle, "127.0.0.1", 0, compression=None, max_size=None) as server:
        print(server.sockets[0].getsockname()[1], flush=True)
        await asyncio.get_running_loop().create_future()


asyncio.run(main())
