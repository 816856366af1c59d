"""An example over HTTP: an account gets its directory, groups and lists, and tests its policies."""

import json
from typing import Any, NamedTuple

from tests.examples.folders import Example
from tests.stack import Client

TESTS = "{a}/access/policy-tests"
KEPT = {"lists": "{a}/gateway/lists", "groups": "{a}/access/groups", "policies": "{a}/access/policies"}


class Answered(NamedTuple):
    """All that a report is made of, with the ids that the example has."""

    test: Any
    reasons: list[Any]
    comparison: Any
    expectations: list[Any]
    findings: list[Any]


class Ids:
    """What an account calls what an example names, and the other way round."""

    def __init__(self) -> None:
        self.pairs: list[tuple[str, str]] = []

    def there(self, document: Any) -> Any:
        text = json.dumps(document)
        for here, there in self.pairs:
            text = text.replace(here, there)
        return json.loads(text)

    def here(self, document: Any) -> Any:
        text = json.dumps(document)
        for here, there in self.pairs:
            text = text.replace(there, here)
        return json.loads(text)


async def asked(client: Client, example: Example) -> Answered:
    """What a gateway says of an example, in an account that has nothing else."""
    imported = await client.imported(example.directory.read_bytes())
    assert imported["rows_rejected"] == 0, imported
    ids = await _kept(client, example)
    base = await client.tested(*ids.there(example.read("before")["policies"]))
    body = {**example.read("policies"), **example.read("expectations")}
    started = await client.call("POST", TESTS, json={**ids.there(body), "base": base["id"]})
    test = await client.ended(started.result["id"])
    parts = ("reasons", "comparison", "expectations", "findings")
    rest = [(await client.call("GET", f"{TESTS}/{test['id']}/{part}")).result for part in parts]
    return Answered(test, *(ids.here(part) for part in rest))


async def _kept(client: Client, example: Example) -> Ids:
    """The account keeps what the example refers to; what a group names stands before it."""
    ids = Ids()
    for kind, path in KEPT.items():
        for document in example.read("resources").get(kind, []):
            answer = await client.call("POST", path, json=ids.there(document))
            ids.pairs.append((document["id"], answer.result["id"]))
    return ids
