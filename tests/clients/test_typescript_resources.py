"""The official TypeScript client has every method of policies, groups, lists and users answered."""

from typing import Any

from tests.clients.conftest import Script
from tests.clients.documents import IDENTITY, NOTHING, OBLIGATIONS, RULE, items, named, part, policy
from tests.clients.node import WITH_INSTALLING

pytestmark = WITH_INSTALLING

NAMES = ["n1", "n2", "n3"]
NOT_FOUND = ("NotFoundError", 404, 12135)


def fault(refusal: Any) -> tuple[str, int, int]:
    """The class, status and code of a refusal whose only error can be read."""
    (error,) = refusal["errors"]
    assert error["message"] in refusal["message"]
    return refusal["class"], refusal["status"], error["code"]


def paged(*rows: str) -> dict[str, list[str]]:
    """What the scripts print for rows that they read in pages of each of three sizes."""
    return {per_page: list(rows) for per_page in ("1", "2", "1000")}


def check_kept(said: Any, first: dict[str, Any], second: dict[str, Any]) -> None:
    """What was created and put is what is got, the same again is no change, what is deleted is gone."""
    assert repr(part(said["made"], first)) == repr(first)
    assert repr(part(said["put"], second)) == repr(second)
    assert said["got"] == said["made"]
    assert repr(said["again"]) == repr(said["got_again"]) == repr(said["put"])
    assert said["deleted"] == {"id": said["made"]["id"]}
    assert fault(said["gone"]) == NOT_FOUND


async def test_policies(script: Script) -> None:
    first, second = policy("before", **NOTHING), policy("after", RULE, RULE, exclude=[RULE], **OBLIGATIONS)
    said = await script("policies", first=first, second=second, names=NAMES)
    check_kept(said, first, second)
    assert said["pages"] == paged("after", *NAMES)


async def test_groups(script: Script) -> None:
    first, second = named("before", exclude=[]), named("after", RULE, RULE, require=[RULE], is_default=True)
    said = await script("groups", first=first, second=second, names=NAMES)
    check_kept(said, first, second)
    assert said["pages"] == paged("after", *NAMES)
    assert said["found"] == [["n1"], ["n1"]]
    assert fault(said["in_use"]) == ("ConflictError", 409, 12132)
    assert all(f"`{name}`" in said["in_use"]["message"] for name in NAMES)
    assert fault(said["cycle"]) == ("BadRequestError", 400, 12130)
    assert said["cycle"]["errors"][0]["source"] == {"pointer": "/include/0/group/id"}


async def test_lists(script: Script) -> None:
    first = {"name": "before", "type": "EMAIL", "description": "d"}
    second = {"name": "after", "description": "e"}
    sent = items("z@a.example", "A@a.example")
    queries = {
        "type": {"type": "EMAIL"},
        "filter": {"filter": ["type:IP", "name:n2"]},
        "search": {"search": "N"},
        "order": {"order_by": "name", "direction": "desc"},
    }
    given = {
        "first": {**first, "items": items("a@a.example")},
        "second": {**second, "items": sent},
        "append": items("m@a.example"),
        "remove": ["a@a.example"],
    }
    said = await script("lists", names=NAMES, queries=queries, **given)
    check_kept(said, first, second)
    assert [each["value"] for each in said["put"]["items"]] == ["z@a.example", "A@a.example"]
    assert (said["put"]["count"], said["edited"]["count"]) == (2, 2)
    assert said["pages"] == paged("z@a.example", "m@a.example")
    assert said["found"] == {
        "type": ["after"],
        "filter": ["n2"],
        "search": NAMES,
        "order": [*NAMES[::-1], "after"],
    }
    assert fault(said["refused"]) == ("BadRequestError", 400, 12130)
    assert said["refused"]["errors"][0]["source"] == {"pointer": "/append/0/value"}


async def test_users(script: Script) -> None:
    first = {"email": "Ann@Acme.example", "name": "Ann"}
    second = {"email": "ann.b@acme.example", "name": "Ann B"}
    emails = [f"u{number}@acme.example" for number in range(5)]
    queries = {"email": {"email": "U1@ACME.example"}, "name": {"name": "Ann B"}, "search": {"search": "u"}}
    said = await script(
        "users", first=first, second=second, emails=emails, identity=IDENTITY, queries=queries
    )
    assert part(said["made"], first) == first
    assert (said["got"], part(said["put"], second)) == (said["made"], second)
    assert said["again"] == said["put"]
    assert fault(said["taken"]) == ("ConflictError", 409, 12132)
    assert (fault(said["unseen"]), fault(said["session"]), fault(said["gone"])) == (NOT_FOUND,) * 3
    assert said["seen"] == IDENTITY
    assert (said["sessions"], said["failed_logins"]) == ([], [])
    assert said["pages"] == paged(second["email"], *emails)
    assert said["found"] == {"email": [emails[1]], "name": [second["email"]], "search": emails}
    assert said["deleted"] == {"id": said["made"]["id"]}
