"""A gateway or worker as a process of its own."""

import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import services
from services.standalone import child

_OURS = str(Path(str(services.__file__)).resolve().parents[1])


class Part:
    """One module run by this Python, with its output in a log."""

    def __init__(self, name: str, module: str, environment: Mapping[str, str], log: Path) -> None:
        self.name = name
        self.log = log
        self._module = module
        self._environment = environment
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def running(self) -> bool:
        """Whether its process is alive."""
        return self._process is not None and self._process.poll() is None

    async def start(self) -> None:
        """Start it; raises StandaloneError when that is impossible."""
        # -P: a folder `services` in the working directory must not be taken for ours.
        argv = [sys.executable, "-P", "-m", self._module]
        path = os.pathsep.join(filter(None, [_OURS, self._environment.get("PYTHONPATH")]))
        self._process = child.spawn(argv, self.log, {**self._environment, "PYTHONPATH": path})

    async def stop(self, seconds: float) -> None:
        """Let it end what it is doing, for so many seconds."""
        if self._process is not None:
            await child.end(self._process, signal.SIGTERM, seconds)

    def kill(self) -> None:
        """End it now."""
        if self._process is not None and self.running:
            os.killpg(self._process.pid, signal.SIGKILL)
