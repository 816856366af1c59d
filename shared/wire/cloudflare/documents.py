"""Policies and groups as documents: what a client sent, in its order, and what answers add around it."""

from collections.abc import Collection
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

import msgspec
from msgspec import UNSET, Struct, UnsetType

from shared.wire.cloudflare.criteria import Placed
from shared.wire.faults import Fault


class Sent(Struct, frozen=True):
    """A policy or group to be kept: its document, what it refers to, what is wrong with it.

    Faults are raised with those of the references, so that a request is told all of them at once.
    """

    name: str
    document: bytes
    references: tuple[Placed, ...]
    faults: tuple[Fault, ...]


def kept(given: dict[str, Any], added: Collection[str]) -> bytes:
    """An object as a document, without the members that answers add: clients send them back."""
    return msgspec.json.encode({name: value for name, value in given.items() if name not in added})


def same(first: bytes, second: bytes) -> bool:
    """Whether two documents say the same: the order in an object says nothing, that in a list does."""
    return first == second or _sorted(first) == _sorted(second)


def _sorted(document: bytes) -> bytes:
    return msgspec.json.encode(msgspec.json.decode(document), order="deterministic")


class Times(NamedTuple):
    """When a document was first kept, and when it last changed."""

    created_at: datetime | UnsetType
    updated_at: datetime | UnsetType


NO_TIMES = Times(UNSET, UNSET)


def around(document: bytes, resource_id: UUID, added: Struct) -> msgspec.Raw:
    """A document with its id before and `added` after it, never taken apart: a page has a thousand."""
    parts = (b'"id":"%s"' % str(resource_id).encode(), document[1:-1], msgspec.json.encode(added)[1:-1])
    return msgspec.Raw(b"{" + b",".join(part for part in parts if part) + b"}")
