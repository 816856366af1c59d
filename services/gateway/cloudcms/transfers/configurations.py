"""What a body says of what is carried, and how: from the words of clients to those of jobs."""

from typing import Any
from uuid import UUID

from msgspec import UNSET

from services.gateway.cloudcms.answers import refused
from shared.directory.errors import Refused
from shared.wire import json_text
from shared.wire.cloudcms import configurations, objects
from shared.wire.cloudcms.configurations import (
    ExportObject,
    Flag,
    ImportObject,
    SourcesObject,
    TransferObject,
)
from shared.wire.faults import child
from shared.wire.transfer.arrival.substitution import LIMIT, TEXT_LIMIT, TOTAL_LIMIT
from shared.wire.transfer.requests import Included, Strategy


def decode_export(body: bytes, _: UUID) -> ExportObject:
    """The configuration of an export; raises Faulty."""
    return configurations.decode(objects.decode(body), ExportObject)


def decode_sources(body: bytes, _: UUID) -> SourcesObject:
    """The same with what is to be exported; raises Faulty."""
    return configurations.decode(objects.decode(body), SourcesObject)


def decode_import(body: bytes, _: UUID) -> ImportObject:
    """The configuration of an import; raises Faulty."""
    return configurations.decode(objects.decode(body), ImportObject)


def said(flag: Flag, *, fallback: bool) -> bool:
    """A flag; as it is where nobody says so, if it is not said."""
    return flag if isinstance(flag, bool) else fallback


def included(told: TransferObject) -> Included:
    """What is carried beside policies."""
    flags = (told.acls, told.teams, told.team_members, told.roles)
    return Included(*(said(flag, fallback=True) for flag in flags))


def strategy(told: ImportObject) -> Strategy:
    """What becomes of ids; raises Faulty for none or several that are known."""
    given = [told.strategy] if isinstance(told.strategy, str) else told.strategy or []
    names = {each.upper() for each in given if each}
    known = {each.value: each for each in Strategy}
    if names - known.keys() or len(names) > 1:
        raise refused(f"`strategy` is one of {', '.join(f'`{name}`' for name in known)}", "/strategy")
    return known[names.pop()] if names else Strategy.COPY_EVERYTHING


def substitutions(told: ImportObject) -> dict[str, str]:
    """Texts by what stands in their place; raises Faulty."""
    where = "/substitutions"
    given = _parsed(told.substitutions) if isinstance(told.substitutions, str) else told.substitutions
    if given is None or given is UNSET:
        return {}
    if not isinstance(given, dict) or not all(isinstance(each, str) for each in given.values()):
        raise refused(
            "`substitutions` is an object of texts by what stands in their place, or its JSON", where
        )
    if len(given) > LIMIT:
        raise refused(f"there are at most {LIMIT} substitutions", where)
    if sum(len(name) + len(text) for name, text in given.items()) > TOTAL_LIMIT:
        raise refused(f"substitutions have at most {TOTAL_LIMIT} characters together", where)
    for name, text in given.items():
        if not name or len(name) > TEXT_LIMIT or len(text) > TEXT_LIMIT:
            raise refused(f"a substitution is of 1 to {TEXT_LIMIT} characters", child(where, name[:64]))
    return given


def _parsed(text: str) -> Any:  # noqa: ANN401  # whatever a client sends
    if not text.strip():
        return None
    try:
        return json_text.parse(text.encode(errors="surrogatepass"))
    except Refused as refusal:
        raise refused(f"`substitutions` is no JSON: {refusal}", "/substitutions") from None
