"""What administrators do to their policies, and what a test of them says before it ships."""

import json
from collections import Counter

import pytest

from tests.examples.asking import Answered, asked
from tests.examples.folders import EXAMPLES, Example
from tests.stack import Service

ANSWERED: dict[str, Answered] = {}


@pytest.fixture(params=EXAMPLES, ids=str)
def example(request: pytest.FixtureRequest) -> Example:
    found: Example = request.param
    return found


@pytest.fixture
async def answered(service: Service, example: Example) -> Answered:
    """Of each example once."""
    if str(example) not in ANSWERED:
        ANSWERED[str(example)] = await asked(await service.tenant(segment_bits=4), example)
    return ANSWERED[str(example)]


def broken(answered: Answered) -> list[str]:
    return [row["name"] for row in answered.expectations if row["holds"] is not True]


def test_there_are_examples_that_may_ship_and_others() -> None:
    assert len(EXAMPLES) >= 12
    assert Counter(example.outcome.exit_code for example in EXAMPLES).keys() == {0, 1}


async def test_users_get_the_verdicts_that_the_story_is_about(example: Example, answered: Answered) -> None:
    counts = {"approved": "users_approved", "blocked": "users_blocked", "error": "users_errored"}
    assert {verdict: answered.test[name] for verdict, name in counts.items()} == example.outcome.verdicts


async def test_users_lose_and_gain_what_the_story_is_about(example: Example, answered: Answered) -> None:
    changes = {change: answered.comparison[change] for change in example.outcome.changes}
    assert changes == example.outcome.changes


async def test_what_is_broken_on_purpose_is_broken_and_nothing_else(
    example: Example, answered: Answered
) -> None:
    assert broken(answered) == example.outcome.broken
    assert example.outcome.exit_code == bool(example.outcome.broken)


async def test_every_user_has_a_reason(example: Example, answered: Answered) -> None:
    total = len(example.directory.read_text().splitlines())
    assert sum(row["count"] for row in answered.reasons) == answered.test["total_users"] == total


def test_an_example_says_what_it_is_about(example: Example) -> None:
    title, blank, *story = (example.folder / "about.md").read_text().splitlines()
    assert title.startswith("# ")
    assert blank == ""
    assert len(story) == 1


def test_every_address_is_one_that_nobody_has(example: Example) -> None:
    addresses = [json.loads(line)["email"] for line in example.directory.read_text().splitlines()]
    assert {address.rpartition(".")[2] for address in addresses} == {"example"}
