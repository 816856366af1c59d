"""System policies and templates as they ship: each can be used, and does what it says."""

import json

import msgspec
import pytest

from shared.policy.entitlement.holding import Held, Holding
from shared.policy.entitlement.policy import Action, Policy, Statement
from shared.policy.entitlement.principal import Principal
from shared.policy.entitlement.resource import Resource
from shared.policy.entitlement.roles import PERMISSIONS, STANDARD, Roles
from shared.wire.cloudcms.policies import decode
from shared.wire.cloudcms.shipped import FILES, system_policies, templates
from shared.wire.cloudcms.templates import PLACEHOLDER, fill
from shared.wire.faults import Faulty

TEMPLATES = templates().values()
SECTION = templates()["section-editor"]


def examples(template):
    return {parameter.name: parameter.example for parameter in template.parameters}


def roles(template):
    return Roles({role.key: role.permissions for role in template.roles})


def reads(document, path):
    policy = decode(document).policy("p")
    resource = Resource("node://p/n", type="node", paths=(path,))
    return Principal(Held((Holding(policy),)), Roles()).permission("READ", resource).allowed


def checks():
    return [
        pytest.param(template, check, id=f"{template.key}-{number}")
        for template in TEMPLATES
        for number, check in enumerate(template.example.checks)
    ]


@pytest.mark.parametrize(("template", "check"), checks())
def test_a_template_does_what_its_example_says(template, check):
    policy = decode(fill(template, examples(template))).policy("made")
    beneath = Policy("beneath", (Statement(Action.GRANT, template.example.beneath),))
    principal = Principal(Held((Holding(policy), Holding(beneath))), roles(template))
    resource = msgspec.convert({"reference": "x://p/x"} | check.resource, Resource)
    assert principal.permission(check.permission, resource).allowed is check.allowed


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda template: template.key)
def test_a_template_is_complete(template):
    document = fill(template, examples(template))
    used = set(PLACEHOLDER.findall(json.dumps(template.policy)))
    assert used == {parameter.name for parameter in template.parameters}
    assert {each.role for each in decode(document).roles} <= {
        *STANDARD,
        *(role.key for role in template.roles),
    }
    assert {permission for role in template.roles for permission in role.permissions} <= set(PERMISSIONS)
    assert {check.allowed for check in template.example.checks} == {True, False}
    assert template.description.endswith(".")
    assert all(statement["description"] for statement in document["statements"])


@pytest.mark.parametrize("folder", ["system_policies", "templates"])
def test_a_file_is_named_after_its_key(folder):
    files = list((FILES / folder).iterdir())
    assert [json.loads(file.read_bytes())["key"] + ".json" for file in files] == [file.name for file in files]


def test_there_is_a_system_policy_for_each_standard_role_and_one_for_users():
    expected = {f"project-{role}" for role in {*STANDARD, "user"} - {"impersonator"}}
    assert set(system_policies()) == expected
    assert {policy.order for policy in system_policies().values()} == {1000}


def test_what_is_special_in_a_pattern_is_not_so_in_a_parameter():
    document = fill(SECTION, {"section": "/a.b (c|d)*"})
    assert document["title"] == "Editor of /a.b (c|d)*"
    assert reads(document, "/a.b (c|d)*/e")
    assert not reads(document, "/axb (c|d)*/e")
    assert not reads(document, "/a.b c")


@pytest.mark.parametrize(
    ("values", "pointer"),
    [
        ({}, "/section"),
        ({"section": "/a/"}, "/section"),
        ({"section": ""}, "/section"),
        ({"section": "/" + "a" * 200}, "/section"),
        ({"section": "/a", "sektion": "/b"}, "/sektion"),
    ],
)
def test_a_parameter_that_is_missing_unknown_or_unfit_is_refused(values, pointer):
    with pytest.raises(Faulty) as refused:
        fill(SECTION, values)
    assert [fault.pointer for fault in refused.value.faults] == [pointer]


def test_a_parameter_is_not_looked_into_again():
    template = templates()["department-manager"]
    document = fill(template, {"property": "department", "department": "${property}"})
    assert document["title"] == "Manager of ${property}"


def test_a_template_is_not_changed_by_filling_it():
    before = json.dumps(SECTION.policy)
    fill(SECTION, {"section": "/b"})
    assert json.dumps(SECTION.policy) == before
