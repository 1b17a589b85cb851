"""Tables of recorded runs, for a terminal or in Markdown."""

from .figures import figure, ratio

# The head of each column, and the format of its figures.
COLUMNS = {
    "rate": ("messages/s", "{:,.0f}"),
    "cpu": ("CPU ns/message", "{:,.1f}"),
    "user": ("of it user", "{:,.1f}"),
    "peak": ("peak MiB", "{:,.1f}"),
    "p50": ("p50 µs", "{:,.1f}"),
    "p90": ("p90 µs", "{:,.1f}"),
    "p99": ("p99 µs", "{:,.1f}"),
    "first": ("first line ms", "{:,.1f}"),
    "start": ("CPU ms in all", "{:,.1f}"),
    "memory": ("KiB/stream", "{:,.2f}"),
    "idle": ("CPU ms in 5 s", "{:,.1f}"),
}


def written(value, measure):
    return "-" if value is None else COLUMNS[measure][1].format(value)


def rows(scenario, recorded, titles):
    """The head and the rows of a scenario's table; `recorded` has the runs of each program, by name."""
    compared, columns = scenario.compared, scenario.columns
    head = ["program", *(COLUMNS[column][0] for column in columns), "least-most", "times ours"]
    ours = figure(recorded.get(scenario.reference, []), compared)
    body = []
    for name, runs in recorded.items():
        if not runs:
            continue
        main = figure(runs, compared)
        share = ratio(main, ours)
        medians = [figure(runs, column) for column in columns]
        body.append(
            [titles.get(name, name)]
            + [written(value and value.median, column) for value, column in zip(medians, columns)]
            + [f"{written(main.least, compared)}-{written(main.most, compared)}" if main else "-"]
            + ["-" if share is None else f"{share:.2f}"]
        )
    return head, body


def server_line(recorded, compared):
    """The server's time for each message, minimum to maximum over all programs; None if it is not useful."""
    if compared != "cpu":
        return None
    figures = [figure(runs, "server") for runs in recorded.values() if runs]
    figures = [value.median for value in figures if value is not None]
    return f"The load server took {min(figures):,.0f} to {max(figures):,.0f} ns a message." if figures else None


def text(title, head, body):
    widths = [max(len(row[index]) for row in [head, *body]) for index in range(len(head))]
    lines = [title]
    for row in [head, *body]:
        cells = [row[0].ljust(widths[0]), *(cell.rjust(width) for cell, width in zip(row[1:], widths[1:]))]
        lines.append("  " + "  ".join(cells).rstrip())
    return "\n".join(lines)


def markdown(title, head, body):
    lines = [f"### {title}", "", "| " + " | ".join(head) + " |", "|---|" + "---:|" * (len(head) - 1)]
    lines += ["| " + " | ".join(row) + " |" for row in body]
    return "\n".join(lines)


def machine_lines(machine):
    """The facts of the machine as lines of text."""
    versions = "; ".join(f"{name} {version}" for name, version in machine["versions"].items())
    return [
        f"{machine['cpu']}, {machine['cores']} cores, {machine['architecture']}, {machine['kernel']}; "
        f"{machine['date']}, commit {machine['commit']}",
        f"Versions: {versions}",
    ]


def render(results, scenarios, titles, as_markdown):
    """All tables of a recording."""
    make = markdown if as_markdown else text
    parts = ["\n".join(machine_lines(results["machine"]))]
    for scenario in scenarios:
        entry = results["scenarios"].get(scenario.name)
        if not entry:
            continue
        parts.append(make(scenario.title, *rows(scenario, entry["runs"], titles)))
        notes = [server_line(entry["runs"], scenario.compared)]
        notes += [f"skipped: {name}: {why}" for name, why in entry.get("skipped", {}).items() if why]
        parts += [note for note in notes if note]
    return "\n\n".join(parts)
