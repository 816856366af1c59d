"""Questions of entitlement that cannot be asked, each refused with the place of what is wrong."""

import json
from typing import Any

import pytest

from tests.gateway.cloudcms.holdings import ABSENT, grant
from tests.gateway.entitled import PRODUCTS, TESTS, begun
from tests.gateway.rows import ACME, policy
from tests.stack import Client, Service

FAULTY = [
    ({}, ["/entitlement/target", "/entitlement"]),
    ({"target": 1, "permission": "READ"}, ["/entitlement/target"]),
    ({"target": "nonsense", "permission": "READ"}, ["/entitlement/target"]),
    ({"target": "accessPolicy://{a}/" + ABSENT, "permission": "READ"}, ["/entitlement/target"]),
    ({"target": {"type": "node", "pth": "/"}, "permission": "READ"}, ["/entitlement/target"]),
    ({"target": {"reference": ":"}, "permission": "READ"}, ["/entitlement/target/reference"]),
    ({"target": PRODUCTS, "permission": "READ", "authority": "editor"}, ["/entitlement"]),
    ({"target": PRODUCTS, "permission": 1}, ["/entitlement/permission"]),
    ({"target": PRODUCTS, "permission": "REED"}, ["/entitlement/permission"]),
    ({"target": PRODUCTS, "authority": "editr"}, ["/entitlement/authority"]),
    ({"target": PRODUCTS, "permission": "READ", "polices": []}, ["/entitlement/polices"]),
    ({"target": PRODUCTS, "permission": "READ", "replace": 1}, ["/entitlement/replace"]),
    ({"target": PRODUCTS, "permission": "READ", "policies": {}}, ["/entitlement/policies"]),
    ({"target": PRODUCTS, "permission": "READ", "policies": [1]}, ["/entitlement/policies/0"]),
    (
        {"target": PRODUCTS, "permission": "READ", "policies": [ABSENT, {"_doc": ABSENT + "1"}, {"_doc": 1}]},
        ["/entitlement/policies/2/_doc"],
    ),
    (
        {"target": PRODUCTS, "permission": "READ", "policies": [ABSENT, {"_doc": ABSENT + "1"}]},
        ["/entitlement/policies/0", "/entitlement/policies/1"],
    ),
    (
        {"target": PRODUCTS, "permission": "READ", "policies": [ABSENT, ABSENT]},
        [f"/entitlement/policies/{n}" for n in (0, 1)],
    ),
    (
        {
            "target": PRODUCTS,
            "permission": "READ",
            "policies": [{"statements": [grant({"type": "path", "config": {"path": "("}})]}],
        },
        ["/entitlement/policies/0/statements/0/conditions/0/config/path"],
    ),
    (
        {"target": PRODUCTS, "permission": "READ", "policies": [{"statements": [grant(roles=("ghost",))]}]},
        ["/entitlement/policies/0/statements/0/roles/0"],
    ),
    (
        {"target": PRODUCTS, "permission": "READ", "policies": [{"assignTo": []}]},
        ["/entitlement/policies/0/assignTo"],
    ),
    (
        {
            "target": PRODUCTS,
            "permission": "READ",
            "policies": [{"assignTo": ["nobody", "team://stack/p/s/t", 5]}],
        },
        ["/entitlement/policies/0/assignTo/2"],
    ),
    (
        {
            "target": PRODUCTS,
            "permission": "READ",
            "policies": [{"assignTo": ["nobody", "team://platform/{a}/t"]}],
        },
        ["/entitlement/policies/0/assignTo/0", "/entitlement/policies/0/assignTo/1"],
    ),
]


async def test_what_is_wrong_is_refused_with_its_place(service: Service) -> None:
    client = await service.tenant()
    for given, pointers in FAULTY:
        body = json.dumps({"entitlement": given}).replace("{a}", client.account)
        answer = await client.call("POST", TESTS, data=body, headers={"Content-Type": "application/json"})
        assert answer.status == 400, given
        assert [pointer for pointer, _ in answer.faults] == pointers


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"policies": [policy(ACME)], "entitlement": {}}, "/entitlement"),
        ({"entitlement": {}, "polices": []}, "/polices"),
        ({"entitlement": []}, "/entitlement"),
        ({"entitlement": None}, "/policies"),
    ],
)
async def test_a_test_has_policies_or_an_entitlement(client: Client, body: Any, pointer: str) -> None:
    answer = await client.call("POST", TESTS, json=body)
    assert (answer.status, answer.faults[0][0]) == (400, pointer)


async def test_who_may_not_read_entitlements_may_not_test_them(service: Service) -> None:
    client = await service.tenant(scopes=("policy-tests:write", "policy-tests:read"))
    answer = await begun(client)
    assert answer.status == 403
    assert "entitlements:read" in answer.faults[0][1]
    assert (await client.tested(policy()))["status"] == "complete"
