"""Rules about who the user is: always known, for every user has an e-mail address."""

from msgspec import Struct

from shared.directory import attributes
from shared.policy.expression import Everybody, Expression, Holds, Listed


class Everyone(Struct, frozen=True, tag="everyone"):
    """Every user."""

    def expression(self) -> Expression:
        """Always matched."""
        return Everybody()


class Email(Struct, frozen=True, tag="email"):
    """The user with this address (canonical)."""

    address: str

    def expression(self) -> Expression:
        """Looked up in the users, not in postings: one posting per user would be no index."""
        return Listed((self.address,))


class EmailDomain(Struct, frozen=True, tag="email_domain"):
    """Users of exactly this domain (A-labels); a sub-domain is another domain."""

    domain: str

    def expression(self) -> Expression:
        """A posting."""
        return Holds((attributes.EMAIL_DOMAIN, attributes.label(self.domain)), None)
