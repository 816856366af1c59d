"""Names say what a thing is; the top level is the card's."""

import ast
import re
from pathlib import Path

import pytest

from tests.architecture.repository import PACKAGES, modules, name_of, tracked, tree

EMPTY = {"utils", "util", "helpers", "helper", "common", "manager", "base", "misc", "data", "info", "impl"}
# Besides a noun they take nothing away: `data_directory` says what it is, `user_utils` does not.
NEVER = EMPTY - {"data", "info", "base"}
TOP_LEVEL = {"pyproject.toml", "README.md", "services", "shared", "tests", "deploy"}
VENDORS_KEYS = {"project-manager", "department-manager"}  # of policies, after the role that they give
VENDORS = {"PageInfo", "ResultInfo"}  # it is called `result_info` on the wire
EMPTY_CLASS = re.compile(r".+(Manager|Helper|Base|Impl|Utils|Info)$")


def test_the_top_level_is_what_the_layout_says() -> None:
    names = {name_of(path).split("/")[0] for path in tracked()}
    assert {name for name in names if not name.startswith(".")} <= TOP_LEVEL


def test_files_are_named_for_what_they_hold() -> None:
    def empty(path: Path) -> bool:
        if path.stem in VENDORS_KEYS:
            return False
        return path.stem in EMPTY or bool(NEVER & set(re.split(r"[_.-]", path.stem.lower())))

    assert [name_of(path) for path in tracked() if empty(path)] == []


def test_classes_are_named_for_what_they_are() -> None:
    nodes = [node for path in modules(*PACKAGES) for node in ast.walk(tree(path))]
    classes = {node.name for node in nodes if isinstance(node, ast.ClassDef)}
    assert {name for name in classes if EMPTY_CLASS.match(name)} <= VENDORS


def packages() -> list[Path]:
    return [path for path in modules(*PACKAGES) if path.name == "__init__.py"]


@pytest.mark.parametrize("path", packages(), ids=name_of)
def test_a_package_opens_with_its_charter(path: Path) -> None:
    charter = ast.get_docstring(tree(path))
    assert charter
    assert len(charter) > 40


def test_every_folder_of_code_is_a_package() -> None:
    folders = {path.parent for path in modules(*PACKAGES)}
    assert folders == {path.parent for path in packages()}


def test_tests_are_no_package() -> None:
    assert [name_of(path) for path in modules("tests") if path.name == "__init__.py"] == []
