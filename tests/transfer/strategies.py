"""Whole accounts, whose things refer to one another, in words that are easily confused."""

import hashlib
from itertools import product
from random import Random
from typing import Any
from uuid import UUID

from hypothesis import strategies as st

from tests.transfer.worlds import OWN, Crowd, Held, Kept, Own, Person, Squad, World

TEXTS = [
    "",
    "a",
    "Ä b",
    "{platform}",
    "{platform!}",
    "{platform",
    f"of {OWN}",
    f"{OWN}{OWN}",
    "\U0001f512",
    "a" * 300,
]
VALUES = [*TEXTS, 1, -1, 1.5, True, None, [], ["a", {"b": [OWN]}], {"groups": ["x"], "document": {}}, 2**53]
NAMES = ["groups", "document", "key", "within", "x", "_id", "principalId", "platform", "id"]
ROLES = ["contractor", "auditor.1", "r_2", "own-3"]
PERMISSIONS = ["CONNECT", "READ", "UPDATE", "DELETE"]
SYSTEM = ["project-owner", "project-user"]
STORES = [None, ("project", "p1"), ("repository", "own{platform}"), ("application", f"a{OWN}")]


def made_id(kind: str, number: int) -> str:
    """As ids are made here, but always the same."""
    return hashlib.sha256(f"{kind} {number}".encode()).hexdigest()[:20]


def made_uuid(kind: str, number: int) -> UUID:
    return UUID(hashlib.sha256(f"{kind} {number}".encode()).hexdigest()[:32])


def extras(source: Random) -> dict[str, Any]:
    """What clients write into documents that nobody knows."""
    names = source.sample(NAMES, source.choice([0, 0, 1, 3]))
    found: dict[str, Any] = {name: source.choice(VALUES) for name in names}
    if source.random() < 0.5:
        found["title"] = source.choice(TEXTS)
    return found


def _role(source: Random, key: str) -> Own:
    document = extras(source) | {
        "roleKey": key,
        "permissions": source.sample(PERMISSIONS, source.randint(0, 4)),
    }
    return Own(key, document)


def _resource(source: Random, number: int) -> Own:
    where = [f"node://{OWN}/r/b/n{number}", f"NODE://elsewhere/r/b/N{number}", f"project://{OWN}/p{number}"]
    where += [f"thing://platform/{number}", "thing://{platform}/" + str(number)]
    document: dict[str, Any] = {"reference": source.choice(where)}
    if source.random() < 0.5:
        document["paths"] = source.sample(["/", "/a", f"/{OWN}"], 2)
    if source.random() < 0.5:
        document["properties"] = extras(source)
    if source.random() < 0.3:
        document["container"] = {"type": "platform", "id": OWN}
    return Own(made_id("resource", number), document)


def _condition(source: Random, depth: int = 2) -> dict[str, Any]:
    leaves: list[dict[str, Any]] = [
        {"type": "path", "config": {"path": "^/a(/.*)?$"}},
        {"type": "reference-matches", "config": {"reference": f"node://{OWN}/.*"}},
        {"type": "datastore", "config": {"typeId": "platform", "id": OWN}},
        {"type": "property", "config": {"property": "x", "value": source.choice([1, None, {"a": [OWN]}])}},
        {"type": "definition"},
    ]
    if depth and source.random() < 0.4:
        inner = [_condition(source, depth - 1) for _ in range(source.randint(1, 2))]
        joined = {"type": source.choice(["and", "or"]), "config": {"conditions": inner}}
        return source.choice([joined, {"type": "not", "condition": inner[0]}])
    return source.choice(leaves)


def _policy(source: Random, number: int, roles: list[str]) -> Own:
    document = extras(source)
    document.pop("key", None)
    if source.random() < 0.7:
        document["order"] = source.choice([0, 1, -1.5, "2", "2.5", None])
    if source.random() < 0.5:
        document["scope"] = source.choice(["platform", "project"])
    known = [*roles, *(role.upper() for role in roles), "consumer", "Editor"]
    document["statements"] = [
        {
            "action": source.choice(["grant", "revoke"]),
            "roles": source.sample(known, source.randint(1, 2)),
            "conditions": [_condition(source) for _ in range(source.randint(0, 2))],
        }
        for _ in range(source.randint(0, 3))
    ]
    return Own(made_id("policy", number), document)


def _groups(source: Random, size: int) -> list[Crowd]:
    """Groups that are members of those before them, some of several."""
    found = list[Crowd]()
    for number in range(size):
        members = source.sample([each.id for each in found], min(number, source.choice([0, 0, 1, 2])))
        name = f"{source.choice(TEXTS)} {number}".strip()
        found.append(Crowd(made_id("group", number), name, tuple(sorted(members)), extras(source)))
    return found


def _team(source: Random, number: int, roles: list[str]) -> tuple[Squad, Crowd]:
    within, key = source.choice(STORES), f"k{number}-{source.choice(['a', 'Ä', OWN])}"
    kind, store = within or ("platform", "")
    group = Crowd(made_id("team's group", number), f"team:{kind}:{store}:{key}", (), {})
    named = tuple(source.sample([*roles, "consumer"], source.randint(0, 1)))
    document = {name: value for name, value in extras(source).items() if name != "key"}
    return Squad(made_id("team", number), key, group.id, named, within, document), group


def _list(source: Random, number: int) -> Kept:
    kind = ("EMAIL", "IP", "DOMAIN")[number % 3]
    values = {
        "EMAIL": ["Ann@A.example", "b@a.example", "c@ä.example"],
        "IP": ["10.0.0.0/8", "2001:db8::1", "010.0.0.1"[1:], "::ffff:10.0.0.9"],
        "DOMAIN": ["a.example", OWN, "{platform}", "Ä"],
    }[kind]
    items = [
        {"value": value, "description": source.choice([None, *TEXTS])}
        for value in source.sample(values, source.randint(0, 3))
    ]
    heading = {"name": f"l{source.choice(TEXTS)}", "type": kind, "description": source.choice([None, *TEXTS])}
    return Kept(made_uuid("list", number), {**heading, "items": items})


def _rules(source: Random, groups: list[UUID], lists: list[Kept]) -> list[dict[str, Any]]:
    by_type = {kind: [each.id for each in lists if each.document["type"] == kind] for kind in ("EMAIL", "IP")}
    rules: list[dict[str, Any]] = [
        {"everyone": {}},
        {"email": {"email": "Ann@A.example"}},
        {"geo": {"country_code": "de"}},
        {"cloudflare_account_member": {"account_id": OWN}},
        {"saml": {"attribute_name": OWN, "attribute_value": "{platform}", "identity_provider_id": "i"}},
        *({"group": {"id": source.choice([str, str.upper])(str(each))}} for each in groups * 2),
        *({"email_list": {"id": str(each)}} for each in by_type["EMAIL"]),
        *({"ip_list": {"id": str(each)}} for each in by_type["IP"]),
    ]
    return source.sample(rules, source.randint(1, 3))


def _ruled(source: Random, name: str, groups: list[UUID], lists: list[Kept]) -> dict[str, Any]:
    document: dict[str, Any] = {"name": name, "include": _rules(source, groups, lists)}
    for part in ("exclude", "require"):
        if source.random() < 0.4:
            document[part] = source.choice([None, [], _rules(source, groups, lists)])
    return document


def _reusable(source: Random, number: int, groups: list[UUID], lists: list[Kept]) -> Kept:
    document = _ruled(source, f"p{source.choice(TEXTS)}", groups, lists)
    document["decision"] = source.choice(["allow", "deny"])
    addresses = [str(each.id) for each in lists if each.document["type"] == "EMAIL"]
    if addresses and source.random() < 0.5:
        approval = {"approvals_needed": 1, "email_list_uuid": addresses[0]}
        document |= {"approval_required": True, "approval_groups": [approval]}
    return Kept(made_uuid("reusable", number), document)


MOST = {
    "roles": 4,
    "resources": 3,
    "people": 5,
    "groups": 5,
    "policies": 4,
    "teams": 3,
    "held": 8,
    "granted": 8,
    "lists": 4,
    "rule_groups": 4,
    "reusable": 3,
}
SIZES = st.fixed_dictionaries({name: st.integers(0, most) for name, most in MOST.items()})


@st.composite
def worlds(draw: st.DrawFn) -> World:
    """Accounts of up to some 40 things."""
    return world(draw(SIZES), Random(draw(st.integers(0, 2**32))))


def world(sizes: dict[str, int], source: Random) -> World:
    """An account with so many things of each kind."""
    keys = ROLES[: sizes["roles"]]
    resources = [_resource(source, number) for number in range(sizes["resources"])]
    crowds = _groups(source, sizes["groups"])
    made = [_team(source, number, keys) for number in range(sizes["teams"])]
    teams, groups = [team for team, _ in made], [*crowds, *(group for _, group in made)]
    policies = [_policy(source, number, keys) for number in range(sizes["policies"])]
    people = [
        Person(number + 1, tuple(sorted(source.sample([each.name for each in groups], min(len(groups), 2)))))
        for number in range(sizes["people"])
    ]
    principals = [("user", str(each.id)) for each in people] + [("group", each.id) for each in groups]
    principals.append(("group", "everyone"))
    holders = [*principals, *(("team", each.id) for each in teams)]
    held = list(product([*(each.id for each in policies), *SYSTEM], holders))
    on = [f"platform://{OWN}", f"project://{OWN}/p1", "node://elsewhere/x", "thing://{platform}/0"]
    on += [f"accesspolicy://{OWN}/{each.id}" for each in policies]
    on += [f"group://{OWN}/default/{each.id}" for each in groups]
    on += [f"user://{OWN}/default/{each.id}" for each in people]
    on += [each.document["reference"].lower() for each in resources]
    granted = list(product(dict.fromkeys(on), principals, [*keys, "consumer", "owner"]))
    lists = [_list(source, number) for number in range(sizes["lists"])]
    rule_groups = list[Kept]()
    for number in range(sizes["rule_groups"]):
        document = _ruled(source, f"g{source.choice(TEXTS)}", [each.id for each in rule_groups], lists)
        rule_groups.append(Kept(made_uuid("rule group", number), document))
    named = [each.id for each in rule_groups]
    return World(
        *(tuple(_role(source, key) for key in keys), tuple(resources), tuple(people), tuple(groups)),
        *(tuple(policies), tuple(teams)),
        tuple(Held(*each) for each in source.sample(held, min(len(held), sizes["held"]))),
        tuple(Held(*each) for each in source.sample(granted, min(len(granted), sizes["granted"]))),
        *(tuple(lists), tuple(rule_groups)),
        tuple(_reusable(source, number, named, lists) for number in range(sizes["reusable"])),
    )
