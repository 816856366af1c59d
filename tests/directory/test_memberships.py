"""Groups of the directory in the index, and groups in groups."""

import pytest

from shared.directory import bitmaps
from shared.directory.attributes import MEMBERSHIP, membership_label
from shared.directory.membership import closure, cycle, reversed_edges
from shared.directory.movement import Movement
from shared.directory.postings import Key
from shared.store import rows
from shared.wire.directory import batches
from shared.wire.directory.blocks import Block

LONG = "n" * 121
EDGES = {"a": ["b", "c"], "b": ["d"], "c": ["d"], "d": ["a"], "e": ["a"]}


def test_who_changes_groups_leaves_some_and_enters_others():
    movement = Movement(4)
    movement.leave(17, "ann@a.example", None, ("staff", "crew"))
    movement.enter(17, "ann@a.example", None, ("crew", LONG))
    found = {key: change for key, change in movement.differences().items() if key.attribute == MEMBERSHIP}
    assert {key: (list(change.added), list(change.removed)) for key, change in found.items()} == {
        Key(MEMBERSHIP, "staff", 1): ([], [1]),
        Key(MEMBERSHIP, membership_label(LONG), 1): ([1], []),
    }


def test_a_file_is_indexed_by_groups():
    text = (
        b'{"email":"ann@a.example","groups":["staff","#1"]}\n'
        b'{"email":"bo@a.example","groups":["staff","staff"]}\n'
        b'{"email":"cy@a.example"}\n'
    )
    prepared = batches.prepare(batches.Raw("ndjson", b"", [Block(0, 1, 3, text)]), rows.entry)
    found = {
        value: list(bitmaps.decode(data))
        for attribute, value, data in prepared.terms
        if attribute == MEMBERSHIP
    }
    assert found == {"staff": [0, 1], membership_label("#1"): [0]}


def test_a_login_reports_other_groups_than_the_directory_has():
    movement = Movement(4)
    movement.enter(0, "ann@a.example", None, ("staff",))
    assert "group_name" not in {key.attribute for key in movement.differences()}


@pytest.mark.parametrize(
    ("start", "reached"),
    [("e", "eabcd"), ("d", "dabc"), ("c", "cdab"), ("z", "z")],
)
def test_groups_lead_to_each_other_group_once(start, reached):
    assert "".join(closure(EDGES, [start])) == reached


def test_edges_are_turned_round():
    assert reversed_edges(EDGES) == {"a": ["d", "e"], "b": ["a"], "c": ["a"], "d": ["b", "c"]}


@pytest.mark.parametrize(
    ("group", "member", "way"),
    [
        ("a", "a", "aa"),
        ("a", "e", "aea"),
        ("e", "a", ""),
        ("b", "a", "bab"),
        ("d", "e", "deabd"),
        ("x", "a", ""),
        ("a", "x", ""),
    ],
)
def test_a_cycle_is_told_by_its_shortest_way(group, member, way):
    assert "".join(cycle(EDGES, group, member)) == way
