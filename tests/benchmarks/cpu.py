"""Processor time by process: what a number would be without the neighbours on the machine."""

import os
from pathlib import Path
from typing import NamedTuple

from tests.benchmarks.stage import Stage

TICK = os.sysconf("SC_CLK_TCK")


class Used(NamedTuple):
    """Seconds of processor time so far."""

    gateway: float
    workers: float
    postgres: float

    def since(self, earlier: "Used") -> "Used":
        return Used(*(now - then for now, then in zip(self, earlier, strict=True)))

    def words(self, users: int) -> str:
        """Microseconds for each user."""
        parts = zip(("gateway", "workers", "PostgreSQL"), self, strict=True)
        return ", ".join(f"{name} {1e6 * seconds / users:.1f}" for name, seconds in parts)


def _stat(pid: int) -> list[int]:
    """The numbers of /proc/PID/stat from the parent's on; the name before them may hold anything."""
    return [int(part) for part in Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1:]]


def _seconds(pid: int, *, ended_children: bool = False) -> float:
    times = _stat(pid)[10 : 14 if ended_children else 12]
    return sum(times) / TICK


def _children(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def used(stage: Stage) -> Used:
    """So far, by the processes that run now."""
    gateway, workers = stage.service.gateway.process, [each.process for each in stage.service.workers]
    postmaster = stage.postgres._process
    assert gateway is not None
    assert postmaster is not None
    return Used(
        _seconds(gateway.pid),
        sum(_seconds(worker.pid, ended_children=True) for worker in workers if worker is not None),
        _seconds(postmaster.pid, ended_children=True)
        + sum(_seconds(child) for child in _children(postmaster.pid)),
    )
