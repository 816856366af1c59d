import asyncio
from uuid import uuid4

import pytest

from services.gateway import passwords
from services.gateway.passwords import Passwords, Throttled
from shared.wire.passwords import hash_password

HERE, THERE = uuid4(), uuid4()
STORED = hash_password("right")


async def failed(known: Passwords, times: int, name: str = "ann") -> None:
    for _ in range(times):
        assert not await known.matches(HERE, name, "wrong", STORED)


async def test_a_name_that_failed_often_waits_with_the_right_password_too():
    known = Passwords()
    await failed(known, passwords.FAILURES)
    with pytest.raises(Throttled) as refused:
        await known.matches(HERE, "ann", "right", STORED)
    assert 0 < refused.value.seconds <= passwords.WAIT_SECONDS
    assert await known.matches(THERE, "ann", "right", STORED)
    assert await known.matches(HERE, "bob", "right", STORED)


async def test_a_name_that_nobody_has_waits_alike():
    known = Passwords()
    for _ in range(passwords.FAILURES):
        assert not await known.matches(HERE, "nobody", "x", None)
    with pytest.raises(Throttled):
        await known.matches(HERE, "nobody", "x", None)


async def test_waiting_ends(monkeypatch):
    monkeypatch.setattr(passwords, "WAIT_SECONDS", 0.0)
    known = Passwords()
    await failed(known, passwords.FAILURES + 1)
    assert await known.matches(HERE, "ann", "right", STORED)


async def test_what_is_remembered_is_bounded(monkeypatch):
    monkeypatch.setattr(passwords, "REMEMBERED", 2)
    known = Passwords()
    await failed(known, passwords.FAILURES, "long ago")
    for name in ("ann", "bob"):
        await failed(known, passwords.FAILURES, name)
    assert await known.matches(HERE, "long ago", "right", STORED)
    with pytest.raises(Throttled):
        await known.matches(HERE, "bob", "right", STORED)


async def test_nobody_waits_for_a_password_but_who_sends_one():
    known = Passwords()
    checks = [asyncio.create_task(known.matches(HERE, "ann", "right", STORED)) for _ in range(8)]
    turns = 0
    while not all(check.done() for check in checks):
        await asyncio.sleep(0)
        turns += 1
    assert turns > 100
    assert all([await check for check in checks])
