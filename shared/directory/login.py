"""Users who are called by a login name rather than by an e-mail address."""

import unicodedata
from hashlib import sha256

from shared.directory.email import canonical_email
from shared.directory.errors import Refused

NOWHERE = "@no-address.invalid"
"""How the address of a user ends who has none: each user of the directory has one."""


def folded_login(given: str) -> str:
    """The form of a login name that is equal for equal names, whatever their case and width."""
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", given).casefold())


def address_of(login: str) -> str:
    """The address of a user of whom none is known: the login name if it is one, else one of NOWHERE."""
    for given in (login, login + NOWHERE):
        try:
            canonical_email(given)
        except Refused:
            continue
        return given
    return sha256(folded_login(login).encode()).hexdigest()[:32] + NOWHERE


def address_in(text: str) -> str | None:
    """The canonical address that a text is; None for one that is none."""
    try:
        return canonical_email(text) if "@" in text else None
    except Refused:
        return None


def known_address(email: str) -> str | None:
    """An address; None for one that stands for none."""
    return None if email.endswith(NOWHERE) else email
