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

    def said(self, text: str) -> str:
        """What the account said, in the words of the example."""
        for here, there in self.pairs:
            text = text.replace(there, here)
        return text

    def here(self, document: Any) -> Any:
        return json.loads(self.said(json.dumps(document)))


class Ready(NamedTuple):
    """An account that has what an example is about, and a complete test of the policies so far."""

    ids: Ids
    base: str


async def ready(client: Client, example: Example) -> Ready:
    """Make an account ready that has nothing else; what a group names stands before it."""
    imported = await client.imported(example.directory.read_bytes())
    assert imported["rows_rejected"] == 0, imported
    ids = Ids()
    for kind, path in KEPT.items():
        for document in example.read("resources").get(kind, []):
            answer = await client.call("POST", path, json=ids.there(document))
            ids.pairs.append((document["id"], answer.result["id"]))
    base = await client.tested(*ids.there(example.read("before")["policies"]))
    return Ready(ids, base["id"])


async def asked(client: Client, example: Example) -> Answered:
    """What a gateway says of an example."""
    ids, base = await ready(client, example)
    body = {**example.read("policies"), **example.read("expectations")}
    started = await client.call("POST", TESTS, json={**ids.there(body), "base": base})
    test = await client.ended(started.result["id"])
    parts = ("reasons", "comparison", "expectations", "findings")
    rest = [(await client.call("GET", f"{TESTS}/{test['id']}/{part}")).result for part in parts]
    return Answered(test, *(ids.here(part) for part in rest))
