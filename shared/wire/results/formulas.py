"""Texts that a spreadsheet would execute. Source: OWASP's list of how a formula begins."""

import re
from collections.abc import Sequence

# Full-width letters too: spreadsheets take them for the narrow ones where people type them. Blanks before
# are passed over by some; and whoever splits cells at another character than commas begins a cell behind it.
FORMULA = re.compile(r"(?:\A|[;|\t\r\n])(?=[\s\ufeff\u200b]*[\t\r\n=+\-@\uff1d\uff0b\uff0d\uff20])")
BORDERS = ";|\t\r\n"


def neutral(text: str) -> str:
    """The same text with an apostrophe before whatever would be a formula, and so a text to spreadsheets."""
    return FORMULA.sub(r"\g<0>'", text)


def neutral_column(texts: Sequence[str]) -> Sequence[str]:
    """The same for many texts; most columns have nothing that needs a closer look, which is soon told."""
    together = "".join(texts)
    if any(border in together for border in BORDERS):
        return [neutral(text) for text in texts]
    return [text if text[:1].isalnum() else neutral(text) for text in texts]
