"""The audit log: who changed what, written in the transaction that changes it."""

import hashlib
from typing import Literal, NamedTuple
from uuid import UUID

from msgspec import Struct

from shared.store import queries
from shared.store.pool import Connection

SQL = queries.load("audit.sql")

Action = Literal["create", "update", "delete", "cancel", "import"]
Subject = Literal["policy", "group", "list", "user", "policy_test", "directory"]


class Actor(NamedTuple):
    """Whoever makes a change: a token's public part and its name."""

    token_id: str
    name: str


class Change(Struct, frozen=True):
    """What is done to which subject; `before` and `after` are its JSON, None while it does not exist."""

    action: Action
    kind: Subject
    subject: UUID
    before: bytes | None
    after: bytes | None


async def record(connection: Connection, account: UUID, actor: Actor, change: Change) -> None:
    """Write down a change; the caller's transaction makes it."""
    digests = [
        None if text is None else hashlib.sha256(text).digest() for text in (change.before, change.after)
    ]
    document = change.before if change.after is None else change.after
    row = (*actor, change.action, change.kind, change.subject, *digests, document)
    await connection.execute(SQL["record"], account, *row)
