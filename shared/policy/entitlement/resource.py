"""What is decided about: a resource, with all that conditions may ask of it."""

from collections.abc import Mapping
from typing import Any

from msgspec import Struct

DATASTORES = frozenset(
    {
        *("platform", "stack", "project", "repository", "domain", "vault", "archive", "directory"),
        *("registrar", "application", "webhost"),
    }
)
PROJECT = "project"


class Container(Struct, frozen=True):
    """A datastore that holds a resource."""

    type: str
    id: str
    title: str | None = None


class Branch(Struct, frozen=True):
    """The branch that a node is on."""

    id: str | None = None
    title: str | None = None
    alias: str | None = None


class Resource(Struct, frozen=True):
    """A resource; a user or a group is one too, with what is recorded of it as properties.

    `containers` are all the datastores around it, whatever their order; `properties` are JSON values.
    """

    reference: str
    type: str | None = None
    id: str | None = None
    paths: tuple[str, ...] = ()
    properties: dict[str, Any] = {}
    containers: tuple[Container, ...] = ()
    branch: Branch | None = None
    changeset: str | None = None

    def text(self, name: str) -> str | None:
        """A property that is a text, by its name as it stands."""
        value = self.properties.get(name)
        return value if isinstance(value, str) else None

    @property
    def length(self) -> int:
        """Characters of the texts that patterns can be asked of, more or less."""
        return sum(map(len, self.paths)) + _length(self.properties)

    def datastores(self) -> tuple[Container, ...]:
        """The datastores around it, and itself if it is one."""
        if self.type not in DATASTORES or self.id is None:
            return self.containers
        return (*self.containers, Container(self.type, self.id, self.text("title")))

    def projects(self) -> frozenset[str]:
        """The ids of the projects it is in, or is, in small letters."""
        return frozenset(folded(store.id) for store in self.datastores() if store.type == PROJECT)

    def within(self, kind: str, store_id: str) -> bool:
        """Whether it is in a datastore, or is it; case does not count in the id."""
        wanted = kind, folded(store_id)
        return any((store.type, folded(store.id)) == wanted for store in self.datastores())


def _length(value: object) -> int:
    if isinstance(value, str):
        return len(value)
    if isinstance(value, Mapping):
        return sum(map(_length, value.values())) + len(value)
    return sum(map(_length, value)) + len(value) if isinstance(value, list | tuple) else 1


def folded(reference: str) -> str:
    """A reference as it is compared: drivers send them in lower case, whatever they were told."""
    return reference.lower()


class Missing:
    """No value, not even null."""


MISSING = Missing()


def property_of(properties: Mapping[str, Any], name: str) -> object:
    """A property by its name, or else by the way down to it, with dots; MISSING if there is none."""
    if name in properties:
        return properties[name]
    head, _, rest = name.partition(".")
    within = properties.get(head)
    return property_of(within, rest) if rest and isinstance(within, Mapping) else MISSING
