"""The directory that everything of one standalone lives in, and the lock that makes it one standalone's."""

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from services.standalone.errors import UNAVAILABLE, StandaloneError

_LARGEST_LOG = 64 * 1024 * 1024


def default() -> Path:
    """Where the data lives unless said otherwise."""
    data = os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share"
    return Path(data) / "gatehouse"


class DataDirectory:
    """Its layout. Made when missing; raises StandaloneError when it cannot be."""

    def __init__(self, path: Path) -> None:
        self.path = path.absolute()
        try:
            self.path.mkdir(parents=True, exist_ok=True, mode=0o700)
            if os.geteuid() == 0:
                # The database's account must pass through; each thing in here says who may read it.
                self.path.chmod(self.path.stat().st_mode | 0o011)
            self.logs.mkdir(exist_ok=True, mode=0o700)
        except OSError as error:
            raise StandaloneError(f"cannot use the data directory `{self.path}`: {error.strerror}") from error

    @property
    def logs(self) -> Path:
        """One log for each part."""
        return self.path / "logs"

    @property
    def postgres(self) -> Path:
        """What PostgreSQL keeps."""
        return self.path / "postgres"

    @property
    def valkey(self) -> Path:
        """What the Redis-protocol server keeps."""
        return self.path / "valkey"

    @property
    def credentials(self) -> Path:
        """How to speak to the gateway as its first account."""
        return self.path / "credentials.json"

    def log(self, part: str) -> Path:
        """The log of one part, cut off when it has grown too large; what was cut is beside it, once."""
        path = self.logs / f"{part}.log"
        if path.exists() and path.stat().st_size > _LARGEST_LOG:
            shutil.copyfile(path, path.with_suffix(".log.1"))
            # Its writer appends, so that it goes on at the beginning.
            os.truncate(path, 0)
        return path

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Keep others out; raises StandaloneError when another is in. The lock ends with the process."""
        with (self.path / "lock").open("a+") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                file.seek(0)
                raise StandaloneError(
                    f"process {file.read().strip()} already serves `{self.path}`; stop it, or choose another "
                    "data directory with --data-dir",
                    UNAVAILABLE,
                ) from None
            file.truncate(0)
            file.write(f"{os.getpid()}\n")
            file.flush()
            yield
