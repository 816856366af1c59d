"""What must not stand in any file of the repository."""

import re

import pytest

from tests.architecture.repository import name_of, tracked

HOME = re.compile(r"(?<![\w.])/(?:root|home/\w+|Users/\w+)/\w")
INDEX = re.compile(r"--(?:extra-)?index-url|registry\s*=\s*[\"']?https?:|\"resolved\":")
UNFINISHED = re.compile(r"\b(?:TODO|FIXME|XXX|HACK)\b")
HERE = "tests/architecture/test_text.py"


def found(pattern: re.Pattern[str]) -> list[str]:
    hits = []
    for path in tracked():
        text = path.read_bytes().decode(errors="replace")
        hits += [f"{name_of(path)}: {hit[0]}" for hit in pattern.finditer(text) if name_of(path) != HERE]
    return hits


@pytest.mark.parametrize("pattern", [HOME, INDEX, UNFINISHED], ids=["path", "index", "unfinished"])
def test_no_file_names_a_home_an_index_of_packages_or_work_left_over(pattern: re.Pattern[str]) -> None:
    assert found(pattern) == []


def test_no_test_is_skipped_or_expected_to_fail() -> None:
    # Where Node.js is missing, unless the suite has to be whole: then it fails instead.
    marks = re.compile(r"pytest\.(?:mark\.)?(?:skip|skipif|xfail|importorskip)\b|unittest\.mock|MagicMock")
    assert found(marks) == ["tests/clients/node.py: pytest.skip"]


def test_no_file_is_large_or_binary() -> None:
    odd = [name_of(path) for path in tracked() if path.stat().st_size > 200_000 or b"\0" in path.read_bytes()]
    assert odd == []
