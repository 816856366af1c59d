"""Tokens: what is made can be read, what was mistyped cannot, and nothing tells how near a guess was."""

import re

import pytest

from shared.wire import tokens

TEXT = tokens.text(tokens.Token("abcdefghjkmn", bytes(range(32))))


def test_a_token_is_read_as_it_was_made() -> None:
    for _ in range(200):
        token = tokens.new()
        assert tokens.parse(tokens.text(token)) == token


def test_a_token_has_its_shape() -> None:
    assert re.fullmatch(r"gate_[0-9A-Za-z]{12}_[0-9A-Za-z_-]{43}_[0-9A-Za-z]{6}", TEXT)
    assert tokens.parse(TEXT) == tokens.Token("abcdefghjkmn", bytes(range(32)))


def test_tokens_do_not_repeat() -> None:
    made = [tokens.new() for _ in range(1000)]
    assert len({token.public_id for token in made}) == len({token.secret for token in made}) == 1000


@pytest.mark.parametrize("place", range(5, len(TEXT)))
def test_one_character_mistyped_is_no_token(place: int) -> None:
    for other in "aZ9_-":
        if TEXT[place] != other:
            assert tokens.parse(TEXT[:place] + other + TEXT[place + 1 :]) is None


WRONG = [
    *(
        "",
        "gate",
        "gate___",
        TEXT[:-1],
        TEXT + "x",
        TEXT[1:],
        f" {TEXT}",
        f"{TEXT}\n",
        TEXT.upper(),
        TEXT.replace("_", "-"),
    ),
    *(
        TEXT.replace("gate", "pass"),
        TEXT.replace("gate_", ""),
        f"{TEXT} {TEXT}",
        TEXT.replace("a", "\u0430"),
        "\0" * 68,
        "x" * 10**6,
    ),
]


@pytest.mark.parametrize("given", WRONG, ids=lambda given: repr(given[:20]))
def test_what_cannot_be_a_token_is_none(given: str) -> None:
    assert tokens.parse(given) is None


def test_a_secret_matches_its_own_digest_only() -> None:
    one, other = tokens.new(), tokens.new()
    assert tokens.matches(one.secret, tokens.digest(one.secret))
    assert not tokens.matches(one.secret, tokens.digest(other.secret))
    assert not tokens.matches(one.secret, bytes(32))
    assert one.secret not in tokens.digest(one.secret)
