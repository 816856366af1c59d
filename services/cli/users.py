"""`gatehouse users`: who got which verdict in a test."""

import asyncio
from collections.abc import Mapping
from typing import TypedDict, Unpack

import click
import msgspec

from services.cli import access, answers, render
from services.cli.access import Access
from services.cli.client import Client
from services.cli.runs import TESTS

# The filter's words are not the rows' words; both are taken.
FILTERS = {"approved": "success", "blocked": "fail", "error": "error", "success": "success", "fail": "fail"}
LARGEST_PAGE = 1000
PAGE = 25

EXAMPLE = (
    "\b\nExample:"
    "\n  gatehouse users TEST_ID --status blocked"
    "\n  gatehouse users TEST_ID --all --json > verdicts.ndjson"
)


class Chosen(TypedDict):
    """Which users to show, and how."""

    status: str | None
    reason: str | None
    page: int
    per_page: int | None
    every: bool
    as_json: bool


async def print_page(spoken_to: Access, uid: str, query: Mapping[str, str], *, as_json: bool) -> None:
    """Print one page: the gateway's answer, or a table."""
    async with Client(spoken_to) as client:
        reply = await client.get(f"{TESTS}/{uid}/users", query)
    if as_json:
        click.echo(reply)
        return
    answer = answers.decode(reply, answers.Answer)
    render.console().print(render.users(answers.decode(answer.result, list[answers.User])))
    if info := answer.result_info:
        click.echo(f"page {info.page:,} of {info.total_pages:,}, {info.total_count:,} users in all")


async def print_all(spoken_to: Access, uid: str, query: dict[str, str], *, as_json: bool) -> None:
    """Print every page from the first on: a row a line, or a table for each page."""
    async with Client(spoken_to, patient=True) as client:
        while True:
            answer = answers.decode(await client.get(f"{TESTS}/{uid}/users", query), answers.Answer)
            rows = answers.decode(answer.result, list[msgspec.Raw])
            if rows and as_json:
                click.echo(b"\n".join(rows))
            elif rows:
                render.console().print(render.users(answers.decode(row, answers.User) for row in rows))
            # Past the end every gateway gives an empty page; a page that is not full is the last one.
            if len(rows) < int(query["per_page"]):
                return
            query["page"] = str(int(query["page"]) + 1)


@click.command(
    "users",
    epilog=EXAMPLE,
)
@click.argument("test_id")
@click.option("--status", type=click.Choice(list(FILTERS)), help="Only users of this verdict.")
@click.option("--reason", help="Only users of this reason: a kind of reasons, or a key of `reasons`.")
@click.option("--page", type=click.IntRange(min=1), default=1, show_default=True, help="Which page.")
@click.option(
    "--per-page", type=click.IntRange(1, LARGEST_PAGE), help="Users a page: 25, or 1000 with --all."
)
@click.option("--all", "every", is_flag=True, help="All pages, from --page on.")
@click.option("--json", "as_json", is_flag=True, help="The gateway's answer; with --all one user a line.")
@access.options
def command(spoken_to: Access, *, test_id: str, **chosen: Unpack[Chosen]) -> None:
    """List the users of a test and what became of each."""
    per_page = chosen["per_page"] or (LARGEST_PAGE if chosen["every"] else PAGE)
    query = {"page": str(chosen["page"]), "per_page": str(per_page)}
    if chosen["status"]:
        query["status"] = FILTERS[chosen["status"]]
    if chosen["reason"]:
        query["reason"] = chosen["reason"]
    show = print_all if chosen["every"] else print_page
    asyncio.run(show(spoken_to, test_id, query, as_json=chosen["as_json"]))
