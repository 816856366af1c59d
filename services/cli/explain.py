"""`gatehouse explain`: one user's verdict, taken apart."""

import asyncio
import json
import re
from collections.abc import Iterator

import click
from rich.text import Text
from rich.tree import Tree

from services.cli import access, answers, render
from services.cli.access import Access
from services.cli.client import Client
from services.cli.runs import TESTS

UID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
SIGNS = {"yes": ("yes", "green"), "no": ("no", "red"), "unknown": ("unknown", "yellow")}
EXAMPLE = "\b\nExample:\n  gatehouse explain TEST_ID ann@acme.example"


async def asked(spoken_to: Access, test_id: str, user: str) -> bytes:
    """The explanation, as the gateway says it; the user by id, or by e-mail address."""
    async with Client(spoken_to, patient=True) as client:
        uid = user if UID.fullmatch(user) else await _called(client, user)
        return await client.get(f"{TESTS}/{test_id}/users/{uid}/explanation", {})


async def _called(client: Client, email: str) -> str:
    answer = answers.decode(await client.get("access/users", {"email": email}), answers.Answer)
    found = answers.decode(answer.result, list[answers.User])
    if not found:
        raise click.UsageError(f"nobody has the e-mail address `{email}` now; name the user by id")
    return found[0].id


def tree(found: answers.Explanation) -> Tree:
    """The policies in the order of evaluation, with what each rule says."""
    whole = Tree(Text(render.neutral(found.sentence)), guide_style="dim")
    for each in found.policies:
        name = f"policy {each.policy.index + 1}, {each.policy.name} ({each.decision})"
        _add(whole.add(_said(name, each.outcome)), each.criteria)
    return whole


def _add(branch: Tree, criteria: answers.Criteria) -> None:
    for part, rule in _parts(criteria):
        seen = "" if rule.seen is None else f", seen: {json.dumps(rule.seen, ensure_ascii=False)}"
        inner = branch.add(_said(f"{part} {rule.words}{seen}", rule.outcome))
        if rule.opened is not None:
            _add(inner, rule.opened)


def _parts(criteria: answers.Criteria) -> Iterator[tuple[str, answers.Rule]]:
    for part, rules in (
        ("include", criteria.include),
        ("require", criteria.require),
        ("exclude", criteria.exclude),
    ):
        yield from ((part, rule) for rule in rules)


def _said(text: str, outcome: str) -> Text:
    sign, colour = SIGNS.get(outcome, (outcome, ""))
    return Text.assemble((f"{sign}: ", colour), render.neutral(text))


@click.command("explain", epilog=EXAMPLE)
@click.argument("test_id")
@click.argument("user")
@click.option("--json", "as_json", is_flag=True, help="The gateway's answer.")
@access.options
def command(spoken_to: Access, *, test_id: str, user: str, as_json: bool) -> None:
    """Explain the verdict that a test has for a USER, by id or by e-mail address."""
    reply = asyncio.run(asked(spoken_to, test_id, user))
    if as_json:
        click.echo(reply)
        return
    found = answers.decode(answers.decode(reply, answers.Answer).result, answers.Explanation)
    render.console().print(tree(found))
    if found.nearest_miss is not None:
        miss = found.nearest_miss
        said = f"nearest miss: {miss.status} if `{miss.would_be}` were said of {miss.words}"
        click.echo(render.neutral(said))
