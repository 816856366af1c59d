"""Child processes: started in a session of their own, waited for without blocking, ended for certain."""

import asyncio
import ctypes
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from services.standalone.errors import StandaloneError
from services.standalone.os_account import OsAccount

_PR_SET_PDEATHSIG = 1
_LIBC = ctypes.CDLL(None) if sys.platform == "linux" else None
_TICK = 0.1


def spawn(
    argv: Sequence[str],
    log: Path,
    environment: Mapping[str, str],
    *,
    account: OsAccount | None = None,
    last_word: signal.Signals = signal.SIGKILL,
) -> subprocess.Popen[bytes]:
    """
    Start a program whose output is appended to `log`.

    It gets `last_word` when this process dies (Linux only). Raises StandaloneError when it cannot start.
    """
    log.parent.mkdir(parents=True, exist_ok=True)
    # Another account may not be allowed to be where we are.
    with log.open("ab") as output:
        try:
            return subprocess.Popen(  # noqa: S603 - argument lists of our own, no shell
                argv,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                env=dict(environment),
                cwd="/" if account else None,
                user=account.uid if account else None,
                group=account.gid if account else None,
                extra_groups=[] if account else None,
                start_new_session=True,
                preexec_fn=_bound_to_parent(last_word),  # noqa: PLW1509 - two system calls
            )
        except (OSError, subprocess.SubprocessError) as error:
            raise StandaloneError(f"`{argv[0]}` cannot be started: {error}") from error


def _bound_to_parent(last_word: signal.Signals) -> Callable[[], None] | None:
    """The hook that ties a child's life to ours, where the system has such a thing."""
    # The kernel watches the thread that forked, not the process: a passing thread would end the child early.
    if _LIBC is None or threading.current_thread() is not threading.main_thread():
        return None
    parent = os.getpid()

    def bind() -> None:
        _LIBC.prctl(_PR_SET_PDEATHSIG, int(last_word))
        if os.getppid() != parent:
            os._exit(1)

    return bind


async def ended(process: subprocess.Popen[bytes], seconds: float | None = None) -> bool:
    """Whether the process is over within so many seconds; without a limit, wait for it."""
    deadline = None if seconds is None else time.monotonic() + seconds
    tick = 0.005
    while process.poll() is None:
        if deadline is not None and time.monotonic() >= deadline:
            return False
        await asyncio.sleep(tick)
        tick = min(_TICK, tick * 1.5)
    return True


async def end(process: subprocess.Popen[bytes], request: signal.Signals, seconds: float) -> bool:
    """Ask a process to go; after so many seconds kill its whole group. True when asking was enough."""
    if process.poll() is None:
        process.send_signal(request)
    if await ended(process, seconds):
        return True
    os.killpg(process.pid, signal.SIGKILL)
    await ended(process)
    return False


async def run(
    argv: Sequence[str], log: Path, environment: Mapping[str, str], account: OsAccount | None
) -> bool:
    """Run a program to its end; whether it succeeded. Cancelled, it takes the program with it."""
    process = spawn(argv, log, environment, account=account)
    try:
        await ended(process)
    finally:
        if process.poll() is None:
            await end(process, signal.SIGKILL, 5)
    return process.returncode == 0


def tail(log: Path, lines: int = 12) -> str:
    """The last lines of a log, to show why its writer died."""
    if not log.exists():
        return "(no output)"
    with log.open("rb") as file:
        file.seek(max(0, log.stat().st_size - 16_384))
        return "\n".join(file.read().decode(errors="replace").splitlines()[-lines:])
