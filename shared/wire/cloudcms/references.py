"""References: `type://platform/…/id`, by which this dialect names everything. Case does not count in them.

The platform is the account, in hex; users and groups are in its one domain.
"""

import re
from typing import NamedTuple
from uuid import UUID

from shared.directory.errors import Refused

DOMAIN = "default"
"""The id of an account's one domain: clients say it of a principal whose domain they do not know."""
DOMAINS = frozenset({DOMAIN, "primary"})
KEPT = frozenset({"platform", "accesspolicy", "user", "group", "team"})
"""Types of what is kept here anyway, in small letters: nothing of them is ever registered."""
LENGTH_LIMIT = 1024
SHAPE = re.compile(r"([A-Za-z][A-Za-z0-9_-]{0,63}):/{0,2}([^\s\x00-\x1f\x7f]+)")


class Reference(NamedTuple):
    """A reference: its type as it was written, and the ids from the platform down."""

    type: str
    ids: tuple[str, ...]

    @property
    def id(self) -> str:
        """The id of what it refers to."""
        return self.ids[-1]

    def __str__(self) -> str:
        return f"{self.type}://{'/'.join(self.ids)}"


def parse(text: str) -> Reference:
    """A reference; raises Refused for what is none."""
    found = SHAPE.fullmatch(text) if len(text) <= LENGTH_LIMIT else None
    ids = tuple(found[2].strip("/").split("/")) if found else ()
    if found is None or not all(ids):
        raise Refused(f"`{text[:64]}` is no reference: it has the form `type://platform/id`")
    return Reference(found[1], ids)


def platform(account: UUID) -> Reference:
    """The account itself."""
    return Reference("platform", (account.hex,))


def user(account: UUID, user_id: str) -> Reference:
    """A user."""
    return Reference("user", (account.hex, DOMAIN, user_id))


def group(account: UUID, group_id: str) -> Reference:
    """A group."""
    return Reference("group", (account.hex, DOMAIN, group_id))


def policy(account: UUID, policy_id: str) -> Reference:
    """A policy."""
    return Reference("accessPolicy", (account.hex, policy_id))


def team(account: UUID, within: tuple[str, str] | None, team_id: str) -> Reference:
    """A team of the platform, or of a datastore by its type and id."""
    if within is None:
        return Reference("team", ("platform", account.hex, team_id))
    return Reference("team", (within[0], account.hex, within[1], team_id))
