"""Hostile texts take as long as their length, not its square: while one is read, nobody else is served."""

import time
from collections.abc import Callable
from uuid import UUID

import pytest

from shared.directory.errors import Refused
from shared.wire import json_text
from shared.wire.cloudflare.policy_tests import decode_start
from shared.wire.directory.blocks import Cutter
from shared.wire.faults import Faulty

SECONDS = 3.0
RULE = '{{"policies":[{{"name":"p","decision":"allow","include":[{{"{}":{{"{}":"{}"}}}}]}}]}}'
MARKS = "\u0315" * 30_000 + "\u0316" * 30_000


def keys(count: int) -> bytes:
    return ("{" + ",".join(f'"{n:06d}":1' for n in range(count)) + f',"{count - 1:06d}":1}}').encode()


def uploaded(data: bytes) -> None:
    cutter = Cutter("csv")
    for at in range(0, len(data), 65_536):
        list(cutter.feed(data[at : at + 65_536]))


def started(kind: str, name: str, text: str) -> None:
    raise Faulty(*decode_start(RULE.format(kind, name, text).encode(), UUID(int=0)).policies.faults)


HOSTILE: dict[str, Callable[[], object]] = {
    "a text that does not end": lambda: json_text.parse(b"[" * 33 + b'"' + b'\\"' * 20_000),
    "texts that do not end": lambda: json_text.parse(b"[" * 33 + b'"\\' * 20_000),
    "a key twice": lambda: json_text.parse(keys(30_000)),
    "an address of marks": lambda: started("email", "email", f"{MARKS}@acme.example"),
    "a domain of marks": lambda: started("email_domain", "domain", f"{MARKS}.example"),
    "a domain of labels": lambda: started("email_domain", "domain", "a." * 100_000),
    "a long network": lambda: started("ip", "ip", "1" * 500_000),
    "a row of quotes": lambda: uploaded(b"email\n" + b'"' * (3 * 1024 * 1024)),
    "a row of line ends": lambda: uploaded(b'email\n"' + b"\n" * (3 * 1024 * 1024)),
}


@pytest.mark.parametrize("attack", HOSTILE)
def test_a_hostile_text_is_refused_in_time(attack: str) -> None:
    began = time.perf_counter()
    with pytest.raises((Refused, Faulty)):
        HOSTILE[attack]()
    assert time.perf_counter() - began < SECONDS
