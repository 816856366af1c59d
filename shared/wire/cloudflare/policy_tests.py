"""Policy tests on the wire. Source: seed and official clients; what they lack is added, never changed."""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

import msgspec
from msgspec import UNSET, Struct, UnsetType

from shared.policy.screening.tally import Tally, percent_processed, shares
from shared.wire.cloudflare import expectations, objects, policies
from shared.wire.cloudflare.expectations import NOTHING, AskedExpectations, ExpectationObjects
from shared.wire.cloudflare.policies import Decoded, PolicyObject
from shared.wire.faults import Fault, Faulty

State = Literal["queued", "processing", "complete", "exceeded_time", "cancelled", "failed"]

# A run's state inside, and the one word of four that clients know. The last two have no word of their own.
STATUS: dict[State, str] = {
    "queued": "processing",
    "processing": "processing",
    "complete": "complete",
    "exceeded_time": "exceeded time",
    "cancelled": "blocked",
    "failed": "blocked",
}
# The filter's words differ from the rows' in the vendor's API; we take either.
VERDICTS = {
    "success": "approved",
    "fail": "blocked",
    "error": "errored",
    "approved": "approved",
    "blocked": "blocked",
}
ROW_STATUS = {"approved": "approved", "blocked": "blocked", "errored": "error"}


class Started(Struct, frozen=True):
    """The answer to a start: `status` says that the request was taken, not how the test goes."""

    id: UUID
    status: str = "success"


class Progress(Struct, frozen=True):
    """How a test goes. Counts are of processed users; so are the percentages but the first.

    `percent_users_processed` is rounded down; the three shares sum to 100 once anybody is processed.
    """

    id: UUID
    status: str
    total_users: int
    percent_users_processed: int
    users_approved: int
    users_blocked: int
    users_errored: int
    percent_approved: int
    percent_blocked: int
    percent_errored: int
    state: State
    users_processed: int
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    failure: str | None


class PolicyNamed(Struct, frozen=True):
    """A policy of a test: its place in the list from 0, its id if it is a reusable one, its name."""

    index: int
    id: str | None
    name: str


class Row(Struct, frozen=True):
    """One user's verdict."""

    id: UUID
    email: str
    name: str
    status: str


class ShortRow(Row, frozen=True):
    """A verdict with the kind of its reason alone, as files of results have it."""

    reason: str


class ReasonedRow(Row, frozen=True):
    """A verdict with the reason: its kind, the policy and the rule that it is about, if any is.

    `rule` is a JSON Pointer into what the test was started with. Tests of entitlements have no reasons.
    """

    reason: str | None = None
    policy: PolicyNamed | None = None
    rule: str | None = None


class Run(Struct, frozen=True):
    """A test as it is stored: its state, its counters, read from one row at one time.

    `base_id` is the test that it is compared with; of lists of tests it is not read.
    """

    test_id: UUID
    state: State
    total_users: int
    tally: Tally
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    failure: str | None
    base_id: UUID | None = None


def to_progress(run: Run) -> Progress:
    """A run as clients see it."""
    approved, blocked, errored = shares(run.tally)
    return Progress(
        id=run.test_id,
        status=STATUS[run.state],
        total_users=run.total_users,
        percent_users_processed=percent_processed(
            run.tally, run.total_users, complete=run.state == "complete"
        ),
        users_approved=run.tally.approved,
        users_blocked=run.tally.blocked,
        users_errored=run.tally.errored,
        percent_approved=approved,
        percent_blocked=blocked,
        percent_errored=errored,
        state=run.state,
        users_processed=run.tally.processed,
        created_at=run.created_at,
        started_at=run.started_at,
        finished_at=run.finished_at,
        failure=run.failure,
    )


def to_document(run: Run, expecting: Mapping[str, Any]) -> bytes:
    """A run as the audit log has it: without times, with what the test is `expecting` besides."""
    shown = msgspec.structs.asdict(to_progress(run))
    lasting = {name: value for name, value in shown.items() if not name.endswith("_at")}
    return msgspec.json.encode({**lasting, **expecting})


class EntitlementObject(Struct, frozen=True):
    """Asks who of everybody has a permission on a resource, or the authority of a role; one of the two.

    `target` is a reference, or the resource itself. `policies` are added to those in force, or stand for all
    of them with `replace`: ids of access policies, or policies as they would be, with `assignTo` for whom.
    """

    target: str | dict[str, Any]
    permission: str | UnsetType = UNSET
    authority: str | UnsetType = UNSET
    policies: list[str | dict[str, Any]] | UnsetType = UNSET
    replace: bool | UnsetType = UNSET


class TestObject(Struct, frozen=True):
    """What a test is started with: inline policies and ids of reusable ones, in the order they count.

    Instead of policies it may have an entitlement. `base` is a complete test to compare it with.
    """

    policies: list[PolicyObject | str] | UnsetType = UNSET
    entitlement: EntitlementObject | UnsetType = UNSET
    base: UUID | UnsetType = UNSET
    expectations: ExpectationObjects | UnsetType = UNSET


MEMBERS = {"policies", "entitlement", "base", "expectations"}


class Asked(Struct, frozen=True):
    """A start request: its policies as they were `given` and decoded, and the digest of its bytes.

    An entitlement, which has none, is as it was sent. Faults are with the policies and the expectations.
    """

    given: Sequence[Any]
    policies: Decoded
    digest: bytes
    entitlement: Any = None
    base: UUID | None = None
    expectations: AskedExpectations = NOTHING


def decode_start(body: bytes, account: UUID) -> Asked:
    """A start request; raises Faulty for one that has no policies, and no entitlement either."""
    document = objects.decode(body, "`policies` or `entitlement`")
    strays, digest = objects.strays(document, MEMBERS, "a test"), hashlib.sha256(body).digest()
    base = _base(document.get("base"), strays)
    expected = NOTHING
    if document.get("expectations") is not None:
        based = document.get("base") is not None
        expected = expectations.decode(document["expectations"], account.hex, based=based)
    if document.get("entitlement") is not None:
        if "policies" in document:
            strays.append(Fault("a test has `policies` or an `entitlement`, not both", "/entitlement"))
        if strays:
            raise Faulty(*strays, *expected.selectors.faults)
        return Asked((), Decoded((), (), ()), digest, document["entitlement"], base, expected)
    try:
        decoded = policies.decode(document.get("policies"), "/policies", account.hex)
    except Faulty as faulty:
        raise Faulty(*strays, *faulty.faults, *expected.selectors.faults) from None
    decoded = msgspec.structs.replace(decoded, faults=(*strays, *decoded.faults))
    return Asked(document["policies"], decoded, digest, None, base, expected)


def _base(given: Any, faults: list[Fault]) -> UUID | None:  # noqa: ANN401  # whatever was sent
    """The id of the test to compare with; one form of it, as everywhere."""
    try:
        found = None if given is None else msgspec.convert(given, UUID)
    except msgspec.ValidationError:
        found = UUID(int=0)
    if found is None or str(found) == str(given).lower():
        return found
    faults.append(Fault("`base` is the UUID of a test", "/base"))
    return None
