import asyncio

import pytest

CREATE = ("account", "create", "Acme")
AWAY = "postgresql://gatehouse:hunter2@127.0.0.1:1/gatehouse"


@pytest.mark.parametrize("arguments", [("migrate",), CREATE])
async def test_without_an_address_it_says_what_to_set(run, arguments: tuple[str, ...]):
    ended = await run(*arguments)
    assert (ended.code, ended.out) == (2, "")
    assert "`DATABASE_URL` is not set" in ended.err
    assert "REDIS_URL" not in ended.err


@pytest.mark.parametrize("arguments", [("migrate",), CREATE])
async def test_a_database_that_is_away_ends_with_three(run, arguments: tuple[str, ...]):
    ended = await run(*arguments, DATABASE_URL=AWAY)
    assert (ended.code, ended.out) == (3, "")
    assert ended.err.startswith("Error: the database cannot be reached: ")
    assert "hunter2" not in ended.err


async def test_an_address_may_come_from_a_file(run, tmp_path):
    secret = tmp_path / "address"
    secret.write_text(AWAY + "\n")
    assert (await run(*CREATE, DATABASE_URL_FILE=str(secret))).code == 3


async def test_a_misspelt_setting_is_warned_about(run):
    ended = await run("migrate", DATABASE_URL=AWAY, GATEHOUSE_PROT="1")
    assert "warning: `GATEHOUSE_PROT` is no setting, did you mean `GATEHOUSE_PORT`?" in ended.err


async def test_a_bare_asks_for_migration(run, bare):
    ended = await run(*CREATE, DATABASE_URL=bare)
    assert ended.code == 2
    assert "run `gatehouse migrate` first" in ended.err


async def test_migrating_twice_or_at_once_applies_everything_once(run, bare):
    both = await asyncio.gather(*(run("migrate", "--json", DATABASE_URL=bare) for _ in range(2)))
    assert [ended.code for ended in both] == [0, 0]
    applied = sorted((ended.facts["applied"] for ended in both), key=len)
    assert applied[0] == []
    assert applied[1][0] == "0001_initial.sql"
    again = await run("migrate", DATABASE_URL=bare)
    assert (again.code, again.out) == (0, "nothing to apply\n")
