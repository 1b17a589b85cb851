"""Facts on which the figures depend, besides the programs: the machine, the versions, the date."""

import datetime
import os
import platform
import subprocess

from .catalogue import BENCHMARKS, ROOT


def first_line(command):
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=60, cwd=BENCHMARKS)
    except (OSError, subprocess.TimeoutExpired):
        return None
    lines = (done.stdout or done.stderr).strip().splitlines()
    return lines[0].strip() if done.returncode == 0 and lines else None


def cpu_model():
    with open("/proc/cpuinfo") as file:
        for line in file:
            if line.startswith("model name"):
                return line.split(":", 1)[1].strip()
    return platform.machine()


def facts(programs):
    """A dictionary of strings and numbers."""
    changed = first_line(["git", "-C", ROOT, "status", "--porcelain", "--untracked-files=no"])
    commit = first_line(["git", "-C", ROOT, "rev-parse", "--short=12", "HEAD"]) or "unknown"
    versions = {
        "swift": first_line(["swift", "--version"]),
        "cc": first_line(["cc", "--version"]),
        "python": platform.python_version(),
    }
    for program in programs:
        if program.version and program.path.exists():
            versions[program.name] = first_line(list(program.version))
    return {
        "cpu": cpu_model(),
        "cores": os.cpu_count(),
        # Without the part that a distributor or a host adds.
        "kernel": f"{platform.system()} {platform.release().split('-')[0]}",
        "architecture": platform.machine(),
        "date": datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%d %H:%M UTC"),
        "commit": commit + (", changed" if changed else ""),
        "versions": {name: version for name, version in versions.items() if version},
    }
