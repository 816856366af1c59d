"""Server processes that an earlier run left behind in a data directory, and their end."""

import asyncio
import hashlib
import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import msgspec

from services.standalone.errors import StandaloneError

_PROC = Path("/proc")
_PATIENCE = 20  # seconds


POSTGRES = frozenset({"postgres"})
VALKEY = frozenset({"valkey-server", "redis-server"})


class Inhabitant(msgspec.Struct, frozen=True):
    """A process proven to work in the directory: by program, and by place or by the directory's mark."""

    pid: int
    argv: str


def mark(directory: Path) -> str:
    """A name of the directory, for a server to show in the titles of its processes."""
    return f"gatehouse-{hashlib.sha256(os.fsencode(directory.resolve())).hexdigest()[:12]}"


def inhabitants(directory: Path, programs: frozenset[str]) -> list[Inhabitant]:
    """Live processes of these programs in the directory; empty where the system does not tell."""
    return list(_inhabitants(directory, programs)) if _PROC.is_dir() else []


def _inhabitants(directory: Path, programs: frozenset[str]) -> Iterator[Inhabitant]:
    for entry in _PROC.iterdir():
        if not entry.name.isdigit():
            continue
        try:
            if (entry / "comm").read_text().strip() not in programs:
                continue
            argv = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
            if mark(directory) in argv or _works_in(entry, directory):
                yield Inhabitant(int(entry.name), argv)
        except (FileNotFoundError, ProcessLookupError):
            continue


def _works_in(entry: Path, directory: Path) -> bool:
    """Whether a process has the directory as its own. Containers hide other accounts' even from root."""
    try:
        return (entry / "cwd").readlink() == directory.resolve()
    except OSError:
        return False


async def evict(directory: Path, programs: frozenset[str], request: signal.Signals) -> None:
    """
    Ask what is left in the directory to go, and wait until it has.

    After 20 seconds it is killed; raises StandaloneError if even that fails.
    """
    began = time.monotonic()
    last_wish = None
    while left := inhabitants(directory, programs):
        waited = time.monotonic() - began
        wish = request if waited < _PATIENCE else signal.SIGKILL
        if waited > 2 * _PATIENCE:
            raise StandaloneError(f"process {left[0].pid} still uses `{directory}`; end it first")
        if wish is not last_wish:
            for inhabitant in left:
                _signal(inhabitant.pid, wish)
            last_wish = wish
        await asyncio.sleep(0.05)


def _signal(pid: int, wish: signal.Signals) -> None:
    try:
        os.kill(pid, wish)
    except ProcessLookupError:
        return
    except PermissionError as error:
        raise StandaloneError(f"process {pid} of another user uses the data; end it first") from error
