"""A query that would take too long ends, and says so."""

import msgspec
import pytest

from services.gateway.cloudcms.listing import Listing, Sort
from services.gateway.cloudcms.policies.policy_rows import Choice, Row, chosen
from shared.wire.cloudcms import queries
from shared.wire.faults import Faulty

ROWS = [Row(f"p{number}", msgspec.json.encode({"x": number % 3})) for number in range(9)]


@pytest.mark.parametrize(
    "choice",
    [
        Choice(Listing(), query=queries.decode({"x": {"$regex": "a"}})),
        Choice(Listing(), by=(Sort("x", 1),)),
    ],
)
def test_what_takes_too_long_is_refused(choice):
    assert chosen(ROWS, choice).rows is not None
    with pytest.raises(Faulty, match="takes too long"):
        chosen(ROWS, choice, seconds=-1)


def test_one_document_that_takes_too_long_is_refused_while_it_is_looked_into():
    row = Row("large", msgspec.json.encode({"x": [1] * 100_000}))
    asked = queries.decode({"$and": [{"x": {"$ne": number + 2}} for number in range(90)]})
    with pytest.raises(Faulty, match="takes too long"):
        chosen([row], Choice(Listing(), query=asked), seconds=0.2)
    within = queries.decode({"x": {"$elemMatch": {"$not": {"$in": [1]}}}})
    with pytest.raises(Faulty, match="takes too long"):
        chosen([row], Choice(Listing(), query=within), seconds=0.02)


def test_what_need_not_be_looked_into_takes_no_time():
    for query in (None, queries.decode({})):
        assert chosen(ROWS, Choice(Listing(skip=7), query=query), seconds=-1).size == 2


def test_what_is_alike_stays_in_its_order_whichever_way_it_is_sorted():
    for direction, first in ((1, ["p0", "p3", "p6"]), (-1, ["p2", "p5", "p8"])):
        found = chosen(ROWS, Choice(Listing(limit=3), by=(Sort("x", direction),)))
        assert [msgspec.json.decode(row)["_doc"] for row in found.rows] == first
