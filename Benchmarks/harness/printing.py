"""Programs that print what they receive: `wsstream tail`, and the same with a rival's library.

They report nothing: their processor time is what the system says when they have ended. Of a run, what a run of one event
takes is subtracted, so that the start of the process falls out. They write into a pipe, whose reader counts the lines.
"""

import os
import statistics
import subprocess
import time

from .catalogue import OURS, TAIL
from .running import Failed, on_core, url

FIRST_LINES = 10


def command_of(program, address, count):
    """Returns the command line that prints this number of messages of the load server."""
    if program.name.split("-")[0] != OURS:
        return [*program.command, "print", address, f"count={count}"]
    return [str(TAIL), "tail", address, "--count", str(count), *program.arguments]


def _finish(child, reader):
    """Waits for both processes; returns the resources of the child, and the number of lines that were read."""
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    lines = int(reader.communicate()[0])
    if child.returncode != 0:
        raise Failed(f"status {child.returncode}")
    return usage, lines


def print_once(program, scenario, server, count, core):
    """Runs once; returns processor time (user, system) and wall time in nanoseconds."""
    command = command_of(program, url(server, scenario, count), count)
    start = time.monotonic_ns()
    reading, writing = os.pipe()
    reader = subprocess.Popen(["wc", "-l"], stdin=reading, stdout=subprocess.PIPE, text=True)
    os.close(reading)
    child = subprocess.Popen(command, stdout=writing, stderr=subprocess.DEVNULL, preexec_fn=on_core(core))
    os.close(writing)
    usage, lines = _finish(child, reader)
    if lines < count:
        raise Failed(f"{lines} lines for {count} events")
    return int(usage.ru_utime * 1e9), int(usage.ru_stime * 1e9), time.monotonic_ns() - start


def run_printing(program, scenario, server, count, core=None):
    """Returns the members of a run, as a program with a report would print them."""
    before = server.cpu_ns
    many = print_once(program, scenario, server, count, core)
    server_cpu_ns = server.cpu_ns - before
    one = print_once(program, scenario, server, 1, core)
    user, system, wall = (max(1, much - little) for much, little in zip(many, one))
    return {
        "messages": max(1, count - 1), "cpu_user_ns": user, "cpu_system_ns": system, "wall_ns": wall,
        "server_cpu_ns": server_cpu_ns,
    }


def first_line(program, scenario, server, core=None):
    """Returns the time from the start of the process to the first byte of its output, and its processor time."""
    command = command_of(program, url(server, scenario, 1), 1)
    start = time.monotonic_ns()
    child = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, preexec_fn=on_core(core), bufsize=0
    )
    first = child.stdout.read(1)
    elapsed = time.monotonic_ns() - start
    while child.stdout.read(1 << 16):
        pass
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    child.stdout.close()
    if not first or child.returncode != 0:
        raise Failed(f"no line, status {child.returncode}")
    return elapsed, int((usage.ru_utime + usage.ru_stime) * 1e9)


def run_first_lines(program, scenario, server, core=None):
    """Returns the medians of several starts."""
    starts = [first_line(program, scenario, server, core) for _ in range(FIRST_LINES)]
    elapsed, cpu = (int(statistics.median(column)) for column in zip(*starts))
    return {"messages": 1, "first_line_ns": elapsed, "start_cpu_ns": cpu, "server_cpu_ns": 0}
