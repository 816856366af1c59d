"""Queries find what MongoDB would find, and are refused with a pointer where nobody knows what is meant."""

import json

import pytest
from hypothesis import given

from shared.wire.cloudcms.queries import DEPTH_LIMIT, TERM_LIMIT, decode
from shared.wire.faults import LIMIT, Faulty
from tests.wire.cloudcms.slow_queries import DOCUMENTS, equal, finds, queries, reached


@given(queries(), DOCUMENTS)
def test_a_query_finds_what_the_slow_way_finds(query, document):
    assert decode(query).matches(document) == finds(query, document)


@given(queries(), DOCUMENTS)
def test_what_is_found_equals_all_that_has_to_be_equal(query, document):
    found = decode(query)
    if found.matches(document):
        assert all(
            equal(reached(document, name.split(".")), value) for name, value in found.equalities().items()
        )


DOCUMENT = {
    "title": "Policy #3",
    "order": 100,
    "statements": [
        {"action": "grant", "roles": ["consumer", "editor"]},
        {"action": "revoke", "roles": ["manager"], "conditions": [{"type": "path"}]},
    ],
    "tags": ["red", "blue"],
    "none": None,
    "_system": {"modified_on": {"ms": 1503931326566}},
}
FOUND = [
    {},
    {"title": "Policy #3"},
    {"title": {"$regex": "policy", "$options": "i"}, "order": {"$gte": 100, "$lt": 100.5}},
    {"title": {"$in": ["Policy #2", "Policy #3"]}},
    {"statements.action": "revoke"},
    {"statements.roles": "manager"},
    {"statements.0.roles.1": "editor"},
    {"statements.conditions.type": "path"},
    {"statements": {"$elemMatch": {"action": "grant", "roles": "editor"}}},
    {"tags": {"$all": ["blue", "red"]}},
    {"tags": {"$size": 2}},
    {"tags": ["red", "blue"]},
    {"tags": {"$elemMatch": {"$gt": "blue", "$lt": "s"}}},
    {"none": None, "missing": None, "missing.below": None, "none.below": {"$exists": False}},
    {"missing": {"$ne": 1}},
    {"order": {"$not": {"$gt": 100}}},
    {"_system.modified_on.ms": {"$gt": 1503931326565}},
    {"$or": [{"title": "x"}, {"$and": [{"order": 100}, {"tags": "red"}]}]},
    {"$nor": [{"order": {"$lt": 100}}, {"order": {"$gt": 100}}]},
]
NOT_FOUND = [
    {"title": "policy #3"},
    {"title": {"$regex": "^olicy"}},
    {"order": "100"},
    {"order": True},
    {"order": {"$gt": "1"}},
    {"statements": {"$elemMatch": {"action": "revoke", "roles": "editor"}}},
    {"statements.2": {"$exists": True}},
    {"tags": ["blue", "red"]},
    {"tags": {"$ne": "red"}},
    {"tags": {"$nin": ["red"]}},
    {"tags": {"$all": []}},
    {"title": {"$in": []}},
    {"none": {"$exists": False}},
    {"none.below": {"$exists": True}},
    {"title": {"$size": 9}},
]


@pytest.mark.parametrize("query", FOUND, ids=json.dumps)
def test_a_document_is_found(query):
    assert decode(query).matches(DOCUMENT)


@pytest.mark.parametrize("query", NOT_FOUND, ids=json.dumps)
def test_a_document_is_not_found(query):
    assert not decode(query).matches(DOCUMENT)


def nested(levels):
    return {"a": 1} if levels == 1 else {"$and": [nested(levels - 1)]}


def negated(levels):
    return {"$exists": True} if levels == 1 else {"$not": negated(levels - 1)}


REFUSED = [
    ({"$where": "sleep(1000)"}, ["/$where"]),
    ({"$text": {"$search": "x"}}, ["/$text"]),
    ({"$expr": {}}, ["/$expr"]),
    ({"$not": {"a": 1}}, ["/$not"]),
    ({"a": {"$near": [1, 2]}}, ["/a/$near"]),
    ({"a": {"$eq": 1, "b": 2}}, ["/a/b"]),
    ({"$and": []}, ["/$and"]),
    ({"$or": {"a": 1}}, ["/$or"]),
    ({"$nor": [1]}, ["/$nor/0"]),
    ({"$or": [{"a": 1}, {"b": {"$in": 1}}]}, ["/$or/1/b/$in"]),
    ({"a": {"$nin": "x"}}, ["/a/$nin"]),
    ({"a": {"$in": [0] * 1001}}, ["/a/$in"]),
    ({"a": {"$gt": None}}, ["/a/$gt"]),
    ({"a": {"$lte": True}}, ["/a/$lte"]),
    ({"a": {"$lt": [1]}}, ["/a/$lt"]),
    ({"a": {"$exists": "yes"}}, ["/a/$exists"]),
    ({"a": {"$exists": []}}, ["/a/$exists"]),
    ({"a": {"$size": -1}}, ["/a/$size"]),
    ({"a": {"$size": True}}, ["/a/$size"]),
    ({"a": {"$regex": 1}}, ["/a/$regex"]),
    ({"a": {"$regex": "("}}, ["/a/$regex"]),
    ({"a": {"$regex": "(?=a)"}}, ["/a/$regex"]),
    ({"a": {"$regex": "a" * 513}}, ["/a/$regex"]),
    ({"a": {"$regex": "a", "$options": "x"}}, ["/a/$regex"]),
    ({"a": {"$regex": "a", "$options": ["i"]}}, ["/a/$regex"]),
    ({"a": {"$options": "i"}}, ["/a/$options"]),
    ({"a": {"$not": {}}}, ["/a/$not"]),
    ({"a": {"$not": 1}}, ["/a/$not"]),
    ({"a": {"$not": {"$gt": None}}}, ["/a/$not/$gt"]),
    ({"a": {"$elemMatch": 1}}, ["/a/$elemMatch"]),
    ({"a": {"$elemMatch": {"b": {"$gt": None}}}}, ["/a/$elemMatch/b/$gt"]),
    ({"a": {"$all": 1}, "b/c~d": {"$all": 1}}, ["/a/$all", "/b~1c~0d/$all"]),
    ({"": 1}, ["/"]),
    ({"a..b": 1}, ["/a..b"]),
    ({"a" * 257: 1}, ["/" + "a" * 257]),
    ({".".join("a" * 17): 1}, ["/" + ".".join("a" * 17)]),
    (nested(DEPTH_LIMIT + 1), ["/$and/0" * DEPTH_LIMIT]),
    ({"a": negated(DEPTH_LIMIT + 1)}, ["/a" + "/$not" * DEPTH_LIMIT]),
    ({f"a{number}": 1 for number in range(TERM_LIMIT + 1)}, [f"/a{TERM_LIMIT}"]),
    (
        {"$or": [{"a": {"$regex": "a{200}"}}] * 9},
        ["/$or/4/a/$regex"],
    ),
]


@pytest.mark.parametrize(("query", "pointers"), REFUSED, ids=[json.dumps(each)[:60] for each, _ in REFUSED])
def test_what_nobody_understands_is_refused_with_where_it_is(query, pointers):
    with pytest.raises(Faulty) as refused:
        decode(query)
    assert [fault.pointer for fault in refused.value.faults] == pointers


def test_faults_are_told_together_up_to_the_limit():
    with pytest.raises(Faulty) as refused:
        decode({f"a{number}": {"$x": 1} for number in range(30)})
    assert len(refused.value.faults) == LIMIT


@pytest.mark.parametrize("query", [nested(DEPTH_LIMIT), {f"a{each}": 1 for each in range(TERM_LIMIT)}])
def test_what_is_just_within_the_limits_is_taken(query):
    assert not decode(query).matches({"b": 1})


def test_only_what_holds_of_all_that_is_found_is_an_equality():
    query = {
        "title": "x",
        "order": {"$eq": 1, "$gt": 0},
        "c.d": [1],
        "$and": [{"e": None}, {"title": "y"}],
        "$or": [{"f": 1}],
        "$nor": [{"g": 1}],
        "h": {"$not": {"$eq": 1}},
        "i": {"$elemMatch": {"j": 1}},
        "k": {"$ne": 1},
    }
    assert decode(query).equalities() == {"title": "x", "order": 1, "c.d": [1], "e": None}


def test_a_query_names_the_fields_that_it_reads():
    query = {"a.b": 1, "$or": [{"c": 1}, {"_system.modified_on": {"$elemMatch": {"d": 1}}}]}
    assert decode(query).fields == {"a", "c", "_system"}
