"""What no kept test and not the present needs is removed, and nothing else."""

from shared.store import clients, logins, pool, sessions
from tests.gateway.rows import THREE_VERDICTS, lines, people, person
from tests.worker.conftest import Jobs

ENDED = "SELECT count(*) FROM {} WHERE account_id = $1 AND valid_to < 9223372036854775807"
AGE = "UPDATE policy_test SET finished_at = now() - interval '8 days' WHERE account_id = $1"


async def ended(jobs: Jobs) -> tuple[int, int]:
    return await jobs.value(ENDED.format("users")), await jobs.value(ENDED.format("posting"))


async def changed(jobs: Jobs) -> None:
    await jobs.imported(lines(*({"email": person(n)["email"], "deleted": True} for n in range(30))))


async def test_what_nobody_needs_is_collected(jobs: Jobs) -> None:
    await jobs.imported(people(60))
    await changed(jobs)
    assert (await ended(jobs))[0] == 30
    await jobs.tidied()
    assert await ended(jobs) == (0, 0)
    test_id = await jobs.started(THREE_VERDICTS)
    await jobs.planned(test_id)
    await jobs.evaluated(test_id, 0)
    assert len(await jobs.verdicts(test_id)) == 30


async def test_a_kept_test_keeps_its_users_until_it_is_forgotten(jobs: Jobs) -> None:
    await jobs.imported(people(60))
    test_id = await jobs.started(THREE_VERDICTS)
    await jobs.evaluated(test_id, 0)
    await changed(jobs)
    await jobs.tidied()
    assert len(await jobs.verdicts(test_id)) == 60
    await jobs.value(AGE)
    await jobs.tidied()
    answer = await jobs.client.call("GET", f"{{a}}/access/policy-tests/{test_id}")
    assert (answer.status, await ended(jobs)) == (404, (0, 0))
    for table in ("policy_test_chunk", "policy_test_result"):
        assert await jobs.value(f"SELECT count(*) FROM {table} WHERE account_id = $1") == 0


async def test_an_old_import_is_forgotten_and_its_users_stay(jobs: Jobs) -> None:
    await jobs.imported(people(60))
    await jobs.value(
        "UPDATE directory_import SET finished_at = now() - interval '8 days' WHERE account_id = $1"
    )
    await jobs.tidied()
    assert await jobs.value("SELECT count(*) FROM directory_import WHERE account_id = $1") == 0
    assert await jobs.value("SELECT users FROM account WHERE account_id = $1") == 60


async def test_a_session_that_expired_is_forgotten(jobs: Jobs) -> None:
    account = jobs.account
    async with pool.acquire(jobs.work.pool) as connection:
        key, _ = await clients.create(connection, account, "website", ["admin"])
        await logins.create(connection, account, "ann", "a hash", ["admin"])
        client, ann = await clients.find(connection, key), await logins.find(connection, account, "ann")
        assert client is not None
        assert ann is not None
        for _ in range(2):
            await sessions.begin(connection, client, ann, ["admin"])
    tokens = "SELECT count(*) FROM token WHERE account_id = $1 AND session_id IS NOT NULL"
    await jobs.tidied()
    assert await jobs.value(tokens) == 2
    oldest = "SELECT session_id FROM session WHERE account_id = $1 ORDER BY created_at LIMIT 1"
    await jobs.value(f"UPDATE session SET expires_at = now() WHERE session_id = ({oldest})")
    await jobs.tidied()
    assert await jobs.value(tokens) == 1
