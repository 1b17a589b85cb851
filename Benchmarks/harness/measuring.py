"""Interleaved rounds: in each round every program runs once, so that other load affects all programs equally."""

import os
import sys

from .figures import messages_for
from .printing import run_first_lines, run_printing
from .running import Failed, Unsupported, run


def tell(line):
    print(line, file=sys.stderr, flush=True)


class Rounds:
    """The number of rounds, the length of a run in seconds, and the cores of server and client."""

    def __init__(self, count, seconds, server_core=None, client_core=None):
        self.count, self.seconds = count, seconds
        self.server_core, self.client_core = server_core, client_core

    def cores(self, scenario):
        """The cores of server and client; if the scenario names cores, these."""
        if scenario.one_core:
            core = self.client_core if self.client_core is not None else 0
            return core, core
        if scenario.two_cores and (os.cpu_count() or 1) > 1:
            return 0, 1
        return self.server_core, self.client_core


def run_of(scenario):
    """Says how a program of this scenario is run."""
    if scenario.word == "print":
        return run_printing
    if scenario.word == "first-line":
        return lambda program, scenario, server, count, core: run_first_lines(program, scenario, server, core)
    return run


def count_of_messages(program, scenario, server, rounds, core):
    """The number of messages for a run of this program, found by a first run that does not count."""
    if scenario.first == 0:
        return None
    run = run_of(scenario)
    first = run(program, scenario, server, scenario.first, core)
    count = messages_for(first, rounds.seconds, scenario.first // 10 or 1, scenario.most)
    # A program that is much faster after it has warmed up needs a better estimate.
    if count >= 10 * scenario.first:
        count = messages_for(run(program, scenario, server, count // 5, core), rounds.seconds, 1, scenario.most)
    return count


def measure(scenario, programs, server, rounds):
    """Runs a scenario; returns the runs of each program, and the reasons for skipped ones."""
    server_core, client_core = rounds.cores(scenario)
    server.move_to(server_core)
    run = run_of(scenario)
    runs, counts, skipped = {}, {}, {}
    for program in programs:
        if not scenario.admits(program):
            continue
        if not program.path.exists():
            skipped[program.name] = "not built"
            continue
        try:
            counts[program] = count_of_messages(program, scenario, server, rounds, client_core)
            runs[program.name] = []
        except Unsupported:
            skipped[program.name] = None
        except Failed as failure:
            skipped[program.name] = str(failure)
    for round_ in range(rounds.count):
        # Each round begins with a different program.
        order = list(counts)
        order = order[round_ % len(order):] + order[: round_ % len(order)] if order else []
        for program in order:
            if program.name in skipped:
                continue
            try:
                runs[program.name].append(run(program, scenario, server, counts[program], client_core))
            except Unsupported:
                skipped[program.name] = None
            except Failed as failure:
                skipped[program.name] = f"{failure}, in round {round_ + 1}"
    for name, why in skipped.items():
        if why:
            tell(f"skipped: {name} in {scenario.name}: {why}")
    return {"runs": runs, "skipped": skipped}
