"""What is exported and imported is what it was: the same under the same ids, or alike under others."""

import re
from random import Random

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from shared.wire.transfer.requests import Strategy
from tests.transfer import reading
from tests.transfer.bringing import actions, possible
from tests.transfer.strategies import MOST, world, worlds
from tests.transfer.writing import write

SEEDS = st.integers(0, 2**16)
# Without shrinking: an example is several jobs, and a smaller one would be minutes away.
SOME = settings(
    max_examples=20,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
CLONE = Strategy.CLONE
WITHOUT = ("assignment", "membership")
"""What has no id of its own."""


@SOME
@given(worlds().map(possible), SEEDS)
async def test_a_clone_in_an_empty_account_is_the_same_to_the_byte(
    connection, new_account, bringer, made, seed
):
    here, there = await new_account(), await new_account()
    await write(connection, here, made, seed)
    await bringer.people(there, made)
    data = await bringer.exported(here)
    dry = await bringer.bring(there, data, strategy=CLONE, dry_run=True)
    done = await bringer.bring(there, data, strategy=CLONE)
    assert {each["action"] for each in done["changes"]} <= {"create", "leave"}
    assert {**dry, "dryRun": False} == done
    assert await bringer.exported(there) == data
    again = await bringer.bring(there, data, strategy=CLONE)
    assert {each["action"] for each in again["changes"]} <= {"leave"}


def shape(text, ids):
    """A text with ids replaced by what they stand for, in whatever form."""
    return re.sub(
        "[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}|[0-9a-f]{20}",
        lambda found: ids.get(found[0].lower(), found[0].lower()),
        text,
    )


@SOME
@given(worlds().map(possible), SEEDS)
async def test_a_copy_in_an_empty_account_is_alike(connection, new_account, bringer, made, seed):
    here, there = await new_account(), await new_account()
    await write(connection, here, made, seed)
    await bringer.people(there, made)
    data = await bringer.exported(here)
    dry = await bringer.bring(there, data, dry_run=True)
    done = await bringer.bring(there, data)
    assert {**dry, "dryRun": False} == done
    ids = {each["target"]: each["source"] for each in done["changes"] if each["kind"] not in WITHOUT}
    before = {
        (each.key.kind, shape(each.key.id, {})): shape(each.document.decode(), {})
        for each in reading.unpacked(data)
    }
    after = {
        (each.key.kind, shape(each.key.id, ids)): shape(each.document.decode(), ids)
        for each in reading.unpacked(await bringer.exported(there))
    }
    assert after == before


async def test_a_copy_of_a_copy_makes_all_things_anew_that_have_ids_of_their_own(
    connection, new_account, bringer
):
    made, account = possible(world(MOST, Random(1))), await new_account()
    await write(connection, account, made)
    data = await bringer.exported(account)
    first, second = await bringer.bring(account, data), await bringer.bring(account, data)
    assert list(actions(first)) == list(actions(second))
    created = {kind for action, kind, _ in actions(first) if action == "create"}
    assert created == {"access_policy", "assignment", "grant", "list", "rule_group", "reusable_policy"}
    targets = [
        {each["target"] for each in result["changes"] if each["kind"] == "access_policy"}
        for result in (first, second)
    ]
    assert not targets[0] & targets[1]
