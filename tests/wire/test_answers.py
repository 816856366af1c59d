"""Answers to the byte: names, order, integers, words of the vendor's enums."""

from datetime import UTC, datetime
from uuid import UUID

import msgspec
import pytest

from shared.policy.screening.tally import Tally
from shared.wire.cloudflare.envelope import Envelope, Message, PageInfo, Source
from shared.wire.cloudflare.policy_tests import ROW_STATUS, STATUS, VERDICTS, Row, Run, Started, to_progress

ID = UUID("00000000-0000-4000-8000-00000000000a")
NOON = datetime(2026, 1, 2, 12, 0, tzinfo=UTC)

ENVELOPES = [
    (Envelope(1), b'{"result":1,"success":true,"errors":[],"messages":[]}'),
    (
        Envelope([], result_info=PageInfo(2, 25, 0, 30, 2)),
        (
            b'{"result":[],"success":true,"errors":[],"messages":[],"result_info":'
            b'{"page":2,"per_page":25,"count":0,"total_count":30,"total_pages":2}}'
        ),
    ),
    (
        Envelope(None, success=False, errors=(Message(7003, "no"), Message(12130, "x", source=Source("/a")))),
        (
            b'{"result":null,"success":false,"errors":[{"code":7003,"message":"no"},'
            b'{"code":12130,"message":"x","source":{"pointer":"/a"}}],"messages":[]}'
        ),
    ),
    (Started(ID), b'{"id":"00000000-0000-4000-8000-00000000000a","status":"success"}'),
    (
        Row(ID, "a@b.example", "Ann", "error"),
        b'{"id":"00000000-0000-4000-8000-00000000000a","email":"a@b.example","name":"Ann","status":"error"}',
    ),
]


@pytest.mark.parametrize(("value", "text"), ENVELOPES)
def test_an_answer_is_encoded_to_the_byte(value: object, text: bytes) -> None:
    assert msgspec.json.encode(value) == text


def run(state: str, tally: Tally, total: int) -> Run:
    return Run(ID, state, total, tally, NOON, None, None, None)


def test_a_status_is_encoded_to_the_byte() -> None:
    assert msgspec.json.encode(to_progress(run("processing", Tally(1, 1, 1), 7))) == (
        b'{"id":"00000000-0000-4000-8000-00000000000a","status":"processing","total_users":7,'
        b'"percent_users_processed":42,"users_approved":1,"users_blocked":1,"users_errored":1,'
        b'"percent_approved":33,"percent_blocked":33,"percent_errored":34,"state":"processing",'
        b'"users_processed":3,"created_at":"2026-01-02T12:00:00Z","started_at":null,"finished_at":null,'
        b'"failure":null}'
    )


STATES = [
    ("queued", "processing"),
    ("processing", "processing"),
    ("complete", "complete"),
    ("exceeded_time", "exceeded time"),
    ("cancelled", "blocked"),
    ("failed", "blocked"),
]


def test_every_state_has_a_word_that_clients_know() -> None:
    assert list(STATUS.items()) == STATES


@pytest.mark.parametrize(("state", "word"), STATES)
def test_a_state_is_said_in_the_vendors_word(state: str, word: str) -> None:
    progress = to_progress(run(state, Tally(), 5))
    assert (progress.status, progress.state) == (word, state)


# approved, blocked, errored, total, state -> processed, approved, blocked, errored in percent
PERCENTAGES = [
    ((0, 0, 0, 0, "queued"), (0, 0, 0, 0)),
    ((0, 0, 0, 9, "processing"), (0, 0, 0, 0)),
    ((1, 0, 0, 3, "processing"), (33, 100, 0, 0)),
    ((1, 1, 1, 3, "complete"), (100, 33, 33, 34)),
    ((2, 2, 2, 7, "exceeded_time"), (85, 33, 33, 34)),
    ((1, 199, 0, 200, "complete"), (100, 0, 100, 0)),
    ((199, 1, 0, 200, "complete"), (100, 99, 1, 0)),
    ((99_999, 1, 0, 100_000, "complete"), (100, 100, 0, 0)),
    ((9_999_999, 0, 0, 10_000_000, "processing"), (99, 100, 0, 0)),
    ((10_000_000, 0, 0, 10_000_000, "processing"), (99, 100, 0, 0)),
    ((0, 0, 10**12, 10**12, "complete"), (100, 0, 0, 100)),
    ((1, 1, 0, 2, "complete"), (100, 50, 50, 0)),
    ((1, 2, 3, 6, "complete"), (100, 17, 33, 50)),
    ((5, 5, 1, 11, "complete"), (100, 45, 46, 9)),
]


@pytest.mark.parametrize(("given", "expected"), PERCENTAGES)
def test_percentages_are_whole_and_add_up(given: tuple, expected: tuple) -> None:
    approved, blocked, errored, total, state = given
    progress = to_progress(run(state, Tally(approved, blocked, errored), total))
    shares = (progress.percent_approved, progress.percent_blocked, progress.percent_errored)
    assert (progress.percent_users_processed, *shares) == expected
    assert {type(share) for share in shares} == {int}
    assert sum(shares) == (100 if approved + blocked + errored else 0)


def test_filters_and_rows_mean_the_same_verdicts() -> None:
    assert VERDICTS["success"] == VERDICTS["approved"] == "approved"
    assert VERDICTS["fail"] == VERDICTS["blocked"] == "blocked"
    assert VERDICTS["error"] == "errored"
    assert ROW_STATUS == {"approved": "approved", "blocked": "blocked", "errored": "error"}
