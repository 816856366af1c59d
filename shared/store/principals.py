"""Users and groups by whatever they are called. Nothing here writes."""

import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple
from uuid import UUID

from shared.directory.attributes import membership_label
from shared.directory.errors import Refused
from shared.directory.login import address_in, folded_login, known_address
from shared.directory.membership import names
from shared.policy.entitlement.estate import EVERYONE, Holder
from shared.store import queries
from shared.store.pool import Connection
from shared.wire.cloudcms import references
from shared.wire.cloudcms.references import DOMAIN, DOMAINS

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


class Namesakes(NamedTuple):
    """Two users: one whose login name a text is, and one whose address it is."""

    by_login: Found
    by_address: Found


class _Matches(NamedTuple):
    """Whom a text means, in each of the ways, as they count."""

    user_id: Found | None = None
    group_id: Found | None = None
    login: Found | None = None
    group: Found | None = None
    address: Found | None = None

    def namesakes(self) -> Namesakes | None:
        """Those between whom nothing decides."""
        if self.user_id or self.group_id or self.login is None or self.address is None:
            return None
        return Namesakes(self.login, self.address) if self.login.holder != self.address.holder else None

    def one(self) -> Found | None:
        """Whoever counts."""
        if self.namesakes() is not None:
            return None
        return next((each for each in self if each is not None), None)


class _Meant(NamedTuple):
    """What somebody asks for: by id or name, or by id alone and of one kind."""

    text: str
    kind: str | None = None


async def find(connection: Connection, account: UUID, given: Sequence[str]) -> dict[str, Found]:
    """Principals by id, name, `domain/` before either, or reference; those that exist, by what was given.

    An id counts before a name, a user's login name before a group's name, an e-mail address comes last.
    A text that is one user's login name and another's address finds neither, see `namesakes`.
    """
    called = await _called(connection, account, given)
    return {each: one for each, matches in called.items() if (one := matches.one()) is not None}


async def namesakes(connection: Connection, account: UUID, text: str) -> Namesakes | None:
    """The two users whom a text means alike, so that `find` finds neither; None for any other text."""
    matches = (await _called(connection, account, [text])).get(text)
    return None if matches is None else matches.namesakes()


async def all_called(connection: Connection, account: UUID, text: str) -> list[Found]:
    """All users and groups whom a text means in one way or another, whichever counts."""
    matches = (await _called(connection, account, [text])).get(text)
    return [] if matches is None else [each for each in matches if each is not None]


async def each_called(connection: Connection, account: UUID, texts: Iterable[str]) -> dict[str, Found]:
    """By text somebody whom it means in one way or another; texts that mean nobody are left out."""
    given = {f"{DOMAIN}/{text}": text for text in texts}
    called = await _called(connection, account, list(given))
    return {
        given[each]: next(one for one in matches if one is not None)
        for each, matches in called.items()
        if any(one is not None for one in matches)
    }


async def _called(connection: Connection, account: UUID, given: Sequence[str]) -> dict[str, _Matches]:
    meant = {each: meaning for each in given if (meaning := _meaning(account, each)) is not None}
    texts = {meaning.text for meaning in meant.values()}
    users = await _users(connection, account, texts) if texts else {}
    groups = await _groups(connection, account, texts) if texts else {}
    return {each: _matches(meaning, users, groups) for each, meaning in meant.items()}


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
    addresses = list({address for text in texts if (address := address_in(text)) is not None})
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


def _matches(meant: _Meant, users: _By, groups: _By) -> _Matches:
    user_id, group_id = user_id_of(meant.text), meant.text.lower()
    by_id = _Matches(
        users.get(("id", str(user_id))),
        EVERYBODY if group_id == EVERYONE else groups.get(("id", group_id)),
    )
    if meant.kind is not None:
        return by_id._replace(**{"group_id" if meant.kind == "user" else "user_id": None})
    return by_id._replace(
        login=users.get(("login", folded_login(meant.text))),
        group=groups.get(("name", meant.text)),
        address=users.get(("address", address_in(meant.text) or "")),
    )


def user_id_of(text: str) -> UUID | None:
    """The UUID that a text is, in its usual form or without hyphens."""
    return UUID(text) if USER_ID.fullmatch(text) else None


async def memberships(
    connection: Connection, account: UUID, users: Sequence[str]
) -> dict[str, tuple[str, ...]]:
    """The groups that users are in directly, by name as their records have them, of those who exist."""
    ids = list({user_id for each in users if (user_id := user_id_of(each)) is not None})
    rows = await connection.fetch(SQL["memberships"], account, ids)
    return {str(user_id): names(groups) for user_id, groups in rows}
