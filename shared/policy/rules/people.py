"""Rules about who the user is: always known, for every user has an e-mail address."""

from typing import ClassVar

from msgspec import Struct

from shared.directory import attributes
from shared.directory.email import domain_of
from shared.policy.expression import Everybody, Expression, Holds, Listed
from shared.policy.rules.sight import NEVER, User, Value


class Everyone(Struct, frozen=True, tag="everyone"):
    """Every user."""

    missing: ClassVar[str] = NEVER

    def expression(self) -> Expression:
        """Always matched."""
        return Everybody()

    def words(self) -> str:
        """Whom it is about."""
        return "everyone"

    def seen(self, _user: User) -> Value:
        """What it looks at."""
        return None


class Email(Struct, frozen=True, tag="email"):
    """The user with this address (canonical)."""

    missing: ClassVar[str] = NEVER

    address: str

    def expression(self) -> Expression:
        """Looked up in the users, not in postings: one posting per user would be no index."""
        return Listed((self.address,))

    def words(self) -> str:
        """Whom it is about."""
        return f"the address `{self.address}`"

    def seen(self, user: User) -> Value:
        """What it looks at."""
        return user.address


class EmailDomain(Struct, frozen=True, tag="email_domain"):
    """Users of exactly this domain (A-labels); a sub-domain is another domain."""

    missing: ClassVar[str] = NEVER

    domain: str

    def expression(self) -> Expression:
        """A posting."""
        return Holds((attributes.EMAIL_DOMAIN, attributes.label(self.domain)), None)

    def words(self) -> str:
        """Whom it is about."""
        return f"addresses of `{self.domain}`"

    def seen(self, user: User) -> Value:
        """What it looks at."""
        return domain_of(user.address)
