"""From a file of users to the verdict of each, over real servers."""

import io
import json
from pathlib import Path

import pytest

from services.cli.generate_directory import lines
from tests.stack import Client, Service

EXAMPLE = Path(__file__).parents[2] / "deploy" / "example" / "policies.json"
COUNT = 2000
BAD_IP = '{"name": "A", "decision": "allow", "include": [{"ip": {"ip": "10.0.0.0/99"}}]}'


@pytest.fixture(scope="module")
async def tenant(service: Service) -> Client:
    return await service.tenant(segment_bits=8)


@pytest.fixture
def settings(tenant: Client) -> dict[str, str]:
    return {
        "GATEHOUSE_URL": tenant.url,
        "GATEHOUSE_ACCOUNT": tenant.account,
        "GATEHOUSE_TOKEN": tenant.token,
    }


@pytest.fixture(scope="module")
async def tested(tenant: Client) -> dict:
    """The example policies' test over a generated directory."""
    assert (await tenant.imported(io.BytesIO(b"".join(lines(COUNT, 7)))))["users_created"] == COUNT
    return await tenant.tested(*json.loads(EXAMPLE.read_text())["policies"])


async def test_a_directory_is_imported_from_a_pipe(run, service: Service):
    own = await service.tenant()
    settings = {"GATEHOUSE_URL": own.url, "GATEHOUSE_ACCOUNT": own.account, "GATEHOUSE_TOKEN": own.token}
    data = b"".join(lines(300, 7)) + b'{"email": "nobody"}\n'
    ended = await run("import", "-", stdin=data, **settings)
    assert (ended.code, ended.err) == (0, "")
    assert "line 301: " in ended.out
    strict = await run("import", "-", "--strict", "--json", stdin=data, **settings)
    status = json.loads(strict.out)
    assert strict.code == 1
    assert (status["users_created"], status["users_unchanged"], status["rows_rejected"]) == (0, 300, 1)


async def test_a_directory_is_imported_from_a_spreadsheet(run, service: Service, tmp_path: Path):
    own = await service.tenant()
    file = tmp_path / "people.CSV"
    file.write_text("email,name,groups\nann@a.example,Ann,a|b\nbob@a.example,Bob,\n")
    whom = ("--url", own.url + "/", "--account", own.account, "--token", own.token)
    ended = await run("import", str(file), "--json", *whom)
    assert (ended.code, json.loads(ended.out)["users_created"]) == (0, 2)


async def test_the_example_finds_all_three_verdicts(tested: dict):
    shares = [tested[f"users_{verdict}"] / COUNT for verdict in ("approved", "blocked", "errored")]
    assert sum(shares) == 1
    assert shares[0] > 0.2
    assert shares[1] > 0.2
    assert shares[2] > 0.01


async def test_a_test_ends_with_a_table(run, settings, tested: dict):
    ended = await run("test", str(EXAMPLE), **settings)
    assert (ended.code, ended.err) == (0, "")
    assert f"complete: {COUNT:,} users in " in ended.out
    rows = {line.split()[0]: line for line in ended.out.splitlines()[2:5]}
    for verdict in ("approved", "blocked", "error"):
        count = tested["users_errored" if verdict == "error" else f"users_{verdict}"]
        assert rows[verdict].split()[1] == f"{count:,}"
        assert "█" in rows[verdict]


async def test_a_test_in_json_is_the_status(run, settings, tested: dict):
    ended = await run("test", "-", "--json", stdin=EXAMPLE.read_bytes(), **settings)
    status = json.loads(ended.out)
    assert ended.code == 0
    assert {key: status[key] for key in status if key.startswith(("users_", "percent_"))} == {
        key: tested[key] for key in tested if key.startswith(("users_", "percent_"))
    }


async def test_a_test_can_be_left_alone(run, settings, tested: dict, tenant: Client):
    assert tested["total_users"] == COUNT
    ended = await run("test", str(EXAMPLE), "--no-wait", **settings)
    assert ended.code == 0
    assert (await tenant.ended(ended.out.strip()))["total_users"] == COUNT


async def test_users_of_each_verdict_are_everybody(run, settings, tested: dict):
    rows = []
    for verdict, count in (
        ("approved", "users_approved"),
        ("fail", "users_blocked"),
        ("error", "users_errored"),
    ):
        ended = await run("users", tested["id"], "--status", verdict, "--all", "--json", **settings)
        some = [json.loads(line) for line in ended.out.splitlines()]
        assert len(some) == tested[count]
        rows += some
    assert {row["id"] for row in rows} == {json.loads(line)["id"] for line in lines(COUNT, 7)}


async def test_a_page_of_users_is_a_table(run, settings, tested: dict):
    ended = await run("users", tested["id"], "--per-page", "10", "--page", "2", **settings)
    assert ended.code == 0
    assert sum("@" in line for line in ended.out.splitlines()) == 10
    assert f"page 2 of 200, {COUNT:,} users in all" in ended.out


async def test_a_policy_that_is_refused_is_told_with_its_place(run, settings):
    ended = await run("test", "-", stdin=f"[{BAD_IP}, {{}}]".encode(), **settings)
    assert (ended.code, ended.out) == (2, "")
    assert "/policies/0/include/0/ip/ip: " in ended.err
    assert "/policies/1" in ended.err


async def test_an_unknown_test_is_told(run, settings):
    ended = await run("users", "0" * 32, **settings)
    assert (ended.code, ended.out) == (2, "")
    assert ended.err.startswith("Error: ")


async def test_a_token_that_opens_nothing_is_told_and_not_shown(run, settings):
    forged = settings["GATEHOUSE_TOKEN"][:-1] + "x"
    ended = await run("users", "0" * 32, **{**settings, "GATEHOUSE_TOKEN": forged})
    assert ended.code in {2, 3}
    assert forged not in ended.err
