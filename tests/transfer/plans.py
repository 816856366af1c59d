"""Things of archives, and what becomes of them in accounts that have this or that, without a database."""

from uuid import UUID

import pytest

from shared.wire.transfer.arrival import selection
from shared.wire.transfer.arrival.here import Here, User
from shared.wire.transfer.arrival.plan import Choice, plan
from shared.wire.transfer.arrival.reading import arrival
from shared.wire.transfer.arrival.substitution import Substitution
from shared.wire.transfer.arrival.things import Assignment, Group, Policy, Resource, Role, Ruled, Team, Who
from shared.wire.transfer.contents import Kind
from shared.wire.transfer.requests import Included, Strategy
from tests.transfer.bringing import piece

ACCOUNT = UUID("8f3a4c5d-0000-4000-8000-00000000abcd")
OTHER = "00000000000000000000000000000001"
U1, U2, U3 = (f"00000000-0000-4000-8000-00000000000{number}" for number in (1, 2, 3))
CLONE, COPY = Strategy.CLONE, Strategy.COPY_EVERYTHING
BOTH = pytest.mark.parametrize("strategy", [CLONE, COPY])
NOTHING = Here()
ALL = Included()


def planned(pieces, here=NOTHING, strategy=CLONE, into=None, included=ALL):
    found = [arrival(each, ACCOUNT, Substitution({})) for each in pieces]
    return plan(selection.wanted(found, included), here, Choice(ACCOUNT, strategy, b"seed", into))


def changes(*arguments, **options):
    return [each.change for each in planned(*arguments, **options)]


def role(key="r", **more):
    return piece(Kind.ROLE, key, {"roleKey": key, "permissions": ["READ"], **more})


def group(own="g", name="G", members=(), **document):
    return piece(Kind.GROUP, own, {"name": name, "groups": list(members), "document": document})


def policy(own="p", *roles, **more):
    statements = [{"action": "grant", "roles": list(roles)}] if roles else []
    return piece(Kind.POLICY, own, {"statements": statements, **more})


def team(own="t", key="k", group="g", roles=(), **more):
    return piece(Kind.TEAM, own, {"key": key, "groupId": group, "roleKeys": list(roles), **more})


def who(kind, own, name):
    return {"principalType": kind, "principalId": own, "principalName": name}


def assignment(policy="p", kind="user", own=U1, name="ann@a.example"):
    document = {"policyId": policy, **who(kind, own, name)}
    return piece(Kind.ASSIGNMENT, f"{policy}/{kind}/{own}", document)


def grant(on, role="consumer", kind="user", own=U1, name="ann@a.example"):
    document = {"permissioned": on, "roleKey": role, **who(kind, own, name)}
    return piece(Kind.GRANT, "c" * 20, document)


def rule_group(own=U1, *rules):
    return piece(Kind.RULE_GROUP, own, {"name": "g", "include": [*rules, {"everyone": {}}]})


def a_list(own=U1, kind="IP"):
    return piece(Kind.LIST, own, {"name": "l", "type": kind, "items": []})


ANN = User(U1)
HERE = Here(
    roles={"r": Role("r", b'{"roleKey":"r","permissions":["READ"]}')},
    resources={f"node://{OTHER}/n": Resource("n", f"node://{OTHER}/n", b"{}")},
    groups={"h": Group("h", "G", b"{}"), "g2": Group("g2", "other", b"{}")},
    group_names={"G": "h"},
    policies={"p": Policy("p", b'{"statements":[]}')},
    teams={"t": Team("t", "k", None, "h", (), b"{}")},
    places={("platform", "", "k"): "t"},
    team_groups={"h": "t"},
    assignments={Assignment("project-user", Who("user", U1))},
    users={U1: ANN, "ann@a.example": ANN},
    ruled={("group", UUID(U3)): Ruled("group", UUID(U3), "g", b"{}")},
)
