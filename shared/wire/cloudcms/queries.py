"""Queries as clients of MongoDB write them, read into the closed set of conditions or refused.

What is not on the list of operators is refused: one that were ignored would let a query find too much.
"""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from msgspec import Struct

from shared.directory.errors import Refused
from shared.wire.cloudcms import operators
from shared.wire.cloudcms.matching import (
    At,
    Condition,
    Every,
    Holding,
    IsObject,
    Matching,
    Pause,
    Some,
    Way,
    Without,
)
from shared.wire.faults import LIMIT, Fault, Faulty, child

DEPTH_LIMIT = 8
TERM_LIMIT = 200
COST_LIMIT = 1000
"""Instructions of all patterns together: of the largest document they take two seconds at the worst."""
PATH_LIMIT, STEP_LIMIT = 256, 16
JOINED = ("$and", "$or", "$nor")
NESTED = ("$not", "$elemMatch")
NOTHING = Every(())
"""In the place of what is at fault: it is never asked."""


class Query(Struct, frozen=True):
    """A query: `fields` are the first names of all its ways into a document, `cost` that of its patterns."""

    condition: Condition
    equal: Mapping[str, Any]
    fields: frozenset[str]
    cost: int

    @property
    def asks(self) -> bool:
        """Whether there is a document that it might not find."""
        return self.condition != NOTHING

    def matches(self, document: Mapping[str, Any], pause: Pause = int) -> bool:
        """Whether a document is one that is looked for; raises what `pause` does, which is called often."""
        return self.condition.matches(document, pause)

    def equalities(self) -> dict[str, Any]:
        """Fields, by their path, that in all that is found equal a value or have it as a member.

        Enough to look things up by an index, and to ask `matches` of those alone.
        """
        return dict(self.equal)


def decode(given: Mapping[str, Any]) -> Query:
    """A query; `{}` finds everything. Raises Faulty with all that is wrong, up to the limit."""
    reader = _Reader()
    condition = reader.query(given, _Spot("", 1, sure=True))
    if reader.faults:
        raise Faulty(*reader.faults)
    return Query(condition, reader.equal, frozenset(reader.fields), reader.cost)


class _Spot(NamedTuple):
    """Where in a query; `sure` if all that is found meets what stands there."""

    pointer: str
    depth: int
    sure: bool

    def to(self, name: str | int) -> "_Spot":
        return self._replace(pointer=child(self.pointer, name))

    def within(self, *, sure: bool = False) -> "_Spot":
        return self._replace(depth=self.depth + 1, sure=sure)


class _Reader:
    """One walk through a query."""

    def __init__(self) -> None:
        self.faults: list[Fault] = []
        self.equal: dict[str, Any] = {}
        self.fields: set[str] = set()
        self.cost = self._terms = 0

    def _fault(self, message: str, at: _Spot) -> Condition:
        self.faults.append(Fault(message, at.pointer))
        if len(self.faults) >= LIMIT:
            raise Faulty(*self.faults)
        return NOTHING

    def _count(self, at: _Spot) -> None:
        self._terms += 1
        if self._terms > TERM_LIMIT:
            raise Faulty(Fault(f"a query has at most {TERM_LIMIT} terms", at.pointer))

    def query(self, given: object, at: _Spot) -> Condition:
        """An object of fields, and of lists of such objects."""
        if at.depth > DEPTH_LIMIT:
            return self._fault(f"a query is nested at most {DEPTH_LIMIT} deep", at)
        if not isinstance(given, Mapping):
            return self._fault("a query is an object", at)
        return _all(self._member(name, value, at.to(name)) for name, value in given.items())

    def _member(self, name: str, value: object, at: _Spot) -> Condition:
        self._count(at)
        if name in JOINED:
            return self._joined(name, value, at)
        if name.startswith("$"):
            return self._fault(f"unknown operator: `{name[:64]}`", at)
        way = tuple(name.split("."))
        if not all(way) or len(name) > PATH_LIMIT or len(way) > STEP_LIMIT:
            limits = f"at most {PATH_LIMIT} characters, {STEP_LIMIT} names with dots between them"
            return self._fault(f"`{name[:64]}` is no path to a field: {limits}", at)
        self.fields.add(way[0])
        if isinstance(value, dict) and any(each.startswith("$") for each in value):
            return self._operators(way, value, at)
        return self._equal(way, value, at)

    def _joined(self, name: str, given: object, at: _Spot) -> Condition:
        if not isinstance(given, list) or not given:
            return self._fault(f"`{name}` joins a list of at least one query", at)
        within = at.within(sure=at.sure and name == "$and")
        found = tuple(self.query(each, within.to(number)) for number, each in enumerate(given))
        if name == "$and":
            return Every(found)
        return Some(found) if name == "$or" else Without(Some(found))

    def _equal(self, way: Way, value: object, at: _Spot) -> Condition:
        if at.sure:
            self.equal.setdefault(".".join(way), value)
        return operators.equal(way, [value])

    def _operators(self, way: Way, given: dict[str, Any], at: _Spot) -> Condition:
        """Several operators on one field: all of them hold."""
        if "$options" in given and "$regex" not in given:
            self._fault("`$options` goes with `$regex`", at.to("$options"))
        names = [name for name in given if name != "$options"]
        return _all(self._operator(way, name, given, at.to(name)) for name in names)

    def _operator(self, way: Way, name: str, given: dict[str, Any], at: _Spot) -> Condition:
        self._count(at)
        if name in NESTED:
            return self._nested(way, name, given[name], at.within())
        if name == "$eq":
            return self._equal(way, given[name], at)
        try:
            if name == "$regex":
                return self._matching(way, given, at)
            return operators.condition(way, name, given[name])
        except Refused as refusal:
            return self._fault(str(refusal), at)

    def _matching(self, way: Way, given: dict[str, Any], at: _Spot) -> Condition:
        """A text of the field has a part that matches."""
        pattern = operators.pattern_of(given["$regex"], given.get("$options", ""))
        self.cost += pattern.cost
        if self.cost > COST_LIMIT:
            raise Faulty(
                Fault("the patterns of the query are too costly: repeat less, or ask for fewer", at.pointer)
            )
        return At(way, Matching(pattern))

    def _nested(self, way: Way, name: str, given: object, at: _Spot) -> Condition:
        """`$not` has operators; `$elemMatch` these, or a query of members that are objects."""
        if at.depth > DEPTH_LIMIT:
            return self._fault(f"a query is nested at most {DEPTH_LIMIT} deep", at)
        plain = isinstance(given, dict) and any(each.startswith("$") and each not in JOINED for each in given)
        if name == "$not":
            if isinstance(given, dict) and given and all(each.startswith("$") for each in given):
                return Without(self._operators(way, given, at))
            return self._fault("`$not` takes an object of operators", at)
        if isinstance(given, dict) and plain:
            return At(way, Holding(self._operators((), given, at)))
        return At(way, Holding(Every((IsObject(), self._members(given, at)))))

    def _members(self, given: object, at: _Spot) -> Condition:
        known, self.fields = self.fields, set()
        found = self.query(given, at)
        self.fields = known
        return found


def _all(conditions: Iterable[Condition]) -> Condition:
    found = tuple(conditions)
    return found[0] if len(found) == 1 else Every(found)
