"""Where the database's files live: in the data directory, or elsewhere when its account cannot reach that."""

import os
import shutil
import tempfile
import time
from pathlib import Path

from services.standalone import inhabitants
from services.standalone.errors import StandaloneError
from services.standalone.installation import Installation
from services.standalone.os_account import OsAccount

_ELSEWHERE = Path("/var/lib/gatehouse")
_PREFIX = "gatehouse-postgres-"
_LINK = "elsewhere"
_ORIGIN = "origin"


def settle(directory: Path, account: OsAccount | None) -> Path:
    """
    A directory for the database's files that its account can enter; made if need be.

    When that is not `directory` itself, a link in it named `elsewhere` leads there. Raises StandaloneError
    when no place can be found.
    """
    directory.mkdir(parents=True, exist_ok=True, mode=0o711)
    if account is None:
        return directory
    link = directory / _LINK
    if link.is_symlink() and account.can_enter(link.resolve()):
        return link.resolve()
    directory.chmod(directory.stat().st_mode | 0o011)
    if account.can_enter(directory):
        return directory
    if (directory / "data").exists():
        raise StandaloneError(
            f"account `{account.name}` cannot enter `{directory}`; move it, or open the way to it"
        )
    return _elsewhere(directory, account)


def _elsewhere(directory: Path, account: OsAccount) -> Path:
    """A new place that the account can enter, with a link to it and its origin written down."""
    temporary = Path(tempfile.gettempdir()).resolve()
    is_temporary = directory.resolve().is_relative_to(temporary)
    place = temporary if is_temporary else _ELSEWHERE
    try:
        if is_temporary:
            _sweep(temporary)
        else:
            place.mkdir(parents=True, exist_ok=True, mode=0o755)
        home = Path(tempfile.mkdtemp(prefix=_PREFIX, dir=place))
    except OSError as error:
        raise StandaloneError(f"no room for the database outside of `{directory}`: {error}") from error
    home.chmod(0o711)
    (home / _ORIGIN).write_text(str(directory.resolve()))
    if not account.can_enter(home):
        shutil.rmtree(home)
        raise StandaloneError(
            f"account `{account.name}` can enter neither `{directory}` nor `{place}`; choose a data "
            "directory that it can enter, run as an ordinary user, or set DATABASE_URL"
        )
    (directory / _LINK).unlink(missing_ok=True)
    (directory / _LINK).symlink_to(home)
    return home


def _sweep(temporary: Path) -> None:
    """Remove temporary databases whose origin is gone: nothing leads to them any more."""
    # One that is being made has no link yet.
    settled = time.time() - 600
    for home in temporary.glob(f"{_PREFIX}*"):
        origin = home / _ORIGIN
        status = home.lstat()
        if status.st_uid != os.geteuid() or status.st_mtime > settled or not origin.is_file():
            continue
        link = Path(origin.read_text()) / _LINK
        led_to = link.is_symlink() and link.readlink() == home
        if not led_to and not inhabitants.inhabitants(home / "data", inhabitants.POSTGRES):
            shutil.rmtree(home, ignore_errors=True)


def remove(directory: Path) -> None:
    """Remove the database's files wherever they are; it must be stopped."""
    link = directory / _LINK
    if link.is_symlink() and link.readlink().name.startswith(_PREFIX):
        shutil.rmtree(link.readlink(), ignore_errors=True)
    shutil.rmtree(directory, ignore_errors=True)


def reachable(installation: Installation, home: Path, account: OsAccount | None) -> Installation | None:
    """The installation if the account may execute it, else a copy of it in `home`, else None."""
    if installation.runs_as(account):
        return installation
    if not installation.portable:
        return None
    copy = Installation(_copied(installation, home) / "bin", installation.version, portable=True)
    return copy if copy.runs_as(account) else None


def _copied(installation: Installation, home: Path) -> Path:
    """What the server needs of a wheel, below `home`, laid out as there: libraries are found relatively."""
    source = installation.directory.parent
    libraries = source.parent.with_name(f"{source.parent.name}.libs")
    target = home / f"program-{installation.version}"
    tree = target / source.parent.name / source.name
    if (tree / "bin").exists():
        return tree
    unfinished = Path(tempfile.mkdtemp(prefix="program-unfinished-", dir=home))
    part = unfinished / source.parent.name / source.name
    (part / "bin").mkdir(parents=True)
    for program in ("postgres", "initdb"):
        shutil.copy2(source / "bin" / program, part / "bin" / program)
    shutil.copytree(source / "share", part / "share")
    shutil.copytree(source / "lib" / "postgresql", part / "lib" / "postgresql")
    if libraries.is_dir():
        shutil.copytree(libraries, unfinished / libraries.name)
    for directory in (unfinished, *(path for path in unfinished.rglob("*") if path.is_dir())):
        directory.chmod(0o755)
    unfinished.rename(target)
    return tree
