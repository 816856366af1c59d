"""The directory that is imported: generated, the same every time."""

import json
import random
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from services.cli.generate_directory import lines
from services.cli.vocabulary import COUNTRIES

SEED = 1


def write(path: Path, count: int) -> int:
    """Write that many users; returns the file's size in bytes."""
    with path.open("wb") as file:
        file.writelines(lines(count, SEED))
    return path.stat().st_size


def after(start: int, count: int) -> bytes:
    """The users from a number on: none of them is in a file of `start` users."""
    return b"".join(islice(lines(start + count, SEED), start, None))


def sample(path: Path, users: int, count: int) -> list[bytes]:
    """Some users of a file, at random, the same every time."""
    wanted = set(random.Random(SEED).sample(range(users), min(users, count)))
    with path.open("rb") as file:
        return [line for number, line in enumerate(file) if number in wanted]


def moved(people: list[bytes], turn: int) -> Iterator[bytes]:
    """The same people, elsewhere: each turn another country and another address."""
    for number, line in enumerate(people):
        user = json.loads(line)
        country = COUNTRIES[(turn + number) % len(COUNTRIES)]
        address = f"10.{turn % 250}.{number % 250}.7"
        user["identity"] = user.get("identity", {}) | {"geo": {"country": country}, "ip": address}
        yield json.dumps(user).encode() + b"\n"
