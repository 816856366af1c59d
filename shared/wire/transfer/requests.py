"""What a transfer is to do: kept with its job, so that whichever worker takes it knows all that there is."""

from enum import Enum
from typing import Literal
from uuid import UUID

import msgspec
from msgspec import Struct

from shared.wire.archive.manifest import Coordinates


class Strategy(Enum):
    """What becomes of ids: new ones, references rewritten; or the same, what is there brought up to date."""

    COPY_EVERYTHING = "COPY_EVERYTHING"
    CLONE = "CLONE"


class Included(Struct, frozen=True):
    """What is carried besides policies and what they cannot do without."""

    acls: bool = True
    """Assignments, and roles granted on resources."""
    teams: bool = True
    team_members: bool = True
    """The users who are in groups of teams, as members; the users themselves stay where they are."""
    roles: bool = True


class Label(Struct, frozen=True):
    """What people read of an archive."""

    title: str | None = None
    description: str | None = None
    published: bool = False


class Export(Struct, frozen=True, tag="export"):
    """Write an archive of one policy; of all that the account has if `policy` is None."""

    coordinates: Coordinates
    policy: str | None = None
    label: Label = Label()
    included: Included = Included()


class Import(Struct, frozen=True, tag="import"):
    """Read an archive into the account; its one policy into `policy`, which exists, if that is not None.

    `coordinates` are what the archive was called. `substitutions` are texts by what stands in their place in
    the archive's documents.
    """

    archive: str
    policy: str | None = None
    strategy: Strategy = Strategy.COPY_EVERYTHING
    substitutions: dict[str, str] = {}
    dry_run: bool = False
    included: Included = Included()
    coordinates: Coordinates | None = None


Format = Literal["csv", "ndjson", "parquet"]


class Results(Struct, frozen=True, tag="results"):
    """Write the verdicts of a policy test, one row a user; with `reasons` the kind of each one's reason."""

    coordinates: Coordinates
    test_id: UUID
    format: Format
    reasons: bool = False


Request = Export | Import | Results

encode = msgspec.json.encode
decode = msgspec.json.Decoder(Request).decode
