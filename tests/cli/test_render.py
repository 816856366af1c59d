import pytest

from services.cli import answers, render


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("\x1b[2J\x1b[1;1Hroot", r"\x1b[2J\x1b[1;1Hroot"),
        ("a\rb\nc\x00\x07", r"a\rb\nc\x00\x07"),
        ("\x9b31m", r"\x9b31m"),
        ("\u202etxt.exe", r"\u202etxt.exe"),
        ("\u2028", r"\u2028"),
        ("\U000e0041", r"\U000e0041"),
        ("Zoë 山田 a\u200cb", "Zoë 山田 a\u200cb"),
        (r"\x1b", r"\x1b"),
    ],
)
def test_names_cannot_move_the_cursor(given: str, shown: str):
    assert render.neutral(given) == shown


@pytest.mark.parametrize(("count", "total", "length"), [(0, 9, 0), (0, 0, 0), (1, 10**7, 1), (9, 9, 40)])
def test_a_bar_shows_anyone_at_all(count: int, total: int, length: int):
    assert render.blocks(count, total, sign="#") == "#" * length


def test_brackets_in_names_are_no_markup(capsys):
    row = answers.User("1", "a@a.example", "[bold]Ann[/bold] [link=x]", "approved")
    render.console().print(render.users([row]))
    assert "[bold]Ann[/bold] [link=x]" in capsys.readouterr().out
