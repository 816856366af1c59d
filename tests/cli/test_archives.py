"""Archives, out of one account and into another."""

import json
import zipfile
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Ended, Run
from tests.stack import Client

JOB = "4c8a6c2e00004000800000000000aaaa"
LIST: dict[str, Any] = {"success": True, "errors": [], "messages": [], "result": []}
NAME = {"group": "g", "artifact": "a", "version": "1"}
UPLOADED = {"_doc": "b" * 32, "rows": [{"_doc": "b" * 32, **NAME}]}
CHANGES = [
    {"action": "create", "kind": "access_policy", "source": "p1", "target": "p2", "name": "Editors"},
    {"action": "leave", "kind": "role", "source": "editor", "target": "editor"},
    {"action": "refuse", "kind": "assignment", "source": "x1", "message": "nobody is called `ann`"},
]
COUNTS = {"create": 1, "change": 0, "leave": 1, "refuse": 1}
POLICY = {
    "title": "Editors",
    "statements": [
        {"action": "grant", "roles": ["editor"], "conditions": [{"type": "type", "config": {"type": "p"}}]}
    ],
}


def job(state: str, **changes: Any) -> dict[str, Any]:
    """A job as the platform says it."""
    return {
        "_doc": JOB,
        "type": "transfer-import",
        "state": state,
        "percent": 100,
        "log_entries": [],
        **changes,
    }


def entries(file: Path) -> list[str]:
    with zipfile.ZipFile(file) as archive:
        return archive.namelist()


@pytest.fixture
async def policy(client: Client) -> str:
    """The id of an access policy, with a role of the account's own beside it."""
    await client.call("POST", "/roles", json={"roleKey": "reviewer", "permissions": ["read"]})
    made = await client.call("POST", "/access/policies", json=POLICY)
    policy_id: str = made.body["_doc"]
    return policy_id


async def test_everything_is_exported_to_a_file(gatehouse: Run, policy: str, tmp_path: Path) -> None:
    file = tmp_path / "all.zip"
    ended = await gatehouse("export", str(file))
    assert (ended.code, ended.err) == (0, "")
    assert ended.out.endswith(f"things exported to {file}\n")
    assert "manifest.json" in entries(file)
    assert any(policy in name for name in entries(file))
    assert any("reviewer" in name for name in entries(file))


async def test_one_policy_is_exported_with_what_it_needs(gatehouse: Run, policy: str, tmp_path: Path) -> None:
    file = tmp_path / "one.zip"
    ended = await gatehouse("export", str(file), "--policy", policy, "--json")
    assert json.loads(ended.out)["state"] == "FINISHED"
    assert any(policy in name for name in entries(file))
    assert not any("reviewer" in name for name in entries(file))


async def test_the_same_things_are_the_same_bytes(gatehouse: Run, policy: str, tmp_path: Path) -> None:  # noqa: ARG001  # there is something
    name = ("--group", "g", "--artifact", "a", "--version", "1")
    for file in ("1.zip", "2.zip"):
        assert (await gatehouse("export", str(tmp_path / file), *name)).code == 0
    assert (tmp_path / "1.zip").read_bytes() == (tmp_path / "2.zip").read_bytes()


async def test_a_policy_that_is_not_there_is_refused(gatehouse: Run, tmp_path: Path) -> None:
    ended = await gatehouse("export", str(tmp_path / "x.zip"), "--policy", "nobody")
    assert (ended.code, ended.out) == (2, "")
    assert "nobody" in ended.err


async def test_an_archive_goes_to_another_account(
    run: Run, service, client: Client, policy: str, whom, tmp_path: Path
) -> None:
    file = str(tmp_path / "all.zip")
    assert (await run("export", file, **whom(client))).code == 0
    other = await service.tenant()
    dry = await run("import-archive", file, "--dry-run", "--strategy", "clone", **whom(other))
    assert (dry.code, dry.err) == (0, "")
    assert policy in dry.out
    assert (await other.call("GET", f"/access/policies/{policy}")).status == 404
    done = await run("import-archive", file, "--strategy", "clone", **whom(other))
    assert f"would be: {done.out.splitlines()[-1]}" == dry.out.splitlines()[-1]
    assert (await other.call("GET", f"/access/policies/{policy}")).body["title"] == "Editors"


async def test_a_text_is_substituted(
    run: Run, service, client: Client, policy: str, whom, tmp_path: Path
) -> None:
    file = str(tmp_path / "one.zip")
    assert (await run("export", file, "--policy", policy, **whom(client))).code == 0
    other = await service.tenant()
    given = ("--strategy", "clone", "--substitute", "Editors=Writers")
    assert (await run("import-archive", file, *given, **whom(other))).code == 0
    assert (await other.call("GET", f"/access/policies/{policy}")).body["title"] == "Writers"


async def test_what_is_no_archive_is_refused(gatehouse: Run, tmp_path: Path) -> None:
    file = tmp_path / "x.zip"
    file.write_bytes(b"PK no archive")
    ended = await gatehouse("import-archive", str(file))
    assert (ended.code, ended.out) == (2, "")
    assert ended.err.startswith("Error: ")


@pytest.fixture
async def told(ask: Run, odd, tmp_path: Path):
    """What the command says of an import that ends like this; what it asked for is `odd.asked`."""
    file = tmp_path / "a.zip"
    file.write_bytes(b"bytes")

    async def said(after: dict[str, Any], *arguments: str) -> Ended:
        odd.says(LIST, UPLOADED, job("WAITING"), after)
        return await ask("import-archive", str(file), *arguments)

    return said


async def test_a_dry_run_prints_what_would_be(told, odd) -> None:
    result = {"dryRun": True, "counts": COUNTS, "changes": CHANGES}
    ended = await told(
        job("FINISHED", _result=result), "--dry-run", "--without", "acls", "--substitute", "a=b=c"
    )
    assert (ended.code, ended.err) == (1, "")
    rows = [line.split() for line in ended.out.splitlines()]
    assert rows[0] == ["action", "kind", "name", "in", "the", "archive", "here", "why"]
    assert rows[1] == ["create", "access_policy", "Editors", "p1", "p2"]
    assert ended.out.splitlines()[-1] == "would be: 1 created, 0 changed, 1 left, 1 refused"
    posted = odd.asked[2]
    assert (posted.method, posted.path) == ("POST", "/import")
    assert dict(posted.query) == {**NAME, "schedule": "ASYNCHRONOUS"}
    assert json.loads(await posted.text()) == {
        "includeACLs": False,
        "strategy": "COPY_EVERYTHING",
        "substitutions": {"a": "b=c"},
        "dryRun": True,
    }


async def test_an_archive_that_is_refused_changes_nothing(told) -> None:
    log = [{"type": "ERROR", "message": "assignment `x1`: nobody is called `ann`"}]
    result = {"dryRun": False, "counts": COUNTS, "changes": CHANGES}
    ended = await told(job("ERROR", log_entries=log, _result=result))
    assert ended.code == 2
    assert "failed, nothing was changed: assignment `x1`: nobody is called `ann`" in ended.err


async def test_an_import_that_broke_is_no_refusal(told) -> None:
    ended = await told(job("ERROR", log_entries=[{"type": "ERROR", "message": "a fault of the service"}]))
    assert ended.code == 3


async def test_an_import_goes_into_a_policy(told, odd) -> None:
    await told(job("FINISHED", _result={"counts": {}}), "--policy", "p/1")
    assert odd.asked[2].raw_path.startswith("/access/policies/p%2F1/import?")


@pytest.mark.parametrize("given", [("nothing",), ("=b",), ("a=b", "a=c")])
async def test_what_is_no_substitution_is_refused(told, odd, given: tuple[str, ...]) -> None:
    ended = await told(job("FINISHED"), *(word for each in given for word in ("--substitute", each)))
    assert ended.code == 2
    assert "WAS=BECOMES" in ended.err
    assert odd.asked == []
