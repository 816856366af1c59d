"""Each kind of condition as it is on the wire, with resources that it holds of and others, as data."""

import json
from pathlib import Path

import msgspec
import pytest

from shared.policy.entitlement.resource import Resource
from shared.wire.cloudcms.conditions import ALIASES, KINDS, LISTS
from shared.wire.cloudcms.reading import Reader

TABLE = json.loads(Path(__file__).with_name("conditions.json").read_text())


def condition(given):
    reader = Reader()
    found = reader.condition(given, "")
    assert reader.faults == []
    return found


def resource(given):
    return msgspec.convert({"reference": "node://p/r/b/n"} | given, Resource)


@pytest.mark.parametrize("row", TABLE, ids=lambda row: json.dumps(row["condition"]))
def test_a_condition_holds_of_these_and_not_of_those(row):
    read = condition(row["condition"])
    assert [each for each in row["holds"] if not read.holds(resource(each))] == []
    assert [each for each in row["not"] if read.holds(resource(each))] == []


def test_the_table_has_every_kind_and_every_old_name():
    kinds = {row["condition"]["type"] for row in TABLE}
    assert kinds == {*KINDS, *LISTS, "not", *ALIASES}


@pytest.mark.parametrize("row", TABLE, ids=lambda row: json.dumps(row["condition"]))
def test_a_resource_of_which_nothing_is_known_matches_no_pattern(row):
    bare = Resource("x://")
    assert condition(row["condition"]).holds(bare) == row.get("bare", False)
