"""The official drivers of the second dialect do what they are made for: policies, teams, grants, checks."""

from typing import Any

from tests.clients.conftest import Script
from tests.clients.node import WITH_INSTALLING
from tests.gateway.cloudcms.program import Program, program
from tests.stack import Service

pytestmark = WITH_INSTALLING


def granting(title: str, **condition: Any) -> dict[str, Any]:
    """A policy that lets its holders read what fits a condition."""
    return {
        "title": title,
        "order": 100,
        "statements": [{"action": "grant", "roles": ["consumer"], "conditions": [condition]}],
    }


POLICIES = [
    granting("Policy #1", type="reference-matches", config={"reference": "^client://.*"}),
    granting("Policy #2", type="property-matches", config={"property": "phone", "value": "^414.*"}),
    granting("Policy #3", type="node-has-feature", config={"qname": "f:thumbnailable"}),
]
TITLES = [policy["title"] for policy in POLICIES]


async def test_policies_are_made_found_and_assigned(drive: Script, website: Program) -> None:
    said = await drive("policies", policies=POLICIES)
    assert [each["statements"] for each in said["made"]] == [each["statements"] for each in POLICIES]
    assert (said["listed"], said["counted"]) == (TITLES, 3)
    assert (said["sorted"], said["rest"]) == (["Policy #3", "Policy #2"], ["Policy #1"])
    assert (said["newest"], said["found"]) == (TITLES[::-1], ["Policy #3"])
    assert (said["left"], said["gone"], said["absent"]["status"]) == (TITLES[:2], [], 404)
    assert said["held"] == [TITLES[:2], TITLES[:2], [], TITLES[:1], []]
    assert [row["ref"].lower() for row in said["targets"]["rows"]] == [said["ref"]]
    assert said["ref"].startswith(f"user://{website.client.account}/default/")
    assert (said["changed"]["title"], said["changed"]["key"]) == ("Changed", "changed")
    assert said["reloaded"] == "Policy #2"
    assert (said["faulty"]["status"], "`action`" in said["faulty"]["message"]) == (400, True)


USUAL = {"title": "usual", "order": 1000, "statements": [{"action": "grant", "roles": ["consumer"]}]}
PENDING = {
    "title": "pending",
    "order": 100_000,
    "statements": [
        {
            "action": "revoke",
            "roles": ["consumer"],
            "conditions": [{"type": "path", "config": {"path": "^/.*"}}],
        },
        {
            "action": "grant",
            "roles": ["consumer"],
            "conditions": [{"type": "path", "config": {"path": "^/welcome.*"}}],
        },
    ],
}
PATHS = ["/welcome", "/welcome/page", "/registered", "/"]


async def test_the_policy_of_a_higher_order_wins_until_its_team_is_left(
    drive: Script, website: Program
) -> None:
    references = []
    for number, path in enumerate(PATHS):
        reference = f"node://{website.client.account}/repository/branch/{number}"
        document = {"reference": reference, "type": "node", "path": path}
        answer = await website.client.call("POST", "/access/resources", json=document)
        assert answer.status == 200, answer
        references.append(reference)
    said = await drive("teams", usual=USUAL, pending=PENDING, references=references)
    assert said["in_both"] == references[:2]
    assert said["in_one"] == references
    looked_up = [(each["authorities"], each["permissions"]) for each in said["looked_up"]]
    assert looked_up == [(["consumer"], ["CONNECT", "READ"])] * 2 + [([], [])] * 2
    assert said["ref"] == f"team://platform/{website.client.account}/{said['team']['_doc']}"
    assert (said["team"]["key"], said["team"]["title"], said["held"]) == ("usual", "Usual", ["usual"])
    assert (said["members"], said["belongs"]) == ([["joe"], []], [True, False])
    assert (said["authorities"], said["roles"]) == (["consumer"], ["consumer"])
    assert (said["listed"], said["left"]) == (["usual", "pending", "stack"], ["usual", "pending"])
    assert (said["teams"], said["title"]) == (["usual"], "A stack's")
    assert (said["gone"]["status"], said["owners"]["status"]) == (404, 404)
    assert (said["role"]["roleKey"], said["role"]["permissions"]) == ("reviewer", ["CONNECT", "READ"])
    assert (said["own_roles"], len(said["all_roles"]), said["roles_left"]) == (["reviewer"], 9, [])


async def test_roles_are_granted_asked_about_and_revoked(drive: Script) -> None:
    said = await drive("grants")
    assert said["checks"] == [[False, False], [True, True], [False, True], [False, False]]
    rows = {row["name"]: row for row in said["acl"]}
    assert {name: sorted(row["authorities"]) for name, row in rows.items()} == {
        "joe": ["connector", "consumer"],
        "staff": ["editor"],
    }
    assert (rows["joe"]["domainQualifiedId"], rows["joe"]["type"]) == (said["joe"], "USER")
    assert (rows["joe"]["userEmail"], rows["joe"]["userFirstName"]) == ("joe@acme.example", "Joe")
    assert (sorted(said["own"]), said["named"], said["left"]) == (["connector", "consumer"], ["editor"], [])
    granted = said["report"][said["joe"]].values()
    assert sorted(each["role-key"] for each in granted) == ["connector", "consumer", "editor"]
    assert said["report"]["everyone"] == {}
    assert said["fault_of_the_driver"] == "self is not defined"
    assert (said["permissions"], said["bulk"]) == ([True, False], [True, False])
    assert (said["users"], said["titled"]) == (["joe"], "Joseph")
    assert (said["memberships"], said["members"], said["members_left"]) == (["staff"], ["joe"], [])
    assert "staff" not in said["groups"]


async def test_a_session_without_policies_of_its_own_does_the_same(drive: Script, website: Program) -> None:
    said = await drive("session", policies=POLICIES)
    assert said["platform"] == website.client.account
    assert (said["found"], said["listed"]) == (TITLES[:0:-1], TITLES[1:])
    assert (said["held"], said["check"]["check"]) == ([TITLES[:2], []], True)
    assert (said["changed"], said["gone"], said["ended"]) == ("Changed", None, {"ok": True})
    assert (said["refused"]["status"], "`order`" in said["refused"]["message"]) == (400, True)


STAFF = granting("Staff", type="path", config={"path": "^/staff/.*"}) | {"description": "of Acme"}


def check_ended(job: dict[str, Any], kind: str) -> None:
    """A job that was polled to its end, in all that drivers read of one."""
    assert (job["state"], job["type"], job["percent"]) == ("FINISHED", kind, 100)
    assert (job["started"], job["stopped"], job["attempts"], job["submitted_by"]) == (True, True, 1, "ann")
    assert (
        job["submitted_timestamp"]["ms"] <= job["started_timestamp"]["ms"] <= job["stopped_timestamp"]["ms"]
    )
    assert {entry["type"] for entry in job["log_entries"]} == {"STATUS"}
    named = {name.lower(): job["_data"][f"archive{name}"] for name in ("Group", "Artifact", "Version")}
    assert named == {"group": "acme", "artifact": "access", "version": "1.0"}


async def test_a_policy_is_exported_and_imported_again(drive: Script) -> None:
    said = await drive("transfers", policy=STAFF)
    check_ended(said["exported"], "transfer-export")
    archive = said["archive"]
    assert (archive["group"], archive["artifact"], archive["version"]) == ("acme", "access", "1.0")
    assert (archive["title"], archive["published"], archive["contentType"]) == (
        "Ours",
        True,
        "application/zip",
    )
    assert said["archives"] == said["found"] == [archive["_doc"]]
    for job in (said["rehearsed"], said["copied"], said["cloned"]):
        check_ended(job, "transfer-import")
        assert job["states"][-1] == "FINISHED"
    assert (said["listed"], said["both"]) == (["Staff"], ["Crew", "Staff"])
    rehearsed, copied = said["rehearsed"]["_result"], said["copied"]["_result"]
    assert rehearsed["counts"] == copied["counts"]
    (made,) = copied["imports"]
    assert made["sources"][-1]["id"] == said["id"] != made["targets"][-1]["id"]
    restored = said["restored"]
    assert (restored["_doc"], restored["title"]) == (said["id"], "Staff")
    assert restored["statements"] == STAFF["statements"]
    assert said["jobs"] == [said["cloned"]["_doc"], said["copied"]["_doc"]]
    assert said["finished"] == ["transfer-export", *["transfer-import"] * 3]
    assert (said["others"], said["kept"], said["waited"]) == ([[]] * 4, "FINISHED", "FINISHED")


async def test_a_session_carries_a_policy_to_another_account(drive: Script, service: Service) -> None:
    other = await program(service)
    said = await drive("carrying", policy=STAFF, away={"key": other.key, "secret": other.secret})
    check_ended(said["exported"], "transfer-export")
    check_ended(said["imported"], "transfer-import")
    assert said["archive"]["length"] == said["length"] == said["uploaded"]["length"] == said["read"]["length"]
    assert {name: said["arrived"][name] for name in STAFF} == STAFF
    assert said["arrived"]["_doc"] == said["id"]
    assert (said["jobs"], said["killed"]["_doc"]) == (["transfer-import"], said["imported"]["_doc"])
    assert (said["queried"], said["gone"]) == (1, None)
