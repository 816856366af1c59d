"""Users and groups by whatever they are called. Nothing here writes."""

import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple
from uuid import UUID

from shared.directory.attributes import membership_label
from shared.directory.email import canonical_email
from shared.directory.errors import Refused
from shared.directory.login import folded_login, known_address
from shared.directory.membership import names
from shared.policy.entitlement.estate import EVERYONE, Holder
from shared.store import queries
from shared.store.pool import Connection
from shared.wire.cloudcms import references
from shared.wire.cloudcms.references import DOMAINS

SQL = queries.load("principals.sql")

NAME_LIMIT = 1024
"""Characters of the longest name that a record has."""
USER_ID = re.compile(r"[0-9a-fA-F]{8}(-?[0-9a-fA-F]{4}){3}-?[0-9a-fA-F]{12}")


class Found(NamedTuple):
    """A user or a group: `name` is what it is called by, `display` what people read."""

    holder: Holder
    name: str
    email: str | None
    display: str


class Called(NamedTuple):
    """The ids of all whom a text may mean."""

    users: list[UUID]
    groups: list[str]


async def called(connection: Connection, account: UUID, texts: Sequence[str]) -> Called:
    """All users and groups whose id, name or address one of some texts is; their name may differ in case."""
    askable = {text for text in texts if _askable(text)}
    users = await _users(connection, account, askable)
    groups = await _groups(connection, account, askable)
    return Called(
        [UUID(user_id) for user_id in {each.holder.id for each in users.values()}],
        list({each.holder.id for each in groups.values()} - {EVERYONE}),
    )


class _Meant(NamedTuple):
    """What somebody asks for: by id or name, or by id alone and of one kind."""

    text: str
    kind: str | None = None


async def find(connection: Connection, account: UUID, given: Sequence[str]) -> dict[str, Found]:
    """Principals by id, name, `domain/` before either, or reference; those that exist, by what was given.

    An id counts before a name, a user's login name before a group's name, an e-mail address comes last.
    """
    meant = {each: meaning for each in given if (meaning := _meaning(account, each)) is not None}
    texts = {meaning.text for meaning in meant.values()}
    users = await _users(connection, account, texts) if texts else {}
    groups = await _groups(connection, account, texts) if texts else {}
    found = {each: _chosen(meaning, users, groups) for each, meaning in meant.items()}
    return {each: one for each, one in found.items() if one is not None}


def _meaning(account: UUID, given: str) -> _Meant | None:
    """What a text asks for; None for what nobody can be called."""
    if "://" in given:
        return _referred(account, given)
    head, slash, rest = given.partition("/")
    text = rest if slash and head.lower() in DOMAINS else given
    return _Meant(text) if _askable(text) else None


def _askable(text: str) -> bool:
    return 0 < len(text) <= NAME_LIMIT and "\0" not in text


def _referred(account: UUID, given: str) -> _Meant | None:
    try:
        kind, ids = references.parse(given)
    except Refused:
        return None
    platform, domain, *rest = (*ids, "", "")[:3] if len(ids) == 3 else ("", "")  # noqa: PLR2004  # as references.user
    ours = platform.lower() == account.hex and domain.lower() in DOMAINS
    return _Meant(rest[0], kind.lower()) if ours and kind.lower() in ("user", "group") else None


_By = dict[tuple[str, str], Found]
"""What was found, by way (id, login, name, address) and key."""


async def _users(connection: Connection, account: UUID, texts: Iterable[str]) -> _By:
    ids = [user_id for text in texts if (user_id := user_id_of(text)) is not None]
    logins = list({folded_login(text) for text in texts})
    addresses = list({address for text in texts if (address := _address(text)) is not None})
    rows = await connection.fetch(SQL["users"], account, ids, logins, addresses)
    return {(row["by"], row["key"]): user(*row[2:]) for row in rows}


def user(user_id: UUID, email: str, name: str, login: str | None) -> Found:
    """A user as one is found."""
    called = email if login is None else login
    return Found(Holder("user", str(user_id)), called, known_address(email), name or called)


async def _groups(connection: Connection, account: UUID, texts: Iterable[str]) -> _By:
    ids, labels = list({text.lower() for text in texts}), [membership_label(text) for text in texts]
    found: _By = {("id", EVERYONE): EVERYBODY}
    for by, group_id, name in await connection.fetch(SQL["groups"], account, ids, labels):
        found[by, group_id if by == "id" else name] = group(group_id, name)
    return found


def group(group_id: str, name: str) -> Found:
    """A group as one is found."""
    return Found(Holder("group", group_id), name, None, name)


EVERYBODY = group(EVERYONE, EVERYONE)


def _chosen(meant: _Meant, users: _By, groups: _By) -> Found | None:
    user_id, group_id = user_id_of(meant.text), meant.text.lower()
    by_id = {
        "user": users.get(("id", str(user_id))),
        "group": EVERYBODY if group_id == EVERYONE else groups.get(("id", group_id)),
    }
    if meant.kind is not None:
        return by_id[meant.kind]
    return (
        by_id["user"]
        or by_id["group"]
        or users.get(("login", folded_login(meant.text)))
        or groups.get(("name", meant.text))
        or users.get(("address", _address(meant.text) or ""))
    )


def user_id_of(text: str) -> UUID | None:
    """The UUID that a text is, in its usual form or without hyphens."""
    return UUID(text) if USER_ID.fullmatch(text) else None


def _address(text: str) -> str | None:
    try:
        return canonical_email(text) if "@" in text else None
    except Refused:
        return None


async def memberships(
    connection: Connection, account: UUID, users: Sequence[str]
) -> dict[str, tuple[str, ...]]:
    """The groups that users are in directly, by name as their records have them, of those who exist."""
    ids = list({user_id for each in users if (user_id := user_id_of(each)) is not None})
    rows = await connection.fetch(SQL["memberships"], account, ids)
    return {str(user_id): names(groups) for user_id, groups in rows}
