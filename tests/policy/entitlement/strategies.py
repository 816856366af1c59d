"""Policies, what a principal has, and resources, in a small vocabulary, so that much of it matches."""

from hypothesis import strategies as st

from shared.policy.entitlement.conditions import entity, node, place
from shared.policy.entitlement.conditions.kinds import And, Not, Or
from shared.policy.entitlement.holding import ByGroup, ByTeam, Directly, Grant, Held, Holding, TeamRole
from shared.policy.entitlement.patterns import Pattern
from shared.policy.entitlement.policy import Action, Policy, Scope, Statement
from shared.policy.entitlement.resource import Branch, Container, Resource

CUSTOM = {"contractor": ["CONNECT", "UPDATE"], "auditor": ["READ"]}
ROLES = ["connector", "consumer", "editor", "owner", "impersonator", *CUSTOM, "unheard-of"]
IDS = ["1", "2", "1x", "1X"]
TYPES = ["node", "node-list", "project", "repository", "user", "project"]
PATHS = ["/", "/a", "/a/b", "/ab", "/é/b"]
TEXTS = ["a", "A", "ab", "", "d:type", "1", "true", "1.5"]
VALUES = [True, False, 1, 0, 1.5, None, [], ["a", 1], [["a"]], {"a": "b"}, {"b": True}]
NAMES = ["p", "q", "p.q", "q.p", "q.p.q", "title"]
PATTERNS = [".*", "a", "^a$", "a|b", "[aA]b?", "", "1", "^node.*", "project", "/a(?:/.*|)", "/.*", "(?i)a"]
PATTERNS += ["true", "1.5", ".", "\\d:?.*", "d:.*", "é", "^$"]

patterns = st.sampled_from(PATTERNS).map(Pattern)
perhaps = st.none() | patterns
names = st.sampled_from(NAMES)
values = st.sampled_from([*TEXTS, *VALUES])
properties = st.dictionaries(names, values | st.dictionaries(names, values, max_size=2), max_size=3)
special = st.fixed_dictionaries(
    {},
    optional={
        "_type": st.sampled_from(TEXTS),
        "_qname": st.sampled_from(TEXTS),
        "locale": st.sampled_from(TEXTS),
        "_features": st.sampled_from([{}, {"a": {}}, {"ab": 1, "1": 2}, ["a"]]),
    },
)
containers = st.builds(Container, st.sampled_from(TYPES), st.sampled_from(IDS), st.none() | st.just("a"))
texts = st.none() | st.sampled_from(TEXTS)
resources = st.builds(
    Resource,
    st.sampled_from(["node://p/a", "NODE://P/A", "user://p/a"]),
    st.none() | st.sampled_from(TYPES),
    st.none() | st.sampled_from(IDS),
    st.lists(st.sampled_from(PATHS), max_size=2).map(tuple),
    st.builds(lambda first, second: first | second, properties, special),
    st.lists(containers, max_size=2).map(tuple),
    st.none() | st.builds(Branch, texts, texts, texts),
    texts,
)

leaves = st.one_of(
    *(st.builds(kind, patterns) for kind in (entity.Type, entity.Id, entity.Path, entity.Locale)),
    *(st.builds(kind, patterns) for kind in (node.Qname, node.TypeQname, node.Feature, place.Changeset)),
    st.builds(entity.Reference, st.sampled_from([".*://p/a", "USER.*", "node://[A-P]/a"]).map(Pattern)),
    st.builds(entity.Property, names, patterns),
    st.builds(entity.PropertyIs, names, st.sampled_from(VALUES)),
    st.builds(place.Datastore, perhaps, perhaps, perhaps),
    st.builds(place.Branch, perhaps, perhaps, perhaps),
    st.just(node.Definition()),
)


def _joined(inner):
    several = st.lists(inner, max_size=3).map(tuple)
    return st.builds(And, several) | st.builds(Or, several) | st.builds(Not, inner)


conditions = st.recursive(leaves, _joined, max_leaves=5)
some_roles = st.lists(st.sampled_from(ROLES), min_size=1, max_size=3, unique=True).map(tuple)
statements = st.builds(
    Statement, st.sampled_from(Action), some_roles, st.lists(conditions, max_size=2).map(tuple)
)
policies = st.builds(
    Policy,
    st.sampled_from(["p1", "p2", "p3", "P0"]),
    st.lists(statements, max_size=4).map(tuple),
    st.sampled_from([-1, 0, 1, 1.5]),
    st.sampled_from([Scope.PLATFORM, Scope.PLATFORM, Scope.PROJECT]),
)
ways = st.lists(st.sampled_from(["g1", "g2"]), min_size=1, max_size=2).map(tuple)
teams = st.builds(ByTeam, st.sampled_from(["t1", "t2"]), st.just(()) | ways, st.none() | st.sampled_from(IDS))
sources = st.just(Directly()) | st.builds(ByGroup, ways)


@st.composite
def held(draw, *, grants=True):
    """What one principal has; a policy may come several ways."""
    given = draw(st.lists(policies, max_size=4, unique_by=lambda policy: policy.id))
    holdings = [
        Holding(policy, draw(sources | teams)) for policy in given for _ in range(draw(st.integers(1, 2)))
    ]
    granted = st.builds(
        Grant, st.sampled_from(["g", "h"]), st.sampled_from(ROLES), st.sampled_from(["node://p/A", "x://"]),
        sources,
    )  # fmt: skip
    within = st.none() | st.tuples(st.sampled_from(TYPES), st.sampled_from(IDS))
    team_roles = st.builds(TeamRole, st.sampled_from(ROLES), teams, within)
    return Held(
        tuple(draw(st.permutations(holdings))),
        tuple(draw(st.lists(granted, max_size=2))) if grants else (),
        tuple(draw(st.lists(team_roles, max_size=2))),
    )
