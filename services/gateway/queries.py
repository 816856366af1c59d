"""Query parameters: a struct for each set of them, decoded by name."""

import functools
from typing import Any, get_type_hints

import msgspec
from msgspec import Struct
from msgspec.inspect import Field, IntType, StructType, VarTupleType
from multidict import MultiMapping

from shared.wire.faults import Fault, Faulty


def decode(query: MultiMapping[str], form: type[Struct]) -> Any:  # noqa: ANN401  # of the form
    """The parameters that a form names; others are nobody's business. Raises Faulty naming what is wrong."""
    given = {name: _given(query, name, form) for name in form.__struct_encode_fields__ if name in query}
    faults = [fault for name in given if (fault := _fault(name, given[name], form)) is not None]
    required = [name for name, field in _fields(form).items() if field.required]
    faults += [Fault(f"`{name}` is missing") for name in required if name not in given]
    if faults:
        raise Faulty(*faults)
    return msgspec.convert(given, form, strict=False)


def _given(query: MultiMapping[str], name: str, form: type[Struct]) -> str | list[str]:
    """A parameter's value; all of them of one that may be repeated."""
    return query.getall(name) if isinstance(_fields(form)[name].type, VarTupleType) else query[name]


def _fault(name: str, given: str | list[str], form: type[Struct]) -> Fault | None:
    text = given if isinstance(given, str) else ", ".join(given)
    digits = text.removeprefix("-")
    field = _fields(form)[name]
    whole = not isinstance(field.type, IntType) or (digits.isascii() and digits.isdigit())
    try:
        msgspec.convert({name: given if whole else ""}, _alone(form, name), strict=False)
    except msgspec.ValidationError as error:
        message = str(error).partition(" - at ")[0]
        return Fault(f"`{name}` is `{text[:32]}`: {message[0].lower() + message[1:]}")
    return None


@functools.cache
def _alone(form: type[Struct], name: str) -> type[Struct]:
    """A form for one parameter: what is missing besides is another fault. Itself, if it needs no other."""
    if not any(field.required for field in _fields(form).values()):
        return form
    (attribute,) = [each.name for each in msgspec.structs.fields(form) if each.encode_name == name]
    annotation = get_type_hints(form, include_extras=True)[attribute]
    return msgspec.defstruct(form.__name__, [(attribute, annotation)], rename={attribute: name})


@functools.cache
def _fields(form: type[Struct]) -> dict[str, Field]:
    described = msgspec.inspect.type_info(form)
    assert isinstance(described, StructType)  # noqa: S101  # INVARIANT: forms are structs
    return {field.encode_name: field for field in described.fields}
