"""Canonical e-mail addresses and domains: used for storing, comparing and querying alike.

Never compare in SQL: its lower() and Python's differ for a handful of letters, and those are the attack.
"""

import re
import unicodedata
from functools import lru_cache

import idna

from shared.directory.errors import Refused

ADDRESS_LIMIT = 320
# What nearly every address looks like; NFKC and IDNA leave it as it is. Labels as UTS-46 admits them: no
# hyphen at either end, and none that claims to be an A-label, which only idna can vouch for.
PLAIN_DOMAIN = (
    r"(?:(?!xn--)[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?(?<!--)\.)+(?!xn--)[a-z][a-z0-9-]{0,61}[a-z0-9]"
)
PLAIN = re.compile(r"[a-z0-9!#$%&'*+/=?^_`{|}~.-]{1,64}@" + PLAIN_DOMAIN)
FORBIDDEN = re.compile(r'[\s"(),:;<>@\[\\\]\x00-\x1f\x7f]')


def canonical_email(given: str) -> str:
    """The form of an address that is equal for equal mailboxes; raises Refused for what is no address.

    Case does not count, in the local part either: identity providers treat it so. Dots and plus tags count.
    """
    lowered = given.lower()
    if len(lowered) <= ADDRESS_LIMIT and PLAIN.fullmatch(lowered):
        return lowered
    local, at, domain = unicodedata.normalize("NFKC", given).casefold().rpartition("@")
    if not at or not local or len(given) > ADDRESS_LIMIT or FORBIDDEN.search(local) or domain.endswith("."):
        raise Refused(f"`{given[:ADDRESS_LIMIT]}` is no e-mail address")
    # Case folding can undo the normal form (an iota below), so it is made once more.
    return f"{unicodedata.normalize('NFKC', local)}@{canonical_domain(domain)}"


@lru_cache(maxsize=65536)
def canonical_domain(given: str) -> str:
    """A domain as its A-labels, lower case; one leading `@` and one trailing dot are taken off.

    Raises Refused for what is no domain of at least two labels.
    """
    bare = given.removeprefix("@").removesuffix(".")
    try:
        domain = idna.encode(bare.casefold(), uts46=True, std3_rules=True).decode()
    except (idna.IDNAError, UnicodeError, IndexError):
        raise Refused(f"`{given[:255]}` is no domain") from None
    if "." not in domain or bare.startswith("@"):
        raise Refused(f"`{given[:255]}` is no domain")
    return domain


def domain_of(canonical: str) -> str:
    """The domain of a canonical address."""
    return canonical[canonical.rfind("@") + 1 :]
