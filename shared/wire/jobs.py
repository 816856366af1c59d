"""Jobs as Redis holds them: a kind and ids, in msgpack. Nothing personal, and all of it in PostgreSQL too."""

from enum import Enum
from uuid import UUID

import msgspec
from msgspec import Struct


class Kind(Enum):
    """What a worker can be asked to do."""

    PLAN = "plan"
    EVALUATE = "evaluate"
    IMPORT = "import"
    TRANSFER = "transfer"


class Queue(Enum):
    """Queues by how long their jobs take: a long job must never stand before a short one."""

    CHUNKS = "gatehouse:chunks"
    PLANS = "gatehouse:plans"
    IMPORTS = "gatehouse:imports"
    TRANSFERS = "gatehouse:transfers"


QUEUES = {
    Kind.EVALUATE: Queue.CHUNKS,
    Kind.PLAN: Queue.PLANS,
    Kind.IMPORT: Queue.IMPORTS,
    Kind.TRANSFER: Queue.TRANSFERS,
}


# Workers that are called to one test at a time; each takes chunks until there are none.
HELPERS = 16


class Hint(Struct, frozen=True, array_like=True):
    """That there is work on a test, an import or a transfer; `number` tells hints of one time apart.

    `hint` counts the announcements, so that one stuck in Redis never stands in the way of the next.
    """

    kind: Kind
    account: UUID
    subject: UUID
    number: int = 0
    hint: int = 0

    @property
    def job_id(self) -> str:
        """The same for the same announcement, however often it is made."""
        return f"{self.kind.value}:{self.subject.hex}:{self.number}:{self.hint}"


def evaluations(account: UUID, test_id: UUID, chunks: int) -> list[Hint]:
    """The hints for a test with some chunks: as many workers as may help, one for each chunk at most."""
    return [Hint(Kind.EVALUATE, account, test_id, number) for number in range(min(chunks, HELPERS))]


def encode(value: object) -> bytes:
    """Anything that arq puts into Redis; what msgpack cannot say becomes a description of it."""
    return msgspec.msgpack.encode(value, enc_hook=repr)


def decode(data: bytes) -> dict[str, object]:
    """What arq took out of Redis: never code, whoever put it there."""
    value: dict[str, object] = msgspec.msgpack.decode(data)
    return value


def pack(hint: Hint) -> bytes:
    """A hint as a job's one argument."""
    return msgspec.msgpack.encode(hint)


unpack = msgspec.msgpack.Decoder(Hint).decode
