"""Text of anybody's in Markdown: shown as it is, never markup, a mention, a reference or a link."""

import re

from services.cli import render

LONGEST = 300
# Of what stands between the gateway's backticks this cannot end it, nor a cell of a table, nor be HTML.
TAME = re.compile(r"[^`|\\<>&\s](?:[^`|\\<>&\n]*[^`|\\<>&\s])?")
QUOTED = re.compile(r"`([^`]*)`")
# No emphasis, no reference (`#1`, `@name`), no address that is made a link.
PLAIN = re.compile(r"(?!(?i:www\.))[^\W_]?(?:[^\W_]|[%'(),.;…\"+=-])*:?")


def code(text: str) -> str:
    """Text that was given by somebody, as code."""
    shown = _cut(render.neutral(text))
    if not shown.strip():
        return ""
    if TAME.fullmatch(shown):
        return f"`{shown}`"
    return "<code>" + "".join(char if _harmless(char) else f"&#{ord(char)};" for char in shown) + "</code>"


def words(text: str) -> str:
    """A sentence that quotes in backticks; what it quotes is code, and so is every word that is not plain."""
    pieces = QUOTED.split(_cut(render.neutral(text)))
    return "".join(code(piece) if number % 2 else _plain(piece) for number, piece in enumerate(pieces))


def row(*cells: str) -> str:
    """A row of a table, of cells that are Markdown."""
    return f"| {' | '.join(cells)} |\n"


def table(*columns: tuple[str, bool]) -> str:
    """The head of a table; each column has a name and whether it holds numbers."""
    names = row(*(name for name, _ in columns))
    return names + row(*("---:" if number else "---" for _, number in columns))


def _plain(text: str) -> str:
    parts = re.split(r"(\s+)", text)
    return "".join(part if PLAIN.fullmatch(part) or part.isspace() else code(part) for part in parts)


def _harmless(char: str) -> bool:
    return not char.isascii() or char.isalnum() or char in " .,"


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST else text[:LONGEST] + "…"
