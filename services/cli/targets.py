"""Which of what the account keeps each object of a file stands for."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from msgspec import UNSET

from services.cli import failures, shelf
from services.cli.documents import Document
from services.cli.kinds import Kind
from services.cli.shelf import Kept


class Step(NamedTuple):
    """One object of a file, and what it replaces; None where it is to be created."""

    document: Document
    target: Kept | None


def labels(document: Document) -> tuple[str, ...]:
    """By what the file itself names an object: its id, or nothing."""
    uid = document.shape.id
    return () if uid is UNSET else (uid.lower(),)


def steps(kind: Kind, documents: Sequence[Document], there: Iterable[Kept]) -> list[Step]:
    """Each object with what it replaces: the one with its id, else the one with its name.

    Raises Refused for all objects of which that cannot be said. Nothing is the target of two.
    """
    ids, names = dict[str, Kept](), defaultdict[str, list[Kept]](list)
    for each in there:
        ids[each.id.lower()] = each
        names[each.name].append(each)
    targets = [next((ids[uid] for uid in labels(each) if uid in ids), None) for each in documents]
    taken = {target.id for target in targets if target is not None}
    found, faults = list[Step](), _repeated(documents, targets)
    for document, by_id in zip(documents, targets, strict=True):
        same = [each for each in names[document.shape.name] if each.id not in taken]
        if by_id is None and len(same) > 1:
            faults.append(f"{document}: {shelf.several(kind, same)}: give the `id` of the one that is meant")
        found.append(Step(document, by_id or (same[0] if same else None)))
    if faults:
        raise failures.Refused("\n".join(("nothing was applied", *faults)))
    return found


def _repeated(documents: Sequence[Document], targets: Sequence[Kept | None]) -> list[str]:
    """What is wrong with objects of which the next would be the same one."""
    uids = Counter(uid for each in documents for uid in labels(each))
    names = Counter(each.shape.name for each in documents)
    faults = [
        f"{each}: its `id` stands twice in the file"
        for each in documents
        if any(uids[uid] > 1 for uid in labels(each))
    ]
    return faults or [
        f"{each}: its name stands twice in the file, and no `id` of an existing one tells which it is"
        for each, target in zip(documents, targets, strict=True)
        if target is None and names[each.shape.name] > 1
    ]
