"""What the gateway answers, as far as a command reads it; keys beyond that are left alone."""

from typing import Any, TypeVar

import msgspec

from services.cli import failures

Shape = TypeVar("Shape")

PROCESSING = "processing"
COMPLETE = "complete"
EXCEEDED = "exceeded time"


class Source(msgspec.Struct):
    """Where in the request a fault is: a JSON pointer, or nothing."""

    pointer: str | None = None


class Fault(msgspec.Struct):
    """One thing that is wrong with a request."""

    message: str
    code: int = 0
    source: Source | None = None

    @property
    def wrong(self) -> failures.Wrong:
        """What is wrong, and where in the request."""
        return failures.Wrong((self.source and self.source.pointer) or "", self.message)

    def told(self, place: str = "") -> str:
        """The message behind the pointer, if there is one; what was sent stands in a file at `place`."""
        pointer = place + self.wrong.pointer
        return f"{pointer}: {self.message}" if pointer else self.message


class ResultInfo(msgspec.Struct):
    """Where a page of users lies; old gateways say nothing."""

    page: int = 1
    total_pages: int = 0
    total_count: int = 0


class Answer(msgspec.Struct):
    """The envelope; `result` is kept as it came."""

    success: bool = False
    errors: list[Fault] | None = None
    result: msgspec.Raw = msgspec.Raw(b"null")
    result_info: ResultInfo | None = None


class Refusal(msgspec.Struct):
    """A failure, as the platform says it."""

    message: str = ""


class Started(msgspec.Struct):
    """A test or an import that has begun."""

    id: str


class Rejection(msgspec.Struct):
    """A line of an import that was left out, and why."""

    line: int
    message: str


class Import(msgspec.Struct):
    """How far an import is, in rows and users."""

    id: str
    status: str
    rows_read: int = 0
    rows_total: int | None = None
    users_created: int = 0
    users_updated: int = 0
    users_unchanged: int = 0
    users_deleted: int = 0
    rows_rejected: int = 0
    errors: list[Rejection] = []
    failure: str | None = None


class Test(msgspec.Struct):
    """How far a policy test is; the shares are whole percents of the users processed."""

    id: str
    status: str
    total_users: int = 0
    percent_users_processed: int = 0
    users_approved: int = 0
    users_blocked: int = 0
    users_errored: int = 0
    percent_approved: int = 0
    percent_blocked: int = 0
    percent_errored: int = 0
    state: str | None = None
    failure: str | None = None
    created_at: str = ""


class User(msgspec.Struct):
    """One user's verdict: `approved`, `blocked` or `error`."""

    id: str
    email: str | None = None
    name: str | None = None
    status: str = ""


class PolicyNamed(msgspec.Struct):
    """A policy of a test: its place from 0, and its name."""

    index: int
    name: str


class Judged(User):
    """A user's verdict with the kind of its reason, and the pointer to the rule that it is about."""

    reason: str | None = None
    rule: str | None = None


class Reason(msgspec.Struct):
    """Users who have their verdict for one reason; `key` filters them."""

    key: str
    status: str
    sentence: str
    count: int


class Transition(msgspec.Struct):
    """How many users went from one verdict to another."""

    before: str = msgspec.field(name="from")
    after: str = msgspec.field(name="to")
    count: int = 0


class Moved(msgspec.Struct):
    """How many users have another reason than in the base."""

    before: Reason = msgspec.field(name="from")
    after: Reason = msgspec.field(name="to")
    count: int = 0


class Changes(msgspec.Struct):
    """How many users changed how."""

    gained: int
    lost: int
    undecided: int
    decided: int
    unchanged: int
    joined: int
    left: int


class Causes(msgspec.Struct):
    """Where changes come from."""

    directory: Changes
    policies: Changes


class Comparison(Changes):
    """A test beside a base, which is named where the gateway has it."""

    transitions: list[Transition]
    reasons: list[Moved]
    causes: Causes | None
    base: str = ""


class Rule(msgspec.Struct):
    """A rule of an explanation; a group has its rules in `opened`."""

    words: str
    outcome: str
    seen: Any = None
    opened: "Criteria | None" = None


class Criteria(msgspec.Struct):
    """Rules that match together."""

    include: list[Rule]
    require: list[Rule]
    exclude: list[Rule]


class Weighed(msgspec.Struct):
    """A policy of an explanation."""

    policy: PolicyNamed
    decision: str
    outcome: str
    criteria: Criteria


class Miss(msgspec.Struct):
    """The one rule that would make the verdict another."""

    words: str
    would_be: str
    status: str


class Explanation(msgspec.Struct):
    """One user's verdict taken apart."""

    status: str
    sentence: str
    policies: list[Weighed]
    nearest_miss: Miss | None


class Finding(msgspec.Struct):
    """Something to look at in policies."""

    code: str
    level: str
    pointer: str
    sentence: str
    suggestion: str = ""
    policy: PolicyNamed | None = None


class Expected(msgspec.Struct):
    """What became of an expectation; `holds` is None where nobody can say, for the `problem`.

    `users` are the first of those who break it, `absent` listed ones whom the directory does not have. Of
    `unknown` users nobody can say whether they are selected.
    """

    index: int
    expected: str
    holds: bool | None
    selected: int
    broken: int
    name: str | None = None
    unknown: int = 0
    users: list[Judged] = []
    absent: list[str] = []
    problem: str | None = None

    @property
    def about(self) -> int:
        """How many it is about: those selected, and those listed who are not there."""
        return self.selected + len(self.absent)

    @property
    def words(self) -> str:
        """What is expected, behind its name if it has one."""
        return self.expected if self.name is None else f"{self.name}: {self.expected}"


class Item(msgspec.Struct):
    """An item of a list."""

    value: str
    description: str | None = None

    def __str__(self) -> str:
        """The value, and what is said of it."""
        return f"{self.value}  ({self.description})" if self.description else self.value


def decode(body: bytes | msgspec.Raw, shape: type[Shape]) -> Shape:
    """An answer in its shape; raises Unavailable for what no gateway says."""
    try:
        return msgspec.json.decode(body, type=shape)
    except msgspec.DecodeError as error:
        raise failures.Unavailable(f"the answer is not that of a gateway: {error}") from None
