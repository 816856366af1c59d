"""Query parameters of this dialect: a struct for each set of them, decoded by name."""

import functools
from typing import Annotated, Any

import msgspec
from msgspec import Meta, Struct
from msgspec.inspect import IntType, StructType, Type, VarTupleType
from multidict import MultiMapping

from shared.wire.faults import Fault, Faulty

PER_PAGE_LIMIT = 1000
PAGE_LIMIT = 10**12

Page = Annotated[int, Meta(ge=1, le=PAGE_LIMIT)]
PerPage = Annotated[int, Meta(ge=1, le=PER_PAGE_LIMIT)]


class Paged(Struct, frozen=True):
    """Which page, from 1, of how many rows each."""

    page: Page = 1
    per_page: PerPage = 25

    @property
    def skip(self) -> int:
        """How many rows stand before it."""
        return (self.page - 1) * self.per_page


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
    whole = not isinstance(_types(form)[name], IntType) or (text.isascii() and text.isdigit())
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
