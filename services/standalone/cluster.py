"""The making of a database cluster: whole or not at all."""

import os
import shutil
from pathlib import Path

from services.standalone import child
from services.standalone.errors import StandaloneError
from services.standalone.installation import Installation
from services.standalone.os_account import OsAccount

USER = "gatehouse"
DATABASE = "postgres"

# PostgreSQL 17 brought a locale of its own, the same on every machine and with every C library.
_BUILTIN_SINCE = 17
_BUILTIN = ["--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
_OF_THE_SYSTEM = (["--locale=C.UTF-8"], ["--locale=C"])


async def initialise(binaries: Installation, data: Path, account: OsAccount | None, log: Path) -> None:
    """Make a cluster with one superuser in `data`. Raises StandaloneError with the tail of the log."""
    unfinished = data.with_name(f"{data.name}-unfinished")
    for locale in [_BUILTIN] if binaries.major >= _BUILTIN_SINCE else _OF_THE_SYSTEM:
        shutil.rmtree(unfinished, ignore_errors=True)
        unfinished.mkdir(mode=0o700)
        if account:
            os.chown(unfinished, account.uid, account.gid)
        if await child.run(_command(binaries, unfinished, locale), log, environment(), account):
            unfinished.rename(data)
            return
    shutil.rmtree(unfinished, ignore_errors=True)
    raise StandaloneError(
        f"PostgreSQL {binaries.version} cannot make its data in `{data}`:\n{child.tail(log)}"
    )


def _command(binaries: Installation, data: Path, locale: list[str]) -> list[str]:
    # The directory of the socket lets in nobody but its owner, so that a password would add nothing.
    trust = ["--auth-local=trust", "--auth-host=reject"]
    who = [f"--username={USER}", "--encoding=UTF8", "--no-instructions"]
    return [binaries.program("initdb"), f"--pgdata={data}", *who, *trust, *locale]


def environment() -> dict[str, str]:
    """The environment of the server: no secrets of ours, no settings or locale of the user's."""
    kept = {name: os.environ[name] for name in ("PATH", "LD_LIBRARY_PATH") if name in os.environ}
    return kept | {"LC_ALL": "C"}
