"""Applying a file: what is not there is created, what is other than the file has it is replaced."""

import functools
from collections import Counter
from collections.abc import Callable, Sequence

import msgspec

from services.cli import answers, documents, failures, nesting, shelf, targets
from services.cli.client import Client, Request
from services.cli.documents import Document
from services.cli.kinds import GROUPS, Kind
from services.cli.shelf import Kept
from services.cli.targets import Step

JSON = {"Content-Type": "application/json"}
# A list of a hundred thousand items is looked at for a while.
SILENCE = 600.0
ACTIONS = ("created", "updated", "unchanged")


class Outcome(msgspec.Struct):
    """What became of an object of the file, and where it stands there."""

    action: str
    kind: str
    id: str
    name: str
    pointer: str


class Application:
    """A file on its way into an account; `tell` hears of each object as soon as it is there."""

    def __init__(self, kind: Kind, file: Sequence[Document], tell: Callable[[Outcome], None]) -> None:
        self.kind = kind
        self.file = file
        self.tell = tell
        self.counts: Counter[str] = Counter()
        self.uids: dict[str, str] = {}  # by what the file calls them

    def __str__(self) -> str:
        """How many objects became what."""
        return ", ".join(f"{self.counts[action]:,} {action}" for action in ACTIONS)

    async def run(self, client: Client) -> None:
        """Write what differs, one by one; raises Refused or Unavailable at the first that cannot be."""
        there = [each.kept for each in await shelf.everything(client, self.kind)]
        steps = targets.steps(self.kind, self.file, there)
        if self.kind is GROUPS:
            steps = nesting.ordered(steps, there)
        for step in steps:
            try:
                outcome = await self._written(client, step)
            except (failures.Refused, failures.Unavailable) as failure:
                raise type(failure)(f"{failure.message}\n{self._unfinished(step)}") from None
            self.counts[outcome.action] += 1
            self.tell(outcome)

    async def _written(self, client: Client, step: Step) -> Outcome:
        document, target = step
        body = documents.body(document)
        if self.kind is GROUPS:
            body = nesting.renamed(body, self.uids)
        method, path = (
            ("POST", self.kind.path) if target is None else ("PUT", f"{self.kind.path}/{target.id}")
        )
        told = functools.partial(answers.Fault.told, place=document.pointer)
        request = Request(method, path, lambda: body, JSON, silence=SILENCE, told=told)
        reply = answers.decode(await client.send(request), answers.Answer)
        kept = answers.decode(reply.result, Kept)
        self.uids |= dict.fromkeys(targets.labels(document), kept.id)
        return Outcome(_action(target, kept), self.kind.word, kept.id, kept.name, document.pointer)

    def _unfinished(self, step: Step) -> str:
        done = self.counts.total()
        rest = len(self.file) - done - 1
        return (
            f"{self.kind.word} {step.document} was not applied; before it: {self}; not tried: {rest:,}; "
            "what was applied stays, and the file can be applied again"
        )


def _action(target: Kept | None, kept: Kept) -> str:
    """What a write did: the gateway leaves alone what says the same already."""
    if target is None:
        return "created"
    return "unchanged" if kept.updated_at == target.updated_at else "updated"
