"""Queries evaluated the slow way, from their JSON, and queries and documents to do so with."""

import json
import re

from hypothesis import strategies as st

ABSENT = object()


def reached(document, names):
    """What stands at the end of a path: every step for every value so far."""
    found = [document]
    for name in names:
        found = [each for value in found for each in stepped(value, name)]
    return found


def stepped(value, name):
    if isinstance(value, dict):
        return [value.get(name, ABSENT)]
    if not isinstance(value, list):
        return [ABSENT]
    step = [member.get(name, ABSENT) for member in value if isinstance(member, dict)]
    if re.fullmatch("[0-9]+", name):
        step.append(value[int(name)] if int(name) < len(value) else ABSENT)
    return step


def plain(value):
    """1 for 1.0, for both are the same in JSON."""
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, list):
        return [plain(member) for member in value]
    return {name: plain(member) for name, member in value.items()} if isinstance(value, dict) else value


def text_of(value):
    return json.dumps(plain(None if value is ABSENT else value), sort_keys=True)


def members(values):
    return [member for value in values if isinstance(value, list) for member in value]


def equal(values, wanted):
    return any(text_of(value) == text_of(wanted) for value in [*values, *members(values)])


def kind(value):
    return "number" if type(value) in (int, float) else type(value).__name__


def orders(compare):
    return lambda values, bound: any(
        kind(value) == kind(bound) and compare(value, bound) for value in [*values, *members(values)]
    )


def holding(values, wanted):
    if any(name.startswith("$") and name not in ("$and", "$or", "$nor") for name in wanted):
        return any(met([member], wanted) for member in members(values))
    return any(isinstance(member, dict) and finds(wanted, member) for member in members(values))


ASKED = {
    "$eq": equal,
    "$ne": lambda values, wanted: not equal(values, wanted),
    "$in": lambda values, wanted: any(equal(values, one) for one in wanted),
    "$nin": lambda values, wanted: not any(equal(values, one) for one in wanted),
    "$all": lambda values, wanted: bool(wanted) and all(equal(values, one) for one in wanted),
    "$gt": orders(lambda value, bound: value > bound),
    "$lt": orders(lambda value, bound: value < bound),
    "$gte": orders(lambda value, bound: value >= bound),
    "$lte": orders(lambda value, bound: value <= bound),
    "$exists": lambda values, wanted: any(value is not ABSENT for value in values) is wanted,
    "$size": lambda values, wanted: any(isinstance(each, list) and len(each) == wanted for each in values),
    "$not": lambda values, wanted: not met(values, wanted),
    "$elemMatch": holding,
}


def met(values, operators):
    """All operators of the values that a path leads to."""
    flags = re.IGNORECASE if operators.get("$options") else 0
    texts = [value for value in [*values, *members(values)] if isinstance(value, str)]
    if "$regex" in operators and not any(re.search(operators["$regex"], text, flags) for text in texts):
        return False
    return all(ASKED[name](values, operators[name]) for name in operators if name in ASKED)


def finds(query, document):
    """Whether a query finds a document."""
    return all(_holds(name, wanted, document) for name, wanted in query.items())


def _holds(name, wanted, document):
    if name in ("$and", "$or", "$nor"):
        found = [finds(each, document) for each in wanted]
        return {"$and": all(found), "$or": any(found), "$nor": not any(found)}[name]
    values = reached(document, name.split("."))
    if isinstance(wanted, dict) and any(key.startswith("$") for key in wanted):
        return met(values, wanted)
    return equal(values, wanted)


SCALARS = st.sampled_from([None, True, False, 0, 1, 1.0, 2.5, -3, "", "a", "ab", "B", "1"])
NAMES = st.sampled_from(["a", "b", "0", "1"])
JSON = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3),
    max_leaves=8,
)
DOCUMENTS = st.dictionaries(NAMES, JSON, max_size=4)
PATHS = st.lists(NAMES, min_size=1, max_size=3).map(".".join)
TAKEN = {
    **dict.fromkeys(("$eq", "$ne"), JSON),
    **dict.fromkeys(("$in", "$nin", "$all"), st.lists(JSON, max_size=3)),
    **dict.fromkeys(("$gt", "$gte", "$lt", "$lte"), st.sampled_from([0, 1, 2.5, "", "a", "b"])),
    "$exists": st.booleans(),
    "$size": st.integers(0, 3),
    "$regex": st.sampled_from(["a", "^a", "b$", "A", ".", "^$"]),
}


@st.composite
def operators(draw, depth):
    """One or two operators, some of which have others within."""
    found = {}
    for name in draw(st.lists(st.sampled_from([*TAKEN, "$not", "$elemMatch"]), min_size=1, max_size=2)):
        if name in TAKEN:
            found[name] = draw(TAKEN[name])
        elif depth:
            nested = [operators(depth - 1)] + [queries(depth - 1)] * (name == "$elemMatch")
            found[name] = draw(st.one_of(nested))
    if "$regex" in found and draw(st.booleans()):
        found["$options"] = draw(st.sampled_from(["", "i"]))
    return found or {"$exists": True}


@st.composite
def queries(draw, depth=2):
    """A query of a few fields and, less often, of queries."""
    found = {
        path: draw(st.one_of(JSON, operators(depth)))
        for path in draw(st.lists(PATHS, max_size=2, unique=True))
    }
    if depth and draw(st.integers(0, 2)) == 0:
        name = draw(st.sampled_from(["$and", "$or", "$nor"]))
        found[name] = draw(st.lists(queries(depth - 1), min_size=1, max_size=2))
    return found
