"""The growth of our client's time and memory with the number of messages, their size, and the number of streams."""

from . import machine
from .catalogue import Scenario
from .measuring import tell
from .running import Server, run

RUNS = 3


def scenario(name, word, path, **numbers):
    return Scenario(name, name, word, path, numbers)


def best(program, scenario_, server):
    """The run with the least processor time, because other load can only add to it."""
    runs = [run(program, scenario_, server) for _ in range(RUNS)]
    return min(runs, key=lambda one: one["cpu_user_ns"] + one["cpu_system_ns"])


def point(x, result):
    return {
        "x": x,
        "cpu_ms": (result["cpu_user_ns"] + result["cpu_system_ns"]) / 1e6,
        "peak_mib": result["max_rss_kib"] / 1024,
    }


def messages(program, server, most):
    for exponent in range(10, most + 1):
        one = scenario("messages", "receive", "/receive/events", count=2**exponent)
        yield point(2**exponent, best(program, one, server))


def sizes(program, server, most):
    """Enough messages of each size, so that even the smallest take some milliseconds."""
    for exponent in range(6, most + 1):
        one = scenario("sizes", "receive", f"/receive/{2**exponent}", count=2**12)
        yield point(2**exponent, best(program, one, server))


def streams(program, server, most):
    """The time to open and close the streams, and the memory to hold them."""
    for exponent in range(6, most + 1):
        count = 2**exponent
        opened = point(count, best(program, scenario("streams", "open", "/idle", count=count), server))
        held = run(program, scenario("streams", "idle", "/idle", count=count), server)
        opened["peak_mib"] = held["rss_per_connection_bytes"] * count / 2**20
        yield opened


# The function, the axis, the meaning of the memory, and the last exponent of 2: with --quick and without.
CURVES = [
    (messages, "messages of the event mix", "peak MiB", 17, 23),
    (sizes, "bytes of a message, 4096 messages", "peak MiB", 16, 20),
    (streams, "streams", "MiB of all streams", 8, 13),
]


def measure(program, quick):
    results = {"machine": machine.facts([]), "curves": {}}
    with Server() as server:
        for make, axis, memory, short, long in CURVES:
            points = []
            for one in make(program, server, short if quick else long):
                tell(f"{make.__name__}: {one}")
                points.append(one)
            results["curves"][make.__name__] = {"axis": axis, "memory": memory, "points": points}
    return results


def text(results):
    lines = []
    for name, curve in results["curves"].items():
        lines.append(f"{name}: {curve['axis']}")
        for one in curve["points"]:
            each = one["cpu_ms"] * 1e6 / one["x"]
            lines.append(
                f"  {one['x']:>10,}  CPU {one['cpu_ms']:>10,.2f} ms  {each:>10,.1f} ns for one more  "
                f"{curve['memory']} {one['peak_mib']:>8,.1f}"
            )
    return "\n".join(lines)
