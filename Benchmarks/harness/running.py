"""The load server, and one run of a client program against it."""

import json
import os
import subprocess

from .catalogue import DATA, NATIVE

UNSUPPORTED = 3


class Failed(Exception):
    """A program gave no figures; the message gives the reason."""


class Unsupported(Exception):
    """The program does not have the scenario."""


def on_core(core):
    """The function that a child calls before its program begins, so that all of its threads are on the core."""
    return None if core is None else lambda: os.sched_setaffinity(0, {core})


class Server:
    """The load server, a separate process for the time of a `with`."""

    def __init__(self, core=None):
        self.core = core

    def __enter__(self):
        self.process = subprocess.Popen(
            [NATIVE / "bench-server", "--port", "0", "--data", DATA],
            stdout=subprocess.PIPE, text=True, preexec_fn=on_core(self.core),
        )
        line = self.process.stdout.readline()
        if not line.startswith("listening on "):
            self.process.wait()
            raise Failed("the load server did not start")
        self.port = int(line.split()[-1])
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait()

    def move_to(self, core):
        """Puts the server on a core, or on all cores if it is None."""
        cores = range(os.cpu_count()) if core is None else {core}
        os.sched_setaffinity(self.process.pid, cores)

    @property
    def cpu_ns(self):
        """The processor time so far, in nanoseconds."""
        with open(f"/proc/{self.process.pid}/schedstat") as file:
            return int(file.read().split()[0])


def url(server, scenario, count):
    """The URL for the server; it has the same `count` as the command line of the program."""
    path = scenario.path
    if scenario.word in ("receive", "decode", "decode-agent", "envelope", "print"):
        # Messages begin some milliseconds after the handshake, when the client's clock runs.
        path += f"?count={count}&after=5"
    if scenario.word == "first-line":
        path += f"?count={count}"
    if scenario.word in ("follow-one", "followed-one"):
        # The server sends this number and no more: messages during the close would count as well.
        path += f"&count={count}" if "?" in path else f"?count={count}&after=5"
    return f"ws://127.0.0.1:{server.port}{path}"


def run(program, scenario, server, count=None, core=None, timeout=120, prefix=(), environment=None):
    """Runs a program once and returns the members of its line, and `server_cpu_ns`."""
    numbers = dict(scenario.numbers)
    if count is not None:
        numbers["count"] = count
    command = [*prefix, *program.command, scenario.word, url(server, scenario, numbers.get("count", 1))]
    command += [f"{key}={number}" for key, number in sorted(numbers.items())]
    before = server.cpu_ns
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, timeout=timeout, preexec_fn=on_core(core), env=environment
        )
    except subprocess.TimeoutExpired:
        raise Failed(f"no end after {timeout} s") from None
    except OSError as error:
        raise Failed(str(error)) from None
    if done.returncode == UNSUPPORTED:
        raise Unsupported
    if done.returncode != 0:
        raise Failed((done.stderr.strip().splitlines() or [f"status {done.returncode}"])[-1])
    try:
        result = json.loads(done.stdout)
    except ValueError:
        raise Failed(f"not a line of JSON: {done.stdout[:100]!r}") from None
    result["server_cpu_ns"] = server.cpu_ns - before
    return result
