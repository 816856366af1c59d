"""Platforms with one of everything, and for every route each position where an id can stand.

HOLE is where an id goes, `<kind>` one's own of that kind; NUMBER differs from request to request, where two
of the same are refused.
"""

from typing import Any

from services.gateway.cloudcms.containers import WITHIN
from services.gateway.cloudcms.grants.places import PLACES
from tests.gateway.cloudcms.carried import CARRIED, exported
from tests.gateway.cloudcms.sent import Sent
from tests.gateway.tenants import HOLE, NUMBER, Tenant
from tests.stack import Client

STACK = "/{datastores}/{datastore_id}"
# What a path's parameter is the id of; None: what no account keeps, or has of its own.
PARAMETERS = {
    "policy_id": "policy",
    "resource_id": "resource",
    "principal": "group",
    "principal_id": "user",
    "role_key": "role",
    "authority_id": "role",
    "team": "team",
    "datastore_id": None,
    "datastores": None,
    "job_id": "job",
    "archive_id": "archive",
    "vault_id": None,
    "state": None,
    "domain": None,
    "key": None,
    "permission_id": None,
}
GIVEN = {"datastores": "stacks", "datastore_id": "s", "domain": "default", "state": "finished"}
GIVEN |= {"vault_id": "primary"}
IDS = ("policy", "resource", "team", "stack_team", "group", "team_group")
REFERENCES = (
    "policy_ref",
    "resource_ref",
    "user_ref",
    "group_ref",
    "team_ref",
    "stack_team_ref",
    "platform_ref",
)


def whom(*kinds: str) -> tuple[Sent, ...]:
    """Whoever a query names."""
    return tuple(Sent(kind, {}, {"id": HOLE}) for kind in ("user", "user_ref", "name", "email", *kinds))


def checks(of: str) -> tuple[Sent, ...]:
    """Many checks at once, on a policy or a principal."""
    check = {"permissionedId": f"<{of}>", "principalId": "<user>", "authorityId": "consumer"}
    check["permissionId"] = "READ"
    changed = {"permissionedId": of, "principalId": "user", "authorityId": "role"}
    return tuple(Sent(kind, {"checks": [{**check, name: HOLE}]}) for name, kind in changed.items())


def entries(**right: str) -> tuple[Sent, ...]:
    """Questions about resources, each with an id somewhere."""
    entry = {"permissioned": "<resource_ref>", "principalId": "<user>", **right}
    described = {
        "principalId": "<user>",
        "resource": {"type": "node", "reference": HOLE, "path": HOLE},
        **right,
    }
    found = [Sent(kind, {"entries": [{**entry, "permissioned": HOLE}]}) for kind in REFERENCES]
    found += [Sent(kind, {"entries": [{**entry, "principalId": HOLE}]}) for kind in ("user", "name", "email")]
    return (*found, Sent("resource_ref", {"entries": [described]}))


ROLES = [{"action": "grant", "roles": [HOLE]}]
POLICY = (
    Sent("role", {"title": HOLE, "statements": ROLES}),
    Sent(None, {"title": HOLE, "_doc": HOLE, "x": HOLE}),
)
RESOURCE = (
    Sent(None, {"type": "node", "id": f"n{NUMBER}", "properties": {"x": HOLE}, "path": HOLE}),
    Sent(None, {"reference": HOLE}),
)
TEAM = (
    Sent("role", {"roleKeys": [HOLE]}, {"key": f"k{NUMBER}"}),
    Sent(None, {"title": HOLE, "groupId": HOLE, "teamableObjectId": HOLE}, {"key": f"l{NUMBER}"}),
)
QUERY = (Sent("policy", {"_doc": HOLE}), Sent("name", {"title": HOLE}))
HELD = tuple(Sent(kind, {}, {"ref": HOLE}) for kind in ("user_ref", "group_ref", "team_ref", "user", "name"))
PRINCIPALS = "/domains/{domain}/principals"
ONE = f"{PRINCIPALS}/{{principal}}"


def authorities(place: str) -> dict[str, tuple[Sent, ...]]:
    """All that is asked of authorities on something."""
    return {
        **{
            f"POST {place}/authorities/{{authority_id}}/{verb}": whom()
            for verb in ("grant", "revoke", "check")
        },
        f"POST {place}/permissions/{{permission_id}}/check": whom("group"),
        f"POST {place}/authorities": tuple(
            Sent(kind, {"principals": [HOLE]}) for kind in ("user", "group", "name")
        ),
        f"GET {place}/acl": whom("group"),
        f"GET {place}/acl/list": (),
    }


def teams(place: str) -> dict[str, tuple[Sent, ...]]:
    """All that is asked of teams somewhere."""
    one = f"{place}/teams/{{team}}"
    return {
        f"GET {place}/teams": (),
        f"POST {place}/teams": (*TEAM, Sent(None, {}, {"key": HOLE})),
        f"GET {one}": (),
        f"PUT {one}": TEAM,
        f"DELETE {one}": (),
        f"GET {one}/authorities": (),
        **{f"POST {one}/authorities/{{role_key}}/{verb}": () for verb in ("grant", "revoke")},
        f"GET {one}/members": (),
        **{f"POST {one}/members/{verb}": whom("group") for verb in ("add", "remove", "check")},
    }


# By route: what a request to it may say besides the path; first one that is taken.
TABLE: dict[str, tuple[Sent, ...]] = {
    "GET /": (),
    "GET /auth/info": (),
    "POST /auth/expire": (),
    "POST /access/policies/authorities/check": checks("policy"),
    "POST /access/policies/permissions/check": checks("policy"),
    "POST /domains/{domain}/principals/authorities/check": checks("user"),
    "POST /domains/{domain}/principals/permissions/check": checks("user"),
    "POST /access/check": (*entries(authorityId="consumer"), *entries(permissionId="READ")),
    "POST /access/lookup": entries(),
    "POST /access/policies/collect": (
        Sent("user", {"userId": HOLE, "references": ["<resource_ref>"]}),
        *(Sent(kind, {"userId": "<user>", "references": [HOLE]}) for kind in REFERENCES),
    ),
    "POST /ref/read": tuple(Sent(kind, {"entries": [{"ref": HOLE}]}) for kind in REFERENCES),
    "GET /access/resources": (Sent("resource_ref", None, {"ref": HOLE}),),
    "POST /access/resources": (*RESOURCE, Sent(None, {"type": "node", "id": HOLE})),
    "POST /access/resources/query": (
        Sent("resource", {"_doc": HOLE}),
        Sent("resource_ref", {"reference": HOLE}),
    ),
    "GET /access/resources/{resource_id}": (),
    "PUT /access/resources/{resource_id}": RESOURCE,
    "POST /access/resources/{resource_id}/update": RESOURCE,
    "DELETE /access/resources/{resource_id}": (),
    "POST /access/resources/{resource_id}/delete": (),
    **{
        name: sent
        for place in PLACES
        for name, sent in authorities(place.path.replace(WITHIN, STACK)).items()
    },
    "GET /domains": (),
    "POST /domains/query": (Sent(None, {"title": HOLE}),),
    "GET /domains/{domain}": (),
    f"GET {PRINCIPALS}": (),
    f"POST {PRINCIPALS}": (
        Sent(None, {"type": "USER", "name": f"n{NUMBER}", "title": HOLE, "_doc": HOLE, "domainId": HOLE}),
        Sent(None, {"type": "USER", "name": HOLE}),
        Sent(None, {"type": "GROUP", "name": HOLE}),
        Sent(None, {"type": "USER", "name": f"m{NUMBER}", "email": HOLE}),
    ),
    f"POST {PRINCIPALS}/query": tuple(
        Sent(kind, {name: HOLE})
        for name, kind in (("_doc", "user"), ("name", "name"), ("email", "email"), ("title", "name"))
    ),
    f"POST {PRINCIPALS}/membership/check": tuple(
        Sent(kind, {"checks": [{"principalId": "<user>", "groupId": "<group>", name: HOLE}]})
        for name, kind in (("principalId", "user"), ("groupId", "group"))
    ),
    f"GET {ONE}": (),
    f"PUT {ONE}": (Sent(None, {"title": HOLE, "x": HOLE}),),
    f"POST {ONE}/update": (Sent(None, {"title": HOLE, "x": HOLE}),),
    f"DELETE {ONE}": (),
    f"POST {ONE}/delete": (),
    f"POST {ONE}/changepassword": (Sent(None, {"password": "correct horse battery"}),),
    f"GET {ONE}/members": (),
    f"POST {ONE}/members/add": whom(),
    f"POST {ONE}/members/remove": whom(),
    f"GET {ONE}/memberships": (),
    f"GET {ONE}/teams": (Sent(None, None, {"teamableType": "stack", "teamableId": HOLE}),),
    "GET /roles": (),
    "POST /roles": (
        Sent(None, {"roleKey": f"k{NUMBER}", "title": HOLE, "_doc": HOLE}),
        Sent(None, {"roleKey": HOLE}),
    ),
    "GET /roles/{role_key}": (),
    "PUT /roles/{role_key}": (Sent(None, {"title": HOLE}),),
    "DELETE /roles/{role_key}": (),
    f"GET {STACK}/roles": (),
    f"GET {STACK}/roles/{{role_key}}": (),
    **teams(""),
    **teams(STACK),
    "GET /access/conditions": (),
    "GET /access/policies/system": (),
    "GET /access/policies/system/{key}": (),
    "GET /access/policies/templates": (),
    "GET /access/policies/templates/{key}": (),
    "POST /access/policies/templates/{key}": (Sent(None, {"parameters": {"section": HOLE}}),),
    "GET /access/policies": (),
    "POST /access/policies": POLICY,
    "POST /access/policies/query": QUERY,
    "POST /access/policies/find": HELD,
    "POST /access/policies/unassignall": HELD,
    "POST /access/policies/{policy_id}/assign": HELD,
    "POST /access/policies/{policy_id}/unassign": HELD,
    "GET /access/policies/{policy_id}/targets": (),
    **CARRIED,
    "GET /access/policies/{policy_id}": (),
    "PUT /access/policies/{policy_id}": POLICY,
    "POST /access/policies/{policy_id}/update": POLICY,
    "DELETE /access/policies/{policy_id}": (),
    "POST /access/policies/{policy_id}/delete": (),
}


async def made(client: Client, path: str, document: dict[str, Any]) -> str:
    answer = await client.call("POST", path, json=document)
    assert answer.status == 200, answer
    return answer.body["_doc"]


async def settled(client: Client, word: str) -> Tenant:
    """The client's account with one of everything, the word in every text."""
    account, name, email = client.account, f"{word}name", f"{word}@{word}.example"
    own = {"account": account, "name": name, "email": email}
    person = {"type": "USER", "name": name, "email": email, "title": word}
    own["user"] = await made(client, "/domains/default/principals", person)
    own["group"] = await made(
        client, "/domains/default/principals", {"type": "GROUP", "name": f"{word}group"}
    )
    await _done(client, f"/domains/default/principals/{own['group']}/members/add", id=own["user"])
    own["role"] = await made(client, "/roles", {"roleKey": f"{word}role", "title": word})
    node = {"type": "node", "id": f"{word}node", "path": f"/{word}", "properties": {"x": word}}
    own["resource"] = await made(client, "/access/resources", node)
    own["policy"] = await made(client, "/access/policies", {"title": name})
    for kind, place, of in (("team", "", "platform://"), ("stack_team", "/stacks/s", "stack://")):
        own[kind] = await made(client, f"{place}/teams", {"key": f"{word}team", "title": word})
        await _done(client, f"{place}/teams/{own[kind]}/members/add", id=own["user"])
        stack = "" if of == "platform://" else "s/"
        own[f"{kind}_ref"] = f"team://{of[:-3]}/{account}/{stack}{own[kind]}"
    own["team_group"] = (await client.call("GET", f"/teams/{own['team']}")).body["groupId"]
    own["platform_ref"] = f"platform://{account}"
    own["policy_ref"] = f"accessPolicy://{account}/{own['policy']}"
    own["resource_ref"] = f"node://{account}/{word}node"
    own["user_ref"], own["group_ref"] = (
        f"{kind}://{account}/default/{own[kind]}" for kind in ("user", "group")
    )
    for holder in ("user_ref", "team_ref"):
        await _done(client, f"/access/policies/{own['policy']}/assign", ref=own[holder])
    for place in ("", f"/access/policies/{own['policy']}", f"/access/resources/{own['resource']}"):
        await _done(client, f"{place}/authorities/{own['role']}/grant", id=own["user"])
    own["archive_group"] = f"{word}archive"
    own["job"], own["archive"] = await exported(client, own["archive_group"])
    return Tenant(client, own)


async def _done(client: Client, path: str, **query: str) -> None:
    answer = await client.call("POST", path, params=query, json={})
    assert answer.status == 200, answer
