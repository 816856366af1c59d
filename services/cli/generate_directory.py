"""`gatehouse generate-directory`: a directory of people who do not exist, the same for the same seed."""

import random
import struct
from collections.abc import Iterator
from typing import BinaryIO

import click

from services.cli import population
from services.cli.population import Tables

# One user's randomness: eight numbers for the id, then one for each choice.
DRAW = struct.Struct("<21H")
BLOCK = 1024

NEVER_SEEN = round(0.03 * population.SIZE)
HOLES = round(0.05 * population.SIZE)  # the 2 % above those never seen
TEN = round(0.30 * population.SIZE)
HOME = round(0.45 * population.SIZE)
PUBLIC = round(0.98 * population.SIZE)
# A number in 512 is the one before it: a key that is nearly unique must not be taken for unique.
REUSED = population.SIZE // 512

# First octets that hold nothing private, shared, reserved or for documentation.
OCTETS = [octet for octet in range(1, 224) if octet not in {10, 100, 127, 169, 172, 192, 198, 203}]

EXAMPLE = (
    "\b\nExample:"
    "\n  gatehouse generate-directory -n 100000 --seed 7 -o people.ndjson"
    "\n  gatehouse generate-directory -n 1000 | gatehouse import -"
)


def uid(part: tuple[int, ...]) -> str:
    """A random UUID (version 4) of eight 16-bit numbers."""
    a, b, c, d, e, f, g, h = part
    return f"{a:04x}{b:04x}-{c:04x}-4{d & 0xFFF:03x}-{e & 0x3FFF | 0x8000:04x}-{f:04x}{g:04x}{h:04x}"


def address(where: int, high: int, low: int) -> str:
    """An IP address: 30 % office, 15 % home networks, 2 % IPv6, else public IPv4."""
    if where < TEN:
        return f"10.{high >> 8}.{high & 255}.{low & 255}"
    if where < HOME:
        return f"192.168.{high & 255}.{low & 255}"
    if where < PUBLIC:
        return f"{OCTETS[where % len(OCTETS)]}.{high >> 8}.{high & 255}.{low & 255}"
    return f"2a02:{high:x}::{low:x}"


def user(tables: Tables, ordinal: int, draw: tuple[int, ...]) -> str:
    """One user as a line of JSON, without its end."""
    first_key, last_key, domain, group, login, country, posture, cert, extra, fate, where, high, low = draw[
        8:
    ]
    first, last = tables.first[first_key], tables.last[last_key]
    membership = tables.membership[group]
    account = f"{first.address}.{last.address}.{ordinal}"
    person = (
        f'{{"id":"{uid(draw[:8])}","email":"{account}@{tables.domain[domain]}",'
        f'"name":"{first.written} {last.written}"{membership.directory}'
    )
    if fate < NEVER_SEEN:
        return person + "}"
    way = tables.login[login]
    mtls = tables.certificate[cert]
    number = 100_000 + ordinal - (low < REUSED)
    facts = [
        membership.identity[way.reports],
        way.amr,
        f',"ip":"{address(where, high, low)}"',
        tables.country[country],
        tables.posture[posture],
        f'{mtls}{account}"' if mtls.endswith('"') else mtls,
        f'{membership.claims[way.claim]}{number}"}}',
    ]
    if fate < HOLES:
        facts[fate % len(facts)] = ""
    return f'{person},"identity":{{{way.idp}{"".join(facts)}{tables.extra[extra]}}}}}'


def lines(count: int, seed: int) -> Iterator[bytes]:
    """The first `count` users of a seed, each a line of NDJSON with its end."""
    tables = population.tables()
    source = random.Random(seed)  # noqa: S311  # to be repeated, not to be secret
    for start in range(0, count, BLOCK):
        draws = DRAW.iter_unpack(source.randbytes(DRAW.size * BLOCK))
        ordinals = range(start, min(start + BLOCK, count))
        for ordinal, draw in zip(ordinals, draws, strict=False):
            yield f"{user(tables, ordinal, draw)}\n".encode()


@click.command(
    "generate-directory",
    epilog=EXAMPLE,
)
@click.option("-n", "--users", "count", type=click.IntRange(min=0), required=True, help="How many users.")
@click.option(
    "--seed", type=click.IntRange(min=0), default=1, show_default=True, help="Another seed, others."
)
@click.option(
    "-o", "--output", type=click.File("wb"), default="-", help="Where to write; standard output else."
)
def command(count: int, seed: int, output: BinaryIO) -> None:
    """Write a realistic, skewed directory as NDJSON, one user a line.

    Domains, teams and countries are as uneven as in life; some users were never seen, some lack facts.
    The same seed and number give the same bytes.
    """
    output.writelines(lines(count, seed))
    output.flush()
