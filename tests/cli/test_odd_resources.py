"""What gateways seldom say to those who list, apply and cancel."""

import json

import pytest

from tests.cli.test_odd_answers import failure

KEPT = {"id": "p1", "name": "A", "updated_at": "2026-01-02T03:04:05Z", "decision": "allow", "include": []}
FILE = json.dumps([{"name": "A", "decision": "allow", "include": [{"everyone": {}}]}] * 1).encode()
RUNNING = {"id": "t1", "status": "processing", "state": "processing"}


def result(*results: object) -> list[dict]:
    return [{"success": True, "result": each} for each in results]


@pytest.mark.parametrize(
    "arguments",
    [("tests",), ("policies", "list"), ("groups", "get", "x"), ("lists", "delete", "x"), ("cancel", "t1")],
)
async def test_the_words_of_a_proxy_are_no_answer(ask, odd, arguments: tuple[str, ...]):
    odd.says("<html>")
    told = await ask(*arguments)
    assert (told.code, told.out) == (3, "")
    assert "the answer is not that of a gateway" in told.err


async def test_an_answer_without_its_times_does_not_pass_for_unchanged(ask, odd):
    odd.says(*result([KEPT], {"id": "p1", "name": "A"}))
    told = await ask("policies", "apply", "-", stdin=FILE)
    assert (told.code, told.out) == (3, "")
    assert "policy `A` at `/0` was not applied; before it: 0 created" in told.err


async def test_what_was_written_is_sent_as_it_was_written(ask, odd):
    odd.says(*result([], KEPT))
    text = '{"name":"A", "decision" : "allow","include":[ {"x": 1.0} ],"odd":1e2}'
    assert (await ask("policies", "apply", "-", stdin=f" {text}\n".encode())).code == 0
    assert await odd.asked[1].read() == text.encode()
    assert odd.asked[1].headers["Content-Type"] == "application/json"


async def test_items_that_are_texts_become_objects_and_the_rest_stays(ask, odd):
    odd.says(*result([], {**KEPT, "count": 2}))
    text = '{"name":"A","type":"IP","more":1.0,"items":["::1",{"value":"::2","note":1.0}]}'
    assert (await ask("lists", "apply", "-", stdin=text.encode())).code == 0
    sent = b'{"name":"A","type":"IP","more":1.0,"items":[{"value":"::1"},{"value":"::2","note":1.0}]}'
    assert await odd.asked[1].read() == sent


async def test_a_create_that_is_sent_again_says_so(ask, odd):
    odd.says(*result([]))
    odd.says(failure("busy"), status=503, Retry_After="0")
    odd.says(*result(KEPT))
    told = await ask("policies", "apply", "-", stdin=FILE)
    assert (told.code, told.out.splitlines()[-1]) == (0, "1 created, 0 updated, 0 unchanged")
    assert [request.headers["x-stainless-retry-count"] for request in odd.asked] == ["0", "0", "1"]


@pytest.mark.parametrize(("status", "code"), [(400, 2), (403, 3), (404, 2), (409, 2), (500, 3)])
async def test_what_was_applied_before_a_failure_is_told(ask, odd, status: int, code: int):
    file = json.dumps([{**json.loads(FILE)[0], "name": name} for name in ("A", "B", "C", "D")])
    odd.says(*result([], KEPT, {**KEPT, "name": "B"}))
    odd.says(failure("no", "/name"), status=status)
    told = await ask("policies", "apply", "-", stdin=file.encode())
    assert told.code == code
    assert told.out == "created    p1  A\ncreated    p1  B\n"
    assert told.err.startswith("Error: /2/name: no\n/2/name: no\npolicy `C` at `/2` was not applied; ")
    assert "before it: 2 created, 0 updated, 0 unchanged; not tried: 1; " in told.err


async def test_a_list_that_changes_while_it_is_read_is_read_again(ask, odd):
    one, two = ({**KEPT, "count": 1001, "updated_at": f"2026-01-0{day}T00:00:00Z"} for day in (1, 2))
    odd.says(*result([one], one, [{"value": "::1"}], two, [{"value": "::2"}], two))
    told = await ask("lists", "get", "A", "--json")
    assert json.loads(told.out) == {**two, "items": [{"value": "::2"}]}


async def test_a_list_that_never_stands_still_is_given_up(ask, odd):
    odd.says(*result([{**KEPT, "count": 1001}]))
    for second in range(10, 60):
        odd.says(*result({**KEPT, "count": 1001, "updated_at": f"2026-01-01T00:00:{second}Z"}, []))
    told = await ask("lists", "get", "A", "--json")
    assert (told.code, told.out) == (3, "")
    assert "the list `p1` changes while it is read, try again" in told.err


async def test_a_list_that_is_gone_meanwhile_is_left_out(ask, odd):
    odd.says(*result([KEPT, {**KEPT, "id": "p2"}]))
    odd.says(failure("not found"), status=404)
    odd.says(*result({**KEPT, "id": "p2", "items": []}))
    told = await ask("lists", "list", "--json")
    assert (told.code, json.loads(told.out)) == (0, [{**KEPT, "id": "p2", "items": []}])


async def test_all_pages_are_listed_once(ask, odd):
    pages = [[{**KEPT, "id": f"p{number}"} for number in some] for some in (range(1000), range(998, 1003))]
    odd.says(*result(*pages))
    told = await ask("policies", "list", "-q")
    assert told.out.split() == [f"p{number}" for number in range(1003)]
    odd.asked.clear()
    odd.says(*result(pages[0], pages[0]))
    odd.answers.pop(0)
    told = await ask("lists", "list", "-q")
    assert (len(told.out.split()), len(odd.asked)) == (1000, 2)


async def test_a_test_that_ends_by_itself_just_before_is_not_said_to_be_cancelled(ask, odd):
    odd.says(*result(RUNNING, {"id": "t1"}, {**RUNNING, "status": "complete", "state": "complete"}))
    told = await ask("cancel", "t1")
    assert told.out == "test t1 has ended already: complete; its results are kept (--remove removes them)\n"
    assert [request.method for request in odd.asked] == ["GET", "DELETE", "GET"]


async def test_a_deletion_is_not_sent_twice(ask, odd):
    odd.says(*result(RUNNING))
    odd.says(failure("busy"), status=503, Retry_After="0")
    told = await ask("cancel", "t1")
    assert (told.code, len(odd.asked)) == (3, 2)


async def test_tests_beyond_a_page_are_fetched(ask, odd):
    odd.says(*result([{**RUNNING, "id": f"t{number}"} for number in range(1000)]))
    odd.says(*result([{**RUNNING, "id": f"t{number}"} for number in range(999, 1999)]))
    told = await ask("tests", "-q", "--limit", "1500", "--state", "processing")
    assert told.out.split() == [f"t{number}" for number in range(1500)]
    assert [dict(request.query) for request in odd.asked] == [
        {"per_page": "1000", "state": "processing", "page": page} for page in ("1", "2")
    ]
