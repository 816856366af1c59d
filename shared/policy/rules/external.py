"""Rules that somebody else's service would answer."""

from typing import ClassVar

from msgspec import Struct

from shared.policy.expression import Expression, Undecidable
from shared.policy.rules.sight import User, Value


class ExternalEvaluation(Struct, frozen=True, tag="external_evaluation"):
    """Whoever the customer's service admits."""

    missing: ClassVar[str] = "a test calls nobody"

    evaluate_url: str
    keys_url: str

    def expression(self) -> Expression:
        """Unknown of everybody: a test that asked would be a million calls to somebody's service."""
        return Undecidable()

    def words(self) -> str:
        """Whom it is about."""
        return f"whoever `{self.evaluate_url}` admits"

    def seen(self, _user: User) -> Value:
        """What it looks at."""
        return None
