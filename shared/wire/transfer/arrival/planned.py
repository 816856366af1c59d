"""A change with what it is about."""

from msgspec import Struct
from msgspec.structs import replace

from shared.wire.transfer.arrival.changes import Change
from shared.wire.transfer.arrival.things import Named, Thing


class Planned(Struct, frozen=True):
    """A thing as it was here, and as it is to be; `names` are what its rules name then."""

    change: Change
    before: Thing | None = None
    after: Thing | None = None
    names: tuple[Named, ...] = ()

    @property
    def writes(self) -> bool:
        """Whether anything is written."""
        return self.change.action in ("create", "change")

    def refused(self, message: str) -> "Planned":
        """The same, refused, and all of the archive with it."""
        change = replace(self.change, action="refuse", target=None, message=message, fatal=True)
        return Planned(change)
