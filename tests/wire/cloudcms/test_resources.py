"""Resources as they are described, and as their references alone describe them."""

from uuid import UUID

import pytest

from shared.policy.entitlement.resource import Branch, Container, Resource
from shared.wire.cloudcms import references
from shared.wire.cloudcms.resources import decode, referred, register
from shared.wire.faults import Faulty

ACCOUNT = UUID(int=10)
P = ACCOUNT.hex
PLATFORM = Container("platform", "p")
REFERRED = {
    "platform://p": Resource("platform://p", "platform", "p"),
    "project://p/x": Resource("project://p/x", "project", "x", containers=(PLATFORM,)),
    "repository://p/r": Resource("repository://p/r", "repository", "r", containers=(PLATFORM,)),
    "branch://p/r/b": Resource(
        "branch://p/r/b", "branch", "b", containers=(PLATFORM, Container("repository", "r"))
    ),
    "node://p/r/b/n": Resource(
        *("node://p/r/b/n", "node", "n", (), {}, (PLATFORM, Container("repository", "r"))), Branch("b")
    ),
    "association://p/r/b/n": Resource(
        *("association://p/r/b/n", "association", "n", (), {}, (PLATFORM, Container("repository", "r"))),
        Branch("b"),
    ),
    "node://p/n": Resource("node://p/n", "node", "n", containers=(PLATFORM,)),
    "user://p/d/u": Resource("user://p/d/u", "user", "u", containers=(PLATFORM, Container("domain", "d"))),
    "archive://p/v/a": Resource(
        "archive://p/v/a", "archive", "a", containers=(PLATFORM, Container("vault", "v"))
    ),
    "team://stack/p/s/t": Resource("team://stack/p/s/t", "team", "t"),
    "workflowmodel://p/w": Resource("workflowmodel://p/w", "workflowModel", "w", containers=(PLATFORM,)),
    "my-own://a/b/c/d": Resource("my-own://a/b/c/d", "my-own", "d", containers=(Container("platform", "a"),)),
}


@pytest.mark.parametrize("reference", REFERRED)
def test_a_reference_says_what_it_refers_to_and_what_that_is_in(reference):
    assert referred(references.parse(reference)) == REFERRED[reference]


def test_a_description_counts_before_what_the_reference_says():
    given = {
        "reference": "node://p/r/b/n",
        "type": "page",
        "id": "x",
        "branch": "b2",
        "path": "/a",
        "paths": ["/b"],
    }
    found = decode(
        given | {"container": {"type": "project", "id": "y", "title": "Y"}, "locale": "de"}, ACCOUNT
    )
    around = (Container("project", "y", "Y"), Container("platform", P))
    assert found == Resource(
        *("node://p/r/b/n", "page", "x", ("/a", "/b"), {"locale": "de"}, around, Branch("b2"), None)
    )


def test_what_is_not_described_the_reference_says():
    assert decode({"reference": "node://p/r/b/n"}, ACCOUNT) == REFERRED["node://p/r/b/n"]


@pytest.mark.parametrize(
    ("given", "reference", "own"),
    [
        ({"type": "node"}, f"node://{P}", None),
        ({"type": "node", "id": "n"}, f"node://{P}/n", "n"),
        ({"reference": "node:/p/n/"}, "node://p/n", "n"),
        ({"reference": "Node://P/N", "id": "n"}, "Node://P/N", "n"),
    ],
)
def test_a_reference_is_made_where_there_is_none(given, reference, own):
    found = decode(given, ACCOUNT)
    assert (found.reference, found.id) == (reference, own)


def test_a_property_named_locale_counts_before_the_other():
    given = {"type": "x", "locale": "de", "properties": {"locale": "fr"}}
    assert decode(given, ACCOUNT).properties == {"locale": "fr"}


def test_what_answers_add_is_taken_back():
    given = {"_doc": "x", "_system": {}, "_ref": "y", "type": "x", "id": "i"}
    assert (
        register(given, ACCOUNT, "own").document
        == b'{"type":"x","id":"i","reference":"x://%s/i"}' % P.encode()
    )


@pytest.mark.parametrize(
    ("given", "reference"),
    [
        ({"type": "X"}, f"x://{P}/own"),
        ({"type": "X", "id": "I"}, f"x://{P}/i"),
        ({"reference": "X:/A/B"}, "x://a/b"),
    ],
)
def test_a_resource_is_kept_under_its_reference_in_small_letters(given, reference):
    assert register(given, ACCOUNT, "own").reference == reference


WRONG = [
    (1, "/r"),
    ({}, "/r"),
    ({"typ": "x"}, "/r"),
    ({"reference": "x"}, "/r/reference"),
    ({"type": "x y"}, "/r/type"),
    ({"type": "x", "id": ""}, "/r/id"),
    ({"type": "x", "properties": []}, "/r/properties"),
    ({"type": "x", "paths": [1]}, "/r/paths/0"),
    ({"type": "x", "paths": ["/"] * 101}, "/r/paths"),
    ({"type": "x", "containers": [{"type": "a", "id": "b"}, {"id": "b"}]}, "/r/containers/1"),
    ({"type": "x", "branch": {"name": "b"}}, "/r/branch"),
    ({"type": "x", "changeset": 1}, "/r/changeset"),
]


@pytest.mark.parametrize(("given", "pointer"), WRONG)
def test_what_is_no_description_is_refused_with_where(given, pointer):
    with pytest.raises(Faulty) as refused:
        decode(given, ACCOUNT, "/r")
    assert [fault.pointer for fault in refused.value.faults] == [pointer]
