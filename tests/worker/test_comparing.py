"""A test that is complete has been compared with its base: by its chunks, or by whoever asks."""

from typing import Any
from uuid import UUID

import pytest

from services.worker import evaluate as evaluating
from services.worker.evaluate import evaluate
from services.worker.work import TryAgain
from shared.store import chunks, pool
from shared.wire.jobs import Hint, Kind
from tests.gateway.rows import ACME, lines, policy
from tests.worker.conftest import Jobs

MFA: dict[str, Any] = {"auth_method": {"auth_method": "mfa"}}
BEFORE, AFTER = policy(ACME), policy(MFA)
EACH = 60
USERS: dict[str, dict[str, Any]] = {
    "kept@acme.example": {"identity": {"amr": ["mfa"]}},
    "lost@acme.example": {"identity": {"amr": ["pwd"]}},
    "gained@b.example": {"identity": {"amr": ["mfa"]}},
    "undecided@acme.example": {},
    "leaving@acme.example": {"identity": {"amr": ["mfa"]}},
}
CHANGED = {"gained": EACH, "lost": EACH, "undecided": EACH, "decided": 0, "unchanged": EACH}
WHOLE = {**CHANGED, "joined": 2, "left": EACH}
TESTS = "{a}/access/policy-tests"


def some(email: str, **what: Any) -> list[dict[str, Any]]:
    return [{"email": f"u{number}.{email}", **what} for number in range(EACH)]


async def directory(jobs: Jobs) -> str:
    """Users over several chunks, and a base; some of them leave and others join after it."""
    await jobs.imported(lines(*(each for email, what in USERS.items() for each in some(email, **what))))
    base = await complete(jobs, BEFORE)
    gone = some("leaving@acme.example", deleted=True)
    new = [{"email": f"new{number}@b.example", "identity": {"amr": ["mfa"]}} for number in range(2)]
    await jobs.imported(lines(*gone, *new))
    return base


async def begun(jobs: Jobs, what: dict[str, Any], base: str | None = None) -> str:
    body = {"policies": [what], "base": base}
    test_id: str = (await jobs.client.call("POST", TESTS, json=body)).result["id"]
    await jobs.planned(test_id)
    return test_id


async def complete(jobs: Jobs, what: dict[str, Any], base: str | None = None) -> str:
    test_id = await begun(jobs, what, base)
    await jobs.evaluated(test_id, 0)
    assert (await jobs.client.status(test_id))["status"] == "complete"
    return test_id


async def compared(jobs: Jobs, test_id: str) -> Any:
    return (await jobs.client.status(test_id)).get("comparison")


async def removed(jobs: Jobs, test_id: str) -> None:
    assert (await jobs.client.call("DELETE", f"{TESTS}/{test_id}")).status == 202


async def test_a_test_is_compared_as_it_completes(jobs: Jobs) -> None:
    base = await directory(jobs)
    test_id = await begun(jobs, AFTER, base)
    assert await jobs.value("SELECT max(chunks) FROM policy_test WHERE account_id = $1") > 1
    assert await compared(jobs, test_id) is None
    await jobs.evaluated(test_id, 0)
    assert await compared(jobs, test_id) == {"base": str(UUID(base)), **WHOLE}
    asked = (await jobs.client.call("GET", f"{TESTS}/{test_id}/comparison")).result
    assert {change: asked[change] for change in WHOLE} == WHOLE


async def test_a_comparison_outlives_the_base(jobs: Jobs) -> None:
    base = await directory(jobs)
    test_id = await complete(jobs, AFTER, base)
    await removed(jobs, base)
    assert await compared(jobs, test_id) == {"base": str(UUID(base)), **WHOLE}


async def test_a_test_without_a_base_has_no_comparison(jobs: Jobs) -> None:
    await directory(jobs)
    assert "comparison" not in await jobs.client.status(await complete(jobs, AFTER))
    assert await jobs.value("SELECT count(*) FROM policy_test_comparison WHERE account_id = $1") == 0


async def test_a_base_that_goes_while_the_test_runs_leaves_none(
    jobs: Jobs, monkeypatch: pytest.MonkeyPatch
) -> None:
    base = await directory(jobs)
    test_id = await begun(jobs, AFTER, base)
    monkeypatch.setattr(evaluating, "TURN_SECONDS", -1)
    with pytest.raises(TryAgain):
        await evaluate(jobs.work, Hint(Kind.EVALUATE, jobs.account, UUID(test_id), 0))
    await removed(jobs, base)
    monkeypatch.undo()
    await jobs.evaluated(test_id, 1)
    status = await jobs.client.status(test_id)
    assert (status["status"], "comparison" in status) == ("complete", False)


async def test_what_a_lost_worker_did_is_counted_once(jobs: Jobs) -> None:
    base = await directory(jobs)
    test_id = await begun(jobs, AFTER, base)
    async with pool.acquire(jobs.work.pool) as connection:
        lost = await chunks.claim(connection, jobs.account, UUID(test_id), -1)
        assert lost is not None
        await jobs.evaluated(test_id, 0)
        with pytest.raises(chunks.Fenced):
            await chunks.finish(connection, lost, [], evaluating.balance([]))
    await evaluate(jobs.work, Hint(Kind.EVALUATE, jobs.account, UUID(test_id), 0))
    assert await compared(jobs, test_id) == {"base": str(UUID(base)), **WHOLE}


async def test_chunks_of_workers_that_compare_nothing_are_made_good_for(jobs: Jobs) -> None:
    """As those of an earlier version are, which have a part in a test while workers are replaced."""
    base = await directory(jobs)
    test_id = await complete(jobs, AFTER, base)
    fewer = "UPDATE policy_test_comparison SET chunks = chunks - 1, lost = 0 WHERE account_id = $1"
    assert await jobs.value(f"{fewer} RETURNING true")
    assert await compared(jobs, test_id) == {"base": str(UUID(base)), **WHOLE}
    await removed(jobs, base)
    assert await compared(jobs, test_id) is None


async def test_a_test_of_nobody_is_compared_too(jobs: Jobs) -> None:
    await jobs.imported(lines({"email": "ann@acme.example"}))
    base = await complete(jobs, BEFORE)
    await jobs.imported(lines({"email": "ann@acme.example", "deleted": True}))
    test_id = await complete(jobs, AFTER, base)
    assert await compared(jobs, test_id) == {"base": str(UUID(base)), **dict.fromkeys(WHOLE, 0), "left": 1}


async def test_a_comparison_goes_with_its_test(jobs: Jobs) -> None:
    test_id = await complete(jobs, AFTER, await directory(jobs))
    await removed(jobs, test_id)
    assert await jobs.value("SELECT count(*) FROM policy_test_comparison WHERE account_id = $1") == 0
