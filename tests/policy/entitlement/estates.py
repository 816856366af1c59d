"""Estates and directories: groups in groups, in circles too, teams, grants; small, so that much meets."""

from typing import NamedTuple

from hypothesis import strategies as st

from shared.policy.entitlement.conditions.entity import Type
from shared.policy.entitlement.conditions.kinds import Or
from shared.policy.entitlement.estate import EVERYONE, Estate, Granted, Holder, Team
from shared.policy.entitlement.patterns import Pattern
from shared.policy.entitlement.policy import Action, Policy, Scope, Statement
from shared.policy.entitlement.resource import Container, Resource
from shared.policy.entitlement.roles import Roles
from tests.policy.entitlement.strategies import CUSTOM

NAMES = {"one": "g1", "two": "g2", "#" + 130 * "n": "g3", "everyone": "g4"}
GROUPS = [*NAMES.values(), EVERYONE]
USERS = [f"00000000-0000-0000-0000-00000000000{number}" for number in range(4)]
TEAMS = ["t1", "t2"]
ROLES = ["consumer", "editor", "connector", "auditor", "unheard-of"]
NODE = "node://p/a"
STORES = [("project", "x"), ("project", "X"), ("project", "y"), ("repository", "x")]

groups = st.sampled_from(GROUPS)
principals = st.builds(Holder, st.just("user"), st.sampled_from(USERS)) | st.builds(
    Holder, st.just("group"), groups
)
holders = principals | st.builds(Holder, st.just("team"), st.sampled_from([*TEAMS, "gone"]))
some_roles = st.lists(st.sampled_from(ROLES), min_size=1, max_size=2, unique=True).map(tuple)
statements = st.builds(
    Statement,
    st.sampled_from(Action),
    some_roles,
    st.sampled_from([(), (), (), (Or(()),), (Type(Pattern("node")),)]),
)
policies = st.builds(
    Policy,
    st.sampled_from(["p1", "p2", "p3", "P0"]),
    st.lists(statements, min_size=1, max_size=3).map(tuple),
    st.sampled_from([-1, 0, 0, 1]),
    st.sampled_from([Scope.PLATFORM, Scope.PLATFORM, Scope.PROJECT]),
)
granted = st.builds(Granted, st.sampled_from(["a", "b"]), st.sampled_from(ROLES), principals)
grants = st.lists(granted, max_size=2)
memberships = st.lists(st.sampled_from([*NAMES, "of no group"]), max_size=2, unique=True).map(tuple)
resources = st.builds(
    Resource,
    st.just(NODE),
    st.sampled_from(["node", "user", "project"]),
    st.sampled_from(["x", USERS[0]]),
    containers=st.lists(st.sampled_from(STORES), max_size=2).map(
        lambda stores: tuple(Container(*store) for store in stores)
    ),
)


class Member(NamedTuple):
    """A user of a directory: an id, and the names of the groups it is in directly."""

    id: str
    groups: tuple[str, ...]


directories = st.lists(memberships, min_size=len(USERS), max_size=len(USERS)).map(
    lambda each: [Member(*member) for member in zip(USERS, each, strict=True)]
)


@st.composite
def estates(draw):
    """Some of the assignments are of policies and to teams that are not there."""
    given = draw(st.lists(policies, min_size=1, unique_by=lambda policy: policy.id))
    assigned = {}
    for policy in (*(policy.id for policy in given), "gone"):
        for holder in draw(st.lists(holders, min_size=1, max_size=2, unique=True)):
            assigned[holder] = (*assigned.get(holder, ()), policy)
    parents = st.dictionaries(
        groups, st.lists(st.sampled_from(GROUPS[:-1]), max_size=2, unique=True).map(tuple)
    )
    within = st.none() | st.sampled_from(STORES)
    teams = [Team(team, draw(groups), draw(some_roles), draw(within)) for team in TEAMS]
    return Estate(
        {policy.id: policy for policy in given}, assigned, draw(parents), NAMES, tuple(teams), Roles(CUSTOM)
    )
