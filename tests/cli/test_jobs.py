"""Exports and imports, listed, looked at, killed."""

import json
from typing import Any

import pytest

from tests.cli.conftest import ACCOUNT, Run
from tests.stack import Client, Service

JOB = "4c8a6c2e00004000800000000000aaaa"
LIST: dict[str, Any] = {"success": True, "errors": [], "messages": [], "result": []}


def job(**changes: Any) -> dict[str, Any]:
    """A job as the platform says it."""
    known = {"_doc": JOB, "type": "transfer-export", "state": "RUNNING", "percent": 40, "items_done": 4}
    return known | {"items_total": 10, "submitted_by": "ann", "submitted_timestamp": {"ms": 0}} | changes


@pytest.fixture
async def exported(gatehouse: Run) -> str:
    ended = await gatehouse("export", "--no-wait", "--json")
    job_id: str = json.loads(ended.out)["id"]
    return job_id


async def test_jobs_are_listed(gatehouse: Run, exported: str) -> None:
    assert (await gatehouse("jobs", "--quiet")).out == f"{exported}\n"
    (line,) = (await gatehouse("jobs", "--json")).out.splitlines()
    assert (json.loads(line)["_doc"], json.loads(line)["type"]) == (exported, "transfer-export")
    assert exported in (await gatehouse("jobs")).out
    assert (await gatehouse("jobs", "--state", "failed")).out == "no jobs\n"


async def test_one_is_shown_with_its_log(gatehouse: Run, exported: str) -> None:
    ended = await gatehouse("jobs", exported)
    assert ended.code == 0
    assert "submitted\n" in ended.out
    assert json.loads((await gatehouse("jobs", exported, "--json")).out)["_doc"] == exported


async def test_one_is_killed(ask: Run, odd) -> None:
    odd.says(
        LIST, {"ok": True}, job(state="ERROR", log_entries=[{"type": "ERROR", "message": "killed by `ann`"}])
    )
    ended = await ask("jobs", JOB, "--kill")
    assert [(each.method, each.path) for each in odd.asked[1:]] == [
        ("POST", f"/jobs/{JOB}/kill"),
        ("GET", f"/jobs/{JOB}"),
    ]
    assert "ERROR" in ended.out
    assert "killed by `ann`\n" in ended.out


async def test_a_log_cannot_move_the_cursor(ask: Run, odd) -> None:
    odd.says(LIST, job(log_entries=[{"type": "STATUS", "message": "a\x1b[2Jb"}]))
    assert "a\\x1b[2Jb" in (await ask("jobs", JOB)).out


async def test_one_that_is_not_there_is_said_to_be_absent(gatehouse: Run) -> None:
    ended = await gatehouse("jobs", JOB)
    assert (ended.code, ended.err) == (2, f"Error: job `{JOB}` does not exist\n")


@pytest.mark.parametrize("arguments", [("--kill",), ("a/b",)])
async def test_what_names_no_job_is_refused(gatehouse: Run, arguments: tuple[str, ...]) -> None:
    ended = await gatehouse("jobs", *arguments)
    assert ended.code == 2
    assert "`gatehouse jobs` lists" in ended.err


async def test_a_token_of_another_account_does_nothing(
    run: Run, service: Service, client: Client, whom
) -> None:
    other = await service.tenant()
    settings = whom(client) | {"GATEHOUSE_ACCOUNT": other.account}
    ended = await run("export", "--no-wait", **settings)
    assert (ended.code, ended.err) == (2, f"Error: the token is not one of the account {other.account}\n")
    assert (await run("jobs", **whom(client))).out == "no jobs\n"


async def test_a_token_without_the_right_is_told_so(run: Run, service: Service, whom) -> None:
    reader = await service.tenant(scopes=("transfer:read",))
    assert (await run("jobs", **whom(reader))).out == "no jobs\n"
    ended = await run("export", "--no-wait", **whom(reader))
    assert (ended.code, ended.err) == (3, "Error: the token lacks the scope `transfer:write`\n")


async def test_the_account_is_asked_for_before_anything_else(ask: Run, odd) -> None:
    odd.says(LIST, {"rows": []})
    await ask("jobs")
    assert [each.path for each in odd.asked] == [f"/accounts/{ACCOUNT}/access/policy-tests", "/jobs/query"]
