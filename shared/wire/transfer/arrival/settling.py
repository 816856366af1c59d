"""Whom and what the names of others in an archive mean here."""

from collections.abc import Mapping
from typing import NamedTuple
from uuid import UUID

from shared.directory.errors import Refused
from shared.directory.login import address_in
from shared.policy.entitlement.estate import EVERYONE
from shared.policy.entitlement.resource import folded
from shared.policy.entitlement.roles import STANDARD
from shared.wire.cloudcms import references
from shared.wire.cloudcms.references import DOMAINS, Reference
from shared.wire.cloudcms.shipped import system_policies
from shared.wire.transfer.arrival.here import Here, User
from shared.wire.transfer.arrival.moving import Ids, moved_reference
from shared.wire.transfer.arrival.reading import TEAMABLE
from shared.wire.transfer.arrival.things import Named, Who
from shared.wire.transfer.contents import Key, Kind

LENGTHS = {"platform": 1, "accesspolicy": 2, "user": 3, "group": 3}
"""How many ids references have."""


class Absent(Exception):  # noqa: N818  # no error: it is told, and the rest goes on
    """Somebody of whom an archive speaks is not here."""


class Settled(NamedTuple):
    """The account, what it has, and what is in it, or will be, of an archive: by key the id here."""

    account: UUID
    here: Here
    ids: Ids
    roles: frozenset[str]
    references: frozenset[str]
    list_types: Mapping[str, str]

    def role(self, role: str) -> None:
        """Raises Refused for a role that is neither here nor in the archive."""
        if role not in STANDARD and role not in self.here.roles and role not in self.roles:
            raise Refused(f"there is no role `{role}` here, and none in the archive")

    def policy(self, policy: str) -> str:
        """The id of a policy here; raises Refused."""
        if (own := self.ids.get(Key(Kind.POLICY, policy))) is not None:
            return own
        if policy in system_policies() or policy in self.here.policies:
            return policy
        raise Refused(f"there is no access policy `{policy[:64]}` here, and none in the archive")

    def group(self, group: str) -> str:
        """The id of a group here; raises Refused."""
        if (own := self.ids.get(Key(Kind.GROUP, group))) is not None:
            return own
        if group == EVERYONE or group not in self.here.groups:
            raise Refused(f"there is no group `{group[:64]}` here, and none in the archive")
        return group

    def who(self, who: Who) -> Who:
        """A principal as it is here, by its id alone; raises Absent."""
        match who.kind:
            case "user":
                return Who("user", self.user(who).id)
            case "group":
                return Who("group", self._holding_group(who))
            case _:
                own = self.ids.get(Key(Kind.TEAM, who.id), who.id)
                if own == who.id and Key(Kind.TEAM, own) not in self.ids and own not in self.here.teams:
                    raise Absent(f"the team {_called(who)} is not here")
                return Who("team", own)

    def user(self, who: Who) -> User:
        """A user by the id, or else by the address; raises Absent."""
        found = self.here.users.get(_canonical(who.id))
        if found is None and who.name is not None:
            found = self.here.users.get(address_in(who.name) or "")
        if found is None:
            raise Absent(f"the user {_called(who)} is not here")
        return found

    def _holding_group(self, who: Who) -> str:
        own = self.ids.get(Key(Kind.GROUP, who.id))
        if own is not None or who.id == EVERYONE or who.id in self.here.groups:
            return own or who.id
        if who.name is None or who.name not in self.here.group_names:
            raise Absent(f"the group {_called(who)} is not here")
        return self.here.group_names[who.name]

    def on(self, on: str) -> str:
        """A resource that something can be granted on, by its reference here; raises Refused, Absent."""
        reference = references.parse(on)
        if reference.type in references.KEPT:
            return self._kept(on, reference)
        if on in self.references or on in self.here.resources:
            return on
        store = reference.type in TEAMABLE and len(reference.ids) == 2  # noqa: PLR2004  # the platform, its own
        if not store or reference.ids[0] != self.account.hex:
            raise Refused(f"there is no resource `{on[:128]}` here, and none in the archive")
        if reference.type == "domain" and reference.id not in DOMAINS:
            raise Refused(f"there is no domain `{reference.id[:64]}`")
        return on

    def _kept(self, on: str, reference: Reference) -> str:
        kind, ids = reference.type, reference.ids
        platform = ids[1] if kind == "team" and len(ids) > 1 else ids[0]
        if platform != self.account.hex:
            raise Refused(f"`{on[:128]}` is of another account")
        if (
            kind == "team"
            or len(ids) != LENGTHS[kind]
            or (kind in ("user", "group") and ids[1] not in DOMAINS)
        ):
            raise Refused(f"nothing can be granted on `{on[:128]}`")
        match kind:
            case "accesspolicy":
                self.policy(reference.id)
            case "group" if reference.id != EVERYONE:
                self._there(Who("group", reference.id))
            case "user":
                self._there(Who("user", reference.id))
        return moved_reference(on, self.ids)

    def _there(self, who: Who) -> None:
        found = self.who(who)
        if who.kind == "user" and folded(found.id) != folded(who.id):
            raise Absent(f"the user {_called(who)} is not here")

    def names(self, named: tuple[Named, ...]) -> None:
        """Raises Refused for rule groups or lists that are not there, or of another type."""
        for each in named:
            if each.kind == "group":
                known = Key(Kind.RULE_GROUP, str(each.id)) in self.ids
                if not known and ("group", each.id) not in self.here.ruled:
                    raise Refused(f"there is no rule group `{each.id}` here, and none in the archive")
            elif (found := self._list_type(each.id)) != each.kind:
                what = "is not here, nor in the archive" if found is None else f"is of type `{found}`"
                raise Refused(f"the list `{each.id}` {what}, here goes one of type `{each.kind}`")

    def _list_type(self, list_id: UUID) -> str | None:
        if (own := self.list_types.get(str(list_id))) is not None:
            return own
        kept = self.here.lists.get(list_id)
        return None if kept is None else kept.type


def _called(who: Who) -> str:
    return f"`{who.id[:64]}`" if who.name is None else f"`{who.name[:128]}` ({who.id[:64]})"


def _canonical(user_id: str) -> str:
    """An id of a user as it is kept, whatever its form."""
    try:
        return str(UUID(user_id))
    except ValueError:
        return user_id
