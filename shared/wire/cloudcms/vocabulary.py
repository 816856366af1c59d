"""The types of condition as clients are told of them, made of what reads them."""

import functools
from collections.abc import Mapping
from typing import Any, NamedTuple

import msgspec

from shared.wire.cloudcms.conditions import ALIASES, KINDS, Config
from shared.wire.cloudcms.policy_shapes import ConditionKind


class Words(NamedTuple):
    """What a type is called, and of which resources it holds."""

    title: str
    description: str


WORDS = {
    "and": Words("And", "Resources of which all of some conditions hold."),
    "branch": Words(
        "Branch", "What is on a branch, by its id, title or alias; all that is given must match."
    ),
    "changeset": Words("Changeset", "What was written with a changeset, by its id."),
    "datastore": Words(
        "Data Store",
        "A datastore, by its type, id or title, and all that lies in it; all that is given must match.",
    ),
    "definition": Words("Definition", "Nodes that define types of content."),
    "feature": Words("Feature", "Nodes that have a feature, by its qualified name."),
    "id": Words("ID", "Resources by their id."),
    "locale": Words("Locale", "Translations into a locale."),
    "not": Words("Not", "Resources of which a condition does not hold."),
    "or": Words("Or", "Resources of which any of some conditions holds."),
    "path": Words("Path", "Resources by where they lie."),
    "property": Words(
        "Property",
        "Resources with a property that matches a pattern, or that equals a value which is no text.",
    ),
    "qname": Words("QName", "Nodes by their own qualified name."),
    "reference": Words("Reference", "Resources by their whole reference, whatever the case."),
    "type": Words("Type", "Resources by what they are: `project`, `node`, `user`."),
    "type-qname": Words("Type QName", "Nodes by the qualified name of their type of content."),
}
CONDITION = {
    "type": "object",
    "properties": {"type": {"type": "string"}, "config": {"type": "object"}},
    "required": ["type"],
}
JOINING: Mapping[str, dict[str, Any]] = {
    "and": {"conditions": {"type": "array", "items": CONDITION, "minItems": 1}},
    "or": {"conditions": {"type": "array", "items": CONDITION, "minItems": 1}},
    "not": {"condition": CONDITION},
}


@functools.cache
def kinds() -> tuple[ConditionKind, ...]:
    """All types, by name."""
    return tuple(_kind(name) for name in sorted([*KINDS, *JOINING]))


def _kind(name: str) -> ConditionKind:
    aliases = tuple(alias for alias, kind in ALIASES.items() if kind == name)
    return ConditionKind(name, name, *WORDS[name], _schema(name), aliases)


def _schema(name: str) -> dict[str, Any]:
    """The JSON Schema of a type's `config`."""
    if name in JOINING:
        members = JOINING[name]
        return {
            "type": "object",
            "properties": members,
            "required": list(members),
            "additionalProperties": False,
        }
    kind = KINDS[name]
    schema = _of(kind.config)
    if kind.one_of:
        schema["oneOf" if kind.only_one else "anyOf"] = [{"required": [field]} for field in kind.one_of]
    return schema


def _of(config: type[Config]) -> dict[str, Any]:
    (described,) = msgspec.json.schema(config)["$defs"].values()
    return {key: value for key, value in described.items() if key not in ("title", "description")}
