"""Archives have no more room than clients, and no deeper groups; and what is said of many reasons."""

from uuid import UUID

import pytest

from shared.wire import quotas
from shared.wire.transfer.arrival.changes import counts, refusal
from shared.wire.transfer.arrival.here import Here, Usage
from tests.transfer.plans import (
    BOTH,
    HERE,
    NOTHING,
    U1,
    a_list,
    assignment,
    changes,
    grant,
    group,
    planned,
    policy,
    role,
    rule_group,
    team,
)


def test_a_list_keeps_its_type():
    made = planned([a_list(U1, "IP")])[0].after
    assert "is of type `IP` here" in (
        refusal(changes([a_list(U1, "EMAIL")], Here(lists={UUID(U1): made}))) or ""
    )


@pytest.mark.parametrize(
    ("pieces", "usage", "what"),
    [
        ([role()], Usage(roles=quotas.ROLES), "1000 roles"),
        ([group()], Usage(groups=quotas.GROUPS), "100000 groups"),
        ([policy()], Usage(policies=quotas.ACCESS_POLICIES), "10000 access policies"),
        ([policy()], Usage(policies_bytes=quotas.ACCESS_POLICIES_BYTES - 5), "bytes of access policies"),
        ([assignment("project-owner")], Usage(assignments=quotas.ASSIGNMENTS), "100000 assignments"),
        ([grant("platform://{platform}")], Usage(grants=quotas.GRANTS), "100000 grants"),
        ([a_list()], Usage(lists=quotas.LISTS), "1000 lists"),
        ([rule_group()], Usage(rule_groups=quotas.REUSABLES), "1000 rule groups"),
        ([rule_group()], Usage(ruled_bytes=quotas.REUSABLES_BYTES), "bytes of policies and rule groups"),
        ([group(), team()], Usage(teams=quotas.TEAMS), "10000 teams"),
        ([group(), team(document={"title": "t"})], Usage(teams_bytes=quotas.TEAMS_BYTES), "bytes of teams"),
    ],
)
def test_there_is_no_more_room_than_for_what_clients_send(pieces, usage, what):
    assert f"at most {what}" in (refusal(changes(pieces, Here(users=HERE.users, usage=usage))) or "").replace(
        f"{quotas.TEAMS_BYTES} bytes", "bytes"
    )


def test_what_is_left_takes_no_room():
    full = Here(roles=HERE.roles, usage=Usage(roles=quotas.ROLES))
    assert refusal(changes([role()], full)) is None


@BOTH
def test_groups_nest_no_deeper_than_by_hand(strategy):
    chain = [
        group(f"g{number}", f"G{number}", [f"g{number + 1}"]) for number in range(quotas.GROUPS_DEPTH - 1)
    ]
    ends = [group(f"g{quotas.GROUPS_DEPTH - 1}", "end")]
    assert refusal(changes([*chain, *ends], NOTHING, strategy)) is None
    too_deep = [*chain, group(f"g{quotas.GROUPS_DEPTH - 1}", "end", ["x"]), group("x", "x")]
    assert "nested at most 32 deep" in (refusal(changes(too_deep, NOTHING, strategy)) or "")


def test_many_reasons_are_a_few_and_a_number():
    found = changes([policy(f"p{number}", "nobody") for number in range(9)])
    assert "and 6 others" in (refusal(found) or "")
    assert counts(found).refuse == 9
