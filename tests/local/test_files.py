"""The files beside a request: policies to compare with, what may be referred to, a directory that is none."""

import json
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from services.local import request, shelf
from shared.wire.faults import Faulty
from tests.gateway.kept import group, naming
from tests.gateway.rows import ACME, lines, policy
from tests.local.running import ran

USERS = lines({"email": "a@acme.example"}, {"email": "b@b.example"})
ONE, TWO, THREE = (str(UUID(int=number)) for number in range(1, 4))
BODY = {"policies": [policy(ACME)]}
LIST = {"id": ONE, "name": "l", "type": "EMAIL"}


@pytest.mark.parametrize(
    "base", [[policy()], {"policies": [policy()], "expectations": "are of another test"}]
)
def test_a_base_is_a_file_of_policies(tmp_path: Path, base: Any) -> None:
    comparison = ran(tmp_path, BODY, USERS, base=base).document["comparison"]
    assert (comparison["lost"], comparison["unchanged"], comparison["causes"]) == (1, 1, None)
    assert comparison["reasons"]
    assert ran(tmp_path, BODY, USERS).document["comparison"] is None


BAD_BASES = [
    (b"{", None, "in the base: the body is no JSON"),
    ({"policies": 3}, "/policies", "in the base: `policies` is a list"),
    (["x"], "/policies/0", "in the base: the policy `x` does not exist"),
    ([policy(), policy({"what": {}})], "/policies/1/include/0/what", "in the base: "),
]


@pytest.mark.parametrize(("base", "pointer", "words"), BAD_BASES)
def test_a_base_that_is_wrong_is_told_as_such(tmp_path: Path, base: Any, pointer: str, words: str) -> None:
    ended = ran(tmp_path, BODY, USERS, base=base)
    ((error,),) = ended.document.values()
    assert ended.code == 2
    assert error["message"].startswith(f"access.api.error.invalid_request: {words}")
    assert error.get("source", {}).get("pointer") == pointer


UNFIT = [
    ({**BODY, "base": ONE}, "/base"),
    ({"entitlement": {"target": "x"}}, "/entitlement"),
    ({"policies": [policy({"cloudflare_account_member": {}})]}, "/policies"),
]


@pytest.mark.parametrize(("body", "pointer"), UNFIT)
def test_what_only_a_service_knows_is_refused(tmp_path: Path, body: Any, pointer: str) -> None:
    ended = ran(tmp_path, body, USERS)
    ((error,),) = ended.document.values()
    assert (ended.code, error["code"], error["source"]["pointer"]) == (2, 12130, pointer)


def test_an_account_that_is_named_may_be_asked_for(tmp_path: Path) -> None:
    users = lines({"email": "a@b.example", "identity": {"account_ids": ["acc"]}})
    body = {"policies": [policy({"cloudflare_account_member": {"account_id": "acc"}})]}
    assert ran(tmp_path, body, users).document["test"]["users_approved"] == 1


BAD_RESOURCES: list[tuple[Any, dict[str, str]]] = [
    ([], {"": "the body is an object with `groups`, `lists` and `policies`"}),
    ({"group": []}, {"/group": "a file of resources has no field `group`"}),
    ({"groups": {}}, {"/groups": "`groups` is a list"}),
    ({"groups": [group(ACME)]}, {"/groups/0": "an object with an `id`"}),
    ({"lists": [{**LIST, "id": "l"}]}, {"/lists/0": "an object with an `id`"}),
    ({"groups": [group(id=ONE), group(id=ONE.upper())]}, {"/groups/1/id": f"`{ONE}` stands here twice"}),
    ({"groups": [group({"what": {}}, id=ONE)]}, {"/groups/0/include/0/what": ""}),
    ({"policies": [{"id": ONE, "name": "p"}]}, {"/policies/0/decision": "", "/policies/0/include": ""}),
    (
        {"groups": [group(*naming(TWO), id=ONE)]},
        {"/groups/0/include/0/group/id": f"group `{TWO}` does not exist"},
    ),
    (
        {"lists": [{**LIST, "items": [{"value": "x"}]}]},
        {"/lists/0/items/0/value": "`x` is no e-mail address"},
    ),
    ({"lists": [{**LIST, "count": 3}]}, {"/lists/0/items": "3 items, and they are not here"}),
    (
        {"groups": [group(*naming(TWO), id=ONE, name="A"), group(*naming(ONE), id=TWO, name="B")]},
        {"/groups/1/include/0/group/id": "the group would contain itself: `B`"},
    ),
    (
        {"lists": [LIST], "groups": [group({"ip_list": {"id": ONE}}, id=TWO)]},
        {"/groups/0/include/0/ip_list/id": "is of type `EMAIL`, here goes one of type `IP`"},
    ),
]


@pytest.mark.parametrize(("document", "told"), BAD_RESOURCES, ids=lambda each: str(each)[:60])
def test_resources_that_are_wrong_are_told_with_pointers(document: Any, told: dict[str, str]) -> None:
    with pytest.raises(Faulty) as refused:
        shelf.decode(json.dumps(document).encode())
    found = {fault.pointer: fault.message for fault in refused.value.faults}
    assert found.keys() == told.keys()
    assert [words for pointer, words in told.items() if words not in found[pointer]] == []


def test_wrong_resources_refuse_a_run(tmp_path: Path) -> None:
    ended = ran(tmp_path, BODY, USERS, resources={"groups": 3})
    ((error,),) = ended.document.values()
    assert (ended.code, error["source"]["pointer"]) == (2, "/groups")
    assert "in the resources: `groups` is a list" in error["message"]


def test_a_deep_chain_of_groups_is_refused() -> None:
    ids = [str(UUID(int=number + 1)) for number in range(34)]
    chain = [group(*(naming(ids[n - 1]) if n else [ACME]), id=ids[n], name=f"g{n}") for n in range(34)]
    shelf.decode(json.dumps({"groups": chain[:32]}).encode())
    with pytest.raises(Faulty, match="33 groups would be nested"):
        shelf.decode(json.dumps({"groups": chain[:33]}).encode())


def test_a_group_that_nobody_names_stays_out_of_the_plan() -> None:
    kept = shelf.decode(json.dumps({"groups": [group(ACME, id=ONE), group(ACME, id=TWO)]}).encode())
    body = {"policies": [policy(*naming(TWO))]}
    assert list(request.prepare(json.dumps(body).encode(), None, kept).plan.groups) == [TWO]


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        ("users.ndjson", b"", "the file is empty"),
        ("users.csv", b"nothing\n", "the column `nothing` means nothing"),
        ("users.csv", b"name\nx\n", "the header names neither `email` nor `id`"),
    ],
)
def test_a_directory_that_is_none_is_told_in_a_line(
    tmp_path: Path, name: str, text: bytes, words: str
) -> None:
    ended = ran(tmp_path, BODY, text, name)
    assert (ended.code, ended.document, ended.complaint.count("\n")) == (3, None, 1)
    assert words in ended.complaint


def test_a_file_that_is_not_there_is_told_in_a_line(tmp_path: Path) -> None:
    ended = ran(tmp_path, BODY, USERS, "missing/../users.ndjson")
    assert ended.code == 3
    assert ended.complaint == f"cannot read `{tmp_path}/missing/../users.ndjson`: No such file or directory\n"
