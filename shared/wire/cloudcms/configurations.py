"""Configurations of exports and imports: what clients may say in a body beside which archive it is about.

Anything else that is said is nobody's business; what is known has to be of its type.
"""

from collections.abc import Mapping
from typing import Any, TypeVar

import msgspec
from msgspec import UNSET, Struct, UnsetType, ValidationError, field

from shared.wire.cloudcms.shapes import Loose
from shared.wire.faults import LIMIT, Fault, Faulty, child, from_validation

Flag = bool | UnsetType | None
Text = str | UnsetType | None
Date = dict[str, Any] | str | int | UnsetType | None
Things = list[dict[str, Any] | str] | UnsetType | None
Form = TypeVar("Form", bound=Struct)


class TransferObject(Loose, kw_only=True, frozen=True):
    """What exports and imports are told alike: what is carried beside policies. All of it, if nobody says so.

    There are no activities, binaries and attachments here, so that it does not matter what is said of them.
    """

    acls: Flag = field(name="includeACLs", default=UNSET)
    teams: Flag = field(name="includeTeams", default=UNSET)
    team_members: Flag = field(name="includeTeamMembers", default=UNSET)
    roles: Flag = field(name="includeRoles", default=UNSET)
    activities: Flag = field(name="includeActivities", default=UNSET)
    binaries: Flag = field(name="includeBinaries", default=UNSET)
    attachments: Flag = field(name="includeAttachments", default=UNSET)


class ExportObject(TransferObject, kw_only=True, frozen=True, rename="camel"):
    """What an export is told. Dates and changesets matter to what has a history, of which nothing is here."""

    start_date: Date = UNSET
    end_date: Date = UNSET
    start_changeset: Text = UNSET
    end_changeset: Text = UNSET
    tip_changeset_only: Flag = UNSET
    artifact_dependencies: Things = UNSET
    artifact_includes: Things = UNSET
    force_includes: Flag = UNSET


class SourcesObject(ExportObject, kw_only=True, frozen=True):
    """The same with what is to be exported: a reference of the platform, or of one policy."""

    sources: list[str] | UnsetType | None = UNSET


class ImportObject(TransferObject, kw_only=True, frozen=True, rename="camel"):
    """What an import is told.

    `strategy` is `COPY_EVERYTHING` (things get new ids) or `CLONE` (they keep them), by itself or in a list.
    `substitutions` are texts by what stands in their place in the archive: an object, or its JSON. With
    `dryRun` nothing is written, and the job's result says what would be.
    """

    strategy: str | list[str] | UnsetType | None = UNSET
    substitutions: dict[str, str] | str | UnsetType | None = UNSET
    dry_run: Flag = UNSET


def decode(given: Mapping[str, Any], form: type[Form]) -> Form:
    """A configuration from a body's object; raises Faulty with all that is wrong, up to the limit."""
    faults = [
        fault
        for each in msgspec.structs.fields(form)
        if each.encode_name in given
        and (fault := _fault(each.encode_name, given[each.encode_name], each.type)) is not None
    ]
    if faults:
        raise Faulty(*faults[:LIMIT])
    return msgspec.convert(given, form)


def _fault(name: str, value: object, kind: Any) -> Fault | None:  # noqa: ANN401  # a field's annotation
    try:
        msgspec.convert(value, kind)
    except ValidationError as error:
        return from_validation(error, child("", name))
    return None
