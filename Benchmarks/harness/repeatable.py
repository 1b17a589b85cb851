"""The figures that do not depend on what else the machine does: instructions and allocations of each message."""

import os
import statistics
import subprocess
import tempfile

from .catalogue import NATIVE, Scenario
from .figures import per_message
from .running import Failed, run

COUNTER = NATIVE / "count-allocations.so"


def scenario(word, path, **numbers):
    return Scenario(word, word, word, path, numbers)


# Name, scenario, messages for instructions and for allocations: the second run of each has twice as many.
MEASURED = [
    ("receive-64", scenario("receive", "/receive/64"), 20_000, 500_000),
    ("receive-events", scenario("receive", "/receive/events"), 8_000, 200_000),
    ("decode-events", scenario("decode", "/receive/events"), 4_096, 40_960),
    ("envelope-events", scenario("envelope", "/receive/events"), 4_096, 40_960),
    ("send-64", scenario("send", "/sink", size=64), 20_000, 200_000),
]


def instructions(program, one, server, count):
    """The instructions of the process, by callgrind; waiting costs none."""
    with tempfile.TemporaryDirectory() as folder:
        out = f"{folder}/out"
        prefix = ["valgrind", "--tool=callgrind", f"--callgrind-out-file={out}"]
        run(program, one, server, count, prefix=prefix, timeout=300)
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
    """The median of what one message costs, by runs of `count` and of twice as many."""
    return statistics.median(
        per_message(
            measure(program, one, server, count), measure(program, one, server, 2 * count), count
        )
        for _ in range(repeats)
    )


def measure_all(program, server, repeats, tell, names=None):
    """Both figures of each scenario, by name."""
    figures = {}
    for name, one, few, many in MEASURED:
        if names and name not in names:
            continue
        kinds = [("instructions", instructions, few, repeats), ("allocations", allocations, many, 3)]
        for kind, measure, count, times in kinds:
            value = each(measure, program, one, server, count, times)
            figures[f"{kind} {name}"] = round(value, 3)
            tell(f"{kind + ' ' + name:32} {value:12,.3f} a message")
    return figures


def has_valgrind():
    try:
        return subprocess.run(["valgrind", "--version"], capture_output=True).returncode == 0
    except OSError:
        return False
