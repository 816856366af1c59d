"""What the process that answers and those that read say to one another: commands, and an answer to each.

Users are read in parts, numbered as they come in the file; a user's position is the number of the row within
the part. A reader holds the parts that it has read.
"""

from typing import NamedTuple
from uuid import UUID

import msgspec
from msgspec import Struct

from shared.directory.merge import Rejection
from shared.policy.comparison import Transition
from shared.policy.screening.reasons import Coverage, Reason, Where
from shared.wire.directory.batches import Raw


class Place(NamedTuple):
    """Where a row is: its part, and the position there."""

    part: int
    position: int


class Task(Struct, frozen=True, tag=True, array_like=True):
    """What is to be tested: the plan, that of the base, the expectations, each as it is stored."""

    plan: bytes
    base: bytes | None
    expectations: bytes | None


class Read(Struct, frozen=True, tag=True, array_like=True):
    """Read a part of the file, and hold it."""

    part: int
    raw: Raw


class Search(Struct, frozen=True, tag=True, array_like=True):
    """Find the rows whose id or address has one of these hashes."""

    hashes: bytes


class Mended(Struct, frozen=True, array_like=True):
    """What became of rows of a part that may be about the same users as others.

    Some are `gone`; those that stay are here with the id of their user.
    """

    part: int
    gone: bytes
    stay: list[tuple[int, UUID]]


class Judge(Struct, frozen=True, tag=True, array_like=True):
    """Mend the parts, and apply the plans to all of them."""

    mended: list[Mended]


class Show(Struct, frozen=True, tag=True, array_like=True):
    """Show some users."""

    places: list[Place]


Command = Task | Read | Search | Judge | Show


class Ready(Struct, frozen=True, tag=True, array_like=True):
    """The task is understood."""


class Gathered(Struct, frozen=True, tag=True, array_like=True):
    """What came of reading a part: so many `rows`, and those among them that are refused.

    `named` has the hashes of all ids and addresses, `twice` of those that more than one row here may have.
    """

    part: int
    rows: int
    rejections: list[Rejection]
    named: bytes
    twice: bytes


class Suspect(Struct, frozen=True, array_like=True):
    """A row that may be about the same user as another one."""

    place: Place
    line: int
    user_id: UUID | None
    address: str
    email: str
    deleted: bool


class Suspects(Struct, frozen=True, tag=True, array_like=True):
    """Rows that a search has found."""

    found: list[Suspect]


class Weight(NamedTuple):
    """What a part says of an expectation, see shared.policy.expectations; `against` is a set's bytes."""

    selected: int
    unknown: int
    found: int
    against: bytes


class Judged(Struct, frozen=True, array_like=True):
    """What comes of a part: how many users are approved, blocked, errored, for which reasons.

    With a base, how many went from which verdict and reason to which. `there` are those whom the expectations
    list and who are in the part.
    """

    part: int
    verdicts: tuple[int, int, int]
    reasons: list[tuple[Reason, int]]
    covered: list[tuple[Where, Coverage]]
    transitions: list[tuple[Transition, int]]
    moved: list[tuple[tuple[Reason, Reason], int]]
    weighed: list[Weight]
    there: list[str]


class Judgement(Struct, frozen=True, tag=True, array_like=True):
    """The parts that a reader holds, judged."""

    parts: list[Judged]


class Person(Struct, frozen=True, array_like=True):
    """A user to be shown, and why the verdict is what it is."""

    place: Place
    user_id: UUID
    email: str
    name: str
    reason: Reason


class People(Struct, frozen=True, tag=True, array_like=True):
    """Users as they were asked for, of the parts that a reader holds."""

    found: list[Person]


Answer = Ready | Gathered | Suspects | Judgement | People

encode = msgspec.msgpack.Encoder(uuid_format="bytes").encode
decode_command = msgspec.msgpack.Decoder(Command).decode
decode_answer = msgspec.msgpack.Decoder(Answer).decode
