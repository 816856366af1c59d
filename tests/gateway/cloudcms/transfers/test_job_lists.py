"""Jobs are found by their state and by queries, newest first, and paged as all lists are."""

from uuid import UUID

import pytest

from tests.gateway.cloudcms.holdings import refusal, rows
from tests.gateway.cloudcms.transfers.waiting import Waiting

WORDS = {"unstarted": [4], "waiting": [4], "running": [3], "finished": [2], "failed": [1, 0]}


async def five(waiting: Waiting) -> list[UUID]:
    """Jobs: killed, failed, finished, running, waiting; oldest first."""
    made = [await waiting.begun(group=f"g{number}") for number in range(5)]
    await waiting.call("POST", f"/jobs/{made[0]}/kill")
    await waiting.failed(made[1], "broken")
    await waiting.finished(made[2], {"archive": "a"})
    await waiting.claimed(made[3])
    return made


async def test_jobs_are_found_by_their_state(waiting: Waiting) -> None:
    made = await five(waiting)
    for word, numbers in WORDS.items():
        for method in ("GET", "POST"):
            answer = await waiting.call(method, f"/jobs/{word}/query")
            assert [row["_doc"] for row in rows(answer)] == [made[number].hex for number in numbers], word
    answer = await waiting.call("POST", "/jobs/query")
    assert [row["_doc"] for row in rows(answer)] == [each.hex for each in reversed(made)]
    assert all("_result" not in row for row in answer.body["rows"])


QUERIES = [
    ({"state": "ERROR"}, [1, 0]),
    ({"killed": True}, [0]),
    ({"_data.archiveGroup": {"$in": ["g2", "g4"]}}, [4, 2]),
    ({"log_entries.message": "broken"}, [1]),
    ({"stopped": False, "type": "transfer-export"}, [4, 3]),
    ({"type": "transfer-import"}, []),
]


@pytest.mark.parametrize(("query", "numbers"), QUERIES)
async def test_jobs_are_found_by_what_they_say(waiting: Waiting, query: object, numbers: list[int]) -> None:
    made = await five(waiting)
    answer = await waiting.call("POST", "/jobs/query", query)
    assert [row["_doc"] for row in rows(answer)] == [made[number].hex for number in numbers]
    assert answer.body["total_rows"] == len(numbers)


async def test_a_part_of_the_jobs_in_another_order(waiting: Waiting) -> None:
    made = await five(waiting)
    page = await waiting.call("POST", "/jobs/query", skip="1", limit="2")
    assert ([row["_doc"] for row in rows(page)], page.body["total_rows"]) == ([made[3].hex, made[2].hex], 5)
    by = await waiting.call("POST", "/jobs/query", limit="2", sort='{"_data.archiveGroup": 1}')
    assert [row["_doc"] for row in rows(by)] == [made[0].hex, made[1].hex]


async def test_what_is_no_query_and_no_state_is_refused(waiting: Waiting) -> None:
    assert "$where" in refusal(await waiting.call("POST", "/jobs/query", {"$where": "1"}), 400)
    refusal(await waiting.call("POST", "/jobs/lost/query"), 404)
