"""What every document has in answers, as clients are told of it; `shared.wire.cloudcms.system` makes it."""

from typing import Annotated

from msgspec import UNSET, Meta, Struct, UnsetType, field


class Moment(Struct, frozen=True):
    """A time in all the ways in which clients read one, in UTC; months count from 0."""

    timestamp: str
    year: int
    month: Annotated[int, Meta(ge=0, le=11)]
    day_of_month: int
    hour: int
    minute: int
    second: int
    millisecond: int
    ms: int
    iso_8601: str


class System(Struct, frozen=True):
    """When and by whom a document was made and last changed: by a token, by its name."""

    deleted: bool
    created_on: Moment
    created_by: str
    modified_on: Moment
    modified_by: str


class Loose(Struct, kw_only=True, frozen=True):
    """What comes back with whatever else it was sent with."""


class Open(Loose, kw_only=True, frozen=True):
    """A document that keeps whatever else it is sent."""

    title: str | UnsetType | None = UNSET
    description: str | UnsetType | None = UNSET


class Kept(Open, kw_only=True, frozen=True):
    """A document as it is answered: with its id, and `_system` where it was not there from the start."""

    id: str = field(name="_doc")
    about: System | UnsetType = field(name="_system", default=UNSET)


class QueryObject(Loose, kw_only=True, frozen=True):
    """A query as of MongoDB: fields with values or operators. `{}` finds everything."""
