"""The scenarios and the programs that are measured."""

import dataclasses
import json
import pathlib

BENCHMARKS = pathlib.Path(__file__).resolve().parent.parent
ROOT = BENCHMARKS.parent
NATIVE = BENCHMARKS / ".build/native"
DATA = BENCHMARKS / ".build/data"
RELEASE = BENCHMARKS / ".build/release"
# The command whose output is measured.
TAIL = RELEASE / "wsstream"
OURS = "ours"


@dataclasses.dataclass(frozen=True)
class Program:
    """A client program: `COMMAND SCENARIO URL KEY=NUMBER...`."""

    name: str
    title: str
    path: pathlib.Path
    arguments: tuple = ()
    # The command that prints the version of the library.
    version: tuple = ()
    # A limit is not a rival: it does less work than a client must do.
    is_limit: bool = False
    # The scenarios that the program has, by their word; all if empty.
    words: tuple = ()

    @property
    def command(self):
        return [str(self.path), *self.arguments]


def limit(name, title):
    return Program(name, title, NATIVE / name, is_limit=True)


def tail(format):
    """The command with one of its formats."""
    return Program(f"ours-{format}", f"wsstream tail --format {format}", TAIL, ("--format", format),
                   words=("print", "first-line"))


def peers():
    """The rivals in peers/, as peers/peers.json describes them."""
    catalogue = BENCHMARKS / "peers/peers.json"
    for peer in json.loads(catalogue.read_text()) if catalogue.exists() else []:
        path, *arguments = peer["command"]
        yield Program(
            peer["name"], peer["title"], BENCHMARKS / path, tuple(arguments), tuple(peer.get("version", ()))
        )


def programs():
    return [
        Program(OURS, "ours", RELEASE / "bench-client"),
        Program("ours-loop", "ours, on the event loop", RELEASE / "bench-client", ("--loop",), words=("follow",)),
        Program("ours-pool", "ours, on the cooperative pool", RELEASE / "bench-client", ("--pool",), words=("echo",)),
        tail("raw"), tail("json"), tail("pretty"),
        limit("limit-recv", "limit: recv alone"),
        limit("limit-parse", "limit: recv, frames parsed, bytes touched"),
        limit("limit-inflate", "limit: recv, frames parsed, inflated"),
        *peers(),
        Program("nio-handler", "NIOWebSocket, channel handler", RELEASE / "nio-handler"),
        Program("nio-async", "NIOWebSocket, NIOAsyncChannel", RELEASE / "nio-async"),
    ]


@dataclasses.dataclass(frozen=True)
class Scenario:
    """One measurement: a word for the client programs, a path of the load server, and numbers."""

    name: str
    title: str
    word: str
    path: str
    numbers: dict = dataclasses.field(default_factory=dict)
    # The messages of the first run, which decides the number of messages in the measured runs; 0 if that number is
    # fixed.
    first: int = 0
    most: int = 10_000_000
    # The columns of the table, and the column by which programs are compared.
    columns: tuple = ("rate", "cpu", "user", "peak")
    compared: str = "cpu"
    # Both ends on one core, or each on a separate core; otherwise the system chooses.
    one_core: bool = False
    two_cores: bool = False
    limits: tuple = ("limit-recv", "limit-parse")
    only: tuple = ()
    # Takes long, so --quick leaves it out.
    is_long: bool = False
    # The program with which the others are compared.
    reference: str = OURS

    def admits(self, program):
        if program.is_limit:
            return program.name in self.limits
        if program.words and self.word not in program.words:
            return False
        return not self.only or program.name in self.only


def receive(kind, title, first, most=10_000_000, **more):
    return Scenario(f"receive-{kind}", f"Receive, {title}", "receive", f"/receive/{kind}", {}, first, most, **more)


def agent(kind, title):
    """Messages of the agent stream, each decoded into a typed event."""
    return Scenario(f"agent-{kind}", f"{title}, decoded into typed events", "decode-agent", f"/receive/agent-{kind}", {},
                    20_000, limits=(), only=(OURS, "gorilla", "gorilla-tuned", "nio-handler", "nio-async"))


def follow(count, rate):
    """Workspace streams as a program follows them: every event is decoded, in ours by AgentRuntimeClient."""
    title = f"{count:,} workspace streams at {rate} events/s each, decoded, for 3 s"
    return Scenario(f"client-paced-{count}", title, "follow", f"/receive/events?rate={rate}",
                    {"count": count, "rate": rate, "seconds": 3}, limits=(),
                    only=(OURS, "ours-loop", "gorilla", "gorilla-tuned"))


ECHO = ("p50", "p90", "p99", "cpu", "peak")
INFLATE = ("limit-inflate",)
TAILS = ("ours-raw", "ours-json", "ours-pretty")

SCENARIOS = [
    receive("64", "64 bytes", 100_000, 20_000_000),
    receive("512", "512 bytes", 100_000),
    receive("utf8-512", "512 bytes of two- and three-byte characters", 100_000),
    receive("events", "event mix", 100_000),
    receive("agent-events", "agent events", 100_000),
    receive("16384", "16 KiB", 2_000, 200_000),
    receive("1048576", "1 MiB", 40, 4_000),
    receive("events-takeover", "event mix, compressed with context takeover", 20_000, limits=INFLATE),
    receive("events-no-takeover", "event mix, compressed without context takeover", 20_000, limits=INFLATE),
    Scenario("decode", "Event mix, decoded into typed events", "decode", "/receive/events", {}, 20_000, limits=()),
    agent("events", "Agent events"),
    agent("chunks", "Agent events, only pieces of the answer (message_chunk)"),
    agent("updates", "Agent events, only updates of tools (tool_update)"),
    Scenario("envelope", "Event mix, type and time of each event alone", "envelope", "/receive/events", {}, 50_000,
             limits=("limit-parse",), only=(OURS,)),
    Scenario("echo-64", "Echo of 64 bytes, one outstanding, both ends on one core", "echo", "/echo", {"size": 64},
             5_000, 100_000, ECHO, "p50", one_core=True, limits=()),
    Scenario("echo-1024", "Echo of 1 KiB, one outstanding, both ends on one core", "echo", "/echo", {"size": 1024},
             5_000, 100_000, ECHO, "p50", one_core=True, limits=()),
    Scenario("echo-64-apart", "Echo of 64 bytes, one outstanding, each end on a core of its own", "echo", "/echo",
             {"size": 64}, 5_000, 100_000, ECHO, "p50", two_cores=True, limits=()),
    Scenario("send-64", "Send 64 bytes, one by one", "send", "/sink", {"size": 64}, 50_000, limits=()),
    Scenario("send-512", "Send 512 bytes, one by one", "send", "/sink", {"size": 512}, 50_000, limits=()),
    Scenario("burst-64", "Send 64 bytes from 64 tasks at once", "burst", "/sink", {"size": 64, "tasks": 64}, 64_000,
             limits=(), only=(OURS, "gorilla", "gorilla-tuned")),
    Scenario("paced-1", "One stream at 20,000 events/s, for 3 s", "tail", "/receive/events?rate=20000",
             {"count": 1, "rate": 20000, "seconds": 3}, columns=("rate", "cpu", "user", "peak"), limits=()),
    Scenario("paced-1000", "1,000 streams at 10 events/s each, for 3 s", "tail", "/receive/events?rate=10",
             {"count": 1000, "rate": 10, "seconds": 3}, limits=()),
    Scenario("tail-1000", "1,000 streams at 100 events/s each, for 5 s", "tail", "/receive/events?rate=100",
             {"count": 1000, "rate": 100, "seconds": 5}, limits=()),
    # 5,000 streams get no more events together than 1,000: two cores can't decode 50,000 a second in Go.
    follow(100, 10), follow(1000, 10), follow(5000, 2),
    Scenario("cli-tail", "Event mix printed, a line for each, into a pipe", "print", "/receive/events", {}, 20_000,
             2_000_000, columns=("rate", "cpu", "user"), limits=(), only=(*TAILS, "gorilla", "gorilla-tuned"),
             reference="ours-raw"),
    Scenario("cli-first-line", "From the start of the process to the first line of its output", "first-line",
             "/receive/events", columns=("first", "start"), compared="first", limits=(), only=(*TAILS, "gorilla"),
             reference="ours-raw"),
    Scenario("client-idle-1000", "1,000 idle workspace streams, for 5 s", "follow-idle", "/idle", {"count": 1000},
             columns=("memory", "idle"), compared="memory", limits=(), only=(OURS, "gorilla", "gorilla-tuned")),
    Scenario("idle-1000", "1,000 idle streams, for 5 s", "idle", "/idle", {"count": 1000}, columns=("memory", "idle"),
             compared="memory", limits=()),
    Scenario("idle-10000", "10,000 idle streams, for 5 s", "idle", "/idle", {"count": 10000},
             columns=("memory", "idle"), compared="memory", limits=(), is_long=True),
    Scenario("open-10000", "Open and close 10,000 streams, 100 at a time", "open", "/idle", {"count": 10000},
             limits=(), is_long=True),
]
