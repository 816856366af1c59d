"""Rules as the description of the API has them: the closed union of the objects with one key each."""

from typing import Annotated, Any

import msgspec
from msgspec import Meta

from shared.wire.cloudflare.rules import KINDS, Kind


def _variant(key: str, kind: Kind) -> dict[str, Any]:
    (reference,), components = msgspec.json.schema_components([kind.struct])
    under = components[reference["$ref"].rpartition("/")[2]]
    del under["title"]
    return {"type": "object", "properties": {key: under}, "required": [key], "additionalProperties": False}


# Any to the decoder: the way to the domain's rule checks it, and says more of what is wrong.
RuleObject = Annotated[
    Any,
    Meta(
        title="Rule",
        description="An access rule: an object with exactly one key, which says the kind.",
        extra_json_schema={"oneOf": [_variant(key, kind) for key, kind in KINDS.items()]},
    ),
]
RuleObjects = list[RuleObject]
SomeRuleObjects = Annotated[RuleObjects, Meta(extra_json_schema={"minItems": 1})]
