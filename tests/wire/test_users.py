"""Users and identities as requests: what is taken, and each fault with where it is."""

import json
from datetime import UTC, datetime
from uuid import UUID

import msgspec
import pytest

from shared.directory.identity import Identity
from shared.wire.cloudflare import identities
from shared.wire.cloudflare.users import Given, Stored, decode_creation, decode_update, to_document, to_user
from shared.wire.faults import Faulty

ACCOUNT = UUID(int=1)
THEN = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
BOTH = (decode_creation, decode_update)


def pointers(decode, body):
    with pytest.raises(Faulty) as caught:
        decode(body if isinstance(body, bytes) else json.dumps(body).encode(), ACCOUNT)
    assert all(fault.message for fault in caught.value.faults)
    return [fault.pointer for fault in caught.value.faults]


@pytest.mark.parametrize("decode", BOTH)
def test_a_user_is_an_address_and_a_name(decode):
    given = decode(b'{"email": "Ann@Acme.Example", "name": "Ann"}', ACCOUNT)
    assert given == Given("Ann@Acme.Example", "ann@acme.example", "Ann")


def test_what_is_left_out_is_not_given():
    assert decode_update(b"{}", ACCOUNT) == Given(None, None, None)
    assert decode_creation(b'{"email": "a@b.example"}', ACCOUNT).name is None


@pytest.mark.parametrize("decode", BOTH)
def test_what_was_got_may_be_sent_back(decode):
    user = to_user(Stored(UUID(int=7), "a@b.example", "Ann", b'{"iat": 1}', THEN, THEN))
    assert decode(msgspec.json.encode(user), ACCOUNT) == Given("a@b.example", "a@b.example", "Ann")


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b"", [None]),
        (b"{", [None]),
        (b'{"name": "\xff"}', [None]),
        (b'{"name": "a\\u0000b"}', [None]),
        (b'{"email": "a@b.example", "email": "c@d.example"}', [None]),
        ([], [""]),
        (None, [""]),
        ({"email": "nobody"}, ["/email"]),
        ({"email": ""}, ["/email"]),
        ({"email": 1}, ["/email"]),
        ({"email": None}, ["/email"]),
        ({"email": "a@b.example", "name": None}, ["/name"]),
        ({"email": "a@b.example", "name": "x" * 1025}, ["/name"]),
        ({"email": "a@b.example", "nam/e": "x"}, ["/nam~1e"]),
        ({"email": "nobody", "name": 1, "groups": []}, ["/groups", "/name", "/email"]),
    ],
)
@pytest.mark.parametrize("decode", BOTH)
def test_each_fault_of_a_user_is_named(decode, body, expected):
    assert pointers(decode, body) == expected


def test_a_new_user_needs_an_address():
    assert pointers(decode_creation, {}) == ["/email"]
    assert pointers(decode_creation, {"name": 1}) == ["/email", "/name"]


IDENTITY = {
    "email": "kept, as whatever is not ours",
    "idp": {"id": "x", "type": "okta"},
    "groups": [{"name": "eng"}, {"id": None}],
    "devicePosture": {"a/b": {"success": True, "rule_name": "disk"}, "c": {}},
    "mtls_auth": {"cert_presented": True},
    "saml_attributes": {"dept": ["r&d", 1, None, {"deep": []}]},
    "organizations": [{"name": "acme", "teams": ["core"]}],
    "amr": [],
    "iat": 1.50,
}


def test_an_identity_is_taken_as_it_is():
    login = identities.decode(json.dumps(IDENTITY, indent=3).encode(), ACCOUNT)
    assert json.loads(login.text) == IDENTITY
    assert b" " not in login.text.replace(b"kept, as whatever is not ours", b"")
    assert login.known == msgspec.json.decode(json.dumps(IDENTITY), type=Identity)


def test_no_digit_of_an_identity_is_lost():
    text = b'{"iat":1.50,"serial":123456789012345678901234567890}'
    assert identities.decode(text, ACCOUNT).text == text


@pytest.mark.parametrize("body", [b"null", b" null\n"])
def test_null_is_no_identity(body):
    assert identities.decode(body, ACCOUNT) is None


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b"", [None]),
        (b"{", [None]),
        (b'{"x": "\\u0000"}', [None]),
        (b'{"x": 1, "x": 2}', [None]),
        (b"[" * 40 + b"]" * 40, [None]),
        ([], [""]),
        ("x", [""]),
        ({"ip": 1, "amr": "mfa", "geo": {"country": 2}}, ["/ip", "/amr", "/geo/country"]),
        ({"devicePosture": {"a/b": {"success": "yes"}}}, ["/devicePosture/a~1b/success"]),
        ({"devicePosture": {"c": True, "~": 1}}, ["/devicePosture/c", "/devicePosture/~0"]),
        ({"devicePosture": []}, ["/devicePosture"]),
        ({"groups": [{"id": 1, "name": 2}, "eng", {}]}, ["/groups/0/id", "/groups/0/name", "/groups/1"]),
        (
            {"organizations": [{}, {"name": "acme", "teams": ["a", 1, None]}]},
            ["/organizations/0/name", "/organizations/1/teams/1", "/organizations/1/teams/2"],
        ),
        ({"mtls_auth": {"cert_presented": 1}}, ["/mtls_auth/cert_presented"]),
        ({"saml_attributes": ["x"], "oidc_fields": 1}, ["/saml_attributes", "/oidc_fields"]),
        ({"account_ids": [None], "risk_score": 1}, ["/account_ids/0", "/risk_score"]),
    ],
)
def test_each_fault_of_an_identity_is_named(body, expected):
    found = pointers(identities.decode, body)
    assert sorted(found, key=str) == sorted(expected, key=str)


@pytest.mark.parametrize(
    "members",
    [
        {"groups": [{}] * 10_000, "amr": ["x"] * 10_000},
        {"devicePosture": {str(number): {} for number in range(10_000)}},
        {"saml_attributes": {"a": ["x"] * 5_000, "b": ["y"] * 4_999, "c": "z"}},
        {"organizations": [{"name": "acme", "teams": ["x"] * 10_000}]},
        {"groups": [{"id": "i", "name": "n", "email": "e"}] * 10_000},
        {"hobbies": ["kept, as whatever is not ours"] * 10_001},
    ],
)
def test_an_identity_has_room_for_many_members(members):
    assert identities.decode(json.dumps(members).encode(), ACCOUNT).known


@pytest.mark.parametrize(
    ("members", "expected"),
    [
        ({"groups": [{}] * 10_001, "amr": ["x"] * 10_001}, ["/groups", "/amr"]),
        ({"devicePosture": {str(number): {} for number in range(10_001)}}, ["/devicePosture"]),
        ({"oidc_fields": {"a": ["x"] * 5_000, "b": ["y"] * 5_000, "c": "z"}}, ["/oidc_fields"]),
        ({"saml_attributes": {"a": {"b": [[1, 2]] * 5_001}}}, ["/saml_attributes"]),
        ({"organizations": [{"name": "acme", "teams": ["x"] * 5_001}] * 2}, ["/organizations"]),
        ({"groups": [1] * 300_000}, ["/groups"]),
    ],
)
def test_an_identity_of_too_many_members_is_refused(members, expected):
    assert sorted(pointers(identities.decode, members)) == sorted(expected)


def test_of_many_faults_of_an_identity_no_more_are_looked_for_than_are_told(monkeypatch):
    looked_at = []
    convert = identities.convert
    monkeypatch.setattr(identities, "convert", lambda *given: looked_at.append(1) or convert(*given))
    assert len(pointers(identities.decode, {"groups": [1] * 10_000})) == 20
    assert len(looked_at) < 50


def test_what_has_no_fault_can_be_decoded():
    for field in msgspec.structs.fields(Identity):
        for value in (None, 1, True, "x", [], {}, ["x"], [{}], [{"name": "x"}], {"x": {}}, {"x": 1}, 1.5):
            body = json.dumps({field.encode_name: value}).encode()
            try:
                msgspec.json.decode(body, type=Identity)
            except msgspec.ValidationError:
                assert pointers(identities.decode, body)[0].startswith(f"/{field.encode_name}")
            else:
                assert identities.decode(body, ACCOUNT).text


ISSUED = {
    b"null": None,
    b'{"iat": 1700000000}': datetime(2023, 11, 14, 22, 13, 20, tzinfo=UTC),
    b'{"iat": 1.5}': datetime(1970, 1, 1, 0, 0, 1, 500_000, tzinfo=UTC),
    b'{"iat": 253402300800}': None,
    b'{"iat": 1e300}': None,
    b'{"iat": 12345678901234567890123}': None,
    b'{"iat": -1}': None,
    b'{"iat": "yesterday"}': None,
    b'{"iat": [{}]}': None,
    b"{}": None,
}


@pytest.mark.parametrize("text", ISSUED)
def test_the_last_login_is_when_the_identity_was_issued(text):
    identity = None if text == b"null" else text
    user = to_user(Stored(UUID(int=7), "a@b.example", "Ann", identity, THEN, THEN))
    assert (user.last_successful_login, user.access_seat) == (ISSUED[text], identity is not None)
    assert (user.id, user.uid, user.created_at, user.updated_at) == (UUID(int=7), UUID(int=7), THEN, THEN)


def test_the_audit_log_keeps_what_changes():
    def document(identity):
        return json.loads(to_document(UUID(int=7), "a@b.example", "Ann", identity))

    rest = {"id": str(UUID(int=7)), "email": "a@b.example", "name": "Ann"}
    assert document(None) == rest | {"last_seen_identity": None}
    assert document(b'{"ip":"x"}') == rest | {"last_seen_identity": {"ip": "x"}}
