"""JSON from strangers: what is right passes, what is doubtful does not, and nothing ends the process."""

import json

import pytest

from shared.directory.errors import Refused
from shared.wire import json_text

ACCEPTED = [
    *(
        b"null",
        b"true",
        b"0",
        b"-0",
        b"-0.0",
        b"1e308",
        b"1E-400",
        b"123456789012345678901234567890",
        b'""',
        b"[]",
    ),
    *(b" \t\r\n{} ", b'"\\u00e9\\ud83d\\ude00"', b'"\\"\\\\\\/\\b\\f\\n\\r\\t"', b'"\\\\u0000"', b'"\x7f"'),
    *(
        b'{"": 1, " ": 2}',
        b'{"a": {"a": 1}}',
        b'[{"a": 1}, {"a": 2}]',
        b'{"a\\\\": 1, "a": 2}',
        b"[1.5, [], {}]",
    ),
    *(b"[" * 32 + b"]" * 32, b'{"a":' * 32 + b"1" + b"}" * 32, b"[" + b"[]," * 10_000 + b"[]]"),
    *(
        b'"' + b"[" * 1000 + b'"',
        b'["\\"' + b"[{" * 1000 + b'"]',
        b'"\\\\"',
        b'["\\\\", [[]]]',
        "\u2028".join('""').encode(),
    ),
]
REFUSED = [
    *(
        b"",
        b" ",
        b"nul",
        b"True",
        b"NaN",
        b"Infinity",
        b"-Infinity",
        b"[1,]",
        b'{"a":1,}',
        b"[,1]",
        b"[1 2]",
        b'{"a" 1}',
    ),
    *(
        b"{a:1}",
        b"{'a':1}",
        b"01",
        b"1.",
        b".5",
        b"+1",
        b"1e",
        b"0x1",
        b"-",
        b"[1]]",
        b"[",
        b"{",
        b'"',
        b'"\\',
        b'{"a":',
    ),
    *(
        b'"\\x41"',
        b'"\\u12"',
        b'"\n"',
        b'"\x00"',
        b"\x00",
        b'"\\ud800"',
        b'"\\udc00\\ud800"',
        b"// x\n1",
        b"/**/1",
        b"1 1",
    ),
    *(
        b"\xef\xbb\xbf{}",
        b"\xff\xfe[\x00]\x00",
        b'"\xff"',
        b'"\xc0\xaf"',
        b'"\xed\xa0\x80"',
        b'"\xf5\x80\x80\x80"',
        b"[\xff]",
    ),
    *(b'"\\u0000"', b'{"\\u0000": 1}', b'[{"a": ["x\\u0000y"]}]', b'"\\\\\\u0000"'),
    *(b'{"a":1,"a":1}', b'{"a":1,"\\u0061":2}', b'[{"x":{"b":1,"b":2}}]', b'{"":1,"":2}'),
    *(
        b"[" * 33 + b"]" * 33,
        b"[" * 1_000_000,
        b'{"a":' * 100_000,
        b"[{" * 17 + b"}]" * 17,
        b"]" * 50 + b"[" * 50,
    ),
    *(b'["' + b"[" * 40 + b'", ' + b"[" * 33 + b"]" * 34, b"1e999", b"-1e999"),
]


@pytest.mark.parametrize("text", ACCEPTED, ids=lambda text: repr(text[:30]))
def test_json_is_read_as_json(text: bytes) -> None:
    assert json_text.parse(text) == json.loads(text)


@pytest.mark.parametrize("text", REFUSED, ids=lambda text: repr(text[:30]))
def test_what_is_doubtful_is_refused_in_words(text: bytes) -> None:
    with pytest.raises(Refused) as raised:
        json_text.parse(text)
    assert str(raised.value)


@pytest.mark.parametrize("depth", range(1, 70, 3))
@pytest.mark.parametrize(("opening", "closing"), [(b"[", b"]"), (b'{"k":', b"}")])
def test_the_depth_is_that_of_brackets_outside_texts(depth: int, opening: bytes, closing: bytes) -> None:
    text = opening * depth + b'"' + b"[{" * 99 + b'"' + closing * depth
    if depth <= json_text.DEPTH_LIMIT:
        assert json_text.parse(text)
    else:
        with pytest.raises(Refused, match="deeper"):
            json_text.parse(text)


def test_a_key_that_stands_twice_is_named() -> None:
    with pytest.raises(Refused, match="`role`"):
        json_text.parse(b'{"role": "user", "x": 1, "role": "admin"}')


def test_a_wide_document_is_read_in_no_time() -> None:
    text = b'{"policies":[' + b"{}," * 300_000 + b"{}]}"
    assert len(json_text.parse(text)["policies"]) == 300_001


def test_values_are_counted_where_they_are_many_and_never_within_texts() -> None:
    json_text.check_values(b'{"a":"' + b",{[" * 1000 + b'","b":"\\",,,,,,,,,,"}', 5)
    json_text.check_values(b"[1,2,3,4]", 4)
    with pytest.raises(Refused, match="more than 4 values"):
        json_text.check_values(b'["",{},3,"\\\\",5]', 4)
