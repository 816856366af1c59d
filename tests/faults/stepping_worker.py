"""A worker whose transfers take named steps, and come to grief at one of them if they say so.

A step is a query by its file and name (`archives.settle`), `commit`, `committed`; `commit-2` is the second of
one attempt. A request names what becomes of it, an export by its artifact and version, an import by a
substitution of what no archive has: `die` and `stop` do so in the first attempt, `always` dies in each.
"""

import os
import resource
import signal
import sys
import time
from collections import Counter
from contextlib import suppress
from contextvars import ContextVar
from typing import Any, Literal, NamedTuple

from asyncpg.transaction import Transaction

from services.worker import transfer
from services.worker.__main__ import main
from shared import store
from shared.process.logs import log
from shared.wire.transfer import requests
from shared.wire.transfer.requests import Import, Request

Deed = Literal["die", "stop", "always"]
SIGNALS = {"die": signal.SIGKILL, "always": signal.SIGKILL, "stop": signal.SIGSTOP}
WORD = "what becomes of it: "
# Timing decides how often it comes.
UNSTEADY = {"jobs.renew"}


class Fate(NamedTuple):
    """What becomes of a job, and where."""

    deed: Deed
    step: str


def fate(request: Request) -> Fate | None:
    if not isinstance(request, Import):
        names = request.coordinates.artifact, request.coordinates.version
        return Fate(*names) if names[0] in SIGNALS else None
    found = {key.removeprefix(WORD): step for key, step in request.substitutions.items() if WORD in key}
    return next((Fate(deed, step) for deed, step in found.items()), None)


class Steps:
    """The steps of one attempt."""

    def __init__(self, due: Fate | None) -> None:
        self._due, self._seen = due, Counter[str]()
        self.names: list[str] = []

    def take(self, name: str) -> None:
        self._seen[name] += 1
        step = name if self._seen[name] == 1 else f"{name}-{self._seen[name]}"
        self.names += [step] if name not in UNSTEADY else []
        if self._due is not None and step == self._due.step:
            os.kill(os.getpid(), SIGNALS[self._due.deed])
        time.sleep(float(os.environ.get("FAULTS_STEP_SECONDS", "0")))


TAKEN: ContextVar[Steps | None] = ContextVar("steps", default=None)


def step(name: str) -> None:
    if (steps := TAKEN.get()) is not None:
        steps.take(name)


class Watched(dict[str, str]):
    """The queries of one file: each look-up is a step."""

    def __init__(self, file: str, texts: dict[str, str]) -> None:
        super().__init__(texts)
        self._file = file

    def __getitem__(self, name: str) -> str:
        step(f"{self._file}.{name}")
        return super().__getitem__(name)


def patch() -> None:
    held, ends = transfer._held, Transaction.__aexit__

    async def stepping(work: Any, claimed: Any) -> None:
        due = fate(requests.decode(claimed.request))
        if due is not None and due.deed != "always" and claimed.attempt > 1:
            due = None
        steps = Steps(due)
        TAKEN.set(steps)
        await held(work, claimed)
        log.info("transfer stepped", job=str(claimed.job_id), steps=steps.names)

    async def ending(self: Any, kind: Any, error: Any, trace: Any) -> None:
        step("rollback" if kind else "commit")
        await ends(self, kind, error, trace)
        step("rolled back" if kind else "committed")

    transfer._held = stepping
    Transaction.__aexit__ = ending
    watch()


def watch() -> None:
    """Have the queries of all modules that are loaded by now watched."""
    for name, module in list(sys.modules.items()):
        if name.startswith(f"{store.__name__}.") and hasattr(module, "SQL"):
            module.SQL = Watched(name.rpartition(".")[2], module.SQL)


def rise() -> None:
    """Be a worker, and another when that is killed: what takes long is to load what it is made of."""
    while (child := os.fork()) != 0:
        signal.signal(signal.SIGTERM, lambda *_, child=child: _tell(child))
        _, status = os.waitpid(child, 0)
        if status != signal.SIGKILL:
            sys.exit(os.waitstatus_to_exitcode(status))
    signal.signal(signal.SIGTERM, signal.SIG_DFL)


def _tell(child: int) -> None:
    with suppress(ProcessLookupError):
        os.kill(child, signal.SIGTERM)


if __name__ == "__main__":
    patch()
    if "FAULTS_RISE" in os.environ:
        rise()
    if limit := os.environ.get("FAULTS_FILE_BYTES"):
        resource.setrlimit(resource.RLIMIT_FSIZE, (int(limit), int(limit)))
    main()
