"""Users on the wire. Source: official clients; what they lack is added, never changed."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Annotated, Any, NamedTuple
from uuid import UUID

import msgspec
from msgspec import UNSET, Meta, Struct, UnsetType, convert

from shared.directory.email import canonical_email
from shared.directory.errors import Refused
from shared.wire.cloudflare import objects
from shared.wire.faults import Fault, Faulty, from_validation

NAME_LIMIT = 1024  # as in directory files
LATEST = 253_402_300_799  # the last second that has a date

Name = Annotated[str, Meta(max_length=NAME_LIMIT)]


class Stored(NamedTuple):
    """A user as it is stored; `identity` is JSON."""

    user_id: UUID
    email: str
    name: str
    identity: bytes | None
    created_at: datetime
    updated_at: datetime


class UserObject(Struct, frozen=True):
    """A user. There are no seats to be had here: who has been seen logging in has one.

    `last_successful_login` is when the identity says it was issued.
    """

    id: UUID
    uid: UUID
    email: str
    name: str
    access_seat: bool
    gateway_seat: bool
    seat_uid: str | None
    active_device_count: int
    created_at: datetime
    updated_at: datetime
    last_successful_login: datetime | None


# Clients send back what they got.
ADDED = frozenset(UserObject.__struct_fields__)


class UserCreation(Struct):
    """What a user is created with."""

    email: str
    name: Name = ""


class UserUpdate(Struct):
    """What is to change of a user; what is left out stays."""

    email: str | UnsetType = UNSET
    name: Name | UnsetType = UNSET


class Given(NamedTuple):
    """What a request says of a user: None for what it does not; `address` is the canonical `email`."""

    email: str | None
    address: str | None
    name: str | None


def decode_creation(body: bytes, _: UUID) -> Given:
    """The user that is to be created; raises Faulty."""
    return _decode(body, {"email"})


def decode_update(body: bytes, _: UUID) -> Given:
    """What is to change of a user; raises Faulty."""
    return _decode(body, set())


def _decode(body: bytes, needed: set[str]) -> Given:
    document = objects.decode(body, "`email` and `name`")
    faults = objects.strays(document, ADDED, "a user")
    faults += [Fault(f"a user needs `{name}`", f"/{name}") for name in sorted(needed - document.keys())]
    faults += _misfits(document)
    address = None
    if isinstance(document.get("email"), str):
        try:
            address = canonical_email(document["email"])
        except Refused as refusal:
            faults.append(Fault(str(refusal), "/email"))
    if faults:
        raise Faulty(*faults)
    return Given(document.get("email"), address, document.get("name"))


def _misfits(document: dict[str, Any]) -> Iterator[Fault]:
    for name, kind in (("email", str), ("name", Name)):
        if name in document:
            try:
                convert(document[name], kind)
            except msgspec.ValidationError as error:
                yield from_validation(error, f"/{name}")


class _Issued(Struct):
    iat: object = None


_decode_issued = msgspec.json.Decoder(_Issued).decode


def _last_login(identity: bytes | None) -> datetime | None:
    issued = None if identity is None else _decode_issued(identity).iat
    if not isinstance(issued, int | float) or not 0 < issued <= LATEST:
        return None
    return datetime.fromtimestamp(issued, UTC)


def to_user(stored: Stored) -> UserObject:
    """A user as clients see it."""
    return UserObject(
        id=stored.user_id,
        uid=stored.user_id,
        email=stored.email,
        name=stored.name,
        access_seat=stored.identity is not None,
        gateway_seat=False,
        seat_uid=None,
        active_device_count=0,
        created_at=stored.created_at,
        updated_at=stored.updated_at,
        last_successful_login=_last_login(stored.identity),
    )


class _Audited(Struct):
    """A user in the audit log: what changes of one, and no times."""

    id: UUID
    email: str
    name: str
    last_seen_identity: msgspec.Raw


def to_document(user_id: UUID, email: str, name: str, identity: bytes | None) -> bytes:
    """A user as the audit log keeps it."""
    return msgspec.json.encode(_Audited(user_id, email, name, msgspec.Raw(identity or b"null")))
