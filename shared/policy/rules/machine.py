"""Rules about callers that are no person: in a test of persons nobody matches, for certain."""

from msgspec import Struct

from shared.policy.expression import Expression, Nobody


class ServiceToken(Struct, frozen=True, tag="service_token"):
    """Requests with one service token."""

    id: str

    def expression(self) -> Expression:
        """Never matched by a person."""
        return Nobody()


class AnyServiceToken(Struct, frozen=True, tag="any_valid_service_token"):
    """Requests with any valid service token."""

    def expression(self) -> Expression:
        """Never matched by a person."""
        return Nobody()


class LinkedAppToken(Struct, frozen=True, tag="linked_app_token"):
    """Requests with an OAuth token of a linked application."""

    app: str

    def expression(self) -> Expression:
        """Never matched by a person."""
        return Nobody()
