"""Rules that refer to something kept apart: a rule group, a list. The plan holds what they refer to."""

from typing import ClassVar

from msgspec import Struct

from shared.policy.rules.sight import NEVER, User, Value


class Group(Struct, frozen=True, tag="group"):
    """Whoever the rule group's own include, exclude and require match."""

    missing: ClassVar[str] = "what its rules read is not recorded"

    id: str

    def words(self) -> str:
        """Whom it is about."""
        return f"the rule group `{self.id}`"

    def seen(self, _user: User) -> Value:
        """What it looks at."""
        return None


class EmailList(Struct, frozen=True, tag="email_list"):
    """Users whose address is in the list."""

    missing: ClassVar[str] = NEVER

    id: str

    def words(self) -> str:
        """Whom it is about."""
        return f"addresses of the list `{self.id}`"

    def seen(self, user: User) -> Value:
        """What it looks at."""
        return user.address


class IpList(Struct, frozen=True, tag="ip_list"):
    """Users whose last address is in a network of the list; unknown without a recorded one."""

    missing: ClassVar[str] = "the address of the login is not recorded"

    id: str

    def words(self) -> str:
        """Whom it is about."""
        return f"networks of the list `{self.id}`"

    def seen(self, user: User) -> Value:
        """What it looks at."""
        return user.login.ip
