"""The measuring and the command line of the peers in Python; see ../README.md."""

import asyncio
import json
import resource
import sys
import time


class Unsupported(Exception):
    """The program does not have the scenario."""


class Measurement:
    """A measurement, which begins when it is created."""

    def __init__(self):
        self.usage = resource.getrusage(resource.RUSAGE_SELF)
        self.wall = time.monotonic_ns()

    def end(self, messages, size, **more):
        """Returns the report on the time since the beginning."""
        now = Measurement()
        return {
            "messages": messages,
            "bytes": size,
            "cpu_user_ns": round((now.usage.ru_utime - self.usage.ru_utime) * 1e9),
            "cpu_system_ns": round((now.usage.ru_stime - self.usage.ru_stime) * 1e9),
            "wall_ns": now.wall - self.wall,
            # Unlike ru_maxrss, it does not count the program before exec.
            "max_rss_kib": status_kib("VmHWM:"),
            **more,
        }


def status_kib(name):
    """Returns a line of /proc/self/status."""
    with open("/proc/self/status", encoding="ascii") as status:
        return next(int(line.split()[1]) for line in status if line.startswith(name))


def percentiles(latencies):
    latencies = sorted(latencies)
    return {f"p{percent}_ns": latencies[len(latencies) * percent // 100] for percent in (50, 90, 99)}


def raise_file_limit():
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


async def for_each(count, body, at_once=100):
    """Awaits body `count` times, a limited number of them at once."""
    numbers = iter(range(count))

    async def work():
        for _ in numbers:
            await body()

    await asyncio.gather(*(work() for _ in range(at_once)))


def main(scenarios, run):
    """Runs the scenario of the command line with the event loop's run function, and ends the process."""
    name = sys.argv[1] if len(sys.argv) > 2 else None
    try:
        if name is None:
            raise ValueError("SCENARIO URL [KEY=VALUE ...]")
        if name not in scenarios:
            raise Unsupported
        options = {"count": 1, "size": 64, "seconds": 5}
        options.update((key, int(value)) for key, value in (word.split("=") for word in sys.argv[3:]))
        print(json.dumps(run(scenarios[name](sys.argv[2], options))))
    except Unsupported:
        sys.exit(3)
    except Exception as problem:
        print(f"{sys.argv[0]}: {problem!r}", file=sys.stderr)
        sys.exit(1)
