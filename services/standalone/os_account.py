"""The account of the operating system that PostgreSQL runs as: it refuses to run as root."""

import os
import pwd
import subprocess
from pathlib import Path
from typing import Self

import msgspec

from services.standalone.errors import StandaloneError

_NAME = "nobody"


class OsAccount(msgspec.Struct, frozen=True):
    """An unprivileged account."""

    uid: int
    gid: int
    name: str

    @classmethod
    def for_data(cls, data: Path) -> Self | None:
        """
        The account to run as: None for our own, which is right unless we are root.

        Data that exists keeps its owner, so that root can run what an ordinary user began.
        """
        if os.geteuid() != 0:
            return None
        owner = data.stat() if data.exists() else None
        try:
            if owner is not None and owner.st_uid != 0:
                return cls(owner.st_uid, owner.st_gid, pwd.getpwuid(owner.st_uid).pw_name)
            entry = pwd.getpwnam(_NAME)
        except KeyError as error:
            raise StandaloneError(
                f"PostgreSQL does not run as root, and the account to run it as is missing: {error.args[0]}"
            ) from error
        return cls(entry.pw_uid, entry.pw_gid, entry.pw_name)

    def can_enter(self, directory: Path) -> bool:
        """Whether the account reaches a directory: asked of the system, which knows modes and lists alike."""
        return self.can_run(["/bin/sh", "-c", 'cd -- "$1"', "sh", str(directory)])

    def can_run(self, argv: list[str]) -> bool:
        """Whether a program that ends at once succeeds under the account."""
        try:
            done = subprocess.run(  # noqa: S603 - argument lists of our own
                argv,
                check=False,
                capture_output=True,
                cwd="/",
                user=self.uid,
                group=self.gid,
                extra_groups=[],
            )
        except (OSError, subprocess.SubprocessError):
            return False
        return done.returncode == 0
