"""An account with some of everything, so that requests that are made up find something to be about."""

import re
from collections import Counter, defaultdict
from collections.abc import Callable
from typing import Any
from zlib import crc32

import requests
import schemathesis

from tests import described
from tests.gateway import exported
from tests.gateway.rows import EVERYONE, people, policy
from tests.stack import Client

PLACE = re.compile(r"(?P<collection>.*)/\{(?P<name>\w+)\}")
# The parameter that a collection's members have in their path.
MEMBERS = {
    found["collection"]: found["name"]
    for each in described.operations()
    if (found := PLACE.fullmatch(each.path))
}
SEEDS: dict[str, tuple[str, Callable[[int], Any]]] = {
    "group_id": ("/access/groups", lambda n: {"name": f"group {n}", "include": [EVERYONE]}),
    "list_id": ("/gateway/lists", lambda n: {"name": f"list {n}", "type": "IP" if n % 2 else "EMAIL"}),
    "policy_id": ("/access/policies", lambda n: policy(name=f"policy {n}")),
    "user_id": ("/access/users", lambda n: {"email": f"ann{n}@acme.example"}),
    "policy_test_id": ("/access/policy-tests", lambda _: {"policies": [policy()]}),
}
EACH = 5
# One request in so many is about what is not there.
ABSENT = 8
# What random texts never are.
LIKELY = {
    "email": "ann{}@acme.example",
    "domain": "acme{}.example",
    "country_code": "DE",
    "ip": "203.0.113.0/24",
    "session_duration": "24h",
    "target": "node://p/n{}",
    "permission": "READ",
    "authority": "editor",
}
# What rules refer to, by kind: the seeds that are never deleted, or soon nothing else could be.
REFERENCES = {"group": ("group_id", 0), "email_list": ("list_id", 0), "ip_list": ("list_id", 1)}
KEPT = 2
# Bodies that nobody makes up: of some members there is exactly one, of others one at least. Every fourth
# request for one of these operations has the body that is here.
ACCESS = "/accounts/{account_id}/access"
WHOLE: dict[str, dict[str, Any]] = {
    f"{ACCESS}/policy-tests": {"policies": [policy()], "expectations": [{"all": "approved"}]},
    f"{ACCESS}/lint": {"policies": [policy()]},
    f"{ACCESS}/evaluate": {"policies": [policy()], "users": [{"email": "ann@acme.example"}]},
}
WHOLE_ONES = 4


class World:
    """One account, the ids in it, and how often each operation answered with which status."""

    def __init__(self, client: Client) -> None:
        self.client = client
        self.session = requests.Session()
        self.session.headers["Authorization"] = f"Bearer {client.token}"
        self.ids: dict[str, list[str]] = defaultdict(list)
        self.exports: dict[str, str] = {}  # by the test whose results they are
        self.statuses: dict[str, Counter[int]] = defaultdict(Counter)

    async def settle(self) -> None:
        self.ids["import_id"].append((await self.client.imported(people(30)))["id"])
        for name, (path, body) in SEEDS.items():
            for number in range(EACH):
                made = await self.client.call("POST", "{a}" + path, json=body(number))
                self.ids[name].append(made.result["id"])
        login = {
            "idp": {"id": "okta", "type": "okta"},
            "amr": ["mfa"],
            "devicePosture": {"x": {"success": True}},
        }
        for user_id in self.ids["user_id"]:
            path = f"{{a}}/access/users/{user_id}/last_seen_identity"
            await self.client.call("PUT", path, json=login)
        for test_id in self.ids["policy_test_id"][:KEPT]:
            await self.client.ended(test_id)
            self.exports[test_id] = (await exported.asked(self.client, test_id)).result["id"]
            await exported.ended(self.client, test_id, self.exports[test_id])

    def place(self, case: schemathesis.Case) -> None:
        """Let a request be about what is there, mostly."""
        draw = crc32(repr((case.path_parameters, case.query, case.body)).encode())
        first = KEPT if case.method == "DELETE" else 0
        for name in () if draw % ABSENT == 0 else case.path_parameters:
            if name == "account_id":
                case.path_parameters[name] = self.client.account
            elif there := self.ids[name][first:]:
                case.path_parameters[name] = there[draw % len(there)]
            elif name == "export_id":
                case.path_parameters["policy_test_id"] = test_id = sorted(self.exports)[draw % KEPT]
                case.path_parameters[name] = self.exports[test_id]
        if draw % 2:
            self._make_likely(case.body, draw)
        if isinstance(case.body, dict) and case.path in WHOLE and draw % WHOLE_ONES == 0:
            case.body = WHOLE[case.path]
        if draw % 3 and "base" in (case.query or {}):
            case.query["base"] = self.ids["policy_test_id"][draw % KEPT]

    def _make_likely(self, body: Any, draw: int) -> None:
        members = {dict: dict.items, list: enumerate}.get(type(body), lambda _: ())
        for key, each in members(body):
            if key in LIKELY and isinstance(each, str):
                body[key] = LIKELY[key].format(draw)
            elif key in REFERENCES and isinstance(each, dict) and "id" in each:
                name, number = REFERENCES[key]
                each["id"] = self.ids[name][number]
            else:
                self._make_likely(each, draw)

    def call(self, case: schemathesis.Case) -> schemathesis.Response:
        response = case.call(base_url=self.client.url, session=self.session)
        self.statuses[f"{case.method} {case.path}"][response.status_code] += 1
        if response.status_code < 300 and case.method == "POST" and case.path in MEMBERS:
            self.ids[MEMBERS[case.path]].append(response.json()["result"]["id"])
        if response.status_code < 300 and case.method == "DELETE":
            name = MEMBERS[case.path.rpartition("/")[0]]
            self.ids[name].remove(case.path_parameters[name])
        return response
