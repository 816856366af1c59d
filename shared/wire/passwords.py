"""Passwords: what is stored of them, and whether one is it. Slow on purpose; never on an event loop.

An attempt takes some 50 ms of one processor and 19 MiB, wherever it happens.
"""

import functools
import unicodedata

from argon2 import PasswordHasher, Type
from argon2.exceptions import VerificationError

SHORTEST = 8
"""Characters that whoever chooses a password has to give."""
LONGEST = 1024
"""Characters; nobody's password has more."""

_HASHER = PasswordHasher(time_cost=3, memory_cost=19 * 1024, parallelism=1, type=Type.ID)


def hash_password(password: str) -> str:
    """What is stored of a password, its salt and parameters included: Argon2id in its usual notation."""
    return _HASHER.hash(_prepared(password))


def matches(password: str, stored: str | None) -> bool:
    """Whether a password is the stored one. None stored: it is not, in the same time."""
    known = _nobodys() if stored is None else stored
    try:
        return _HASHER.verify(known, _prepared(password)) and stored is not None
    except (VerificationError, ValueError):  # of what is no hash
        return False


def _prepared(password: str) -> str:
    # The same characters, typed on another system.
    return unicodedata.normalize("NFC", password)


@functools.cache
def _nobodys() -> str:
    return _HASHER.hash("")
