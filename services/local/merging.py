"""Rows about one user: which of them counts, who comes or goes by that, as an import would have it."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple
from uuid import UUID, uuid4

from pyroaring import BitMap

from services.local.messages import Gathered, Mended, Place, Suspect
from shared.directory import bitmaps
from shared.directory.merge import Entry, Rejection, merge
from shared.directory.movement import Movement

SEGMENT_BITS = 16
NUMBER = 4  # bytes


class Merged(NamedTuple):
    """What is to be mended in the parts, and rows that are refused.

    `first` has for each row that is not the one that created its user that one.
    """

    mended: list[Mended]
    rejections: list[Rejection]
    first: Mapping[Place, Place]


def shared_hashes(gathered: Iterable[Gathered]) -> BitMap:
    """The hashes that more than one row may have: all others have a user of their own."""
    once, more = BitMap(), BitMap()
    for each in gathered:
        named = bitmaps.decode(each.named)
        more |= (once & named) | bitmaps.decode(each.twice)
        once |= named
    return more


def merged(suspects: Iterable[Suspect]) -> Merged:
    """Go through the rows that may be about the same users, in the order of the file."""
    ordered = sorted(suspects, key=lambda each: each.place)
    entries = [_entry(number, each) for number, each in enumerate(ordered)]
    found = merge(entries, [], Movement(SEGMENT_BITS), 0, uuid4, indexed=True)
    stays, first = dict[Place, UUID](), dict[Place, Place]()
    for user in found.rows:
        place = ordered[int.from_bytes(user.details)].place
        created = ordered[found.created[user.ordinal]].place
        stays[place] = user.user_id
        if created != place:
            first[place] = created
    return Merged(_mended(ordered, stays), found.rejections, first)


def _entry(number: int, suspect: Suspect) -> Entry:
    """A row to be merged: no two say the same, so that always the last one counts."""
    whose = suspect.line, suspect.user_id, suspect.address, suspect.email
    return Entry(*whose, number.to_bytes(NUMBER), b"", None, suspect.deleted)


def _mended(suspects: Sequence[Suspect], stays: Mapping[Place, UUID]) -> list[Mended]:
    gone, stay = defaultdict[int, BitMap](BitMap), defaultdict[int, list[tuple[int, UUID]]](list)
    for each in suspects:
        part, position = each.place
        if each.place not in stays:
            gone[part].add(position)
        else:
            stay[part].append((position, stays[each.place]))
    return [Mended(part, bitmaps.encode(gone[part]), stay[part]) for part in sorted({*gone, *stay})]
