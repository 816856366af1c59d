"""The audit log over HTTP: newest first, every page reached, every filter meant, bad ones refused by name."""

import hashlib
import json
from typing import Any
from uuid import UUID, uuid4

import msgspec
import pytest

from shared.store import audit, pool
from shared.store.audit import Actor, Change
from shared.wire.tokens import parse
from tests.gateway.rows import lines
from tests.gateway.test_bad_input import check_refusal
from tests.stack import Client, Service, account_id

LOG = "{a}/audit-log"
ANN, BEN = Actor("ann000000000", "Ann's laptop"), Actor("ben000000000", "ci")
GROUP, POLICY = "00000000-0000-4000-8000-00000000000a", "00000000-0000-4000-8000-00000000000b"
BEFORE, AFTER = b'{"z": 1,  "a": "\\u00e4"}', b'{"z":[null, 2]}'
# Who, what, to which kind, which; before and after. Oldest first.
HISTORY: list[tuple[Actor, Change]] = [
    (ANN, Change("create", "group", UUID(GROUP), None, BEFORE)),
    (BEN, Change("create", "policy", UUID(POLICY), None, AFTER)),
    (BEN, Change("update", "group", UUID(GROUP), BEFORE, AFTER)),
    (ANN, Change("create", "token", "4fXw9q2Lm8Ka", None, b"{}")),
    (ANN, Change("delete", "group", UUID(GROUP), AFTER, None)),
]


def sha(text: bytes) -> str:
    return hashlib.sha256(text).hexdigest()


async def write(service: Service, client: Client, *changes: tuple[Actor, Change]) -> None:
    connection = await service.connect()
    try:
        for who, change in changes:
            await audit.record(connection, account_id(client), who, change)
    finally:
        await connection.close()


async def read(client: Client, **query: Any) -> list[dict[str, Any]]:
    """Every entry of every page."""
    found: list[dict[str, Any]] = []
    for _ in range(1000):
        answer = await client.call("GET", LOG, params=query)
        assert answer.body["result_info"]["count"] == len(answer.result)
        found += answer.result
        query["cursor"] = answer.body["result_info"]["cursor"]
        if query["cursor"] is None:
            return found
        assert answer.result
    raise AssertionError("the pages do not end")


@pytest.fixture(scope="module")
async def kept(service: Service) -> Client:
    """An account with a history, which its tests only read."""
    client = await service.tenant()
    await write(service, client, *HISTORY)
    return client


async def test_an_entry_says_who_did_what_when_with_what_before_and_after(kept: Client) -> None:
    deleted, _, updated, *_ = await read(kept)
    assert msgspec.convert(deleted["at"], audit.datetime).tzinfo is not None
    assert {name: value for name, value in deleted.items() if name not in ("sequence", "at")} == {
        "actor": {"token_id": "ann000000000", "name": "Ann's laptop"},
        "request_id": None,
        "action": "delete",
        "kind": "group",
        "subject_id": GROUP,
        "before_digest": sha(AFTER),
        "after_digest": None,
        "document": {"z": [None, 2]},
    }
    assert (updated["before_digest"], updated["after_digest"]) == (sha(BEFORE), sha(AFTER))


async def test_a_document_comes_back_to_the_byte(kept: Client) -> None:
    url = f"{kept.url}/accounts/{kept.account}/audit-log"
    async with kept.session.get(url, headers={"Authorization": f"Bearer {kept.token}"}) as response:
        assert b'"document":' + BEFORE + b"}" in await response.read()


async def test_the_newest_is_first(kept: Client) -> None:
    found = await read(kept)
    assert [entry["action"] for entry in found] == ["delete", "create", "update", "create", "create"]
    assert [entry["sequence"] for entry in found] == sorted((e["sequence"] for e in found), reverse=True)


@pytest.mark.parametrize("limit", [1, 2, 4, 5, 6, 1000])
async def test_pages_of_any_length_hold_every_entry_once(kept: Client, limit: int) -> None:
    assert await read(kept, limit=limit) == await read(kept)


async def test_what_is_written_meanwhile_moves_no_page(service: Service, client: Client) -> None:
    await write(service, client, *HISTORY)
    first = await client.call("GET", LOG, params={"limit": 2})
    await write(service, client, *HISTORY)
    rest = await read(client, cursor=first.body["result_info"]["cursor"])
    assert [entry["action"] for entry in first.result + rest] == [c.action for _, c in reversed(HISTORY)]


# A filter, the places in the history that it leaves, newest first.
FILTERS: list[tuple[dict[str, str], list[int]]] = [
    ({"kind": "group"}, [4, 2, 0]),
    ({"kind": "list"}, []),
    ({"action": "create"}, [3, 1, 0]),
    ({"action": "cancel"}, []),
    ({"subject_id": GROUP}, [4, 2, 0]),
    ({"subject_id": GROUP.upper()}, [4, 2, 0]),
    ({"subject_id": "4fXw9q2Lm8Ka"}, [3]),
    ({"subject_id": "4FXW9Q2LM8KA"}, []),
    ({"subject_id": str(uuid4())}, []),
    ({"token_id": BEN.token_id}, [2, 1]),
    ({"token_id": "nobody000000"}, []),
    ({"kind": "group", "action": "create", "token_id": ANN.token_id, "subject_id": GROUP}, [0]),
    ({"kind": "policy", "subject_id": GROUP}, []),
    ({"since": "2001-01-01T00:00:00Z", "until": "9999-12-31T23:59:59Z"}, [4, 3, 2, 1, 0]),
    ({"since": "2001-01-01t00:00:00.123456z"}, [4, 3, 2, 1, 0]),
    ({"since": "0001-01-01T00:00:00+14:00", "until": "9999-12-31T23:59:59-14:00"}, [4, 3, 2, 1, 0]),
    ({"until": "2001-01-01T00:00:00Z"}, []),
    ({"since": "9000-01-01T00:00:00+01:00"}, []),
    ({"page": "7", "nonsense": "x"}, [4, 3, 2, 1, 0]),
]


@pytest.mark.parametrize("limit", [1, 100])
@pytest.mark.parametrize(("query", "places"), FILTERS)
async def test_a_filter_leaves_what_it_says(
    kept: Client, query: dict[str, str], places: list[int], limit: int
) -> None:
    entries = list(reversed(await read(kept)))
    assert await read(kept, limit=limit, **query) == [entries[place] for place in places]


async def test_a_time_is_the_first_of_its_window_and_not_of_the_one_before(kept: Client) -> None:
    entries = await read(kept)
    middle = entries[2]["at"]
    assert await read(kept, since=middle) == entries[:3]
    assert await read(kept, until=middle) == entries[3:]


REFUSED = [
    *[("kind", value) for value in ("", "null", "Group", "groups", "group,list", "\0")],
    *[("action", value) for value in ("", "null", "CREATE", "read")],
    *[("subject_id", value) for value in ("", "\0", "a b", "x" * 37, "\u00e4", "a\n")],
    *[("token_id", value) for value in ("", "\0", "*", "x" * 37)],
    *[("since", value) for value in ("", "now", "2026-01-01", "2026-01-01T00:00:00", "1767225600", "\0")],
    *[("until", value) for value in ("null", "2026-02-30T00:00:00Z", "2026-01-01T00:00:00 01:00", "9" * 50)],
    *[("limit", value) for value in ("", "0", "1001", "-1", "ten", "1e2", "9" * 30)],
    *[("cursor", value) for value in ("", "x", "null", "AAAA", "=" * 22, "A" * 65, "\u00e4", "\0", "A" * 21)],
    *[
        ("cursor", value)
        for value in ("1", "1-", "-1", "1-1-1", "1-g", "0x1-1", "f" * 15 + "-1", "1-" + "f" * 16)
    ],
]


@pytest.mark.parametrize(("name", "value"), REFUSED)
async def test_a_bad_filter_is_refused_by_name(kept: Client, name: str, value: str) -> None:
    answer = await kept.call("GET", LOG, params={name: value})
    check_refusal(answer, 400, 12130)
    assert f"`{name}`" in answer.faults[0][1]


async def test_every_bad_filter_is_named(kept: Client) -> None:
    answer = await kept.call("GET", LOG, params={"kind": "x", "since": "x", "cursor": "x", "limit": "x"})
    assert len(answer.faults) == 4


async def test_an_empty_log_is_one_empty_page(client: Client) -> None:
    answer = await client.call("GET", LOG)
    assert (answer.result, answer.body["result_info"]) == ([], {"count": 0, "cursor": None})


async def test_another_accounts_log_is_its_own(service: Service, client: Client, kept: Client) -> None:
    await write(service, client, (BEN, Change("create", "list", uuid4(), None, b'"mine"')))
    assert [entry["document"] for entry in await read(client)] == ["mine"]
    theirs = (await kept.call("GET", LOG, params={"limit": 1})).body["result_info"]["cursor"]
    assert {entry["document"] for entry in await read(client, cursor=theirs)} <= {"mine"}
    assert await read(client, subject_id=GROUP) == []


@pytest.mark.parametrize("scope", ["policies:write", "policy-tests:write", "directory:write"])
async def test_only_an_administrator_reads_it(service: Service, scope: str) -> None:
    client = await service.tenant(scopes=(scope,))
    check_refusal(await client.call("GET", LOG), 403, 10000)


async def test_an_import_is_written_down(client: Client) -> None:
    people = lines({"email": "a@b.example"}, {"email": "c@d.example"})
    answer = await client.upload(people)
    (entry,) = await read(client, kind="directory")
    made = parse(client.token)
    assert made is not None
    assert entry["actor"] == {"token_id": made.public_id, "name": "test"}
    assert (entry["action"], entry["subject_id"]) == ("import", answer.result["id"])
    assert entry["document"] == {"format": "ndjson", "rows": 2}
    assert (entry["before_digest"], entry["after_digest"]) == (None, sha(b'{"format":"ndjson","rows":2}'))
    assert entry["request_id"] == answer.headers["X-Request-ID"]
    assert "a@b.example" not in json.dumps(entry)


async def test_an_import_that_is_refused_is_not_written_down(client: Client) -> None:
    assert (await client.upload(b"email,shoe_size\nx,1\n", "text/csv")).status == 400
    assert await read(client) == []


async def test_large_documents_end_a_page_early_and_lose_nothing(service: Service, client: Client) -> None:
    large = b'"' + b"x" * (audit.PAGE_BYTES // 3) + b'"'
    await write(service, client, *[(ANN, Change("create", "list", uuid4(), None, large))] * 8)
    answer = await client.call("GET", LOG)
    assert len(answer.result) == 3
    assert len(await read(client)) == 8


async def test_a_document_larger_than_a_page_is_a_page(service: Service, client: Client) -> None:
    large = b'"' + b"x" * (audit.PAGE_BYTES + 1) + b'"'
    await write(service, client, *[(ANN, Change("create", "list", uuid4(), None, large))] * 2)
    assert [len((await client.call("GET", LOG)).result), len(await read(client))] == [1, 2]


async def test_a_change_that_is_undone_is_not_written_down(service: Service, client: Client) -> None:
    connection = await pool.connect(service.dsn)
    try:
        transaction = connection.transaction()
        await transaction.start()
        await audit.record(connection, account_id(client), *HISTORY[0])
        await transaction.rollback()
    finally:
        await connection.close()
    assert await read(client) == []
