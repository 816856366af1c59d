"""How keeping and reading archives end when they cannot be done."""

from shared.directory.errors import Refused


class Full(Refused):
    """An account's archives take all that they may."""


class Unreachable(OSError):  # noqa: N818  # a state of the place, which may pass
    """The place does not answer, has no room, or no longer has what was there; it may be otherwise later."""


class Lost(OSError):  # noqa: N818  # tried again, it may well be kept
    """An archive took so long between two pieces that its bytes were swept; nothing of it is left."""


GONE = "the archive was swept while it was being written, write it again"
