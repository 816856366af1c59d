"""Policy documents: kept as they came, decoded strictly, refused with a pointer to each fault."""

import contextlib
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.policy.entitlement.policy import Action, Scope
from shared.wire.cloudcms.conditions import ALIASES, KINDS
from shared.wire.cloudcms.policies import OURS, TAKEN, decode
from shared.wire.cloudcms.reading import CONDITION_LIMIT, DEPTH_LIMIT
from shared.wire.faults import LIMIT, Faulty

PATH = {"type": "path", "config": {"path": "/a"}}


def policy(*conditions, **changed):
    return {"statements": [{"action": "grant", "roles": ["consumer"], "conditions": [*conditions]} | changed]}


def pointers(given_document):
    with pytest.raises(Faulty) as refused:
        decode(given_document)
    return [fault.pointer for fault in refused.value.faults]


def deep(levels):
    return PATH if levels == 1 else {"type": "not", "config": {"condition": deep(levels - 1)}}


CONFIG = "/statements/0/conditions/0/config"
REFUSED = [
    ([], [""]),
    ({"order": "first"}, ["/order"]),
    ({"order": True}, ["/order"]),
    ({"order": "1e9"}, ["/order"]),
    ({"order": ""}, ["/order"]),
    ({"scope": "stack"}, ["/scope"]),
    ({"scope": []}, ["/scope"]),
    ({"title": 1, "key": {}}, ["/title", "/key"]),
    ({"ok": True}, ["/ok"]),
    ({"error": None}, ["/error"]),
    ({"statements": {}}, ["/statements"]),
    ({"statements": ["grant"]}, ["/statements/0"]),
    ({"statements": [{}]}, ["/statements/0/action", "/statements/0/roles"]),
    (policy(action="GRANT"), ["/statements/0/action"]),
    (policy(action=["grant"]), ["/statements/0/action"]),
    (policy(roles=[]), ["/statements/0/roles"]),
    (policy(roles="consumer"), ["/statements/0/roles"]),
    (policy(roles=["a", "", 1]), ["/statements/0/roles/1", "/statements/0/roles/2"]),
    (policy(conditons=[]), ["/statements/0/conditons"]),
    (policy(description=1), ["/statements/0/description"]),
    (policy(conditions={}), ["/statements/0/conditions"]),
    (policy("path"), ["/statements/0/conditions/0"]),
    (policy({"type": 1}), ["/statements/0/conditions/0"]),
    (policy({"type": "path/no"}), ["/statements/0/conditions/0/type"]),
    (policy({"type": "path"}), [CONFIG]),
    (policy({"type": "path", "config": []}), [CONFIG, CONFIG]),
    (policy({"type": "path", "path": "/a"}), ["/statements/0/conditions/0/path", CONFIG]),
    (policy({"type": "path", "config": {"path": "("}}), [f"{CONFIG}/path"]),
    (policy({"type": "path", "config": {"path": 1}}), [f"{CONFIG}/path"]),
    (policy({"type": "path", "config": {"path": "a", "paths": []}}), [CONFIG]),
    (policy({"type": "definition", "config": {"a": 1}}), [CONFIG]),
    (policy({"type": "branch", "config": {}}), [CONFIG]),
    (
        policy({"type": "branch", "config": {"id": "(", "title": "[", "alias": "a"}}),
        [f"{CONFIG}/id", f"{CONFIG}/title"],
    ),
    (policy({"type": "datastore", "config": {"typeId": "*"}}), [f"{CONFIG}/typeId"]),
    (policy({"type": "datastore", "config": {"typeId": None}}), [CONFIG]),
    (policy({"type": "reference", "config": {"id": "a", "reference": "b"}}), [CONFIG]),
    (policy({"type": "property", "config": {"property": "a"}}), [CONFIG]),
    (policy({"type": "property", "config": {"property": "", "value": "a"}}), [f"{CONFIG}/property"]),
    (policy({"type": "property", "config": {"property": "(", "value": "("}}), [f"{CONFIG}/value"]),
    (policy({"type": "and", "config": {"conditions": []}}), [f"{CONFIG}/conditions"]),
    (policy({"type": "or"}), ["/statements/0/conditions/0/conditions"]),
    (
        policy({"type": "or", "conditions": [PATH], "config": {}}),
        ["/statements/0/conditions/0/conditions", f"{CONFIG}/conditions"],
    ),
    (
        policy({"type": "or", "config": {"conditions": [PATH, {"type": "id", "config": {"id": "("}}]}}),
        [f"{CONFIG}/conditions/1/config/id"],
    ),
    (
        policy({"type": "not", "config": {"conditions": [PATH]}}),
        [f"{CONFIG}/conditions", f"{CONFIG}/condition"],
    ),
    (policy(deep(DEPTH_LIMIT + 1)), [CONFIG + "/condition/config" * (DEPTH_LIMIT - 1) + "/condition"]),
    (policy(*[PATH] * (CONDITION_LIMIT + 5)), [f"/statements/0/conditions/{CONDITION_LIMIT}"]),
    (
        {"statements": [{"action": "a", "roles": ["b"]}] * 100},
        [f"/statements/{n}/action" for n in range(LIMIT)],
    ),
]


@pytest.mark.parametrize(("document", "expected"), REFUSED, ids=range(len(REFUSED)))
def test_a_fault_is_pointed_at(document, expected):
    assert pointers(document) == expected


def test_an_unknown_kind_is_named():
    with pytest.raises(Faulty, match="unknown condition type: `query`"):
        decode(policy({"type": "query", "config": {}}))


def test_an_empty_document_is_a_policy_that_says_nothing():
    decoded = decode({})
    assert (decoded.document, decoded.statements, decoded.scope) == (b"{}", (), Scope.PLATFORM)
    assert decoded.policy("p").order == -1


@pytest.mark.parametrize(
    ("sent", "order"), [(1000, 1000), ("1000", 1000), ("-1.5", -1.5), (2.5, 2.5), (None, -1)]
)
def test_an_order_is_a_number_or_a_text_and_stays_what_it_was(sent, order):
    decoded = decode({"order": sent})
    assert decoded.order == order
    assert json.loads(decoded.document) == {"order": sent}


def test_roles_are_compared_in_small_letters_and_kept_as_they_came():
    document = policy(roles=["Consumer", "CONSUMER", "My_Role"], action="revoke")
    decoded = decode(document)
    assert decoded.statements[0].roles == ("consumer", "my_role")
    assert decoded.statements[0].action is Action.REVOKE
    assert [(each.role, each.pointer) for each in decoded.roles][2] == ("my_role", "/statements/0/roles/2")
    assert json.loads(decoded.document) == document


def test_what_answers_add_is_not_kept():
    sent = {"_doc": "1", "title": "t", "_system": {"deleted": False}, "_ref": "accessPolicy://p/1", "x": [1]}
    assert decode(sent).document == b'{"title":"t","x":[1]}'


def test_conditions_nested_as_deep_as_may_be_are_read():
    assert len(decode(policy(deep(DEPTH_LIMIT))).statements[0].conditions) == 1


@pytest.mark.parametrize(("old", "new"), ALIASES.items())
def test_an_old_name_means_what_the_new_one_does(old, new):
    config = {"path": {"path": "a"}, "property": {"property": "p", "value": "a"}, "reference": {"id": "a"}}
    given_config = config.get(new, {"qname": "a"})
    first, second = (decode(policy({"type": name, "config": given_config})) for name in (old, new))
    assert first.statements == second.statements
    assert old in first.document.decode()
    assert new in KINDS


json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.floats(-1e9, 1e9) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)
taken = {*OURS, *TAKEN, "order", "scope", "statements", "title", "description", "key"}
extras = st.dictionaries(st.text(max_size=6).filter(lambda name: name not in taken), json_values, max_size=3)
FIELDS = [("path", "path"), ("id", "id"), ("feature", "qname"), ("datastore", "typeId"), ("branch", "alias")]
texts = st.sampled_from(["a", "^/.*", "", "[ab]+"])
others = json_values.filter(lambda value: not isinstance(value, str))
plain = st.one_of(
    *(
        st.fixed_dictionaries({"type": st.just(kind), "config": st.fixed_dictionaries({field: texts})})
        for kind, field in FIELDS
    ),
    st.fixed_dictionaries(
        {
            "type": st.sampled_from(["property", "property-matches"]),
            "config": st.fixed_dictionaries({"property": st.just("p"), "value": others}),
        }
    ),
    st.just({"type": "definition"}),
)
nested = st.recursive(
    plain,
    lambda inner: (
        st.builds(lambda some: {"type": "or", "conditions": some}, st.lists(inner, min_size=1, max_size=2))
        | st.builds(lambda one: {"config": {"condition": one}, "type": "not"}, inner)
    ),
    max_leaves=4,
)
statement = st.fixed_dictionaries(
    {
        "action": st.sampled_from(["grant", "revoke"]),
        "roles": st.lists(st.sampled_from(["a", "B"]), min_size=1, max_size=2),
    },
    optional={"description": st.none() | st.text(max_size=5), "conditions": st.lists(nested, max_size=2)},
)
documents = st.builds(
    lambda extra, known: extra | known,
    extras,
    st.fixed_dictionaries(
        {},
        optional={
            "title": st.text(max_size=9),
            "order": st.integers(-9, 9) | st.sampled_from(["7", "1.5", None]),
            "scope": st.sampled_from(["platform", "project", None]),
            "statements": st.lists(statement, max_size=3),
        },
    ),
)


@given(documents)
@settings(max_examples=max(100, settings().max_examples // 4))
def test_a_document_comes_back_as_it_was_and_means_the_same(document):
    decoded = decode(document)
    again = json.loads(decoded.document)
    assert again == document
    assert list(again) == list(document)
    assert decode(again) == decoded


@given(json_values | st.builds(lambda value: {"statements": [value]}, json_values))
def test_anything_is_decoded_or_refused(value):
    with contextlib.suppress(Faulty):
        decode(value)
