"""Canonical e-mail addresses and domains: used for storing, comparing and querying alike.

Never compare in SQL: its lower() and Python's differ for a handful of letters, and those are the attack.
"""

import re
import unicodedata
from functools import lru_cache

import idna

from shared.directory.errors import Refused

ADDRESS_LIMIT = 254
DOMAIN_LIMIT = 255
# What nearly every address looks like: NFKC and IDNA leave it as it is. A label has no hyphen at either end,
# nor in both the third and the fourth place, where only idna can say what it means.
LABEL = r"(?!..--)[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
PLAIN_DOMAIN = rf"(?:{LABEL}\.)+(?!..--)[a-z](?:[a-z0-9-]{{0,61}}[a-z0-9])"
PLAIN = re.compile(r"[a-z0-9!#$%&'*+/=?^_`{|}~.-]{1,64}@" + PLAIN_DOMAIN)
FORBIDDEN = re.compile(r'[\s"(),:;<>@\[\\\]\x00-\x1f\x7f]')


def canonical_email(given: str) -> str:
    """The form of an address that is equal for equal mailboxes; raises Refused for what is no address.

    Case does not count, in the local part either: identity providers treat it so. Dots and plus tags count.
    """
    lowered = given.lower()
    if len(lowered) <= ADDRESS_LIMIT and PLAIN.fullmatch(lowered):
        return lowered
    if len(given) > ADDRESS_LIMIT:  # before normalising, which takes the square of a run of marks
        raise Refused(f"`{given[:ADDRESS_LIMIT]}` is longer than an e-mail address can be")
    local, at, domain = unicodedata.normalize("NFKC", given).rpartition("@")
    labels = _labels(domain)
    if not at or not local or FORBIDDEN.search(local) or labels is None or labels.endswith("."):
        raise Refused(f"`{given[:ADDRESS_LIMIT]}` is no e-mail address")
    # Case folding can undo the normal form (an iota below), so it is made once more.
    canonical = f"{unicodedata.normalize('NFKC', local.casefold())}@{labels}"
    if len(canonical) > ADDRESS_LIMIT:
        raise Refused(f"`{given[:ADDRESS_LIMIT]}` is longer than an e-mail address can be")
    return canonical


def canonical_domain(given: str) -> str:
    """A domain as its A-labels, lower case; one leading `@` and one trailing dot are taken off.

    Raises Refused for what is no domain of at least two labels.
    """
    labels = _labels(given.removeprefix("@"))
    if labels is None:
        raise Refused(f"`{given[:DOMAIN_LIMIT]}` is no domain")
    return labels.removesuffix(".")


@lru_cache(maxsize=65536)
def _labels(domain: str) -> str | None:
    """A domain's A-labels, with a trailing dot if it has one; None for what is no domain of two labels."""
    if len(domain) > DOMAIN_LIMIT:
        return None
    try:
        # UTS-46 folds case itself, and knows that ß is a letter of its own; str.casefold would make it ss.
        labels = idna.encode(domain, uts46=True, std3_rules=True).decode()
    except (idna.IDNAError, UnicodeError, IndexError):
        return None
    return labels if "." in labels.removesuffix(".") else None


def domain_of(canonical: str) -> str:
    """The domain of a canonical address."""
    return canonical[canonical.rfind("@") + 1 :]
