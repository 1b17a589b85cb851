"""Each peer counts the server's messages: python3 -m unittest discover -s Benchmarks/tests -t Benchmarks

The expected numbers come from a client in this file. A peer that is not built is reported as skipped.
"""

import functools
import json
import os
import pathlib
import socket
import struct
import subprocess
import sys
import unittest
import zlib

BENCHMARKS = pathlib.Path(__file__).resolve().parent.parent
SERVER = BENCHMARKS / ".build/native/bench-server"
PEERS = json.loads((BENCHMARKS / "peers/peers.json").read_text())

REQUIRED = {"messages", "bytes", "cpu_user_ns", "cpu_system_ns", "wall_ns", "max_rss_kib"}
# The number of messages of each kind; where it is cheap, more than a block has, so that the block repeats.
COUNTS = {
    "64": 5000,
    "512": 5000,
    "utf8-512": 3000,
    "events": 10_000,
    "agent-events": 10_000,
    "agent-chunks": 5000,
    "agent-updates": 2000,
    "16384": 300,
    "1048576": 7,
    "events-takeover": 5000,
    "events-no-takeover": 5000,
}
# The scenarios that a peer refuses, with status 3: picows has no compression, gorilla none with context takeover.
REFUSED = {
    ("picows", "events-takeover"),
    ("picows", "events-no-takeover"),
    ("gorilla", "events-takeover"),
    ("gorilla-tuned", "events-takeover"),
}


def setUpModule():
    global server, port
    if not SERVER.exists():
        raise unittest.SkipTest("the load server is not built: make -C Benchmarks")
    arguments = [SERVER, "--port", "0", "--data", BENCHMARKS / ".build/data"]
    server = subprocess.Popen(arguments, stdout=subprocess.PIPE, text=True)
    port = int(server.stdout.readline().split()[-1])


def tearDownModule():
    server.terminate()
    server.wait()
    server.stdout.close()


class Payloads:
    """The payloads of one connection: unmasked frames, not fragmented, compressed or not."""

    def __init__(self, kind, count):
        self.compression = "no-takeover" if "no-takeover" in kind else "takeover" if "takeover" in kind else None
        self.connection = socket.create_connection(("127.0.0.1", port))
        offer = "permessage-deflate" + "; server_no_context_takeover" * (self.compression == "no-takeover")
        self.connection.sendall(
            f"GET /receive/{kind}?count={count} HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\n"
            "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n"
            f"Sec-WebSocket-Extensions: {offer}\r\n\r\n".encode()
        )
        self.stream = self.connection.makefile("rb")
        while self.stream.readline() != b"\r\n":
            pass
        self.inflater = zlib.decompressobj(-15)

    def next(self):
        first, length = self.stream.read(2)
        if length == 126:
            (length,) = struct.unpack(">H", self.stream.read(2))
        elif length == 127:
            (length,) = struct.unpack(">Q", self.stream.read(8))
        payload = self.stream.read(length)
        if first & 0x40 == 0:
            return payload
        if self.compression == "no-takeover":
            self.inflater = zlib.decompressobj(-15)
        return self.inflater.decompress(payload + b"\x00\x00\xff\xff")

    def close(self):
        self.stream.close()
        self.connection.close()


_sizes = {}


def size_of(kind):
    """The payload bytes of the requested messages."""
    if kind not in _sizes:
        payloads = Payloads(kind, COUNTS[kind])
        _sizes[kind] = sum(len(payloads.next()) for _ in range(COUNTS[kind]))
        payloads.close()
    return _sizes[kind]


def scenario(name):
    """A test of a scenario; a peer that does not list the scenario must end with status 3."""

    def decorate(test):
        @functools.wraps(test)
        def check(self):
            if name in self.peer["scenarios"]:
                test(self)
            else:
                self.assertEqual(self.run_peer(name, "/idle", count=1).returncode, 3)

        return check

    return decorate


class PeerTests:
    """The tests of every peer."""

    peer = None

    @classmethod
    def setUpClass(cls):
        program = BENCHMARKS / cls.peer["command"][0]
        if not os.access(program, os.X_OK):
            print(f"skipped: {cls.peer['name']} is not built: Benchmarks/peers/build", file=sys.stderr)
            raise unittest.SkipTest("not built")

    def run_peer(self, scenario, path, **options):
        words = [f"{key}={value}" for key, value in options.items()]
        url = f"ws://127.0.0.1:{port}{path}"
        command = [*self.peer["command"], scenario, url, *words]
        return subprocess.run(command, cwd=BENCHMARKS, capture_output=True, text=True, timeout=60)

    def report(self, scenario, path, **options):
        """The report of a run that must succeed."""
        result = self.run_peer(scenario, path, **options)
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertEqual(result.stdout.count("\n"), 1)
        report = json.loads(result.stdout)
        self.assertLessEqual(REQUIRED, report.keys())
        self.assertGreater(report["cpu_user_ns"] + report["cpu_system_ns"], 0)
        self.assertGreater(report["wall_ns"], 0)
        return report

    def test_counts_what_was_sent(self):
        for kind, count in COUNTS.items():
            with self.subTest(kind=kind):
                path = f"/receive/{kind}?count={count}"
                if (self.peer["name"], kind) in REFUSED:
                    self.assertEqual(self.run_peer("receive", path, count=count).returncode, 3)
                    continue
                report = self.report("receive", path, count=count)
                self.assertEqual((report["messages"], report["bytes"]), (count, size_of(kind)))

    @scenario("decode")
    def test_decodes_every_event(self):
        count = COUNTS["events"]
        report = self.report("decode", f"/receive/events?count={count}", count=count)
        self.assertEqual((report["messages"], report["bytes"]), (count, size_of("events")))

    @scenario("decode-agent")
    def test_decodes_every_agent_event(self):
        for kind in ("agent-events", "agent-chunks", "agent-updates"):
            with self.subTest(kind=kind):
                count = COUNTS[kind]
                report = self.report("decode-agent", f"/receive/{kind}?count={count}", count=count)
                self.assertEqual((report["messages"], report["bytes"]), (count, size_of(kind)))

    def test_stops_early_where_the_server_goes_on(self):
        report = self.report("receive", "/receive/512", count=1000)
        self.assertEqual((report["messages"], report["bytes"]), (1000, 512_000))

    def test_echoes(self):
        for size in (64, 1024):
            with self.subTest(size=size):
                report = self.report("echo", "/echo", count=200, size=size)
                self.assertEqual((report["messages"], report["bytes"]), (200, 200 * size))
                self.assertTrue(0 < report["p50_ns"] <= report["p90_ns"] <= report["p99_ns"])

    def test_sends(self):
        report = self.report("send", "/sink", count=2000, size=512)
        self.assertEqual((report["messages"], report["bytes"]), (2000, 2000 * 512))

    @scenario("burst")
    def test_sends_from_many_tasks(self):
        report = self.report("burst", "/sink", count=2000, size=64, tasks=16)
        self.assertEqual((report["messages"], report["bytes"]), (2000, 2000 * 64))

    @scenario("open")
    def test_opens_and_closes(self):
        self.assertEqual(self.report("open", "/idle", count=250)["messages"], 250)

    @scenario("idle")
    def test_holds_idle_connections(self):
        report = self.report("idle", "/idle", count=250, seconds=1)
        self.assertGreater(report["rss_per_connection_bytes"], 0)

    @scenario("tail")
    def test_tails(self):
        report = self.report("tail", "/receive/events?rate=100", count=20, rate=100, seconds=1)
        self.assertTrue(1000 < report["messages"] < 3000, report["messages"])

    @scenario("follow")
    def test_follows(self):
        report = self.report("follow", "/receive/events?rate=100", count=20, rate=100, seconds=1)
        self.assertTrue(1000 < report["messages"] < 3000, report["messages"])

    @scenario("follow-idle")
    def test_holds_idle_streams(self):
        report = self.report("follow-idle", "/idle", count=250, seconds=1)
        self.assertGreater(report["rss_per_connection_bytes"], 0)

    @scenario("print")
    def test_prints_what_was_sent(self):
        payloads = Payloads("events", 5000)
        expected = b"".join(payloads.next() + b"\n" for _ in range(5000)).decode()
        payloads.close()
        result = self.run_peer("print", "/receive/events?count=5000", count=5000)
        self.assertEqual((result.returncode, result.stdout == expected), (0, True), result.stderr)

    def test_lacks_an_unknown_scenario(self):
        result = self.run_peer("nonsense", "/idle")
        self.assertEqual((result.returncode, result.stdout), (3, ""))

    def test_says_that_it_was_refused(self):
        result = self.run_peer("receive", "/nowhere", count=1)
        self.assertEqual((result.returncode, result.stdout), (1, ""))
        self.assertNotEqual(result.stderr, "")


for _peer in PEERS:
    _name = "".join(word.capitalize() for word in _peer["name"].split("-")) + "Tests"
    globals()[_name] = type(_name, (PeerTests, unittest.TestCase), {"peer": _peer, "__module__": __name__})


if __name__ == "__main__":
    unittest.main()
