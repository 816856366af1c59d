"""Rules about callers that are no person: in a test of persons nobody matches, for certain."""

from typing import ClassVar

from msgspec import Struct

from shared.policy.expression import Expression, Nobody
from shared.policy.rules.sight import NEVER, User, Value


class ServiceToken(Struct, frozen=True, tag="service_token"):
    """Requests with one service token."""

    missing: ClassVar[str] = NEVER

    id: str

    def expression(self) -> Expression:
        """Never matched by a person."""
        return Nobody()

    def words(self) -> str:
        """Whom it is about."""
        return f"the service token `{self.id}`, which no person has"

    def seen(self, _user: User) -> Value:
        """What it looks at."""
        return None


class AnyServiceToken(Struct, frozen=True, tag="any_valid_service_token"):
    """Requests with any valid service token."""

    missing: ClassVar[str] = NEVER

    def expression(self) -> Expression:
        """Never matched by a person."""
        return Nobody()

    def words(self) -> str:
        """Whom it is about."""
        return "any service token, which no person has"

    def seen(self, _user: User) -> Value:
        """What it looks at."""
        return None


class LinkedAppToken(Struct, frozen=True, tag="linked_app_token"):
    """Requests with an OAuth token of a linked application."""

    missing: ClassVar[str] = NEVER

    app: str

    def expression(self) -> Expression:
        """Never matched by a person."""
        return Nobody()

    def words(self) -> str:
        """Whom it is about."""
        return f"tokens of the application `{self.app}`, which no person has"

    def seen(self, _user: User) -> Value:
        """What it looks at."""
        return None
