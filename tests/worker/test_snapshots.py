"""A test sees the directory as it was when it was pinned, whatever happens to it since."""

from tests.gateway.rows import ACME, THREE_VERDICTS, VERDICTS, lines, people, person, policy
from tests.worker.conftest import Jobs

COUNT = 200  # 13 segments of 16, two chunks
EXPECTED = {person(n)["email"]: VERDICTS[n % 3] for n in range(COUNT)}


async def test_changes_after_the_start_do_not_reach_a_test(jobs: Jobs) -> None:
    await jobs.imported(people(COUNT))
    test_id = await jobs.started(THREE_VERDICTS)
    gone = [{"email": email, "deleted": True} for email in list(EXPECTED)[:50]]
    await jobs.imported(lines(*gone))
    await jobs.evaluated(test_id, 0)
    moved = [{"email": email, "identity": {"amr": ["mfa"]}} for email in list(EXPECTED)[50:]]
    await jobs.imported(lines(*moved, {"email": "late@acme.example"}))
    await jobs.tidied()
    await jobs.evaluated(test_id, 1)
    status = await jobs.client.status(test_id)
    assert (status["status"], status["total_users"]) == ("complete", COUNT)
    assert await jobs.verdicts(test_id) == EXPECTED
    now = await jobs.started(THREE_VERDICTS)
    await jobs.planned(now)
    await jobs.evaluated(now, 0, 1)
    assert (await jobs.client.status(now))["users_approved"] == COUNT - 50 + 1


async def test_a_named_address_means_who_had_it_then(jobs: Jobs) -> None:
    who = "00000000-0000-4000-8000-00000000000a"
    await jobs.imported(people(100) + lines({"id": who, "email": "ann@acme.example", "name": "Ann"}))
    test_id = await jobs.started(policy({"email": {"email": "ANN@acme.example"}}))
    await jobs.imported(lines({"id": who, "email": "new@acme.example"}))
    await jobs.imported(lines({"email": "ann@acme.example", "name": "Another"}))
    await jobs.evaluated(test_id, 0, 1)
    approved = await jobs.client.users(test_id, status="success")
    assert [(row["id"], row["email"], row["name"]) for row in approved] == [(who, "ann@acme.example", "Ann")]


async def test_users_and_groups_that_hold_something_are_those_of_then(jobs: Jobs) -> None:
    ids = [f"00000000-0000-4000-8000-00000000000{n}" for n in range(5)]
    await jobs.imported(
        people(100) + lines(*({"id": each, "email": f"{each}@a.example"} for each in ids[:4]))
    )
    await jobs.imported(lines({"email": f"{ids[0]}@a.example", "groups": ["staff"]}))
    given = {"statements": [{"action": "grant", "roles": ["consumer"]}], "assignTo": ["staff", *ids[1:4]]}
    question = {"target": {"type": "node", "id": "n"}, "permission": "READ", "policies": [given]}
    asked = {"entitlement": question}
    test_id = (await jobs.client.call("POST", "{a}/access/policy-tests", json=asked)).result["id"]
    await jobs.planned(test_id)
    await jobs.imported(lines({"email": f"{ids[1]}@a.example", "deleted": True}))
    await jobs.imported(
        lines({"id": ids[2], "email": "new@a.example"}, {"email": "in@a.example", "groups": ["staff"]})
    )
    await jobs.imported(lines({"email": f"{ids[0]}@a.example", "groups": []}))
    await jobs.evaluated(test_id, 0, 1)
    approved = await jobs.client.users(test_id, status="success")
    assert {row["id"] for row in approved} == {*ids[:4]}
    assert (await jobs.client.status(test_id))["total_users"] == 104


async def test_a_test_waits_for_the_log_to_be_folded(jobs: Jobs) -> None:
    await jobs.imported(people(COUNT))
    await jobs.imported(lines({"email": "one@acme.example"}, {"email": "u0@acme.example", "deleted": True}))
    assert await jobs.value("SELECT count(*) FROM posting_change WHERE account_id = $1") > 0
    test_id = await jobs.started(policy(ACME))
    assert (await jobs.client.status(test_id))["state"] == "queued"
    await jobs.planned(test_id)
    assert await jobs.value("SELECT count(*) FROM posting_change WHERE account_id = $1") == 0
    await jobs.evaluated(test_id, 0, 1)
    verdicts = await jobs.verdicts(test_id)
    approved = {email for email, verdict in verdicts.items() if verdict == "approved"}
    assert approved == {email for email in EXPECTED if "@acme" in email} - {"u0@acme.example"} | {
        "one@acme.example"
    }


async def test_changes_between_the_start_and_the_pin_are_seen_whole(jobs: Jobs) -> None:
    await jobs.imported(people(48))
    await jobs.imported(lines({"email": "one@acme.example"}))
    test_id = await jobs.started(policy(ACME))
    await jobs.imported(lines({"email": "two@acme.example"}))
    await jobs.planned(test_id)
    await jobs.imported(
        lines({"email": "three@acme.example"}, {"email": "one@acme.example", "deleted": True})
    )
    await jobs.evaluated(test_id, 0)
    status = await jobs.client.status(test_id)
    assert (status["total_users"], status["users_approved"]) == (50, 18)
    assert {"one@acme.example", "two@acme.example"} < set(await jobs.verdicts(test_id))


async def test_every_job_done_five_times_changes_nothing(jobs: Jobs) -> None:
    await jobs.imported(people(COUNT))
    await jobs.imported(lines({"email": "one@acme.example"}))
    test_id = await jobs.started(THREE_VERDICTS)
    for _ in range(5):
        await jobs.planned(test_id)
        await jobs.evaluated(test_id, 0, 1, 0, 99)
    status = await jobs.client.status(test_id)
    assert (status["status"], status["users_processed"]) == ("complete", COUNT + 1)
    assert await jobs.verdicts(test_id) == EXPECTED | {"one@acme.example": "approved"}
