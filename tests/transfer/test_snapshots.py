"""What is read of an account is all that it has, the same for the same things, and of one moment."""

from random import Random

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shared.directory.errors import Refused
from shared.store import access_policies, pool, selections, snapshots
from shared.wire.cloudcms.principals import KNOWN
from shared.wire.transfer.contents import Key, Kind
from shared.wire.transfer.requests import Included
from shared.wire.transfer.requirements import ORDER, requires
from tests.transfer.reading import ALL, documents, exported, packed, pieces, unpacked
from tests.transfer.strategies import MOST, world, worlds
from tests.transfer.worlds import OWN, Crowd, Held, Own, Squad, World
from tests.transfer.writing import write

SEEDS = st.integers(0, 2**16)
SOME = settings(
    max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)


def carried(given_value):
    """A value as it is carried, said in another way than the code does."""
    text = msgspec.json.encode(given_value).decode()
    return msgspec.json.decode(text.replace("{platform", "{platform!").replace(OWN, "{platform}").encode())


@SOME
@given(worlds(), SEEDS, SEEDS)
async def test_the_same_things_are_the_same_bytes_whoever_has_them(
    connection, new_account, made, first, second
):
    here, there = await new_account(), await new_account()
    await write(connection, here, made, first)
    await write(connection, there, made, second)
    data = await exported(connection, here)
    assert data == await exported(connection, there)
    assert unpacked(data) == await pieces(connection, here)


@SOME
@given(worlds(), SEEDS)
async def test_everything_is_there(connection, new_account, made, seed):
    account = await new_account()
    await write(connection, account, made, seed)
    found = await pieces(connection, account)
    assert not [each for each in found if account.hex.encode() in each.document]
    assert len({each.key for each in found}) == len(found)
    assert [ORDER[each.key.kind] for each in found] == sorted(ORDER[each.key.kind] for each in found)
    for kind, things in (
        *((Kind.ROLE, made.roles), (Kind.RESOURCE, made.resources), (Kind.POLICY, made.policies)),
        *((Kind.LIST, made.lists), (Kind.RULE_GROUP, made.rule_groups)),
        (Kind.REUSABLE_POLICY, made.reusable),
    ):
        assert documents(found, kind) == {str(each.id): carried(stored(each.document)) for each in things}
    assert documents(found, Kind.GROUP) == {each.id: carried(a_group(each)) for each in made.groups}
    assert documents(found, Kind.TEAM) == {each.id: carried(a_team(each)) for each in made.teams}
    held = documents(found, Kind.ASSIGNMENT).values()
    assert sorted(map(holder, held)) == sorted((each.what, *each.holder) for each in made.assignments)
    granted = documents(found, Kind.GRANT).values()
    assert sorted(map(grantee, granted)) == sorted(
        (carried(each.what.lower()), *each.holder, each.role) for each in made.grants
    )
    members = documents(found, Kind.MEMBERSHIP).values()
    assert {each["groupId"]: each["users"] for each in members} == memberships(made)
    check_names([*held, *granted], made)


def stored(document):
    return {name: value for name, value in document.items() if name not in ("_doc", "_system", "_ref")}


def a_group(group):
    document = {name: value for name, value in stored(group.document).items() if name not in KNOWN}
    return {"name": group.name, "groups": list(group.members), "document": document}


def a_team(team):
    where = {} if team.within is None else {"within": {"type": team.within[0], "id": team.within[1].lower()}}
    head = {"key": team.key, "groupId": team.group, "roleKeys": list(team.roles)}
    return {**head, **where, "document": stored(team.document)}


def holder(document):
    return document["policyId"], document["principalType"], document["principalId"]


def grantee(document):
    whom = document["principalType"], document["principalId"]
    return (document["permissioned"], *whom, document["roleKey"])


def memberships(made):
    teams = {each.group for each in made.teams}
    found = {
        group.id: [
            {"id": str(each.id), "email": each.address} for each in made.people if group.name in each.groups
        ]
        for group in made.groups
        if group.id in teams
    }
    return {group: users for group, users in found.items() if users}


def check_names(named, made):
    """Whoever holds something is called by a name."""
    names = {("user", str(each.id)): each.address for each in made.people}
    names |= {("group", each.id): carried(each.name) for each in made.groups}
    names |= {("team", each.id): carried(each.key) for each in made.teams}
    for each in named:
        assert each["principalName"] == names.get((each["principalType"], each["principalId"]))


@pytest.fixture(scope="module")
async def full(connection, new_account):
    """An account that has some of everything, and what it was made of."""
    account, made = await new_account(), world(MOST, Random(8))
    await write(connection, account, made)
    return account, made


FLAGS = {
    "acls": (Included(acls=False), {Kind.ASSIGNMENT, Kind.GRANT}),
    "teams": (Included(teams=False), {Kind.TEAM, Kind.MEMBERSHIP}),
    "members of teams": (Included(team_members=False), {Kind.MEMBERSHIP}),
    "roles": (Included(roles=False), {Kind.ROLE}),
}


@pytest.mark.parametrize(("included", "without"), FLAGS.values(), ids=FLAGS)
async def test_what_is_not_included_is_left_out_and_nothing_else(connection, full, included, without):
    account, _ = full
    every = await pieces(connection, account)
    assert {each.key.kind for each in every} == set(Kind)
    rest = [each for each in every if each.key.kind not in without]
    assert await pieces(connection, account, included) == rest


@SOME
@given(worlds(), SEEDS)
async def test_one_policy_comes_with_all_that_it_needs_and_no_more(connection, new_account, made, seed):
    account = await new_account()
    await write(connection, account, made, seed)
    every = {each.key: each for each in await pieces(connection, account)}
    for policy in made.policies:
        found = {each.key: each for each in await pieces(connection, account, policy=policy.id)}
        own = Key(Kind.POLICY, policy.id)
        assert found.keys() == reached(every, own)
        assert all(every[key] == piece for key, piece in found.items() if key.kind is not Kind.MEMBERSHIP)
        alone = await pieces(connection, account, Included(acls=False), policy.id)
        assert {each.key for each in alone} == {own, *requires(Kind.POLICY, carried(policy.document))}


async def test_a_team_that_holds_a_policy_comes_with_its_roles_and_nested_groups(connection, new_account):
    account = await new_account()
    groups = [Crowd(f"g{number}", f"G{number}", (f"g{number + 1}",), {}) for number in range(3)]
    made = World(
        roles=(Own("x", {"roleKey": "x"}), Own("y", {"roleKey": "y"})),
        groups=(*groups, Crowd("g3", "G3", (), {}), Crowd("g4", "G4", ("g3",), {})),
        policies=(Own("p", {}), Own("q", {})),
        teams=(Squad("t", "k", "g1", ("x", "owner"), None, {}), Squad("u", "l", "g4", ("y",), None, {})),
        assignments=(Held("p", ("team", "t")), Held("q", ("team", "u"))),
    )
    await write(connection, account, made)
    found = await pieces(connection, account, policy="p")
    assert [each.key.id for each in found] == ["x", "g1", "g2", "g3", "p", "t", "p/team/t"]
    found = await pieces(connection, account, Included(teams=False), "p")
    assert [each.key.id for each in found] == ["p", "p/team/t"]


def reached(every, own):
    """A policy, what is held of it or granted on it, and what all these require; then who is in its teams."""
    belongs = {Kind.ASSIGNMENT, Kind.GRANT}
    start = {own, *(key for key, piece in every.items() if key.kind in belongs and subject(piece) == own)}
    found, waiting = set(start), list(start)
    while waiting:
        new = {key for key in every[waiting.pop()].requires if key not in found}
        found |= new
        waiting += new
    groups = {msgspec.json.decode(every[key].document)["groupId"] for key in found if key.kind is Kind.TEAM}
    members = {key for key in every if key.kind is Kind.MEMBERSHIP and key.id.partition("/")[0] in groups}
    return found | members


def subject(piece):
    """The policy that an assignment or grant is about."""
    document = msgspec.json.decode(piece.document)
    if piece.key.kind is Kind.ASSIGNMENT:
        return Key(Kind.POLICY, document["policyId"])
    kind, _, rest = document["permissioned"].partition("://{platform}/")
    return Key(Kind.POLICY, rest) if kind == "accesspolicy" else None


@pytest.mark.parametrize(
    ("policy", "reason"), [("x", "there is no access policy `x`"), ("project-owner", "is a system policy")]
)
async def test_only_a_policy_of_the_accounts_own_can_be_asked_for(connection, full, policy, reason):
    account, _ = full
    with pytest.raises(Refused, match=reason):
        await selections.of_policy(connection, account, policy, ALL)


async def test_what_is_read_is_of_one_moment(scratch, connection, new_account):
    account, made = await new_account(), world(MOST, Random(8))
    await write(connection, account, made)
    before = await pieces(connection, account)
    pooled = await pool.open_pool(scratch, 2, "test")
    async with snapshots.moment(pooled) as reading:
        read = snapshots.pieces(reading, account, selections.everything(ALL))
        found = await anext(read)
        for policy in made.policies:
            await access_policies.delete(connection, account, policy.id)
        found += [each async for some in read for each in some]
    await pool.close(pooled)
    assert found == before
    after = await pieces(connection, account)
    assert not documents(after, Kind.POLICY)
    assert packed(after) != packed(before)
