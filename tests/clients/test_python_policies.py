"""Reusable policies with the official Python client: each of its methods, every rule and every field."""

from typing import Any

import pytest
from cloudflare import NotFoundError

from tests.clients.conftest import Vendor
from tests.clients.documents import NOTHING, OBLIGATIONS, RULE, every_rule, items, part, policy, told

ADDED = {"id", "account_id", "app_count", "reusable", "created_at", "updated_at"}


def referred_to(vendor: Vendor) -> dict[str, str]:
    """The ids of a group and two lists, by the rules that name such."""
    made = {
        "group": vendor.groups.create(name="g", include=[RULE], **vendor.where),
        "email_list": vendor.lists.create(name="e", type="EMAIL", **vendor.where),
        "ip_list": vendor.lists.create(name="i", type="IP", items=items("10.0.0.0/8"), **vendor.where),
    }
    return {kind: each.id for kind, each in made.items() if each is not None and each.id is not None}


def created(vendor: Vendor, sent: dict[str, Any]) -> Any:
    return vendor.policies.create(**sent, **vendor.where)


def test_every_rule_goes_there_and_back(vendor: Vendor) -> None:
    after_login, before_login = every_rule(**referred_to(vendor))
    allowing = policy("every rule", *after_login, exclude=after_login, require=after_login)
    for sent in (allowing, policy("before login", *before_login, decision="non_identity")):
        made = created(vendor, sent)
        read = told(vendor.policies.get(made.id, **vendor.where))
        assert read == told(made)
        assert part(read, sent) == sent


def test_typed_names_become_those_of_the_wire(vendor: Vendor) -> None:
    azure = {"id": "g", "identity_provider_id": "p"}
    typed = [{"azure_ad": azure}, {"github_organization": {"name": "a", "identity_provider_id": "p"}}]
    read = told(created(vendor, policy("typed", *typed)))
    assert [*read["include"][0], *read["include"][1]] == ["azureAD", "github-organization"]


@pytest.mark.parametrize("members", [OBLIGATIONS, NOTHING, {}], ids=["all", "nothing", "left out"])
def test_fields_go_there_and_back_and_no_other_comes(vendor: Vendor, members: dict[str, Any]) -> None:
    sent = policy("p", **members)
    read = told(vendor.policies.get(created(vendor, sent).id, **vendor.where))
    assert part(read, sent) == sent
    assert read.keys() - sent.keys() == ADDED
    added = (read["account_id"], read["app_count"], read["reusable"])
    assert added == (vendor.account, 0, True)


def test_an_update_replaces_all(vendor: Vendor) -> None:
    made = created(vendor, policy("before", **OBLIGATIONS))
    sent = policy("after", decision="deny", exclude=[RULE])
    updated: Any = vendor.policies.update(made.id, **sent, **vendor.where)
    read = told(updated)
    assert read == told(vendor.policies.get(made.id, **vendor.where))
    assert part(read, sent) == sent
    assert read.keys() - sent.keys() == ADDED
    assert (updated.id, updated.created_at) == (made.id, made.created_at)
    assert updated.updated_at > made.updated_at


@pytest.mark.parametrize("query", [{}, {"per_page": 1}, {"per_page": 3}, {"per_page": 1000}, {"page": 2}])
def test_the_pager_yields_every_policy_once_and_ends(vendor: Vendor, query: dict[str, int]) -> None:
    names = [f"p{number}" for number in range(7)]
    for name in names:
        created(vendor, policy(name))
    found = [each.name for each in vendor.policies.list(**query, **vendor.where)]
    assert found == ([] if "page" in query else names)


def test_an_account_without_policies_has_an_empty_page(vendor: Vendor) -> None:
    page = vendor.policies.list(**vendor.where)
    assert (page.result, list(page)) == ([], [])


def test_a_deleted_policy_is_gone(vendor: Vendor) -> None:
    made = created(vendor, policy("p"))
    assert told(vendor.policies.delete(made.id, **vendor.where)) == {"id": made.id}
    for act in (vendor.policies.get, vendor.policies.delete):
        with pytest.raises(NotFoundError):
            act(made.id, **vendor.where)
    assert list(vendor.policies.list(**vendor.where)) == []
