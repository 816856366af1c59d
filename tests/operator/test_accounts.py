import uuid

import pytest


async def test_an_account_is_created_and_its_id_printed_alone(operate):
    ended = await operate("account", "create", "Acme GmbH")
    assert ended.code == 0
    assert uuid.UUID(ended.out.strip()).hex == ended.out.strip()
    assert "account `Acme GmbH` created; next: gatehouse token create --account" in ended.err


async def test_json_holds_all_that_is_known(operate):
    facts = (await operate("account", "create", "Acme", "--segment-bits", "6", "--json")).facts
    assert facts == {"account_id": facts["account_id"], "name": "Acme", "segment_bits": 6}


@pytest.mark.parametrize(
    "arguments", [(), ("",), ("  ",), ("a\nb",), ("a", "--segment-bits", "3"), ("a", "--segment-bits", "17")]
)
async def test_what_no_account_can_be_is_refused(run, arguments: tuple[str, ...]):
    assert (await run("account", "create", *arguments)).code == 2
