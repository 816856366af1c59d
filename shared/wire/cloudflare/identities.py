"""The last-seen identity of a user on the wire: taken whole, with every fault that it has."""

from collections.abc import Iterator
from itertools import islice
from typing import NamedTuple
from uuid import UUID

import msgspec
from msgspec import convert
from msgspec.inspect import BoolType, DictType, ListType, StrType, StructType, Type, UnionType

from shared.directory import identity
from shared.directory.errors import Refused
from shared.directory.identity import Identity
from shared.wire import json_text
from shared.wire.faults import LIMIT, Fault, Faulty, child, from_validation

DESCRIBED = msgspec.inspect.type_info(Identity)
# What each type is in JSON, before its members are looked at; the rest is anything.
PLAIN: dict[type[Type], type] = {
    StrType: str,
    BoolType: bool,
    ListType: list,
    DictType: dict,
    StructType: dict,
}

FIELDS = [field.encode_name for field in msgspec.structs.fields(Identity)]
# As many as a directory file may give a user groups.
MEMBERS_LIMIT = 10_000


class Login(NamedTuple):
    """An identity as JSON, without needless spaces, and decoded."""

    text: bytes
    known: Identity


def decode(body: bytes, _: UUID) -> Login | None:
    """The identity that a user is to have from now on; None for `null`, none at all. Raises Faulty."""
    try:
        document = json_text.parse(body)
    except Refused as refusal:
        raise Faulty(Fault(str(refusal))) from None
    if document is None:
        return None
    if isinstance(document, dict):
        _check_sizes(document)
    try:
        known = identity.decode(body)
    except msgspec.ValidationError:
        raise Faulty(*islice(_faults(document, DESCRIBED, ""), LIMIT)) from None
    return Login(msgspec.json.format(body, indent=-1), known)


def _check_sizes(document: dict[str, object]) -> None:
    """Raises Faulty for fields with more members than rules can be asked to look at."""
    sizes = {name: _size(document[name]) for name in FIELDS if name in document}
    faults = [
        Fault(f"`{name}` has {size} members, {MEMBERS_LIMIT} is the limit", child("", name))
        for name, size in sizes.items()
        if size > MEMBERS_LIMIT
    ]
    if faults:
        raise Faulty(*faults)


def _size(given: object) -> int:
    """How many members something has: those of its lists in their place, an object in a list as one."""
    if isinstance(given, dict):
        return sum(max(_nested(member), 1) for member in given.values())
    return _nested(given)


def _nested(given: object) -> int:
    if isinstance(given, list):
        return sum(max(_nested(member), 1) for member in given)
    return sum(map(_nested, given.values())) if isinstance(given, dict) else 0


def _faults(given: object, described: Type, pointer: str) -> Iterator[Fault]:
    """What does not fit. The decoder would stop at the first, and not say under which key it stands."""
    if isinstance(described, UnionType):  # of something and null
        if given is not None:
            yield from _faults(given, described.types[0], pointer)
        return
    try:
        convert(given, PLAIN.get(type(described), object))
    except msgspec.ValidationError as error:
        yield from_validation(error, pointer)
        return
    for name, member, kind in _members(given, described):
        yield from _faults(member, kind, child(pointer, name))


def _members(given: object, described: Type) -> Iterator[tuple[str | int, object, Type]]:
    match described, given:
        case ListType(), list():
            yield from ((number, member, described.item_type) for number, member in enumerate(given))
        case DictType(), dict():
            yield from ((name, member, described.value_type) for name, member in given.items())
        case StructType(), dict():
            for field in described.fields:
                if field.required or field.encode_name in given:
                    yield field.encode_name, given.get(field.encode_name), field.type
