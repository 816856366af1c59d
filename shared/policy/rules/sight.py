"""What rules look at of one user, to show it: values as the directory has them."""

from typing import Any, NamedTuple

from shared.directory.identity import Identity

Value = Any
"""A JSON value; None for what is not recorded, or is nothing of the user's."""
NEVER = "nothing of it is ever recorded"


class User(NamedTuple):
    """A user's canonical address, and the last login: an empty one if it is not `known` of any."""

    address: str
    login: Identity
    known: bool


def said(user: User, what: Value) -> Value:
    """What an identity provider said, with the provider."""
    provider = user.login.idp
    return {"identity_provider_id": None if provider is None else provider.id, "said": what}
