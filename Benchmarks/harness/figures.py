"""The arithmetic: makes figures of runs and ratios of figures. It has no I/O, so that it can be tested."""

import statistics


def cpu_per_message(run):
    """Nanoseconds of processor time, user and system, for each message of a run."""
    return (run["cpu_user_ns"] + run["cpu_system_ns"]) / run["messages"]


def rate(run):
    """Messages per second of a run."""
    return run["messages"] * 1e9 / run["wall_ns"] if run["wall_ns"] > 0 else 0.0


MEASURES = {
    "rate": rate,
    "cpu": cpu_per_message,
    "user": lambda run: run["cpu_user_ns"] / run["messages"],
    "peak": lambda run: run["max_rss_kib"] / 1024,
    "server": lambda run: run["server_cpu_ns"] / run["messages"],
    "p50": lambda run: run["p50_ns"] / 1000,
    "p90": lambda run: run["p90_ns"] / 1000,
    "p99": lambda run: run["p99_ns"] / 1000,
    "first": lambda run: run["first_line_ns"] / 1e6,
    "start": lambda run: run["start_cpu_ns"] / 1e6,
    "memory": lambda run: run["rss_per_connection_bytes"] / 1024,
    "idle": lambda run: (run["cpu_user_ns"] + run["cpu_system_ns"]) / 1e6,
}


class Figure:
    """The median, the minimum and the maximum of a measure over the rounds."""

    def __init__(self, values):
        self.median = statistics.median(values)
        self.least, self.most = min(values), max(values)


def figure(runs, measure):
    """The figure of a measure, or None if the runs do not have it."""
    try:
        values = [MEASURES[measure](run) for run in runs]
    except (KeyError, ZeroDivisionError):
        return None
    return Figure(values) if values else None


def ratio(figure_, ours):
    """A figure divided by ours, or None if one of them is missing."""
    if figure_ is None or ours is None or ours.median == 0:
        return None
    return figure_.median / ours.median


def messages_for(run, seconds, least, most):
    """The number of messages for about `seconds`, estimated from a run; rounded to two digits."""
    wanted = run["messages"] * seconds * 1e9 / max(1, run["wall_ns"])
    wanted = min(max(wanted, least), most)
    unit = 10 ** max(0, len(str(int(wanted))) - 2)
    return max(1, int(wanted) // unit * unit)


def per_message(few, many, messages):
    """The cost of one message: the difference of two totals, divided by the difference in messages."""
    return (many - few) / messages


def compare(baseline, measured, tolerance=0.05, grain=0.1):
    """Compares figures with a baseline, by name.

    Returns (worse, better, new, gone): the first two as (name, before, now). `grain` is the absolute change that is
    never reported, for figures near zero.
    """
    worse, better = [], []
    for name in sorted(set(baseline) & set(measured)):
        before, now = baseline[name], measured[name]
        change, allowed = now - before, max(abs(before) * tolerance, grain)
        if change > allowed:
            worse.append((name, before, now))
        elif change < -allowed:
            better.append((name, before, now))
    return worse, better, sorted(set(measured) - set(baseline)), sorted(set(baseline) - set(measured))
