"""Imports are asked for in the words of the seed and of drivers, of an archive that is there."""

import json
from typing import Any

import pytest

from shared.wire.archive.manifest import Coordinates
from shared.wire.transfer.requests import Import, Included, Strategy
from tests.gateway.cloudcms.holdings import ABSENT, made, pointers, refusal
from tests.gateway.cloudcms.transfers.waiting import ARCHIVE, Waiting

SEED = {"groupId": "acme", "artifactId": "access", "versionId": "1.0"}
CALLED = Coordinates("acme", "access", "1.0")
STRATEGIES = [
    (None, Strategy.COPY_EVERYTHING),
    ([], Strategy.COPY_EVERYTHING),
    ("", Strategy.COPY_EVERYTHING),
    ("COPY_EVERYTHING", Strategy.COPY_EVERYTHING),
    ("clone", Strategy.CLONE),
    (["CLONE"], Strategy.CLONE),
]
SUBSTITUTIONS = [
    (None, {}),
    ("", {}),
    ({}, {}),
    ({"acme.example": "beta.example"}, {"acme.example": "beta.example"}),
    (json.dumps({"a": ""}), {"a": ""}),
]
WRONG = [
    ({"strategy": "MERGE"}, "/strategy"),
    ({"strategy": ["CLONE", "COPY_EVERYTHING"]}, "/strategy"),
    ({"strategy": 5}, "/strategy"),
    ({"strategy": [5]}, "/strategy/0"),
    ({"substitutions": ["a"]}, "/substitutions"),
    ({"substitutions": {"a": 5}}, "/substitutions"),
    ({"substitutions": '{"a": 5}'}, "/substitutions"),
    ({"substitutions": "a=b"}, "/substitutions"),
    ({"substitutions": {"": "b"}}, "/substitutions/"),
    ({"substitutions": {str(number): "b" for number in range(101)}}, "/substitutions"),
    ({"substitutions": {"a": "b" * 1025}}, "/substitutions/a"),
    ({"substitutions": {str(number): "b" * 1000 for number in range(40)}}, "/substitutions"),
    ({"dryRun": "yes"}, "/dryRun"),
    ({"includeRoles": "no"}, "/includeRoles"),
]


@pytest.mark.parametrize("query", [ARCHIVE, SEED, ARCHIVE | {"vaultId": "primary"}])
async def test_an_archive_is_found_in_the_words_of_the_seed_and_of_drivers(
    waiting: Waiting, query: dict[str, str]
) -> None:
    archive = await waiting.kept()
    job_id = await waiting.begun("/import", **query)
    assert (await waiting.job(job_id)).request == Import(str(archive.id), coordinates=CALLED)
    data = (await waiting.shown(job_id))["_data"]
    assert [data[f"archive{part}"] for part in ("Group", "Artifact", "Version")] == [*ARCHIVE.values()]
    assert [each["typeId"] for each in data["targets"]] == ["platform"]
    assert data["configuration"] == {
        "includeACLs": True,
        "includeTeams": True,
        "includeTeamMembers": True,
        "includeRoles": True,
        "strategy": "COPY_EVERYTHING",
        "substitutions": {},
        "dryRun": False,
    }


@pytest.mark.parametrize(("given", "meant"), STRATEGIES)
async def test_a_strategy_is_a_word_or_a_list_of_one(waiting: Waiting, given: Any, meant: Strategy) -> None:
    await waiting.kept()
    request = (await waiting.job(await waiting.begun("/import", {"strategy": given}, **ARCHIVE))).request
    assert request.strategy is meant


@pytest.mark.parametrize(("given", "meant"), SUBSTITUTIONS)
async def test_substitutions_are_an_object_or_its_json(
    waiting: Waiting, given: Any, meant: dict[str, str]
) -> None:
    await waiting.kept()
    request = (await waiting.job(await waiting.begun("/import", {"substitutions": given}, **ARCHIVE))).request
    assert request.substitutions == meant


async def test_flags_say_what_comes_in_and_whether_anything_is_written(waiting: Waiting) -> None:
    await waiting.kept()
    told = {"includeACLs": False, "includeTeamMembers": False, "dryRun": True, "autoPublish": "ignored"}
    request = (await waiting.job(await waiting.begun("/import", told, **ARCHIVE))).request
    assert (request.included, request.dry_run) == (Included(False, True, False, True), True)


@pytest.mark.parametrize(("body", "where"), WRONG)
async def test_a_wrong_configuration_is_refused_with_its_place(
    waiting: Waiting, body: Any, where: str
) -> None:
    answer = await waiting.call("POST", "/import", body, **ARCHIVE)
    assert pointers(answer) == [where]


async def test_a_policy_is_imported_into_by_its_path_and_by_its_reference(waiting: Waiting) -> None:
    archive, policy_id = await waiting.kept(), await made(waiting.client, title="Staff")
    target = f"accessPolicy://{waiting.client.account}/{policy_id}"
    by_path = await waiting.begun(f"/access/policies/{policy_id}/import", **ARCHIVE)
    by_reference = await waiting.begun("/transfer/import", target=target, **ARCHIVE)
    for job_id in (by_path, by_reference):
        request = (await waiting.job(job_id)).request
        assert request == Import(str(archive.id), policy_id, coordinates=CALLED)
        assert (await waiting.shown(job_id))["_data"]["targets"][-1]["ref"] == target
    whole = await waiting.begun("/transfer/import", **ARCHIVE)
    assert (await waiting.job(whole)).request.policy is None


async def test_what_is_not_there_is_not_imported(waiting: Waiting) -> None:
    missing = await waiting.call("POST", "/import", **ARCHIVE)
    assert refusal(missing, 404) == "archive `acme-access-1.0.zip` does not exist"
    await waiting.kept()
    refusal(await waiting.call("POST", f"/access/policies/{ABSENT}/import", **ARCHIVE), 404)
    refusal(await waiting.call("POST", "/access/policies/project-user/import", **ARCHIVE), 409)
    refusal(await waiting.call("POST", "/import", **ARCHIVE, vault="other"), 404)
    target = f"accessPolicy://{waiting.client.account}/{ABSENT}"
    refusal(await waiting.call("POST", "/transfer/import", **ARCHIVE, target=target), 404)
    refusal(await waiting.call("POST", "/transfer/import", **ARCHIVE, target="x"), 400)


async def test_an_archive_has_to_be_named_whole(waiting: Waiting) -> None:
    message = refusal(await waiting.call("POST", "/import", group="acme"), 400)
    assert "`artifact`, `version`" in message
