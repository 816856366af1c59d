"""Rows about the same users: later ones replace earlier ones, deletions remove, as in an import."""

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.policy.plan import Plan
from shared.policy.rules.people import Everyone
from shared.policy.screening.policy import Criteria, Decision, Policy
from tests.gateway.rows import ACME, policy
from tests.local.running import asked, lines, people, prepared, ran, reported

ANYBODY = prepared(Plan((Policy("all", Decision.ALLOW, Criteria((Everyone(),))),)))
IDS = [None, *(str(UUID(int=number)) for number in range(1, 5))]
EMAILS = [f"u{number}@a.example" for number in range(4)]
ROWS = st.builds(
    lambda number, email, name, gone: {
        **({"id": IDS[number]} if IDS[number] else {}),
        **({"email": email} if email or not (IDS[number] and gone) else {}),
        "name": name,
        **({"deleted": True} if gone else {}),
    },
    st.integers(0, 4),
    st.sampled_from(EMAILS),
    st.sampled_from("abc"),
    st.sampled_from([False, False, False, True]),
)


def imported(rows):
    """What an import makes of rows, as plainly as can be: users in the order of their creation."""
    users, refused = [], 0
    for row in rows:
        holder = next((each for each in users if each["email"] == row["email"]), None)
        known = holder if "id" not in row else next((u for u in users if u["id"] == row["id"]), None)
        if row.get("deleted"):
            users = [each for each in users if each is not known]
        elif holder is not None and holder is not known:
            refused += 1
        elif known is None:
            users.append({"id": row.get("id"), "email": row["email"], "name": row["name"]})
        else:
            known |= {"email": row["email"], "name": row["name"]}
    return users, refused


@given(st.lists(ROWS, max_size=25), st.integers(1, 9))
def test_what_is_left_is_what_an_import_leaves(rows, size):
    users, refused = imported(rows)
    found = people(ANYBODY, lines(*rows), size)
    assert {each.email: each.name for each in found.values()} == {
        each["email"]: each["name"] for each in users
    }
    for each in users:
        assert each["id"] in (None, str(found[each["email"]].user_id))
    report = reported(ANYBODY, lines(*rows), size)
    assert (report.directory.rows_read, report.directory.rows_rejected) == (len(rows), refused)


@given(st.lists(ROWS, max_size=25), st.integers(1, 9))
def test_who_breaks_an_expectation_comes_in_the_order_of_creation(rows, size):
    users, _ = imported(rows)
    wanted = asked(policies=[policy()], expectations=[{"none": "approved"}])
    (row,) = reported(wanted, lines(*rows), size).expectations
    assert [each.email for each in row.users] == [each["email"] for each in users]


@given(st.lists(ROWS, max_size=25), st.integers(1, 9), st.sampled_from(EMAILS), st.sampled_from(IDS[1:]))
def test_the_listed_are_found_by_what_they_are_in_the_end(rows, size, email, user_id):
    users, _ = imported(rows)
    listed = [{"email": email, "status": "blocked"}], [{"id": user_id, "status": "blocked"}]
    wanted = asked(policies=[policy()], expectations=[{"users": each} for each in listed])
    by_address, by_id = reported(wanted, lines(*rows), size).expectations
    assert by_address.selected == len([each for each in users if each["email"] == email])
    assert by_id.selected == len([each for each in users if each["id"] == user_id])
    assert (len(by_address.absent), len(by_id.absent)) == (1 - by_address.selected, 1 - by_id.selected)


def test_a_named_address_is_whose_it_is_in_the_end():
    """The last row that has it is refused, as it is somebody else's."""
    one, two = IDS[1:3]
    rows = lines({"id": one, "email": "a@b.example"}, {"id": two, "email": "a@b.example"})
    wanted = asked(policies=[policy({"email": {"email": "a@b.example"}})])
    for size in (1, 2):
        found = reported(wanted, rows, size)
        assert (found.test.users_approved, found.test.total_users) == (1, 1)
        (error,) = found.directory.errors
        assert (error.line, one in error.message) == (2, True)


BAD = lines({"email": "a@acme.example"}) + b'{"email":\n\n{"email":"b@b.example","nmae":"x"}\n\xff\n'
BAD += lines(
    {"name": "nobody"}, {"email": "c@b.example", "identity": {"amr": "mfa"}}, {"email": "d@b.example"}
)
FIRST_WORDS = {
    2: "input data was truncated",
    4: "object contains unknown field `nmae`",
    5: "'utf-8' codec can't decode",
    6: "`email` is missing, and so is `id`",
    7: "expected `array | null`, got `str` - at `$.amr`",
}


@pytest.mark.parametrize("size", [1, 3, 100])
def test_bad_lines_are_told_by_number_and_stop_nothing(size):
    found = reported(asked(policies=[policy(ACME)]), BAD, size)
    told = {each.line: each.message for each in found.directory.errors}
    assert {line: message[: len(FIRST_WORDS[line])] for line, message in told.items()} == FIRST_WORDS
    assert (found.directory.rows_read, found.directory.rows_rejected) == (7, 5)
    assert (found.test.users_approved, found.test.users_blocked) == (1, 1)


def test_of_many_bad_lines_the_first_hundred_are_told():
    found = reported(ANYBODY, b"x\n" * 250, 30).directory
    assert (found.rows_rejected, [each.line for each in found.errors]) == (250, list(range(1, 101)))


def test_a_csv_is_known_by_its_name(tmp_path):
    text = "\ufeffemail;name;identity.amr;deleted\r\nann@acme.example;Ann;pwd|mfa;\n"
    text += (
        'bob@b.example;"Bob\nthe second";pwd;\nbad;;;\ncid@acme.example;;;yes\nann@acme.example;Ann;mfa;no\n'
    )
    mfa = policy({"auth_method": {"auth_method": "mfa"}})
    ended = ran(tmp_path, {"policies": [mfa]}, text.encode(), "users.CSV")
    assert ended.code == 0, ended
    test, directory = ended.document["test"], ended.document["directory"]
    assert (test["users_approved"], test["users_blocked"], test["total_users"]) == (1, 1, 2)
    assert directory == {
        "rows_read": 5,
        "rows_rejected": 1,
        "errors": [{"line": 5, "message": "`bad` is no e-mail address"}],
    }
