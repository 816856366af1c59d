"""What is around documents: bodies as they come in, `_system` as it goes out."""

import json
from datetime import UTC, datetime, timedelta, timezone

import msgspec
import pytest

from shared.wire.cloudcms import objects, vocabulary
from shared.wire.cloudcms.system import around, moment, system
from shared.wire.faults import Faulty

AT = datetime(2017, 8, 28, 14, 42, 6, 566_999, tzinfo=UTC)


@pytest.mark.parametrize("body", [b"", b" \r\n\t", b"{}", b" {} "])
def test_no_body_is_an_empty_object(body):
    assert objects.decode(body) == {}


@pytest.mark.parametrize(
    "body",
    [b"[]", b"null", b"1", b'"{}"', b"{", b"\0", b'{"a":"\\u0000"}', b'{"a":1,"a":1}', b"a=b", b"\xff"],
)
def test_what_is_no_object_is_refused(body):
    with pytest.raises(Faulty):
        objects.decode(body)


def test_a_time_is_said_in_all_ways():
    assert moment(AT) == {
        "timestamp": "28-Aug-2017 14:42:06",
        "year": 2017,
        "month": 7,
        "day_of_month": 28,
        "hour": 14,
        "minute": 42,
        "second": 6,
        "millisecond": 566,
        "ms": 1503931326566,
        "iso_8601": "2017-08-28T14:42:06Z",
    }
    assert moment(AT.astimezone(timezone(timedelta(hours=-9)))) == moment(AT)


def test_who_and_when_are_beside_one_another():
    about = system(AT, "ann", AT + timedelta(days=1), "bob")
    assert (about["deleted"], about["created_by"], about["modified_by"]) == (False, "ann", "bob")
    assert (about["created_on"]["day_of_month"], about["modified_on"]["day_of_month"]) == (28, 29)


@pytest.mark.parametrize("document", ["{}", " { } ", '{"a": {"b": "}"}}', ' {"b":1,"a":"\u00fc"}\n'])
@pytest.mark.parametrize("about", [None, {"x": 1}])
def test_a_document_is_put_together_without_being_taken_apart(document, about):
    shown = json.loads(msgspec.json.encode(around('i"d', document.encode(), about)))
    expected = {"_doc": 'i"d', **json.loads(document), **({} if about is None else {"_system": about})}
    assert list(shown.items()) == list(expected.items())


def test_each_type_of_condition_has_words():
    assert {kind.type for kind in vocabulary.kinds()} == vocabulary.WORDS.keys()
