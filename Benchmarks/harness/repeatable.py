"""The figures that do not depend on the load of the machine: instructions and allocations of each message, and the
memory of an idle stream."""

import dataclasses
import os
import pathlib
import subprocess
import tempfile

from .catalogue import NATIVE, Scenario
from .figures import per_message
from .running import Failed, run

COUNTER = NATIVE / "count-allocations.so"


def scenario(word, path, **numbers):
    return Scenario(word, word, word, path, numbers)


# Name, scenario, messages for instructions and for allocations; the second run of each has twice as many messages. The
# figures differ by under 1 % from one run to the next. When receiving, the server is always faster than a client in
# valgrind. When sending, each batch is whole. (If messages are sent one by one, chance decides how many go out
# together; this makes 10 %.)
MEASURED = [
    ("receive-64", scenario("receive", "/receive/64"), 20_000, 500_000),
    ("receive-events", scenario("receive", "/receive/events"), 8_192, 200_000),
    # Each message arrives by itself: the client asks for the next one when it has taken the last one.
    ("receive-paced", scenario("receive", "/receive/508?step=1"), 2_048, 4_096),
    ("decode-events", scenario("decode", "/receive/events"), 4_096, 40_960),
    ("decode-agent-events", scenario("decode-agent", "/receive/agent-events"), 8_192, 40_960),
    ("envelope-events", scenario("envelope", "/receive/events"), 4_096, 40_960),
    # Each event arrives by itself, as on a stream that is quiet most of the time: the client asks for the next one when
    # it has taken the last one. It runs on the event loop, because on the pool chance decides how many instructions a
    # thread takes to go to sleep.
    ("client-paced", scenario("follow-one", "/receive/events?step=1", loop=1), 2_048, 4_096),
    # The same stream, followed; and both when the events come as fast as they are taken.
    ("followed-paced", scenario("followed-one", "/receive/events?step=1", loop=1), 2_048, 4_096),
    ("client-events", scenario("follow-one", "/receive/events", loop=1), 4_096, 40_960),
    ("followed-events", scenario("followed-one", "/receive/events", loop=1), 4_096, 40_960),
    ("send-64", scenario("send-batches", "/sink", size=64), 20_000, 200_000),
]

# Streams with their clients, and a task each that waits for events. The fixed memory of the process is in it.
IDLE = [
    ("client-idle", scenario("follow-idle", "/idle", count=1_000)),
    ("followed-idle", scenario("followed-idle", "/idle", count=1_000)),
    # After 100 KB of output of the shell, and a status of 50 files with diffs, which come at once.
    ("client-settled", scenario("follow-idle", "/receive/settled?count=27&rate=200", count=200)),
    ("followed-settled", scenario("followed-idle", "/receive/settled?count=27&rate=200", count=200)),
]


def without_debugging(program, folder):
    """The program without debugging information, because valgrind 3.19 can't read it; the symbols stay."""
    stripped = pathlib.Path(folder) / program.path.name
    subprocess.run(["strip", "-g", "-o", stripped, program.path], check=True)
    return dataclasses.replace(program, path=stripped)


def instructions(program, one, server, count):
    """The instructions of the process, by callgrind; waiting costs none."""
    with tempfile.TemporaryDirectory() as folder:
        out = f"{folder}/out"
        prefix = ["valgrind", "--tool=callgrind", f"--callgrind-out-file={out}"]
        # On one core there are fewer orders in which threads can take turns.
        run(program, one, server, count, core=os.cpu_count() - 1, prefix=prefix, timeout=300)
        with open(out) as file:
            for line in file:
                if line.startswith(("summary:", "totals:")):
                    return int(line.split()[1])
    raise Failed("callgrind wrote no summary")


def allocations(program, one, server, count):
    """The allocations of the process, by a library in front of the allocator."""
    with tempfile.NamedTemporaryFile("r") as file:
        environment = dict(os.environ, LD_PRELOAD=str(COUNTER), BENCH_ALLOCATIONS=file.name)
        run(program, one, server, count, environment=environment)
        return int(file.read())


def memory(program, one, server):
    """The resident kibibytes of one stream: the least of several runs, because chance can only add."""
    return min(run(program, one, server)["rss_per_connection_bytes"] for _ in range(2)) / 1024


def each(measure, program, one, server, count, repeats):
    """The cost of one message, by the least of several runs of `count` and of twice as many: chance can only add."""

    def least(messages):
        return min(measure(program, one, server, messages) for _ in range(repeats))

    return per_message(least(count), least(2 * count), count)


def measure_all(program, server, tell, names=None):
    """All figures, by name."""
    figures = {}
    with tempfile.TemporaryDirectory() as folder:
        stripped = without_debugging(program, folder)
        for name, one, few, many in MEASURED:
            if names and name not in names:
                continue
            kinds = [("instructions", instructions, few, 1), ("allocations", allocations, many, 3)]
            for kind, measure, count, times in kinds:
                value = each(measure, stripped, one, server, count, times)
                figures[f"{kind} {name}"] = round(value, 3)
                tell(f"{kind + ' ' + name:32} {value:12,.3f} a message")
    for name, one in IDLE:
        if not names or name in names:
            value = memory(program, one, server)
            figures[f"memory {name}"] = round(value, 3)
            tell(f"{'memory ' + name:32} {value:12,.3f} KiB a stream")
    return figures


def has_valgrind():
    try:
        return subprocess.run(["valgrind", "--version"], capture_output=True).returncode == 0
    except OSError:
        return False
