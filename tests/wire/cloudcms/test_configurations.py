"""Configurations: what is known has to be of its type, all else is nobody's business."""

import pytest
from msgspec import UNSET

from shared.wire.cloudcms.configurations import ExportObject, ImportObject, SourcesObject, decode
from shared.wire.faults import LIMIT, Faulty

SEED = {
    "startDate": {},
    "endDate": {},
    "startChangeset": "1:a",
    "endChangeset": "2:b",
    "includeACLs": True,
    "includeTeams": True,
    "includeActivities": True,
    "includeBinaries": True,
    "includeAttachments": True,
    "artifactDependencies": [{}],
    "artifactIncludes": [{}],
    "forceIncludes": True,
}
WRONG = {
    "startDate": True,
    "endDate": [],
    "startChangeset": 1,
    "endChangeset": {},
    "includeACLs": "true",
    "includeTeams": 1,
    "includeTeamMembers": [],
    "includeRoles": {},
    "includeActivities": 0.5,
    "includeBinaries": "",
    "includeAttachments": 0,
    "tipChangesetOnly": "no",
    "artifactDependencies": {},
    "artifactIncludes": "x",
    "forceIncludes": "x",
    "sources": "x",
}


def test_what_the_seed_says_is_taken() -> None:
    assert decode(SEED, ExportObject).acls is True
    told = decode({"strategy": ["CLONE"], "substitutions": "{}", "includeTeams": False}, ImportObject)
    assert (told.strategy, told.substitutions, told.teams, told.acls) == (["CLONE"], "{}", False, UNSET)


def test_what_nobody_knows_is_nobodys_business() -> None:
    assert decode({"copyOnExisting": [1], "x": {"y": None}}, ImportObject) == ImportObject()


def test_null_is_as_good_as_nothing() -> None:
    told = decode(dict.fromkeys(WRONG), SourcesObject)
    assert {getattr(told, name) for name in told.__struct_fields__} == {None}


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_type_is_said_with_its_place(name: str) -> None:
    with pytest.raises(Faulty) as caught:
        decode(SEED | {name: WRONG[name]}, SourcesObject)
    assert [fault.pointer for fault in caught.value.faults] == [f"/{name}"]


def test_all_faults_are_said_at_once() -> None:
    with pytest.raises(Faulty) as caught:
        decode(WRONG, SourcesObject)
    assert {fault.pointer for fault in caught.value.faults} == {f"/{name}" for name in WRONG}
    assert len(WRONG) <= LIMIT
