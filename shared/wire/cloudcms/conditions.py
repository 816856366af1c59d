"""Conditions on the wire: `{type, config}`, where every text of a config but a property's name is a pattern.

Unknown kinds and unknown fields are refused: a condition that were ignored would let a statement apply
everywhere.
"""

from collections.abc import Callable, Mapping
from typing import Annotated, Any, NamedTuple

import msgspec
from msgspec import Meta, Struct

from shared.policy.entitlement.conditions import entity, node, place
from shared.policy.entitlement.conditions.kinds import Condition
from shared.policy.entitlement.patterns import Pattern

NAME_LIMIT = 256
Regex = Annotated[str, Meta(extra_json_schema={"format": "regex"})]
Name = Annotated[str, Meta(min_length=1, max_length=NAME_LIMIT)]
Object = dict[str, Any]
Patterns = Mapping[str, Pattern]
"""The patterns of a config, by field."""


class Config(Struct, forbid_unknown_fields=True, omit_defaults=True):
    """What stands under `config`."""


class Nothing(Config):
    """No config."""


class ByPath(Config):
    """A path."""

    path: Regex


class ByType(Config):
    """A type's id."""

    type: Regex


class ById(Config):
    """An id."""

    id: Regex


class ByReference(Config):
    """A reference, under either name."""

    reference: Regex | None = None
    id: Regex | None = None


class ByProperty(Config):
    """A property and its value: a text is a pattern, anything else is compared."""

    property: Name
    value: Any


class ByLocale(Config):
    """A locale."""

    locale: Regex


class ByQname(Config):
    """A qualified name."""

    qname: Regex


class ByBranch(Config):
    """A branch, by one or several of these."""

    id: Regex | None = None
    title: Regex | None = None
    alias: Regex | None = None


class ByDatastore(Config):
    """A datastore, by one or several of these."""

    type_id: Regex | None = msgspec.field(name="typeId", default=None)
    id: Regex | None = None
    title: Regex | None = None


class Kind(NamedTuple):
    """One kind of condition: its config and the way from that to the domain's."""

    config: type[Config]
    make: Callable[[Any, Patterns], Condition]
    one_of: tuple[str, ...] = ()
    """Fields, of which at least one is needed."""
    only_one: bool = False


def _property(config: ByProperty, patterns: Patterns) -> Condition:
    if "value" in patterns:
        return entity.Property(config.property, patterns["value"])
    return entity.PropertyIs(config.property, config.value)


KINDS: dict[str, Kind] = {
    "path": Kind(ByPath, lambda _, found: entity.Path(found["path"])),
    "type": Kind(ByType, lambda _, found: entity.Type(found["type"])),
    "id": Kind(ById, lambda _, found: entity.Id(found["id"])),
    "reference": Kind(
        ByReference,
        lambda _, found: entity.Reference(next(iter(found.values()))),
        one_of=("reference", "id"),
        only_one=True,
    ),
    "property": Kind(ByProperty, _property),
    "locale": Kind(ByLocale, lambda _, found: entity.Locale(found["locale"])),
    "qname": Kind(ByQname, lambda _, found: node.Qname(found["qname"])),
    "type-qname": Kind(ByQname, lambda _, found: node.TypeQname(found["qname"])),
    "feature": Kind(ByQname, lambda _, found: node.Feature(found["qname"])),
    "definition": Kind(Nothing, lambda _, __: node.Definition()),
    "branch": Kind(ByBranch, lambda _, found: place.Branch(**found), one_of=("id", "title", "alias")),
    "changeset": Kind(ById, lambda _, found: place.Changeset(found["id"])),
    "datastore": Kind(
        ByDatastore, lambda _, found: place.Datastore(**found), one_of=("typeId", "id", "title")
    ),
}
"""The kinds that look at a resource."""
LISTS = ("and", "or")
"""The kinds that join a list of conditions; `not` has one."""
ALIASES = {
    "path-matches": "path",
    "feature-matches": "feature",
    "node-has-feature": "feature",
    "property-matches": "property",
    "reference-matches": "reference",
}
"""Names of older versions."""
