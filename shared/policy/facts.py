"""One segment of the directory, as a plan sees it: the postings it reads, and the outcomes they give."""

from collections.abc import Mapping

from pyroaring import BitMap

from shared.directory import attributes, bitmaps, columns
from shared.directory.attributes import Term
from shared.policy.expression import (
    Both,
    Everybody,
    Expression,
    Holds,
    HoldsAny,
    Keys,
    Listed,
    Nobody,
    Undecidable,
    Within,
)
from shared.policy.outcome import Outcome, both

NOBODY = BitMap()


class Facts:
    """The facts about one segment's users.

    `postings` are the bytes of each term that has a posting here; `positions` are those of the users whom the
    plan names, by what it names them by: e-mail address or id.
    """

    def __init__(self, postings: Mapping[Term, bytes], positions: Mapping[str, int]) -> None:
        self._postings = postings
        self._positions = positions
        self._decoded: dict[Term, BitMap] = {}
        self.live = self._bitmap(attributes.LIVE)

    def _bitmap(self, term: Term) -> BitMap:
        """A term's positions; decoded once, and never changed by whoever gets them."""
        if term not in self._decoded:
            self._decoded[term] = bitmaps.decode(self._postings.get(term, b""))
        return self._decoded[term]

    def _unrecorded(self, recorded: Term | None) -> BitMap:
        return NOBODY if recorded is None else self.live - self._bitmap(recorded)

    def outcome(self, expression: Expression) -> Outcome:
        """What an expression says of each of the segment's users."""
        match expression:
            case Holds(term, recorded):
                return Outcome(self._bitmap(term), self._unrecorded(recorded))
            case HoldsAny(terms, recorded):
                held = BitMap.union(*(self._bitmap(term) for term in terms))
                return Outcome(held, self._unrecorded(recorded))
            case Within(asked, recorded):
                return Outcome(self._within(asked), self._unrecorded(recorded))
            case Listed(keys):
                return Outcome(self._listed(keys), NOBODY)
            case Both(first, second):
                return both(self.outcome(first), self.outcome(second))
            case Everybody():
                return Outcome(self.live, NOBODY)
            case Nobody():
                return Outcome(NOBODY, NOBODY)
            case Undecidable():
                return Outcome(NOBODY, self.live)

    def _within(self, asked: tuple[Keys, ...]) -> BitMap:
        held = (
            (self._postings.get((keys.attribute, bucket), b""), keys.bounds)
            for keys in asked
            for bucket in keys.buckets
        )
        return BitMap.union(NOBODY, *(columns.within(data, bounds) for data, bounds in held))

    def _listed(self, keys: tuple[str] | frozenset[str]) -> BitMap:
        """Whichever are fewer are looked up among the others: a list has members in every segment."""
        known = self._positions
        if len(keys) <= len(known):
            return bitmaps.from_positions(known[key] for key in keys if key in known)
        return bitmaps.from_positions(position for key, position in known.items() if key in keys)
