"""A client on picows for the benchmark; see README.md and ../README.md."""

import asyncio
import json
import time
import urllib.parse

import measure
import uvloop
from picows import WSCloseCode, WSListener, WSMsgType, ws_connect

# Python finds a global name faster than a member of an enumeration.
TEXT = WSMsgType.TEXT


class Listener(WSListener):
    """Has a future for its end: a result, or the failure of the connection."""

    def __init__(self):
        self.finished = asyncio.get_running_loop().create_future()

    def on_ws_disconnected(self, transport):
        if not self.finished.done():
            self.finished.set_exception(RuntimeError("the connection ended early"))


class Receiver(Listener):
    """Takes `count` messages, each as a new str. Every message of the benchmark is one frame."""

    def __init__(self, count):
        super().__init__()
        self.count = self.left = count
        self.size = 0
        self.last = None
        self.start = None

    def on_ws_connected(self, transport):
        self.start = measure.Measurement()

    def on_ws_frame(self, transport, frame):
        if frame.msg_type is not TEXT or self.left == 0:
            return
        self.last = frame.get_payload_as_utf8_text()
        self.size += frame.payload_size
        self.left -= 1
        if self.left == 0:
            self.finished.set_result(self.start.end(self.count, self.size))


class Decoder(Receiver):
    def on_ws_frame(self, transport, frame):
        if frame.msg_type is TEXT and self.left > 0:
            super().on_ws_frame(transport, frame)
            self.last = json.loads(self.last)


class Echoer(Listener):
    """Sends the next message when the echo of the last one has arrived."""

    def __init__(self, count, payload):
        super().__init__()
        self.left = count
        self.payload = payload
        self.latencies = []
        self.sent = 0

    def send(self, transport):
        self.sent = time.monotonic_ns()
        transport.send(TEXT, self.payload)

    def on_ws_frame(self, transport, frame):
        if frame.msg_type is not TEXT:
            return
        self.latencies.append(time.monotonic_ns() - self.sent)
        if len(frame.get_payload_as_utf8_text()) != len(self.payload):
            self.finished.set_exception(RuntimeError("the echo has another size"))
            return
        self.left -= 1
        if self.left > 0:
            self.send(transport)
        else:
            self.finished.set_result(None)


class Sender(Listener):
    """Sends, but pauses while the transport has too much to write."""

    def __init__(self):
        super().__init__()
        self.may_write = asyncio.Event()
        self.may_write.set()

    def pause_writing(self):
        self.may_write.clear()

    def resume_writing(self):
        self.may_write.set()


class Tail(WSListener):
    """Counts the messages of all connections; they are on one loop."""

    def __init__(self, totals):
        self.totals = totals

    def on_ws_frame(self, transport, frame):
        if frame.msg_type is TEXT:
            self.totals[0] += 1
            self.totals[1] += len(frame.get_payload_as_utf8_text())


async def connect(listener, url):
    if urllib.parse.urlsplit(url).path.endswith("-takeover"):
        raise measure.Unsupported
    transport, _ = await ws_connect(listener, url, max_frame_size=1 << 30)
    return transport


async def disconnect(transport):
    transport.send_close(WSCloseCode.OK)
    await transport.wait_disconnected()


async def take_all(url, receiver):
    transport = await connect(lambda: receiver, url)
    result = await receiver.finished
    await disconnect(transport)
    return result


async def receive(url, options):
    return await take_all(url, Receiver(options["count"]))


async def decode(url, options):
    return await take_all(url, Decoder(options["count"]))


async def echo(url, options):
    payload = b"x" * options["size"]
    listener = Echoer(options["count"], payload)
    transport = await connect(lambda: listener, url)
    start = measure.Measurement()
    listener.send(transport)
    await listener.finished
    latencies = listener.latencies
    result = start.end(len(latencies), len(latencies) * len(payload), **measure.percentiles(latencies))
    await disconnect(transport)
    return result


async def send(url, options):
    payload = b"x" * options["size"]
    sender = Sender()
    transport = await connect(lambda: sender, url)
    start = measure.Measurement()
    for _ in range(options["count"]):
        if not sender.may_write.is_set():
            await sender.may_write.wait()
        transport.send(TEXT, payload)
    sender.finished.cancel()
    await disconnect(transport)
    return start.end(options["count"], options["count"] * len(payload))


async def tail(url, options):
    measure.raise_file_limit()
    totals = [0, 0]
    transports = []

    async def hold():
        transports.append(await connect(lambda: Tail(totals), url))

    await measure.for_each(options["count"], hold)
    before = tuple(totals)
    start = measure.Measurement()
    await asyncio.sleep(options["seconds"])
    result = start.end(totals[0] - before[0], totals[1] - before[1])
    for transport in transports:
        transport.disconnect(graceful=False)
    return result


if __name__ == "__main__":
    scenarios = {"receive": receive, "decode": decode, "echo": echo, "send": send, "tail": tail}
    measure.main(scenarios, uvloop.run)
