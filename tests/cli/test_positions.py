"""The line of what a JSON pointer points to, in files as people write them."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.cli import positions

NESTED = """{
  "policies": [
    {"name": "A", "include": [{"everyone": {}}]},
    {
      "name": "B, \\"quoted\\": [",
      "include": [
        {"email": {"email": "a@a.example"}},

        {"ip":
          {"ip": "192.0.2.1"}}
      ]
    }
  ]
}
"""
ODD = '{\n"a/b": {\n"m~n": [\n1,\n2]},\n"é\\u0041": "\\u2028\u2028",\n"": {"": \n7},\n"last": null}'


@pytest.mark.parametrize(
    ("pointer", "line"),
    [
        ("", 1),
        ("/policies", 2),
        ("/policies/0", 3),
        ("/policies/0/include/0/everyone", 3),
        ("/policies/1", 4),
        ("/policies/1/name", 5),
        ("/policies/1/include/0", 7),
        ("/policies/1/include/1", 9),
        ("/policies/1/include/1/ip/ip", 10),
    ],
)
def test_it_is_where_a_value_begins(pointer: str, line: int):
    assert positions.lines(NESTED, [pointer]) == {pointer: line}


@pytest.mark.parametrize(
    ("pointer", "line"),
    [("/a~1b", 2), ("/a~1b/m~0n/1", 5), ("/éA", 6), ("//", 8), ("/last", 9), ("/a~1b/m~0n", 3)],
)
def test_keys_are_what_they_say_however_they_are_written(pointer: str, line: int):
    assert positions.lines(ODD, [pointer]) == {pointer: line}


@pytest.mark.parametrize(
    ("pointer", "line"),
    [
        ("/policies/1/exclude/3", 4),
        ("/policies/7", 2),
        ("/policies/x/include", 2),
        ("/policies/1/include/0/email/email/deeper", 7),
        ("/groups/5/include", 1),
        ("nonsense", 1),
    ],
)
def test_what_is_not_there_is_where_it_would_be_in(pointer: str, line: int):
    assert positions.lines(NESTED, [pointer]) == {pointer: line}


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_lines_are_counted_as_editors_do(newline: str):
    text = newline * 2 + NESTED.replace("\n", newline)
    assert positions.lines(text, ["/policies/1/include/1", ""]) == {"/policies/1/include/1": 11, "": 3}


def test_what_is_nested_too_deep_is_where_that_begins():
    text = "[\n" * 400 + "1" + "]" * 400
    assert positions.lines(text, ["/0" * 400, "/0" * 5]) == {"/0" * 400: positions.STEPS + 1, "/0" * 5: 6}


VALUES = st.recursive(
    st.none() | st.booleans() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


def placed(value: object, pointer: str = "") -> list[tuple[str, object]]:
    """All values within one, with their pointers."""
    members = (
        value.items() if isinstance(value, dict) else enumerate(value if isinstance(value, list) else ())
    )
    inner = [(f"{pointer}/{str(name).replace('~', '~0').replace('/', '~1')}", each) for name, each in members]
    return [(pointer, value), *(found for where, each in inner for found in placed(each, where))]


@given(VALUES)
def test_what_stands_at_the_line_is_what_is_pointed_to(value: object):
    # One value a line, but for the key before it.
    text = json.dumps(value, indent=1)
    lines = text.split("\n")
    pointers = dict(placed(value))
    for pointer, line in positions.lines(text, pointers).items():
        begins = json.dumps(pointers[pointer], indent=1).split("\n")[0]
        assert lines[line - 1].rstrip(",").endswith(begins)
