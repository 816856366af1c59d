"""What becomes of things that arrive, by what is here: a table of cases, without a database."""

import pytest

from shared.policy.entitlement.policy import in_order
from shared.wire.cloudcms import policies
from shared.wire.transfer.arrival.changes import refusal
from shared.wire.transfer.arrival.here import Here, User
from shared.wire.transfer.arrival.plan import GROUP_STAYS, STAYS
from shared.wire.transfer.arrival.things import Group
from shared.wire.transfer.contents import Kind
from shared.wire.transfer.requests import Included
from tests.transfer.bringing import piece
from tests.transfer.plans import (
    ACCOUNT,
    BOTH,
    CLONE,
    COPY,
    HERE,
    NOTHING,
    OTHER,
    U1,
    U2,
    U3,
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


@pytest.mark.parametrize(
    ("pieces", "here", "clone", "copy"),
    [
        ([role()], NOTHING, "create", "create"),
        ([role()], HERE, "leave", "leave"),
        ([role(title="t")], HERE, "change", STAYS),
        ([group()], NOTHING, "create", "create"),
        ([group()], HERE, "leave", "leave"),
        ([group(title="t")], HERE, "change", "leave"),
        ([policy()], NOTHING, "create", "create"),
        ([policy()], HERE, "leave", "create"),
        ([policy(title="t")], HERE, "change", "create"),
        ([group(), team()], HERE, "leave", "leave"),
        ([group(), team(roles=["owner"])], HERE, "change", STAYS),
        ([assignment("project-user")], HERE, "leave", "leave"),
        ([assignment("project-owner")], HERE, "create", "create"),
        ([rule_group(U3)], HERE, "change", "create"),
        ([group("h2", "H"), group("g", "G", ["h2"])], NOTHING, "create", "create"),
    ],
)
def test_what_becomes_of_a_thing_by_strategy(pieces, here, clone, copy):
    for strategy, expected in ((CLONE, clone), (COPY, copy)):
        (*_, last) = changes(pieces, here, strategy)
        assert expected in (last.action, last.message)


def test_a_group_that_says_something_else_is_told_and_left():
    (change,) = changes([group(title="t")], HERE, COPY)
    assert (change.action, change.target, change.message) == ("leave", "h", GROUP_STAYS)


@BOTH
@pytest.mark.parametrize(
    ("pieces", "reason"),
    [
        ([policy("p", "nobody")], "there is no role `nobody` here, and none in the archive"),
        ([team(roles=["nobody"]), group()], "there is no role `nobody`"),
        ([grant("platform://{platform}", "nobody")], "there is no role `nobody`"),
        ([assignment("q")], "there is no access policy `q`"),
        ([team()], "there is no group `g`"),
        ([group(members=["x"])], "there is no group `x`"),
        ([group(members=["everyone"])], "there is no group `everyone`"),
        ([group("a"), group("b")], "stands twice"),
        ([team("a"), team("b"), group()], "stands twice"),
        ([team("a", "k1"), team("b", "k2"), group()], "has the members of another team"),
        ([role("r"), role("R")], "stands twice"),
        ([group("a", "A", ["b"]), group("b", "B", ["a"])], "groups would be members of themselves"),
        ([rule_group(U1, {"group": {"id": U1}})], "groups would be members of themselves"),
        ([rule_group(U1, {"group": {"id": U2}})], f"there is no rule group `{U2}`"),
        ([rule_group(U1, {"ip_list": {"id": U2}})], f"the list `{U2}` is not here"),
        ([a_list(U2, "EMAIL"), rule_group(U1, {"ip_list": {"id": U2}})], "is of type `EMAIL`"),
        ([grant(f"platform://{OTHER}")], "is of another account"),
        ([grant(f"accesspolicy://{OTHER}/p")], "is of another account"),
        ([grant("accesspolicy://{platform}/q")], "there is no access policy `q`"),
        ([grant("team://platform/{platform}/t")], "nothing can be granted on"),
        ([grant("node://{platform}/x")], "there is no resource"),
        ([grant("domain://{platform}/x")], "there is no domain `x`"),
        ([grant(f"project://{OTHER}/x")], "there is no resource"),
    ],
)
def test_what_refuses_the_whole_archive(pieces, reason, strategy):
    here = Here(users=HERE.users)
    found = changes(pieces, here, strategy)
    assert [reason in (each.message or "") for each in found if each.fatal].count(True) >= 1
    assert reason in (refusal(found) or "")


CLONED = {
    "an id with capitals": ([policy("P")], NOTHING, "none that can be kept"),
    "the id of a system policy": ([policy("project-user")], NOTHING, "none that can be kept"),
    "the id of a user for a group": ([group(U1)], NOTHING, "none that can be kept"),
    "the group of everybody": ([group("everyone", "e")], NOTHING, "none that can be kept"),
    "another group's id": ([group("g2", "new")], HERE, "another group here has the id"),
    "another team's id": ([group("x", "X"), team("t", "k2", "x")], HERE, "another team here has the id"),
    "a team with another group": ([group("x", "X"), team("t", "k", "x")], HERE, "which stays so"),
    "a name of somebody": ([group("x", "ann")], Here(called={"ann": "user `1`"}), "is the name of user `1`"),
    "an id that is a name": (
        [group("ann", "X")],
        Here(called={"ann": "user `1`"}),
        "is the name of user `1`",
    ),
    "a name that is another's id in the archive": (
        [group("x", "y"), group("y", "Y")],
        NOTHING,
        "what another group is called",
    ),
    "a name that is another's id here": ([group("x", "g2")], HERE, "what another group is called"),
    "a resource's id": (
        [piece(Kind.RESOURCE, "n", {"reference": f"node://{OTHER}/m"})],
        Here(resource_ids={"n"}),
        "another resource here has the id",
    ),
}


@pytest.mark.parametrize(("pieces", "here", "reason"), CLONED.values(), ids=CLONED)
def test_what_cannot_keep_its_id(pieces, here, reason):
    assert reason in (refusal(changes(pieces, here)) or "")


@BOTH
@pytest.mark.parametrize(
    "given",
    [
        assignment("project-user", own=U2, name="bob@a.example"),
        assignment("project-user", own="ann", name=None),
        assignment("project-user", "group", "x", "X"),
        assignment("project-user", "team", "x", "X"),
        grant("platform://{platform}", own=U2, name=None),
        grant("platform://{platform}", kind="group", own="x", name="X"),
        grant(f"user://{{platform}}/default/{U2}"),
        grant("group://{platform}/default/x"),
    ],
)
def test_whoever_is_not_here_is_told_and_refuses_nothing_else(given, strategy):
    first, second = changes([given, policy("q")], HERE, strategy)
    assert (first.action, second.action, second.fatal) == ("create", "refuse", False)
    assert "is not here" in second.message
    assert refusal([first, second]) is None


@BOTH
def test_users_are_found_by_id_or_by_address_and_groups_by_name(strategy):
    given = [
        assignment("project-owner", own=U1.upper(), name=None),
        assignment("project-owner", own=U2, name="Ann@A.example"),
        assignment("project-owner", "group", "x", "G"),
        assignment("project-owner", "group", "everyone", None),
    ]
    found = planned(given, HERE, strategy)
    assert sorted(each.change.action for each in found) == ["create", "create", "create", "leave"]
    assert {each.after.who.id for each in found} == {U1, "h", "everyone"}


def test_a_copy_has_new_ids_wherever_things_name_each_other():
    own, new_group = "a" * 20, "b" * 20
    reference = {"type": "reference", "config": {"reference": f"accessPolicy://.*/{own}"}}
    statement = {"action": "grant", "roles": ["owner"], "conditions": [reference]}
    given = [
        piece(Kind.POLICY, own, {"statements": [statement]}),
        group(new_group, "New"),
        team("t", "k2", new_group),
        assignment(own, "group", new_group, "New"),
        assignment(own, "team", "t", "k2"),
        grant("accesspolicy://{platform}/" + own),
        a_list(U1, "EMAIL"),
        rule_group(U2, {"email_list": {"id": U1}}),
        rule_group(U3, {"group": {"id": U2.upper()}}),
    ]
    found = {each.change.source: each for each in planned(given, HERE, COPY)}
    ids = {source: each.change.target for source, each in found.items()}
    assert not ids.keys() & {each.change.target for each in found.values() if each.before is None} - {None}
    assert f"accessPolicy://.*/{ids[own]}" in found[own].after.document.decode()
    assert found["t"].after.group == ids[new_group]
    assert found["c" * 20].after.on == f"accesspolicy://{ACCOUNT.hex}/{ids[own]}"
    assert str(found[U2].names[0].id) == ids[U1]
    assert str(found[U3].names[0].id) == ids[U2]
    assert ids[U2] in found[U3].after.document.decode()


def test_copies_count_in_the_order_in_which_they_did():
    given = [policy(f"{number:020x}") for number in (7, 3, 9, 1)]
    found = {each.change.source: each.after for each in planned(given, NOTHING, COPY)}
    meant = [policies.decode({"statements": []}).policy(found[each].id) for each in sorted(found)]
    assert in_order(meant) == meant


def test_the_one_policy_comes_into_another():
    (role_change, change) = changes([role("s"), policy("q", "s")], HERE, COPY, into="p")
    assert (role_change.action, change.action, change.target) == ("create", "change", "p")
    for pieces in ([policy("q"), policy("r")],):
        assert "the archive has 2 policies" in (refusal(changes(pieces, HERE, COPY, into="p")) or "")
    assert "there is no access policy `x`" in (refusal(changes([policy()], HERE, COPY, into="x")) or "")


def test_only_what_is_included_comes_in():
    members = piece(Kind.MEMBERSHIP, "g/1", {"groupId": "g", "users": []})
    given = [role(), group(), group("o", "O", ["g"]), policy(), team(), assignment(), members]
    here = Here(users=HERE.users)

    def kinds(**flags):
        return [each.kind for each in changes(given, here, included=Included(**flags))]

    every = ["role", "group", "group", "access_policy", "team", "assignment", "membership"]
    assert kinds() == every
    assert kinds(acls=False) == [each for each in every if each != "assignment"]
    assert kinds(roles=False) == every[1:]
    assert kinds(team_members=False) == every[:-1]
    assert kinds(teams=False) == ["role", "group", "access_policy", "assignment"]
    found = planned(given, here, included=Included(teams=False))
    assert next(each.after.members for each in found if isinstance(each.after, Group)) == ()


def test_members_join_and_those_who_are_not_here_are_told():
    here = Here(
        users={U1: User(U1), U2: User(U2, ["G"]), "cat@a.example": User(U3)},
        groups={"g": Group("g", "G", b"{}")},
    )
    users = [{"id": each, "email": f"{each}@a.example"} for each in (U1, U2, "dog")]
    users.append({"id": "cat", "email": "Cat@a.example"})
    first, second = planned([piece(Kind.MEMBERSHIP, "g/1", {"groupId": "g", "users": users})], here)
    assert [each.id for each in first.after.users] == [U1, U3]
    assert (first.change.action, first.change.name) == ("create", "G")
    assert (second.change.action, second.change.fatal) == ("refuse", False)
    assert second.change.message == "not here: `dog@a.example`"
