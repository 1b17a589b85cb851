"""The figures that do not depend on what else the machine does: instructions and allocations of each message."""

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


# Name, scenario, messages for instructions and for allocations; the second run of each has twice as many messages. They
# differ by under 1 % from one time to the next: when receiving, the server is always ahead of a client in valgrind; when
# sending, each batch is whole. (Sent one by one, how many go out at once is chance, and makes 10 %.)
MEASURED = [
    ("receive-64", scenario("receive", "/receive/64"), 20_000, 500_000),
    ("receive-events", scenario("receive", "/receive/events"), 8_192, 200_000),
    ("decode-events", scenario("decode", "/receive/events"), 4_096, 40_960),
    ("envelope-events", scenario("envelope", "/receive/events"), 4_096, 40_960),
    # Each event by itself, as on a stream that is quiet most of the time: the next one is asked for when it was taken.
    # On the event loop: on the pool, how many instructions a thread takes to go to sleep is chance.
    ("client-paced", scenario("follow-one", "/receive/events?step=1", loop=1), 2_048, 4_096),
    ("send-64", scenario("send-batches", "/sink", size=64), 20_000, 200_000),
]


def without_debugging(program, folder):
    """The program without debugging information, which valgrind 3.19 can't read; its symbols stay."""
    stripped = pathlib.Path(folder) / program.path.name
    subprocess.run(["strip", "-g", "-o", stripped, program.path], check=True)
    return dataclasses.replace(program, path=stripped)


def instructions(program, one, server, count):
    """The instructions of the process, by callgrind; waiting costs none."""
    with tempfile.TemporaryDirectory() as folder:
        out = f"{folder}/out"
        prefix = ["valgrind", "--tool=callgrind", f"--callgrind-out-file={out}"]
        # On one core, threads take turns in fewer ways.
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


def each(measure, program, one, server, count, repeats):
    """What one message costs, by the least of several runs of `count` and of twice as many: chance only adds."""

    def least(messages):
        return min(measure(program, one, server, messages) for _ in range(repeats))

    return per_message(least(count), least(2 * count), count)


def measure_all(program, server, tell, names=None):
    """Both figures of each scenario, by name."""
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
    return figures


def has_valgrind():
    try:
        return subprocess.run(["valgrind", "--version"], capture_output=True).returncode == 0
    except OSError:
        return False
