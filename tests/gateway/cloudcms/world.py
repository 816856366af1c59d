"""A platform with some of everything, so that requests that are made up find something to be about."""

import json
import time
from collections import Counter, defaultdict
from typing import Any
from zlib import crc32

import requests
import schemathesis

from tests.gateway.cloudcms.program import PASSWORD
from tests.gateway.cloudcms.vaults.shelf import made
from tests.stack import Client

EACH = 20
# One request in so many is about what is not there.
ABSENT = 8
# Of each kind so many are never deleted, or soon nothing else could be.
KEPT = 2
PLACED = {
    "authority_id": ["consumer", "manager", "all"],
    "permission_id": ["READ", "update"],
    "datastores": ["stacks"],
    "datastore_id": ["s"],
    "domain": ["default"],
    "key": ["project-user"],
    "state": ["finished"],
    "vault_id": ["primary"],
    "template": ["content-freeze"],
}
# What random texts never are; `{}` is a number.
LIKELY = {
    "type": "USER",
    "name": "name{}",
    "roleKey": "role{}",
    "title": "title",
    "email": "name{}@acme.example",
    "authorityId": "consumer",
    "permissionId": "READ",
    "order": "100",
    "scope": "project",
    "password": PASSWORD,
    "verifyPassword": PASSWORD,
}
# Members of bodies and queries that say whom or what something is about, and what of that there is.
MEANT = {
    "id": "principal",
    "principalId": "principal",
    "userId": "principal",
    "groupId": "group",
    "permissionedId": "policy_id",
    "permissioned": "reference",
    "ref": "user_reference",
    "references": "reference",
    "principals": "principal",
    "roleKeys": "role_key",
    "roles": "role_key",
}

KINDS = ("principal", "user", "group", "policy_id", "reference", "user_reference", "platform_reference")
CHECKED = {"principalId": "<principal>", "groupId": "<group>", "permissionedId": "<policy_id>"}
ASKED = {"permissioned": "<reference>", "principalId": "<principal>"}
ROLE = {"roleKey": "reviewer<number>", "permissions": ["READ"]}
PERSON = {"type": "USER", "name": "name<number>"}
NODE = {"type": "node", "path": "/b"}
POLICY = {"statements": [{"action": "grant", "roles": ["editor"], "conditions": [{"type": "definition"}]}]}
# By path, what is taken in its body, and in its query: each operation's first request.
BODIES: dict[str, Any] = {
    "/access/check": {"entries": [{**ASKED, "authorityId": "consumer", "explain": True}]},
    "/access/lookup": {"entries": [ASKED]},
    "/access/policies": POLICY,
    "/access/policies/{policy_id}": POLICY,
    "/access/policies/{policy_id}/update": POLICY,
    "/access/policies/query": {"title": {"$in": ["p"]}},
    "/access/policies/collect": {"userId": "<user>", "references": ["<reference>"]},
    "/access/policies/templates/{key}": {"parameters": {}},
    "/access/resources": NODE,
    "/access/resources/{resource_id}": NODE,
    "/access/resources/{resource_id}/update": NODE,
    "/domains/{domain}/principals": PERSON,
    "/domains/{domain}/principals/{principal}": {"title": "t"},
    "/domains/{domain}/principals/{principal}/update": {"title": "t"},
    "/domains/{domain}/principals/{principal}/changepassword": {"password": PASSWORD},
    "/domains/{domain}/principals/membership/check": {"checks": [CHECKED]},
    "/ref/read": {"entries": [{"ref": "<reference>"}, {"ref": "<user_reference>"}]},
    "/roles": ROLE,
    "/roles/{role_key}": {"permissions": ["READ"]},
    "/teams": {"title": "t"},
    "/{datastores}/{datastore_id}/teams": {"title": "t"},
    "/transfer/export": {"sources": ["<platform_reference>"]},
}
ARCHIVE = {"group": "acme", "artifact": "access", "version": "1.0"}
QUERIES = {
    "key": "team<number>",
    "id": "<principal>",
    "ref": "<user_reference>",
    "teamableType": "stack",
    "teamableId": "s",
    "target": "<platform_reference>",
    **ARCHIVE,
}


class Platform:
    """One account, the ids in it, and how often each operation answered with which status."""

    def __init__(self, client: Client) -> None:
        self.client = client
        self.session = requests.Session()
        self.session.headers["Authorization"] = f"Bearer {client.token}"
        self.ids: dict[str, list[str]] = defaultdict(list, {name: [*ids] for name, ids in PLACED.items()})
        self.statuses: dict[str, Counter[int]] = defaultdict(Counter)

    async def settle(self) -> None:
        for number in range(EACH):
            user, group = {"type": "USER", "name": f"u{number}"}, {"type": "GROUP", "name": f"g{number}"}
            for name, document in (("user", user), ("group", group)):
                self.ids[name].append(await self._made("/domains/default/principals", document))
            policy = {"title": "p", "statements": [{"action": "grant", "roles": ["consumer"]}]}
            self.ids["policy_id"].append(await self._made("/access/policies", policy))
            self.ids["resource_id"].append(
                await self._made("/access/resources", {"type": "node", "id": f"n{number}", "path": "/a"})
            )
            self.ids["role_key"].append(await self._made("/roles", {"roleKey": f"r{number}"}))
            for kind, place in (("team", ""), ("stack_team", "/stacks/s")):
                await self._made(f"{place}/teams", {"key": f"t{number}"})
                self.ids[kind].append(f"t{number}")
        account = self.client.account
        self.ids["principal"] = self.ids["principal_id"] = self.ids["user"] + self.ids["group"]
        self.ids["reference"] = [f"node://{account}/n{number}" for number in range(EACH)]
        self.ids["platform_reference"] = [f"platform://{account}"] * KEPT
        for number in range(EACH):
            self.ids["archive_id"].append(await self._exported(str(number)))
        await self._exported(ARCHIVE["version"])
        self.ids["user_reference"] = [f"user://{account}/default/{each}" for each in self.ids["user"]]

    async def _exported(self, version: str) -> str:
        """The id of an archive of the whole platform."""
        query = {**ARCHIVE, "version": version}
        job = await self.client.call("POST", "/export", params={**query, "schedule": "synchronous"})
        self.ids["job_id"].append(job.body["_doc"])
        return (await self.client.call("GET", "/vaults/primary/archives/lookup", params=query)).body["_doc"]

    async def _made(self, path: str, document: dict[str, Any]) -> str:
        answer = await self.client.call("POST", path, json=document)
        assert answer.status == 200, answer
        return answer.body["_doc"]

    def place(self, case: schemathesis.Case) -> None:
        """Let a request be about what is there, mostly."""
        draw = crc32(repr((case.path_parameters, case.query, case.body)).encode())
        first = not self.statuses[f"{case.method} {case.path}"]
        if first:
            self._make_sure(case, draw)
        for name in () if draw % ABSENT == 0 and not first else case.path_parameters:
            known = self.ids[self._kind(case, name)]
            if name == _removed(case):  # one of the two ways to delete leaves some to the other
                known = known[KEPT : -KEPT if case.method == "DELETE" else None]
            elif first:
                known = known[:KEPT]
            if known:
                case.path_parameters[name] = known[draw % len(known)]
        if draw % 2 and not first:
            for members in (case.query, case.body):
                self._make_likely(members, draw)

    def _make_sure(self, case: schemathesis.Case, draw: int) -> None:
        """Let a request be one that is taken."""
        known = {parameter.name for parameter in case.operation.query}
        asked = {name: text for name, text in QUERIES.items() if name in known}
        kept = {"limit": 3, "sort": '{"title": 1}'} if {"limit", "sort"} <= known else {}
        case.query = {**kept, **self._filled(asked, draw)}
        if case.path.endswith("/archives") and case.operation.body:
            case.body, case.media_type = made(), "application/zip"
        elif case.operation.body:
            case.body, case.media_type = self._filled(self._body(case.path), draw), "application/json"

    def _body(self, path: str) -> Any:
        whole = path.rpartition("/")[2] == "authorities"
        checks = [{**CHECKED, "authorityId": "consumer", "permissionId": "READ"}]
        fallback = {"principals": ["<principal>"]} if whole else {"checks": checks} if "check" in path else {}
        return BODIES.get(path, fallback)

    def _filled(self, document: Any, draw: int) -> Any:
        """A document with ids in the place of their kinds."""
        text = json.dumps(document).replace("<number>", str(draw))
        for kind in KINDS:
            text = text.replace(f"<{kind}>", self.ids[kind][draw % KEPT])
        return json.loads(text)

    def _kind(self, case: schemathesis.Case, name: str) -> str:
        if name == "principal" and "/members" in case.path:
            return "group"
        if name == "principal" and case.path.endswith("/changepassword"):
            return "user"
        if name == "team" and case.path.startswith("/{datastores}"):
            return "stack_team"
        return "template" if name == "key" and "templates" in case.path else name

    def _make_likely(self, body: Any, draw: int) -> None:
        members = {dict: dict.items, list: enumerate}.get(type(body), lambda _: ())
        for key, each in list(members(body)):
            if key in LIKELY and isinstance(each, str):
                body[key] = LIKELY[key].format(draw)
            elif key in MEANT and isinstance(each, str):
                body[key] = self._meant(key, draw)
            elif key in MEANT and isinstance(each, list) and each and isinstance(each[0], str):
                body[key] = [self._meant(key, draw)]
            else:
                self._make_likely(each, draw)

    def _meant(self, key: str, draw: int) -> str:
        there = self.ids[MEANT[key]]
        return there[draw % KEPT]

    def call(self, case: schemathesis.Case) -> schemathesis.Response:
        response = case.call(base_url=self.client.url, session=self.session)
        while response.status_code == 429:  # jobs that are not wanted any more are still to be done
            time.sleep(0.1)
            response = case.call(base_url=self.client.url, session=self.session)
        self.statuses[f"{case.method} {case.path}"][response.status_code] += 1
        if response.status_code < 300 and (name := _removed(case)):
            self.ids[self._kind(case, name)].remove(case.path_parameters[name])
        return response


def _removed(case: schemathesis.Case) -> str | None:
    """The parameter that says what a request deletes, if it deletes anything."""
    if case.method != "DELETE" and not case.path.endswith("/delete"):
        return None
    return case.path.removesuffix("/delete").rpartition("/")[2].strip("{}")
