"""What the numbers were measured on."""

import os
import platform
import re
import subprocess
from pathlib import Path

from services.standalone import valkey


def _first(pattern: str, text: str) -> str:
    found = re.search(pattern, text, re.MULTILINE)
    return found.group(1).strip() if found else "unknown"


def description(postgres_version: str) -> str:
    """One line: processor, cores, memory, versions."""
    model = _first(r"^model name\s*:\s*(.*)$", Path("/proc/cpuinfo").read_text())
    clock = _first(r"^cpu MHz\s*:\s*(\d+)", Path("/proc/cpuinfo").read_text())
    memory = int(_first(r"^MemTotal:\s*(\d+)", Path("/proc/meminfo").read_text())) / 1024**2
    program = valkey.binary()
    said = subprocess.run([program, "--version"], check=True, capture_output=True, text=True).stdout
    return (
        f"{model} at {clock} MHz, {len(os.sched_getaffinity(0))} cores, {memory:.0f} GiB of memory; "
        f"Python {platform.python_version()}, PostgreSQL {postgres_version}, "
        f"{program.name} {_first(r'v=([0-9.]+)', said)}; load before the run {os.getloadavg()[0]:.1f}"
    )
