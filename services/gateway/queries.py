"""Query parameters: a struct for each set of them, decoded by name."""

import functools
from typing import Any

import msgspec
from msgspec import Struct
from msgspec.inspect import IntType, StructType, Type, VarTupleType
from multidict import MultiMapping

from shared.wire.faults import Fault, Faulty


def decode(query: MultiMapping[str], form: type[Struct]) -> Any:  # noqa: ANN401  # of the form
    """The parameters that a form names; others are nobody's business. Raises Faulty naming what is wrong."""
    given = {name: _given(query, name, form) for name in form.__struct_encode_fields__ if name in query}
    faults = [fault for name in given if (fault := _fault(name, given[name], form)) is not None]
    if faults:
        raise Faulty(*faults)
    return msgspec.convert(given, form, strict=False)


def _given(query: MultiMapping[str], name: str, form: type[Struct]) -> str | list[str]:
    """A parameter's value; all of them of one that may be repeated."""
    return query.getall(name) if isinstance(_types(form)[name], VarTupleType) else query[name]


def _fault(name: str, given: str | list[str], form: type[Struct]) -> Fault | None:
    text = given if isinstance(given, str) else ", ".join(given)
    digits = text.removeprefix("-")
    whole = not isinstance(_types(form)[name], IntType) or (digits.isascii() and digits.isdigit())
    try:
        msgspec.convert({name: given if whole else ""}, form, strict=False)
    except msgspec.ValidationError as error:
        message = str(error).partition(" - at ")[0]
        return Fault(f"`{name}` is `{text[:32]}`: {message[0].lower() + message[1:]}")
    return None


@functools.cache
def _types(form: type[Struct]) -> dict[str, Type]:
    described = msgspec.inspect.type_info(form)
    assert isinstance(described, StructType)  # noqa: S101  # INVARIANT: forms are structs
    return {field.encode_name: field.type for field in described.fields}
