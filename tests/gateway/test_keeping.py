"""Keeping policies and groups: each change audited once, one at a time, and only so many."""

import asyncio
import hashlib
import json
from uuid import UUID

from services.gateway.cloudflare import reusables
from tests.gateway.kept import BOTH, FULL, GROUPS, POLICIES, SHAPES, deeds, group, kept, listed, put
from tests.gateway.rows import policy
from tests.gateway.test_bad_input import check_refusal
from tests.stack import Client, Service


@BOTH
async def test_every_change_is_in_the_audit_log_and_nothing_else(
    service: Service, client: Client, path: str
) -> None:
    kind = "policy" if path == POLICIES else "group"
    made = (await kept(client, path, **SHAPES[path]()))["id"]
    await put(client, path, made, SHAPES[path](name="x"))
    await put(client, path, made, SHAPES[path](name="x"))
    await put(client, path, made, SHAPES[path](include=[]))
    await client.call("GET", f"{path}/{made}")
    await client.call("DELETE", f"{path}/{made}")
    await client.call("DELETE", f"{path}/{made}")
    assert await deeds(service, client) == [(deed, kind, made) for deed in ("create", "update", "delete")]


async def test_the_audit_log_has_a_policy_as_it_is_got_without_its_times(
    service: Service, client: Client
) -> None:
    made = await kept(client, POLICIES, **FULL)
    now = (await put(client, POLICIES, made["id"], policy())).result
    connection = await service.connect()
    try:
        query = "SELECT document, before_digest, after_digest FROM audit_entry WHERE subject_id = $1"
        first, second = await connection.fetch(query + " ORDER BY sequence", made["id"])
    finally:
        await connection.close()
    for entry, answer in ((first, made), (second, now)):
        timeless = {name: value for name, value in answer.items() if not name.endswith("_at")}
        assert json.loads(entry["document"]) == timeless
        assert entry["after_digest"] == hashlib.sha256(entry["document"]).digest()
    assert (first["before_digest"], second["before_digest"]) == (None, first["after_digest"])


AGAIN = {"x-stainless-retry-count": "1"}


@BOTH
async def test_a_creation_that_is_sent_again_creates_nothing(
    service: Service, client: Client, path: str
) -> None:
    first = await kept(client, path, **SHAPES[path]())
    again = await client.call("POST", path, json=SHAPES[path](), headers=AGAIN)
    assert (again.status, again.result) == (201, first)
    other = await client.call("POST", path, json=SHAPES[path](name="y"), headers=AGAIN)
    another = await kept(client, path, **SHAPES[path]())
    assert await listed(client, path) == [first, other.result, another]
    assert len(await deeds(service, client)) == 3


async def fill(service: Service, client: Client, rows: int, size: int) -> None:
    """Put policies into an account, each as if it had some size."""
    connection = await service.connect()
    try:
        columns = "account_id, kind, resource_id, name, folded, document, bytes, created_at, updated_at"
        row = "$1, 'policy', gen_random_uuid(), 'x', 'x', $4, $3, now(), now() FROM generate_series(1, $2)"
        query = f"INSERT INTO resource ({columns}) SELECT {row}"
        await connection.execute(query, UUID(client.account), rows, size, json.dumps(policy()).encode())
    finally:
        await connection.close()


async def test_an_account_has_a_thousand_policies_at_most(service: Service, client: Client) -> None:
    await fill(service, client, reusables.NUMBER_LIMIT - 1, 2)
    made = await kept(client, POLICIES, **policy())
    answer = await client.call("POST", POLICIES, json=policy(name="one more"))
    check_refusal(answer, 400, 12130)
    assert "1000" in answer.faults[0][1]
    assert (await put(client, POLICIES, made["id"], policy(name="another"))).status == 200
    assert len(await listed(client, POLICIES, per_page=1000)) == reusables.NUMBER_LIMIT
    await kept(client, GROUPS, **group())


async def test_policies_and_groups_are_so_many_bytes_together(service: Service, client: Client) -> None:
    made = await kept(client, POLICIES, **policy(name="x" * 99))
    await fill(service, client, 1, reusables.BYTES_LIMIT - 99)
    for path, sent in ((POLICIES, policy()), (GROUPS, group())):
        answer = await client.call("POST", path, json=sent)
        check_refusal(answer, 400, 12130)
        assert str(reusables.BYTES_LIMIT) in answer.faults[0][1]
    check_refusal(await put(client, POLICIES, made["id"], policy(name="x" * 100)), 400, 12130)
    assert (await put(client, POLICIES, made["id"], policy(name="smaller"))).status == 200


async def test_changes_at_once_are_one_after_the_other(service: Service, client: Client) -> None:
    made = (await kept(client, POLICIES, **policy()))["id"]
    answers = await asyncio.gather(*(put(client, POLICIES, made, policy(name=f"n{n}")) for n in range(8)))
    times = sorted((answer.result["updated_at"], answer.result["name"]) for answer in answers)
    assert (await client.call("GET", f"{POLICIES}/{made}")).result["name"] == times[-1][1]
    connection = await service.connect()
    try:
        query = "SELECT before_digest, after_digest FROM audit_entry WHERE subject_id = $1 ORDER BY sequence"
        entries = await connection.fetch(query, made)
    finally:
        await connection.close()
    assert [entry["before_digest"] for entry in entries[1:]] == [
        entry["after_digest"] for entry in entries[:-1]
    ]
    assert len(entries) == 9
