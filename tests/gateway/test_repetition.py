"""A start that is sent again starts nothing, when the client says that it is the same."""

import asyncio

import pytest

from tests.gateway.rows import ACME, EVERYONE, policy
from tests.gateway.test_bad_input import check_refusal
from tests.stack import Client, Service

AGAIN = {"x-stainless-retry-count": "1"}


async def started(client: Client, *policies: object, **headers: str) -> str:
    return (await client.start(*policies, headers=headers)).result["id"]


async def test_a_retry_of_the_official_client_returns_the_first_test(client: Client) -> None:
    first = await started(client, policy())
    assert await started(client, policy(), **AGAIN) == first
    assert await started(client, policy(), **{"x-stainless-retry-count": "2"}) == first


@pytest.mark.parametrize("count", ["0", ""])
async def test_what_is_no_retry_is_a_new_test(client: Client, count: str) -> None:
    first = await started(client, policy())
    assert await started(client, policy(), **{"x-stainless-retry-count": count}) != first
    assert await started(client, policy()) != first


async def test_a_retry_with_another_body_is_a_new_test(client: Client) -> None:
    first = await started(client, policy(EVERYONE))
    assert await started(client, policy(ACME), **AGAIN) != first


async def test_a_retry_of_what_never_arrived_is_a_new_test(client: Client) -> None:
    assert await started(client, policy(), **AGAIN)


@pytest.mark.parametrize("count", ["x", "-1", "9" * 50])
async def test_a_strange_retry_count_does_no_harm(client: Client, count: str) -> None:
    assert await started(client, policy(), **{"x-stainless-retry-count": count})


async def test_another_token_retries_nothing_of_this_one(service: Service, client: Client) -> None:
    other = await service.tenant()
    first = await started(client, policy())
    assert await started(other, policy(), **AGAIN) != first


async def test_a_minute_later_it_is_a_new_test(service: Service, client: Client) -> None:
    first = await started(client, policy())
    connection = await service.connect()
    try:
        change = (
            "UPDATE policy_test SET created_at = created_at - interval '61 s' WHERE test_id = $1::text::uuid"
        )
        await connection.execute(change, first)
    finally:
        await connection.close()
    assert await started(client, policy(), **AGAIN) != first


async def test_an_idempotency_key_returns_the_first_test(client: Client) -> None:
    key = {"Idempotency-Key": "k" * 255}
    first = await started(client, policy(), **key)
    assert await started(client, policy(), **key) == first
    assert await started(client, policy(), **{"Idempotency-Key": "other"}) != first


async def test_an_idempotency_key_stands_for_one_body(client: Client) -> None:
    key = {"Idempotency-Key": "one"}
    first = await started(client, policy(EVERYONE), **key)
    check_refusal(await client.start(policy(ACME), headers=key), 422, 12132)
    assert await started(client, policy(EVERYONE), **key) == first


async def test_an_idempotency_key_is_the_tokens_own(service: Service, client: Client) -> None:
    other, key = await service.tenant(), {"Idempotency-Key": "shared"}
    assert await started(client, policy(EVERYONE), **key) != await started(other, policy(ACME), **key)


async def test_of_many_at_once_one_starts(client: Client) -> None:
    key = {"Idempotency-Key": "race"}
    found = await asyncio.gather(*(started(client, policy(), **key) for _ in range(12)))
    assert len(set(found)) == 1
