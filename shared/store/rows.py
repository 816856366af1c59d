"""Rows of users as COPY takes them, in its binary format: fields, each after its length.

Most of a row is made where an import is read, beside the worker: the process that writes puts parts together.
"""

import struct
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple
from uuid import UUID

import msgspec

from shared.directory.merge import Entry, Record, User

COLUMNS = (
    *("account_id", "valid_from", "ordinal", "user_id", "created_at"),
    *("address", "email", "name", "groups", "identity"),
)
SIGNATURE = b"PGCOPY\n\xff\r\n\0" + bytes(8)
END = b"\xff\xff"
# PostgreSQL takes a chunk in whole and works on it for a while, in which nobody has to attend to it.
CHUNK_BYTES = 1 << 21

LENGTH = struct.Struct("!i")
pack = LENGTH.pack
NULL = pack(-1)
START = struct.Struct("!hi16siq")  # the number of fields, the account, the version
PLACE = struct.Struct("!iqi16s")  # the ordinal, the id
MOMENT = pack(8)

encode_groups = msgspec.json.encode


class Details(NamedTuple):
    """What is kept of a user and never compared with anything."""

    email: str
    name: str


def entry(record: Record) -> Entry:
    """A record with its details in the form of a row."""
    details = _details(record.address, record.email, record.name)
    whose = record.line, record.user_id, record.address, record.email
    return Entry(*whose, details, encode_groups(record.groups), record.identity, record.deleted)


def created(record: Record, ordinal: int, user_id: UUID) -> User:
    """The user whom a record is about, if there was none."""
    details = _details(record.address, record.email, record.name)
    return User(ordinal, user_id, record.address, details, encode_groups(record.groups), record.identity)


def _details(address: str, email: str, name: str) -> bytes:
    """The fields from the address to the name."""
    canonical, given, called = address.encode(), email.encode(), name.encode()
    return b"".join((pack(len(canonical)), canonical, pack(len(given)), given, pack(len(called)), called))


def details(user: User) -> Details:
    """What the details of a user say."""
    fields, at = [], 0
    for _ in range(3):
        (length,) = LENGTH.unpack_from(user.details, at)
        fields.append(user.details[at + LENGTH.size : at + LENGTH.size + length])
        at += LENGTH.size + length
    _, email, name = fields
    return Details(email.decode(), name.decode())


def user(row: tuple[Any, ...]) -> User:
    """A user from ordinal, id, address, e-mail address as given, name, groups, identity, time of creation."""
    ordinal, user_id, address, email, name, groups, identity, created_at = row
    return User(ordinal, user_id, address, _details(address, email, name), groups, identity, created_at)


def chunks(account: UUID, version: int, users: Iterable[User]) -> Iterator[bytes]:
    """Rows to insert as of a version."""
    start = START.pack(len(COLUMNS), 16, account.bytes, 8, version)
    chunk = bytearray(SIGNATURE)
    for user in users:
        chunk += start
        chunk += PLACE.pack(8, user.ordinal, 16, user.user_id.bytes)
        chunk += NULL if user.created_at is None else MOMENT + user.created_at
        chunk += user.details
        chunk += pack(len(user.groups)) + user.groups
        chunk += NULL if user.identity is None else pack(len(user.identity)) + user.identity
        if len(chunk) >= CHUNK_BYTES:
            yield bytes(chunk)
            chunk.clear()
    yield bytes(chunk + END)
