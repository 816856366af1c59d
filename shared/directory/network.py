"""Network addresses and networks as byte strings that sort as addresses do.

An address of IPv4 has 4 bytes, one of IPv6 has 16; an IPv4-mapped one is the IPv4 address it stands for
(nothing else is unwrapped: 6to4 and NAT64 addresses are addresses of their own).
"""

import ipaddress
from socket import AF_INET, AF_INET6, inet_pton
from typing import NamedTuple

from shared.directory.errors import Refused

MAPPED = b"\0" * 10 + b"\xff\xff"
UNLIKELY = MAPPED[:10]  # how IPv6 begins where IPv4 is, or might be, in it
# The bits right of a prefix, by the bytes of an address and the prefix as it is usually written.
HOSTS = {
    size: {"": 0} | {str(prefix): (1 << size * 8 - prefix) - 1 for prefix in range(size * 8 + 1)}
    for size in (4, 16)
}


class Network(NamedTuple):
    """A range of addresses of one family: `first` and `last`, both included."""

    first: bytes
    last: bytes


def _unmapped(packed: bytes) -> bytes:
    return packed[12:] if len(packed) == 16 and packed.startswith(MAPPED) else packed  # noqa: PLR2004  # bytes of IPv6


def parse_address(given: str) -> bytes | None:
    """An address's bytes, or None for what is no address (leading zeros and scopes included)."""
    try:
        return inet_pton(AF_INET, given)  # nearly always; a tenth of the time that the module below takes
    except (OSError, UnicodeEncodeError, ValueError):
        return _parse_other(given)


def _parse_other(given: str) -> bytes | None:
    try:
        address = ipaddress.ip_address(given.strip())
    except ValueError:
        return None
    return None if "%" in given else _unmapped(address.packed)


def parse_network(given: str) -> Network:
    """A network in CIDR form or a single address; raises Refused, host bits included."""
    return _parse_plain(given) or _parse_other_network(given)


def _parse_plain(given: str) -> Network | None:
    """A network as nearly all are written, in a fifth of the module's time; None for others."""
    address, _, prefix = given.partition("/")
    try:
        packed = inet_pton(AF_INET6 if ":" in address else AF_INET, address)
    except (OSError, UnicodeEncodeError, ValueError):
        return None
    size = len(packed)
    hosts = HOSTS[size].get(prefix)
    if hosts is None or given[-1] == "/" or packed.startswith(UNLIKELY):
        return None
    if not hosts:
        return Network(packed, packed)
    number = int.from_bytes(packed, "big")
    return None if number & hosts else Network(packed, (number | hosts).to_bytes(size, "big"))


def _parse_other_network(given: str) -> Network:
    try:
        network = ipaddress.ip_network(given, strict=True)
    except ValueError:
        raise Refused(_why(given)) from None
    if "%" in given:
        raise Refused(f"`{given}` has a scope, leave it out")
    first, last = _unmapped(network[0].packed), _unmapped(network[-1].packed)
    if len(first) != len(last):
        raise Refused(f"`{given}` spans IPv4-mapped and other addresses, give them apart")
    return Network(first, last)


def _why(given: str) -> str:
    try:
        meant = ipaddress.ip_network(given, strict=False)
    except ValueError:
        return f"`{given[:64]}` is neither an address nor a network"
    return f"`{given}` has bits set right of its prefix, did you mean `{meant}`?"
