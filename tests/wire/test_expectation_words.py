"""What is expected, in words."""

import pytest

from shared.policy.expectations import Demand, Listed, Share
from shared.wire.cloudflare.expectation_rows import words

WORDS: list[tuple[Demand, str]] = [
    (Share("approved", least=True, percent=100), "all are approved"),
    (Share("blocked", least=False, number=0), "nobody is blocked"),
    (Share("error", least=False, number=0), "nobody is undecided"),
    (Share("error", least=False, percent=2.5), "at most 2.5 % are undecided"),
    (Share("approved", least=True, number=1), "at least 1 user is approved"),
    (Share("lost", least=False, number=0), "nobody loses access"),
    (Share("lost", least=False, number=1200), "at most 1,200 users lose access"),
    (Share("gained", least=False, percent=0), "at most 0 % gain access"),
    (Listed({"ann@a.example": "approved"}), "the verdict of 1 user is as listed"),
    (
        Listed({"ann@a.example": "approved", "bob@a.example": "blocked"}),
        "the verdicts of 2 users are as listed",
    ),
]


@pytest.mark.parametrize(("demand", "said"), WORDS, ids=[said for _, said in WORDS])
def test_what_is_expected_is_said_as_people_say_it(demand: Demand, said: str) -> None:
    assert words(demand) == said
