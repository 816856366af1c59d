"""Rules about the last login itself."""

from typing import ClassVar

from msgspec import Struct

from shared.directory import attributes
from shared.policy.expression import Expression, Holds, HoldsAny
from shared.policy.rules.sight import User, Value


class LoginMethod(Struct, frozen=True, tag="login_method"):
    """Logins at an identity provider."""

    missing: ClassVar[str] = "the identity provider of the login is not recorded"

    id: str

    def expression(self) -> Expression:
        """Unknown without a recorded provider."""
        return Holds((attributes.IDP, attributes.folded_label(self.id)), attributes.HAS_IDP)

    def words(self) -> str:
        """Whom it is about."""
        return f"logins at the identity provider `{self.id}`"

    def seen(self, user: User) -> Value:
        """What it looks at."""
        return None if user.login.idp is None else user.login.idp.id


class AuthMethod(Struct, frozen=True, tag="auth_method"):
    """Logins by a method of RFC 8176, such as `mfa`."""

    missing: ClassVar[str] = "the methods of the login are not recorded"

    method: str

    def expression(self) -> Expression:
        """Unknown without recorded methods."""
        return Holds((attributes.AMR, attributes.label(self.method)), attributes.HAS_AMR)

    def words(self) -> str:
        """Whom it is about."""
        return f"logins by `{self.method}`"

    def seen(self, user: User) -> Value:
        """What it looks at."""
        return user.login.amr


class RiskScore(Struct, frozen=True, tag="user_risk_score"):
    """Users whose risk is one of these levels: exactly, not at least (Cloudflare's docs as of 2026-08)."""

    missing: ClassVar[str] = "no login is recorded"

    levels: tuple[str, ...]

    def expression(self) -> Expression:
        """A login without a level counts as `unscored`; without a login it is unknown."""
        terms = tuple((attributes.RISK, attributes.folded_label(level)) for level in self.levels)
        return HoldsAny(terms, attributes.HAS_IDENTITY)

    def words(self) -> str:
        """Whom it is about."""
        return f"users whose risk is {' or '.join(f'`{level}`' for level in self.levels)}"

    def seen(self, user: User) -> Value:
        """What it looks at."""
        return (user.login.risk_score or attributes.UNSCORED) if user.known else None


class AccountMember(Struct, frozen=True, tag="cloudflare_account_member"):
    """Members of a Cloudflare account."""

    missing: ClassVar[str] = "the accounts of the login are not recorded"

    account: str

    def expression(self) -> Expression:
        """Unknown without recorded memberships."""
        return Holds((attributes.MEMBER, attributes.folded_label(self.account)), attributes.HAS_MEMBER)

    def words(self) -> str:
        """Whom it is about."""
        return f"members of the Cloudflare account `{self.account}`"

    def seen(self, user: User) -> Value:
        """What it looks at."""
        return user.login.account_ids
