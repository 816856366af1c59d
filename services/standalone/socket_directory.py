"""A private directory for a Unix socket, with a path short enough for one."""

import os
import shutil
import tempfile
from pathlib import Path

from services.standalone.errors import StandaloneError
from services.standalone.os_account import OsAccount

_LONGEST = 100  # bytes; the kernels' limits are 104 to 108
_PREFIX = "gatehouse-socket-"
_NOTE = "socket-directory"


class SocketDirectory:
    """
    `home/socket`, or a temporary directory when that path is too long.

    The latter's name is noted, so that a server keeps its address over restarts.
    """

    def __init__(self, home: Path, socket_name: str) -> None:
        self._home = home
        self._socket_name = socket_name
        self.path: Path | None = None

    def make(self, account: OsAccount | None) -> Path:
        """Make it, empty, owned by the account that will listen, closed to all others."""
        inside = self._home / "socket"
        if self._fits(inside):
            inside.mkdir(exist_ok=True)
            self.path = inside
        else:
            self.path = self._noted(account) or self._temporary(account)
            (self._home / _NOTE).write_text(str(self.path))
        self.path.chmod(0o700)
        # A lock file left there may name a process that now is somebody else's, or a dead one nobody buried.
        for left in self.path.iterdir():
            left.unlink()
        if account:
            os.chown(self.path, account.uid, account.gid)
        return self.path

    def remove(self) -> None:
        """Remove a temporary one; its name stays noted."""
        if self.path is not None and self.path.parent != self._home:
            shutil.rmtree(self.path, ignore_errors=True)

    def _fits(self, directory: Path) -> bool:
        return len(os.fsencode(directory / self._socket_name)) <= _LONGEST

    def _noted(self, account: OsAccount | None) -> Path | None:
        """The directory of an earlier run, unless somebody else has taken its name."""
        note = self._home / _NOTE
        path = Path(note.read_text()) if note.exists() else None
        if path is None or not path.name.startswith(_PREFIX) or not self._fits(path):
            return None
        try:
            path.mkdir(mode=0o700, exist_ok=True)
            owner = path.lstat().st_uid
        except OSError:
            return None
        ours = {os.geteuid(), account.uid if account else os.geteuid()}
        return path if owner in ours and not path.is_symlink() else None

    def _temporary(self, account: OsAccount | None) -> Path:
        run = os.environ.get("XDG_RUNTIME_DIR")
        # That of root is closed to every other account.
        places = [Path(run)] if run and account is None else []
        for place in (*places, Path(tempfile.gettempdir()), Path("/tmp")):  # noqa: S108 - mkdtemp is safe there
            enterable = account is None or account.can_enter(place)
            if enterable and os.access(place, os.W_OK) and self._fits(place / f"{_PREFIX}xxxxxxxx"):
                return Path(tempfile.mkdtemp(prefix=_PREFIX, dir=place))
        raise StandaloneError(f"no directory with a short path for the socket of `{self._home}`; set TMPDIR")
