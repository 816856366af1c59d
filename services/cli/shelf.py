"""What an account keeps of one kind, read from the gateway."""

import re
from typing import Any, NamedTuple

import msgspec

from services.cli import answers, failures, render
from services.cli.client import Client
from services.cli.kinds import LISTS, Kind

PER_PAGE = 1000
READINGS = 5
UID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)


class Kept(msgspec.Struct):
    """A policy, group or list that the account keeps; a list is heard of without its items."""

    id: str
    name: str
    updated_at: str
    decision: str = ""
    type: str = ""
    count: int = 0
    include: list[Any] | None = None
    exclude: list[Any] | None = None
    require: list[Any] | None = None


class Found(NamedTuple):
    """One of them, and the same as the gateway said it."""

    kept: Kept
    text: msgspec.Raw


def found(text: bytes | msgspec.Raw) -> Found:
    """One of them from an answer's result."""
    raw = msgspec.Raw(bytes(text))
    return Found(answers.decode(raw, Kept), raw)


async def everything(client: Client, kind: Kind) -> list[Found]:
    """All of a kind, the oldest first."""
    known: dict[str, Found] = {}
    for page in range(1, 1 << 20):
        query = {"page": str(page), "per_page": str(PER_PAGE)}
        answer = answers.decode(await client.get(kind.path, query), answers.Answer)
        rows = [found(row) for row in answers.decode(answer.result, list[msgspec.Raw])]
        new = {row.kept.id: row for row in rows if row.kept.id not in known}
        known.update(new)
        # The list of lists has no pages: a second one would be the first.
        if len(rows) < PER_PAGE or not new:
            break
    return list(known.values())


async def one(client: Client, kind: Kind, text: str) -> Found:
    """The one with an id or a name; raises Refused where there is none, or where a name has several."""
    if UID.fullmatch(text):
        try:
            answer = answers.decode(await client.get(f"{kind.path}/{text}"), answers.Answer)
            return found(answer.result)
        except failures.Absent:
            pass  # it may be a name: whoever gives names may give this one
    named = [each for each in await everything(client, kind) if each.kept.name == text]
    if not named:
        raise failures.Refused(f"no {kind.word} has the id or the name `{render.neutral(text)}`")
    if len(named) > 1:
        raise failures.Refused(f"{several(kind, [each.kept for each in named])}: give the id of one")
    return named[0]


def several(kind: Kind, same: list[Kept]) -> str:
    """That a name does not say which one is meant."""
    ids = ", ".join(render.neutral(each.id) for each in same)
    return f"{len(same)} {kind.plural} have the name `{render.neutral(same[0].name)}` ({ids})"


async def items(client: Client, list_id: str, page: int, per_page: int) -> list[msgspec.Raw]:
    """A page of a list's items in their order."""
    query = {"page": str(page), "per_page": str(per_page)}
    answer = answers.decode(await client.get(f"{LISTS.path}/{list_id}/items", query), answers.Answer)
    return answers.decode(answer.result, list[msgspec.Raw])


async def _every_item(client: Client, list_id: str) -> list[msgspec.Raw]:
    rows: list[msgspec.Raw] = []
    for page in range(1, 1 << 20):
        some = await items(client, list_id, page, PER_PAGE)
        rows += some
        if len(some) < PER_PAGE:
            break
    return rows


async def whole(client: Client, kind: Kind, one_found: Found) -> msgspec.Raw:
    """One of them as `apply` takes it, which is a list with all of its items; raises Absent, Unavailable."""
    if kind is not LISTS:
        return one_found.text
    path = f"{LISTS.path}/{one_found.kept.id}"
    answer = answers.decode(await client.get(path), answers.Answer)
    for _ in range(READINGS):
        members = answers.decode(answer.result, dict[str, msgspec.Raw])
        if "items" in members:
            return answer.result
        rows = await _every_item(client, one_found.kept.id)
        after = answers.decode(await client.get(path), answers.Answer)
        # Pages of different moments make a list that never was.
        if found(after.result).kept.updated_at == found(answer.result).kept.updated_at:
            return msgspec.Raw(msgspec.json.encode({**members, "items": rows}))
        answer = after
    raise failures.Unavailable(f"the list `{one_found.kept.id}` changes while it is read, try again")
