"""Rules that somebody else's service would answer."""

from msgspec import Struct

from shared.policy.expression import Expression, Undecidable


class ExternalEvaluation(Struct, frozen=True, tag="external_evaluation"):
    """Whoever the customer's service admits."""

    evaluate_url: str
    keys_url: str

    def expression(self) -> Expression:
        """Unknown of everybody: a test that asked would be a million calls to somebody's service."""
        return Undecidable()
