"""Sizes that a reader can hold. Blank lines and docstrings count: they are read too."""

import ast
from collections.abc import Iterator
from pathlib import Path

from tests.architecture.repository import PACKAGES, modules, name_of, tracked, tree

FILE_LINES, FUNCTION_LINES, ARGUMENTS, SQL_LINES = 300, 40, 6, 250
# One `match` over every kind of rule, to be read as the specification.
LONGER = {("tests/policy/reference.py", "fits"): 80}
CODE = modules(*PACKAGES, "tests")
Function = ast.FunctionDef | ast.AsyncFunctionDef


def lines(path: Path) -> int:
    return len(path.read_text(encoding="utf-8").splitlines())


def functions(path: Path) -> Iterator[Function]:
    return (node for node in ast.walk(tree(path)) if isinstance(node, Function))


def arguments(function: Function) -> int:
    given = function.args
    names = [each.arg for each in (*given.posonlyargs, *given.args, *given.kwonlyargs)]
    return len([name for name in names if name not in ("self", "cls")])


def test_files_are_short_enough() -> None:
    assert {name_of(path): lines(path) for path in CODE if lines(path) > FILE_LINES} == {}


def length(function: Function) -> int:
    return (function.end_lineno or function.lineno) - function.lineno + 1


def test_functions_are_short_enough() -> None:
    lengths = {(name_of(path), each.name): length(each) for path in CODE for each in functions(path)}
    long = {where: lines for where, lines in lengths.items() if lines > FUNCTION_LINES}
    assert {where: lines for where, lines in long.items() if lines > LONGER.get(where, 0)} == {}


def test_functions_take_few_arguments() -> None:
    product = [(name_of(path), each) for path in modules(*PACKAGES) for each in functions(path)]
    assert [(name, each.name) for name, each in product if arguments(each) > ARGUMENTS] == []


def test_a_file_of_queries_is_short_enough() -> None:
    assert [name_of(path) for path in tracked() if path.suffix == ".sql" and lines(path) > SQL_LINES] == []
