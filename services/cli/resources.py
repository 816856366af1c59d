"""`gatehouse policies`, `gatehouse groups`, `gatehouse lists`: list, get, apply from a file, delete."""

import asyncio
from collections.abc import Mapping

import click
import msgspec

from services.cli import access, documents, render, shelf, showing
from services.cli.access import Access
from services.cli.apply import Application, Outcome
from services.cli.client import Client, Request
from services.cli.kinds import GROUPS, LISTS, POLICIES, Kind

# What `apply` makes of an object of the file, besides what it does for all kinds.
MEANING: Mapping[Kind, str] = {
    POLICIES: "Groups and lists are named by their ids.",
    GROUPS: "Groups of one file may name one another by the ids that they have in the file, be it any text: "
    "where the account does not know such an id, it stands for the one that the group has or gets there.",
    LISTS: "Items are texts, or objects with `value` and `description`; without `items` a list keeps its "
    "own. A list never changes its type.",
}
QUIET = "Nothing but what goes wrong."


def _example(kind: Kind, *arguments: str) -> str:
    return "".join(("\b\nExample:", *(f"\n  gatehouse {kind.plural} {each}" for each in arguments)))


def _list(kind: Kind) -> click.Command:
    example = _example(kind, "list", f"list --json > {kind.plural}.json")
    summary = f"List the {kind.plural} of the account, the oldest first."

    @click.command("list", epilog=example, help=summary)
    @click.option("--json", "as_json", is_flag=True, help="All that `apply` takes, instead of a table.")
    @click.option("-q", "--quiet", is_flag=True, help="Only the ids, one a line.")
    @access.options
    def command(spoken_to: Access, *, as_json: bool, quiet: bool) -> None:
        asyncio.run(showing.every(spoken_to, kind, as_json=as_json, quiet=quiet))

    return command


def _get(kind: Kind) -> click.Command:
    example = _example(kind, "get NAME", f"get NAME --json > {kind.word}.json")

    @click.command("get", epilog=example, help=f"Show a {kind.word}.")
    @click.argument("id_or_name")
    @click.option("--json", "as_json", is_flag=True, help="All that `apply` takes, instead of a table.")
    @access.options
    def command(spoken_to: Access, *, id_or_name: str, as_json: bool) -> None:
        asyncio.run(showing.one(spoken_to, kind, id_or_name, as_json=as_json))

    return command


async def _run(spoken_to: Access, application: Application) -> None:
    # Not a patient one: whether a lost write was one, the next `apply` of the file finds out.
    async with Client(spoken_to) as client:
        await application.run(client)


def _told(outcome: Outcome) -> str:
    return render.neutral(f"{outcome.action:<9}  {outcome.id}  {outcome.name}")


def _apply(kind: Kind) -> click.Command:
    example = _example(kind, f"apply {kind.plural}.json", f"apply - --quiet < {kind.plural}.json")
    summary = (
        f"Make {kind.plural} of the account what FILE says (`-`: standard input).\n\n"
        f"FILE is JSON: one {kind.word}, a list of them, or an object with that list as `{kind.plural}`. "
        f"Each replaces the {kind.word} with its `id`, else the only one with its name; otherwise it is "
        f"created. What says the same already is left alone, and so are the other {kind.plural}. "
        f"{MEANING[kind]}\n\n"
        "Ends with 2 at the first one that is refused; what was applied before it stays."
    )

    @click.command("apply", epilog=example, help=summary)
    @click.argument("file")
    @click.option("--json", "as_json", is_flag=True, help="What became of each, as JSON, one a line.")
    @click.option("-q", "--quiet", is_flag=True, help=QUIET)
    @access.options
    def command(spoken_to: Access, *, file: str, as_json: bool, quiet: bool) -> None:
        def tell(outcome: Outcome) -> None:
            if not quiet:
                click.echo(msgspec.json.encode(outcome) if as_json else _told(outcome))

        application = Application(kind, documents.read(file, kind), tell)
        try:
            asyncio.run(_run(spoken_to, application))
        except KeyboardInterrupt:
            click.echo(f"so far: {application}; the file can be applied again", err=True)
            raise
        if not as_json and not quiet:
            click.echo(str(application))

    return command


async def _deleted(spoken_to: Access, kind: Kind, text: str) -> shelf.Kept:
    async with Client(spoken_to) as client:
        kept = (await shelf.one(client, kind, text)).kept
        await client.send(Request("DELETE", f"{kind.path}/{kept.id}"))
        return kept


def _delete(kind: Kind) -> click.Command:
    used = "" if kind is POLICIES else " One that something refers to stays, and what does is told."

    @click.command("delete", epilog=_example(kind, "delete NAME"), help=f"Delete a {kind.word}.{used}")
    @click.argument("id_or_name")
    @click.option("--json", "as_json", is_flag=True, help="What was deleted, as JSON.")
    @click.option("-q", "--quiet", is_flag=True, help=QUIET)
    @access.options
    def command(spoken_to: Access, *, id_or_name: str, as_json: bool, quiet: bool) -> None:
        kept = asyncio.run(_deleted(spoken_to, kind, id_or_name))
        if quiet:
            return
        outcome = {"action": "deleted", "kind": kind.word, "id": kept.id, "name": kept.name}
        told = render.neutral(f"deleted {kind.word} {kept.id} {kept.name}")
        click.echo(msgspec.json.encode(outcome) if as_json else told)

    return command


def _commands(kind: Kind, summary: str) -> click.Group:
    commands = [_list(kind), _get(kind), _apply(kind), _delete(kind)]
    return click.Group(kind.plural, commands=commands, help=summary, epilog=_example(kind, "list"))


policies = _commands(POLICIES, "Reusable policies, which tests name by their ids.")
groups = _commands(GROUPS, "Rule groups, which policies and other groups name by their ids.")
lists = _commands(LISTS, "Lists of addresses, networks and others, which rules name by their ids.")
