"""What a test is expected to come to: which expectations hold, who breaks the others, what is refused."""

import json
from typing import Any
from uuid import UUID

import pytest

from tests.gateway.kept import GROUPS, group, kept, naming
from tests.gateway.rows import ACME, EVERYONE, lines, policy
from tests.gateway.test_bad_input import check_refusal
from tests.stack import Answer, Client, Service, account_id

TESTS = "{a}/access/policy-tests"
MFA: dict[str, Any] = {"auth_method": {"auth_method": "mfa"}}
GERMANY: dict[str, Any] = {"geo": {"country_code": "DE"}}
BEFORE, AFTER = policy(ACME, name="Acme"), policy(MFA, name="MFA")
# By the beginning of the address; from BEFORE to AFTER each does what it is called.
KINDS: dict[str, dict[str, Any]] = {
    "kept@acme.example": {"identity": {"amr": ["mfa"], "geo": {"country": "DE"}}},
    "lost@acme.example": {"identity": {"amr": ["pwd"], "geo": {"country": "DE"}}},
    "gained@b.example": {"identity": {"amr": ["mfa"], "geo": {"country": "US"}}},
    "undecided@acme.example": {},
    "out@b.example": {"identity": {"amr": ["pwd"]}},
}
TIMES = 7
ALL = TIMES * len(KINDS)
ABSENT = "nobody@acme.example"
ONE = {"all": "approved"}


class Expected:
    """One expectation with what should become of it: holds, selected, unknown, found, kinds that break it."""

    def __init__(self, says: dict[str, Any], *becomes: Any) -> None:
        self.says, self.becomes = says, becomes


ACME_USERS, HERE = {"include": [ACME]}, {"require": [GERMANY]}
EXPECTED = [
    Expected({"all": "approved"}, False, ALL, 0, 14, {"lost", "undecided", "out"}),
    Expected({"none": "error", "include": [MFA]}, True, 14, 7, 0, set()),
    Expected({"none": "blocked", **HERE}, False, 14, 14, 7, {"lost"}),
    Expected({"all": "approved", **HERE, "exclude": [ACME]}, True, 0, 7, 0, set()),
    Expected(
        {"at_least": {"status": "approved", "number": 8}, **ACME_USERS},
        *(False, 21, 0, 7, {"lost", "undecided"}),
    ),
    Expected({"at_least": {"status": "approved", "percent": 33.3}, **ACME_USERS}, True, 21, 0, 7, set()),
    Expected({"at_most": {"status": "error", "percent": 19.9}}, False, ALL, 0, 7, {"undecided"}),
    Expected({"at_most": {"status": "error", "percent": 20}}, True, ALL, 0, 7, set()),
    Expected({"lost": {"number": 6}, "name": "Nobody loses"}, False, ALL, 0, 7, {"lost"}),
    Expected({"lost": {"number": 7}}, True, ALL, 0, 7, set()),
    Expected({"gained": {"percent": 0}, **ACME_USERS}, True, 21, 0, 0, set()),
    Expected({"gained": {"percent": 0}}, False, ALL, 0, 7, {"gained"}),
    Expected({"users": [{"email": "U0.Kept@acme.example", "status": "approved"}]}, True, 1, 0, 1, set()),
    Expected(
        {
            "users": [
                {"email": "u1.lost@acme.example", "status": "approved"},
                {"email": "u1.out@b.example", "status": "blocked"},
            ]
        },
        *(False, 2, 0, 1, {"lost"}),
    ),
    Expected({"users": [{"email": ABSENT, "status": "blocked"}]}, False, 0, 0, 0, set()),
]


async def begun(client: Client, *said: dict[str, Any], **body: Any) -> Answer:
    whole = {"policies": [AFTER], "expectations": list(said), **body}
    return await client.call("POST", TESTS, json={name: each for name, each in whole.items() if each})


async def ended(client: Client, *said: dict[str, Any], **body: Any) -> str:
    found: str = (await client.ended((await begun(client, *said, **body)).result["id"]))["id"]
    return found


async def judged(client: Client, test_id: str) -> list[dict[str, Any]]:
    answer = await client.call("GET", f"{TESTS}/{test_id}/expectations")
    assert answer.status == 200, answer.body
    rows: list[dict[str, Any]] = answer.result
    return rows


def people() -> bytes:
    return lines(
        *({"email": f"u{number}.{email}", **what} for number in range(TIMES) for email, what in KINDS.items())
    )


def kind(row: dict[str, Any]) -> str:
    return str(row["email"].partition(".")[2].partition("@")[0])


@pytest.fixture(scope="module")
async def tested(service: Service) -> tuple[Client, str, str]:
    """A client with a base and a test that has all expectations, over several segments."""
    client = await service.tenant(segment_bits=4)
    await client.imported(people())
    base = (await client.tested(BEFORE))["id"]
    return client, base, await ended(client, *(each.says for each in EXPECTED), base=base)


@pytest.mark.parametrize("number", range(len(EXPECTED)), ids=lambda n: json.dumps(EXPECTED[n].says)[:60])
async def test_an_expectation_says_whether_it_holds_and_who_breaks_it(
    tested: tuple[Client, str, str], number: int
) -> None:
    client, _, test_id = tested
    row = (await judged(client, test_id))[number]
    holds, selected, unknown, found, breaking = EXPECTED[number].becomes
    assert (row["index"], row["name"]) == (number, EXPECTED[number].says.get("name"))
    assert (row["holds"], row["problem"]) == (holds, None)
    assert (row["selected"], row["unknown"], row["found"]) == (selected, unknown, found)
    assert {kind(each) for each in row["users"]} == breaking
    assert row["broken"] == len(row["users"]) + len(row["absent"])
    assert row["absent"] == ([ABSENT] if "nobody" in str(EXPECTED[number].says) else [])


async def test_who_breaks_an_expectation_can_be_paged(tested: tuple[Client, str, str]) -> None:
    client, _, test_id = tested
    everybody = await client.users(test_id)
    for number, row in enumerate(await judged(client, test_id)):
        found = await client.users(test_id, expectation=number)
        assert found == row["users"]
        assert [each for each in everybody if each in found] == found
        for status in ("approved", "blocked", "error"):
            some = await client.users(test_id, expectation=number, status=status)
            assert some == [each for each in found if each["status"] == status]
    some = await client.users(test_id, expectation=0, reason="unknown")
    assert {kind(each) for each in some} == {"undecided"}
    assert len(some) == TIMES


async def test_of_many_who_break_an_expectation_the_first_hundred_are_shown(client: Client) -> None:
    await client.imported(lines(*({"email": f"u{number}@b.example"} for number in range(130))))
    test_id = await ended(client, {"none": "blocked"}, policies=[policy(ACME)])
    (row,) = await judged(client, test_id)
    assert (row["broken"], len(row["users"])) == (130, 100)
    assert [each["email"] for each in row["users"]] == [f"u{number}@b.example" for number in range(100)]
    assert len(await client.users(test_id, expectation=0)) == 130


@pytest.mark.parametrize("number", ["15", "99"])
async def test_an_expectation_that_is_not_there_has_no_users(
    tested: tuple[Client, str, str], number: str
) -> None:
    client, base, test_id = tested
    for each, count in ((test_id, "15"), (base, "0")):
        answer = await client.call("GET", f"{TESTS}/{each}/users", params={"expectation": number})
        check_refusal(answer, 400, 12130)
        assert f"has {count}" in answer.body["errors"][0]["message"]


@pytest.mark.parametrize("number", ["", "-1", "x", "100", "1.0", "null", "\uff19", "1_0", "+1", "9" * 30])
async def test_an_expectation_is_named_by_its_place(tested: tuple[Client, str, str], number: str) -> None:
    client, _, test_id = tested
    answer = await client.call("GET", f"{TESTS}/{test_id}/users", params={"expectation": number})
    check_refusal(answer, 400, 12130)
    assert "expectation" in answer.body["errors"][0]["message"]


async def test_a_test_without_expectations_has_none(tested: tuple[Client, str, str]) -> None:
    client, base, _ = tested
    assert await judged(client, base) == []


async def test_a_user_is_listed_by_id_too(client: Client) -> None:
    await client.imported(lines({"email": "ann@acme.example"}, {"email": "bob@acme.example"}))
    ids = {each["email"]: each["id"] for each in await client.users((await client.tested(BEFORE))["id"])}
    users = [
        {"id": ids["ann@acme.example"].upper(), "status": "error"},
        {"id": ids["bob@acme.example"], "status": "approved"},
        {"id": str(UUID(int=1)), "status": "approved"},
    ]
    (row,) = await judged(client, await ended(client, {"users": users}))
    assert [each["email"] for each in row["users"]] == ["bob@acme.example"]
    assert (row["selected"], row["found"], row["broken"], row["absent"]) == (2, 1, 2, [str(UUID(int=1))])


async def test_nothing_edited_later_reaches_an_expectation(client: Client) -> None:
    await client.imported(people())
    inner = await kept(client, GROUPS, **group(ACME))
    outer = await kept(client, GROUPS, **group(*naming(inner["id"])))
    test_id = await ended(client, {"none": "approved", "include": naming(outer["id"])})
    await client.call("PUT", f"{GROUPS}/{inner['id']}", json=group(EVERYONE))
    await client.imported(lines({"email": "new@acme.example", "identity": {"amr": ["mfa"]}}))
    (row,) = await judged(client, test_id)
    assert (row["selected"], row["found"], row["holds"]) == (3 * TIMES, TIMES, False)


async def test_addresses_and_lists_that_only_a_selector_names_are_found(client: Client) -> None:
    await client.imported(people())
    items = [{"value": f"u{number}.lost@acme.example"} for number in range(3)]
    made = await client.call("POST", "{a}/gateway/lists", json={"name": "l", "type": "EMAIL", "items": items})
    include = [{"email_list": {"id": made.result["id"]}}, {"email": {"email": "u0.out@b.example"}}]
    (row,) = await judged(client, await ended(client, {"all": "blocked", "include": include}))
    assert (row["holds"], row["selected"]) == (True, 4)


async def test_an_entitlement_is_expected_something_too(client: Client) -> None:
    await client.imported(people())
    asked = {"target": "node://x/y/z", "permission": "READ"}
    said = {"none": "approved", "include": [ACME]}, {"all": "approved", "include": [ACME]}
    test_id = await ended(client, *said, policies=None, entitlement=asked)
    found = await judged(client, test_id)
    assert [(row["holds"], row["selected"], row["broken"]) for row in found] == [
        (True, 21, 0),
        (False, 21, 21),
    ]
    assert found[1]["users"][0]["reason"] is None


async def test_a_test_that_is_not_complete_is_not_judged(service: Service, client: Client) -> None:
    await client.imported(people())
    test_id = await ended(client, {"all": "approved"})
    connection = await service.connect()
    await connection.execute(
        "UPDATE policy_test SET state = 'cancelled' WHERE account_id = $1", account_id(client)
    )
    await connection.close()
    for path, query in (("/expectations", {}), ("/users", {"expectation": "0"})):
        answer = await client.call("GET", f"{TESTS}/{test_id}{path}", params=query)
        check_refusal(answer, 400, 12130)
        assert "`cancelled`" in answer.body["errors"][0]["message"]
    answer = await begun(client, base=test_id)
    assert [pointer for pointer, _ in answer.faults] == ["/base"]


async def test_a_comparison_is_with_the_base_of_the_start(tested: tuple[Client, str, str]) -> None:
    client, base, test_id = tested
    path = f"{TESTS}/{test_id}/comparison"
    without, with_base = await client.call("GET", path), await client.call("GET", path, params={"base": base})
    assert without.result == with_base.result
    assert without.result["lost"] == TIMES
    users = await client.call("GET", path + "/users", params={"change": "lost", "per_page": 100})
    assert {kind(row) for row in users.result} == {"lost"}
    none = await client.call("GET", f"{TESTS}/{base}/comparison")
    check_refusal(none, 400, 12130)
    assert "`base` is missing" in none.body["errors"][0]["message"]


async def test_a_base_that_is_gone_leaves_open_what_needed_it(client: Client) -> None:
    await client.imported(people())
    base = (await client.tested(BEFORE))["id"]
    test_id = await ended(client, {"lost": {"number": 9}}, {"none": "error"}, base=base)
    assert (await client.call("DELETE", f"{TESTS}/{base}")).status == 202
    open_, other = await judged(client, test_id)
    assert (open_["holds"], open_["broken"], "gone" in open_["problem"]) == (None, 0, True)
    assert (other["holds"], other["broken"], other["problem"]) == (False, TIMES, None)
    answer = await client.call("GET", f"{TESTS}/{test_id}/comparison")
    check_refusal(answer, 400, 12130)
    assert base in answer.body["errors"][0]["message"]


async def test_a_foreign_user_is_as_absent_as_one_that_nobody_has(service: Service, client: Client) -> None:
    other = await service.tenant()
    await other.imported(lines({"email": "ann@acme.example"}))
    await client.imported(lines({"email": "bob@acme.example"}))
    (theirs,) = await other.users((await other.tested(BEFORE))["id"])
    users = [{"id": theirs["id"], "status": "error"}, {"email": theirs["email"], "status": "error"}]
    (row,) = await judged(client, await ended(client, {"users": users}))
    assert (row["selected"], row["users"]) == (0, [])
    assert row["absent"] == [theirs["id"], theirs["email"]]


async def test_a_hundred_expectations_are_taken(client: Client) -> None:
    await client.imported(people())
    half = {"users": [{"email": f"u{number}@a.example", "status": "error"} for number in range(100)]}
    found = await judged(client, await ended(client, *[ONE] * 99, half))
    assert [row["index"] for row in found] == list(range(100))
    assert (found[99]["broken"], len(found[99]["absent"])) == (100, 100)


async def test_of_nobody_everything_is_true_that_says_all(client: Client) -> None:
    said = (
        ONE,
        {"at_least": {"status": "error", "number": 1}},
        {"users": [{"email": ABSENT, "status": "error"}]},
    )
    found = await judged(client, await ended(client, *said))
    assert [(row["holds"], row["selected"], row["broken"]) for row in found] == [
        *((True, 0, 0), (False, 0, 0), (False, 0, 1)),
    ]


async def test_expectations_of_a_newer_version_are_not_guessed_at(service: Service, client: Client) -> None:
    test_id = await ended(client, ONE)
    connection = await service.connect()
    newer = json.dumps({"form": 99, "anything": True}).encode()
    change = "UPDATE policy_test_expectation SET expectations = $2 WHERE account_id = $1"
    await connection.execute(change, account_id(client), newer)
    await connection.close()
    answer = await client.call("GET", f"{TESTS}/{test_id}/expectations")
    check_refusal(answer, 400, 12130)
    assert "newer version" in answer.body["errors"][0]["message"]
