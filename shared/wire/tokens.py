"""Token texts: `gate_<public id>_<secret>_<checksum>`.

The prefix lets secret scanners find a leaked token, the checksum lets them and us drop what cannot be one
without asking the database.
"""

import base64
import hashlib
import hmac
import re
import secrets
import zlib
from datetime import datetime
from typing import NamedTuple

from msgspec import Struct

SCOPES = (
    *("policies:read", "policies:write", "policy-tests:read", "policy-tests:write"),
    *("directory:read", "directory:write", "entitlements:read", "entitlements:write"),
    *("transfer:read", "transfer:write", "admin"),
)

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZabcdefghjkmnpqrstvwxyz"
SHAPE = re.compile(r"gate_([0-9A-Za-z]{12})_([0-9A-Za-z_-]{43})_([0-9A-Za-z]{6})")


class Token(NamedTuple):
    """A token's parts: the `public_id` may be logged, the `secret` (32 bytes) must not."""

    public_id: str
    secret: bytes


class Grant(Struct, frozen=True):
    """What a token is, all but its secret: what it allows whom until when.

    `email` is the canonical address that its holder must give beside it as a key; None: any will do.
    """

    public_id: str
    name: str
    scopes: list[str]
    email: str | None
    expires_at: datetime | None


def new() -> Token:
    """A token that nobody has."""
    return Token("".join(secrets.choice(ALPHABET) for _ in range(12)), secrets.token_bytes(32))


def _checksum(public_id: str, secret: str) -> str:
    number, digits = zlib.crc32(f"{public_id}_{secret}".encode()), ""
    for _ in range(6):
        number, digit = divmod(number, len(ALPHABET))
        digits += ALPHABET[digit]
    return digits


def text(token: Token) -> str:
    """A token as its holder gets it."""
    secret = base64.urlsafe_b64encode(token.secret).decode().rstrip("=")
    return f"gate_{token.public_id}_{secret}_{_checksum(token.public_id, secret)}"


def parse(given: str) -> Token | None:
    """A token's parts, or None for what cannot be a token."""
    match = SHAPE.fullmatch(given)
    if match is None or _checksum(match[1], match[2]) != match[3]:
        return None
    return Token(match[1], base64.urlsafe_b64decode(match[2] + "="))


def digest(secret: bytes) -> bytes:
    """What is stored of a secret: 256 random bits need no slow hash."""
    return hashlib.sha256(secret).digest()


def matches(secret: bytes, stored: bytes) -> bool:
    """Whether a secret is the stored one, in the same time either way."""
    return hmac.compare_digest(digest(secret), stored)
