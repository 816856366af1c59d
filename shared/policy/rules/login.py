"""Rules about the last login itself."""

from msgspec import Struct

from shared.directory import attributes
from shared.policy.expression import Expression, Holds, HoldsAny


class LoginMethod(Struct, frozen=True, tag="login_method"):
    """Logins at an identity provider."""

    id: str

    def expression(self) -> Expression:
        """Unknown without a recorded provider."""
        return Holds((attributes.IDP, attributes.folded_label(self.id)), attributes.HAS_IDP)


class AuthMethod(Struct, frozen=True, tag="auth_method"):
    """Logins by a method of RFC 8176, such as `mfa`."""

    method: str

    def expression(self) -> Expression:
        """Unknown without recorded methods."""
        return Holds((attributes.AMR, attributes.label(self.method)), attributes.HAS_AMR)


class RiskScore(Struct, frozen=True, tag="user_risk_score"):
    """Users whose risk is one of these levels: exactly, not at least (Cloudflare's docs as of 2026-08)."""

    levels: tuple[str, ...]

    def expression(self) -> Expression:
        """A login without a level counts as `unscored`; without a login it is unknown."""
        terms = tuple((attributes.RISK, attributes.folded_label(level)) for level in self.levels)
        return HoldsAny(terms, attributes.HAS_IDENTITY)


class AccountMember(Struct, frozen=True, tag="cloudflare_account_member"):
    """Members of a Cloudflare account."""

    account: str

    def expression(self) -> Expression:
        """Unknown without recorded memberships."""
        return Holds((attributes.MEMBER, attributes.folded_label(self.account)), attributes.HAS_MEMBER)
