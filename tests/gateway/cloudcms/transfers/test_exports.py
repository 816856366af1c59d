"""Exports are asked for in the words of the seed and of drivers, and refused where they mean nothing."""

import re
from typing import Any
from uuid import UUID

import pytest

from shared.wire.archive.manifest import Coordinates
from shared.wire.transfer.requests import Export, Included, Label
from tests.gateway.cloudcms.holdings import ABSENT, changes, made, pointers, refusal
from tests.gateway.cloudcms.transfers.waiting import ARCHIVE, Waiting
from tests.stack import Service

SEED = {"groupId": "acme", "artifactId": "access", "versionId": "1.0"}
CALLED = Coordinates("acme", "access", "1.0")
CONFIGURATION = {
    "startDate": {"ms": 1},
    "endDate": None,
    "startChangeset": "0:a",
    "endChangeset": "9:b",
    "tipChangesetOnly": True,
    "selectedBranchIds": ["master"],
    "includeACLs": True,
    "includeTeams": False,
    "includeTeamMembers": False,
    "includeRoles": None,
    "includeActivities": True,
    "includeBinaries": False,
    "includeAttachments": False,
    "artifactDependencies": [{}],
    "artifactIncludes": [],
    "forceIncludes": False,
    "properties": {"x": 1},
}
WRONG = [
    ({"includeACLs": "yes"}, ["/includeACLs"]),
    ({"includeTeams": 1, "includeRoles": []}, ["/includeTeams", "/includeRoles"]),
    ({"startDate": [1], "startChangeset": 5}, ["/startDate", "/startChangeset"]),
    ({"artifactIncludes": [7]}, ["/artifactIncludes/0"]),
    ([], [""]),
]
NAMES = [
    {"group": "../etc"},
    {"artifactId": "a b"},
    {"version": "x" * 129},
    {"group": "a", "groupId": "b"},
    {"group": "policy-tests", "artifact": "x", "version": "csv"},  # where results of tests are
    {"schedule": "tomorrow"},
    {"published": "perhaps"},
]


@pytest.mark.parametrize(
    "query", [ARCHIVE, SEED, ARCHIVE | SEED | {"vault": "primary", "vaultId": "primary"}]
)
async def test_an_archive_is_named_in_the_words_of_the_seed_and_of_drivers(waiting, query):
    job = await waiting.job(await waiting.begun(**query))
    assert job.request == Export(CALLED)
    assert (job.state, job.by.name) == ("WAITING", "test")


async def test_what_nobody_names_has_a_name(waiting: Waiting) -> None:
    policy_id = await made(waiting.client, title="Staff")
    named = {
        "/export": "platform",
        f"/access/policies/{policy_id}/export": "policy",
    }
    for path, artifact in named.items():
        called = (await waiting.job(await waiting.begun(path))).request.coordinates
        assert (called.group, called.artifact) == ("gatehouse", artifact)
        assert re.fullmatch(r"\d{8}T\d{6}\.\d{6}Z", called.version)


async def test_a_configuration_says_what_is_carried(waiting: Waiting) -> None:
    label = {"title": "Ours", "description": "of today", "published": "true"}
    job_id = await waiting.begun(body=CONFIGURATION, **ARCHIVE, **label)
    request = (await waiting.job(job_id)).request
    assert request == Export(
        CALLED, None, Label("Ours", "of today", True), Included(True, False, False, True)
    )
    data = (await waiting.shown(job_id))["_data"]
    assert data["configuration"]["includeTeamMembers"] is False
    assert [data[f"archive{part}"] for part in ("Group", "Artifact", "Version")] == [*ARCHIVE.values()]
    assert data["vaultId"] == "primary"


@pytest.mark.parametrize(("body", "where"), WRONG)
async def test_a_wrong_configuration_is_refused_with_all_places(
    waiting: Waiting, body: Any, where: list[str]
) -> None:
    answer = await waiting.call("POST", "/export", body, **ARCHIVE)
    assert (answer.status, pointers(answer)) == (400, where)


@pytest.mark.parametrize("query", NAMES)
async def test_a_wrong_name_or_time_is_refused(waiting: Waiting, query: dict[str, str]) -> None:
    message = refusal(await waiting.call("POST", "/export", **query), 400)
    assert f"`{next(iter(query))}` is" in message


async def test_a_policy_is_exported_by_its_path_and_by_its_reference(waiting: Waiting) -> None:
    policy_id, account = await made(waiting.client, title="Staff"), waiting.client.account
    reference = f"accessPolicy://{account}/{policy_id}"
    by_path = await waiting.begun(f"/access/policies/{policy_id}/export", **ARCHIVE)
    by_reference = await waiting.begun("/transfer/export", {"sources": [reference]}, **ARCHIVE)
    for job_id in (by_path, by_reference):
        assert (await waiting.job(job_id)).request == Export(CALLED, policy_id)
        sources = (await waiting.shown(job_id))["_data"]["sources"]
        assert [(each["typeId"], each["id"]) for each in sources] == [
            ("platform", account),
            ("accessPolicy", policy_id),
        ]
        assert sources[-1]["ref"] == reference
    whole = await waiting.begun("/transfer/export", {"sources": [f"PLATFORM://{account}"]}, **ARCHIVE)
    assert (await waiting.job(whole)).request == Export(CALLED)


SOURCES = [None, [], "x", ["platform://{account}"] * 2, [5], ["no reference"], ["node://{account}/a"]]


@pytest.mark.parametrize("sources", SOURCES)
async def test_what_cannot_be_exported_by_itself_is_refused(waiting: Waiting, sources: Any) -> None:
    if isinstance(sources, list):
        account = waiting.client.account
        sources = [each.format(account=account) if isinstance(each, str) else each for each in sources]
    answer = await waiting.call("POST", "/transfer/export", {"sources": sources}, **ARCHIVE)
    (where,) = pointers(answer)
    assert (answer.status, where.startswith("/sources")) == (400, True)


async def test_what_is_not_there_is_not_exported(waiting: Waiting) -> None:
    other = "platform://00000000000040008000000000000000"
    for path, body in (
        (f"/access/policies/{ABSENT}/export", {}),
        ("/transfer/export", {"sources": [f"accessPolicy://{waiting.client.account}/{ABSENT}"]}),
        ("/transfer/export", {"sources": [other]}),
    ):
        refusal(await waiting.call("POST", path, body, **ARCHIVE), 404)
    assert "vault `v`" in refusal(await waiting.call("POST", "/export", vault="v"), 404)
    assert "system policy" in refusal(await waiting.call("POST", "/access/policies/project-user/export"), 409)


async def test_whoever_exports_is_in_the_audit_log(waiting: Waiting) -> None:
    job_id = await waiting.begun(**ARCHIVE)
    (entry,) = await changes(waiting.client, "job")
    assert entry[:2] == ("create", job_id.hex)
    assert entry[2]["coordinates"] == ARCHIVE


async def test_an_account_has_so_many_unfinished_transfers(strict: Service) -> None:
    client, other = await strict.tenant(), await strict.tenant()
    for _ in range(2):
        assert (await client.call("POST", "/export")).status == 200
    refused = await client.call("POST", "/export")
    assert "2 transfers of this account are unfinished" in refusal(refused, 429)
    assert int(refused.headers["Retry-After"]) > 0
    assert (await other.call("POST", "/export")).status == 200
    listed = (await client.call("POST", "/jobs/query")).body["rows"]
    await client.call("POST", f"/jobs/{UUID(listed[0]['_doc'])}/kill")
    assert (await client.call("POST", "/export")).status == 200
