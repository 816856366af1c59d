"""Directory and policy are pure. An allow-list of imports, which import-linter has no contract for."""

import ast
from pathlib import Path

import pytest

from tests.architecture.repository import imported, modules, name_of, tree

ALLOWED = {
    *("array", "bisect", "collections", "dataclasses", "enum", "fractions", "functools", "hashlib"),
    *("ipaddress", "itertools", "operator", "re", "struct", "sys", "typing", "unicodedata", "uuid"),
    "socket",  # for inet_pton, which is arithmetic: ipaddress takes ten times as long, once for each user
    "zlib",  # for crc32: a hash that is the same in every process, and five times as fast as those of hashlib
    *("idna", "msgspec", "pyroaring", "re2"),
}
ALLOWED_HERE = ("shared.directory", "shared.policy")
EFFECTS = {"open", "print", "input", "exec", "eval", "__import__", "breakpoint"}
ASYNC = (ast.AsyncFunctionDef, ast.Await, ast.AsyncFor, ast.AsyncWith)
PURE = modules("shared/directory", "shared/policy")


def faults(module: ast.Module) -> list[str]:
    names = {name for name in imported(module) if not name.startswith(ALLOWED_HERE)}
    found = [f"imports {name}" for name in names if name.partition(".")[0] not in ALLOWED]
    for node in ast.walk(module):
        if isinstance(node, ASYNC):
            found.append(f"is asynchronous in line {node.lineno}")
        if isinstance(node, ast.Name) and node.id in EFFECTS:
            found.append(f"uses {node.id} in line {node.lineno}")
    return found


@pytest.mark.parametrize("path", PURE, ids=name_of)
def test_a_pure_module_computes_and_does_nothing_else(path: Path) -> None:
    assert faults(tree(path)) == []


@pytest.mark.parametrize(
    "text",
    [
        *("import time", "from os import path", "import asyncpg", "from . import email", "import logging"),
        *("print(1)", "open('x')", "async def f(): ...", "from shared.process.logs import log"),
    ],
)
def test_what_is_impure_is_found(text: str) -> None:
    assert faults(ast.parse(text))
