"""Expectations on the wire, and the way to the domain's. The vendor has nothing of the kind."""

from collections.abc import Iterator, Sequence
from typing import Annotated, Any
from uuid import UUID

import msgspec
from msgspec import UNSET, Meta, Struct, UnsetType

from shared.directory.email import canonical_email
from shared.directory.errors import Refused
from shared.policy.expectations import Expectation, Listed, Share
from shared.policy.rules.people import Everyone
from shared.policy.screening.policy import Criteria, Decision, Policy
from shared.policy.screening.reasons import Status
from shared.wire.cloudflare.criteria import PARTS, Found, Name, Reader
from shared.wire.cloudflare.policies import Decoded
from shared.wire.cloudflare.rule_objects import RuleObjects, SomeRuleObjects
from shared.wire.faults import LIMIT, Fault, child

WHERE = "/expectations"
EXPECTATIONS_LIMIT = 100
# Of all lists of a test together: each is looked up in the directory, by whoever asks.
LISTED_LIMIT = 10_000

Number = Annotated[int, Meta(ge=0, le=10**12)]
Percent = Annotated[float, Meta(ge=0, le=100)]


class BoundObject(Struct, frozen=True, forbid_unknown_fields=True):
    """A `number` of users, or a `percent` of those selected: one of the two."""

    number: Number | UnsetType = UNSET
    percent: Percent | UnsetType = UNSET


class ShareObject(BoundObject, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A `number` of users, or a `percent` of those selected, who have a verdict."""

    status: Status


class ListedObject(Struct, frozen=True, forbid_unknown_fields=True):
    """A user by `id` or `email`, one of the two, and the verdict."""

    status: Status
    id: UUID | UnsetType = UNSET
    email: str | UnsetType = UNSET


class ExpectationObject(Struct, frozen=True, forbid_unknown_fields=True):
    """What must hold of the users selected, and is exactly one of the members after `require`.

    Selected are those whom the rules match for certain, as a policy's do; without `include` everybody but
    the others. `lost` and `gained` are at most so many of them, since the test's `base`. `users` are
    themselves selected: there are no rules beside them.
    """

    name: Name | UnsetType | None = UNSET
    include: SomeRuleObjects | UnsetType | None = UNSET
    exclude: RuleObjects | UnsetType | None = UNSET
    require: RuleObjects | UnsetType | None = UNSET
    all: Status | UnsetType = UNSET
    none: Status | UnsetType = UNSET
    at_least: ShareObject | UnsetType = UNSET
    at_most: ShareObject | UnsetType = UNSET
    lost: BoundObject | UnsetType = UNSET
    gained: BoundObject | UnsetType = UNSET
    users: Annotated[list[ListedObject], Meta(extra_json_schema={"minItems": 1})] | UnsetType = UNSET


ExpectationObjects = Annotated[
    list[ExpectationObject], Meta(extra_json_schema={"minItems": 1, "maxItems": EXPECTATIONS_LIMIT})
]
FIELDS = {field.encode_name: field for field in msgspec.structs.fields(ExpectationObject)}
DEMANDS = ("all", "none", "at_least", "at_most", "lost", "gained", "users")


class AskedExpectations(Struct, frozen=True):
    """The expectations of a start request, as they were `given` and decoded.

    `selectors` are policies that match whom each is about, in the same order.
    """

    given: Sequence[Any]
    expected: tuple[Expectation, ...]
    selectors: Decoded


NOTHING = AskedExpectations((), (), Decoded((), (), ()))


def decode(given: object, account: str, *, based: bool) -> AskedExpectations:
    """Expectations from a list of them, `based` if there is a base; faults are with the selectors."""
    problem = _problem(given)
    if problem is not None or not isinstance(given, list):
        return AskedExpectations((), (), Decoded((), (), (Fault(problem or "", WHERE),)))
    reader, selectors, expected = Reader(account), list[Policy | str](), list[Expectation]()
    for number, each in enumerate(given):
        where = child(WHERE, number)
        if len(reader.faults) >= LIMIT:
            break
        if not isinstance(each, dict):
            reader.faults.append(Fault("an expectation is an object", where))
            continue
        found = reader.read(each, FIELDS, "test's expectation", where)
        demand = _demand(reader, found, where, based=based)
        if demand is not None:
            selectors.append(Policy("", Decision.ALLOW, _criteria(found)))
            expected.append(Expectation(found.members["name"], demand))
    faults = (*reader.faults, *_too_many(expected))
    return AskedExpectations(
        given, tuple(expected), Decoded(tuple(selectors), tuple(reader.references), faults)
    )


def _problem(given: object) -> str | None:
    if not isinstance(given, list) or not given:
        return "`expectations` is a list of at least one expectation"
    if len(given) > EXPECTATIONS_LIMIT:
        return f"{len(given)} expectations in one test, {EXPECTATIONS_LIMIT} is the limit"
    return None


def _too_many(expected: Sequence[Expectation]) -> Iterator[Fault]:
    listed = sum(len(each.demand.verdicts) for each in expected if isinstance(each.demand, Listed))
    if listed > LISTED_LIMIT:
        yield Fault(f"{listed} users are listed in one test, {LISTED_LIMIT} is the limit", WHERE)


def _criteria(found: Found) -> Criteria:
    """Whom an expectation is about: without `include` everybody; of a list nobody, it says that itself."""
    if found.members["users"] is not None:
        return Criteria(())
    include, exclude, require = (tuple(rule for rule, _ in found.rules[part]) for part in PARTS)
    return Criteria((Everyone(),) if found.members["include"] is None else include, exclude, require)


def _demand(reader: Reader, found: Found, pointer: str, *, based: bool) -> Share | Listed | None:
    """What must hold; None for what is wrong, which the reader's faults then say."""
    said = [name for name in DEMANDS if found.members[name] is not None]
    if len(said) != 1:
        if not any((each.pointer or "").startswith(pointer + "/") for each in reader.faults):
            message = f"an expectation has one of {', '.join(f'`{name}`' for name in DEMANDS)}, this has"
            reader.faults.append(Fault(f"{message} {' and '.join(said) or 'none'}", pointer))
        return None
    (name,) = said
    where, member = child(pointer, name), found.members[name]
    if name == "users":
        return _listed(reader, found, pointer)
    if name in ("lost", "gained") and not based:
        reader.faults.append(Fault(f"`{name}` needs the test to have a `base`", where))
        return None
    if isinstance(member, BoundObject) and (member.number is UNSET) == (member.percent is UNSET):
        reader.faults.append(Fault("a bound is a `number` or a `percent`, one of the two", where))
        return None
    return _share(name, member)


def _share(name: str, member: Any) -> Share:  # noqa: ANN401  # as the field of that name has it
    if name == "all":
        return Share(member, least=True, percent=100)
    if name == "none":
        return Share(member, least=False, number=0)
    number = None if member.number is UNSET else member.number
    percent = None if member.percent is UNSET else member.percent
    of: Any = member.status if isinstance(member, ShareObject) else name
    return Share(of, least=name == "at_least", number=number, percent=percent)


def _listed(reader: Reader, found: Found, pointer: str) -> Listed | None:
    for part in PARTS:
        if found.members[part] is not None:
            reader.faults.append(Fault("whoever is in `users` is selected by that", child(pointer, part)))
    verdicts, given = dict[str, Status](), found.members["users"]
    if not given:
        reader.faults.append(Fault("`users` is a list of at least one user", child(pointer, "users")))
    for number, each in enumerate(given):
        where = child(child(pointer, "users"), number)
        key = _key(reader, each, where)
        if key is not None and key in verdicts:
            reader.faults.append(Fault(f"the user `{key}` stands here twice", where))
        elif key is not None:
            verdicts[key] = each.status
    return Listed(verdicts)


def _key(reader: Reader, given: ListedObject, pointer: str) -> str | None:
    """What the directory knows a listed user by: the id, or the canonical address."""
    if (given.id is UNSET) == (given.email is UNSET):
        reader.faults.append(Fault("a user has an `id`, or an `email`", pointer))
        return None
    if given.id is not UNSET:
        return str(given.id)
    try:
        return canonical_email(given.email if given.email is not UNSET else "")
    except Refused as refusal:
        reader.faults.append(Fault(str(refusal), child(pointer, "email")))
        return None
