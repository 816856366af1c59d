"""Pieces of what an account stores, row by row; what is sent along is in `contents`."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import quote
from uuid import UUID

import msgspec
from msgspec import UNSET, Raw, Struct, UnsetType

from shared.wire.transfer.contents import Key, Kind, Piece
from shared.wire.transfer.placeholder import neutral, neutral_text
from shared.wire.transfer.requirements import requires

PLATFORM = "platform"
decode = msgspec.json.Decoder(dict[str, Any]).decode


class _Camel(Struct, rename="camel"):
    """A document with members as this dialect writes them."""


class _Group(_Camel):
    name: str
    groups: Sequence[str]
    document: Raw


class _Within(_Camel):
    type: str
    id: str


class _Team(_Camel):
    key: str
    group_id: str
    role_keys: Sequence[str]
    within: _Within | UnsetType
    document: Raw


class _Assignment(_Camel):
    policy_id: str
    principal_type: str
    principal_id: str
    principal_name: str | None


class _Grant(_Camel):
    permissioned: str
    role_key: str
    principal_type: str
    principal_id: str
    principal_name: str | None


class _Member(_Camel):
    id: UUID
    email: str


class _Membership(_Camel):
    group_id: str
    users: list[_Member]


class _Item(Struct):
    value: str
    description: str | None


class _List(Struct):
    name: str
    type: str
    description: str | None
    items: Raw


def document(kind: Kind, account: UUID, own: str | UUID, given: bytes) -> Piece:
    """A thing that is its document."""
    text = neutral(given, account)
    return Piece(Key(kind, neutral_text(str(own), account)), text, requires(kind, decode(text)))


def group(account: UUID, own: str, name: str, members: Sequence[str], given: bytes) -> Piece:
    """A group."""
    return _made(Kind.GROUP, account, own, _Group(name, members, Raw(given)))


def team(
    account: UUID, own: str, placed: tuple[str, str, str], group_id: str, roles: Sequence[str], given: bytes
) -> Piece:
    """A team; `placed` is its datastore's type and id, and its key."""
    kind, store, key = placed
    within = UNSET if kind == PLATFORM else _Within(kind, store)
    return _made(Kind.TEAM, account, own, _Team(key, group_id, roles, within, Raw(given)))


def assignment(account: UUID, policy_id: str, kind: str, holder: str, name: str | None) -> Piece:
    """That somebody holds a policy."""
    parts = (neutral_text(each, account) for each in (policy_id, kind, holder))
    own = "/".join(quote(part, safe="") for part in parts)
    return _made(Kind.ASSIGNMENT, account, own, _Assignment(policy_id, kind, holder, name))


def grant(account: UUID, own: str, on: str, role: str, holder: tuple[str, str], name: str | None) -> Piece:
    """A role that somebody has on something."""
    return _made(Kind.GRANT, account, own, _Grant(on, role, *holder, name))


def membership(account: UUID, group_id: str, number: int, users: Sequence[tuple[UUID, str]]) -> Piece:
    """Some of the users who are in a group, counted from 1."""
    members = [_Member(*each) for each in users]
    return _made(Kind.MEMBERSHIP, account, f"{group_id}/{number:06}", _Membership(group_id, members))


def items(rows: Sequence[tuple[str, str | None]]) -> bytes:
    """Items of a list, as JSON without brackets."""
    return msgspec.json.encode([_Item(*row) for row in rows])[1:-1]


def listing(account: UUID, own: UUID, heading: tuple[str, str, str | None], parts: Sequence[bytes]) -> Piece:
    """A list of a name, type and description; `parts` are its items, of which none is empty."""
    text = msgspec.json.encode(_List(*heading, Raw(b"[" + b",".join(parts) + b"]")))
    return Piece(Key(Kind.LIST, str(own)), neutral(text, account))


def _made(kind: Kind, account: UUID, own: str, made: Struct) -> Piece:
    return document(kind, account, own, msgspec.json.encode(made))
