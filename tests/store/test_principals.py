"""Principals are found by whatever they are called, many at a time."""

from uuid import UUID, uuid4

import pytest

from shared.policy.entitlement.estate import Holder
from shared.store import accounts, groups, logins, principals, profiles
from shared.store.errors import UniqueViolation
from shared.store.profiles import Profile
from tests.directory.scratch import record
from tests.store.account import BITS

ANN = UUID(int=1)


@pytest.fixture
async def known(account):
    """Ann with a login name, Bob with an address alone, and the group staff; their holders by name."""
    bob = uuid4()
    await account.write(
        record("ann@a.example", number=1, groups=["staff", "crew"]),
        record("bob@a.example", number=bob.int),
        record("nobody@no-address.invalid", number=2),
    )
    await profiles.put(account.connection, account.id, ANN, Profile("Ann Lee", b"{}"), "test")
    ids = await groups.named(account.connection, account.id, ["staff", "crew"])
    return {
        "ann": Holder("user", str(ANN)),
        "bob": Holder("user", str(bob)),
        **{name: Holder("group", group_id) for name, group_id in ids.items()},
        "everyone": Holder("group", "everyone"),
    }


FORMS = {
    "ann": ["{id}", "{ID}", "{hex}", "default/{id}", "PRIMARY/{id}", "Ann Lee", "ann lee", "default/ANN LEE"],
    "bob": ["{id}", "bob@A.example", "default/bob@a.example", "BOB@a.example"],
    "staff": ["{id}", "{ID}", "default/{id}", "staff", "primary/staff"],
    "everyone": ["everyone", "EVERYONE", "default/everyone", "primary/Everyone"],
}
REFERENCES = [
    "{kind}://{account}/default/{id}",
    "{KIND}://{ACCOUNT}/PRIMARY/{ID}",
    "{kind}:///{account}/default/{id}",
]


@pytest.mark.parametrize("name", FORMS)
async def test_a_principal_is_found_by_every_form(account, known, name):
    holder = known[name]
    parts = {"id": holder.id, "ID": holder.id.upper(), "hex": holder.id.replace("-", ""), "kind": holder.kind}
    parts |= {"KIND": holder.kind.upper(), "account": account.id.hex, "ACCOUNT": account.id.hex.upper()}
    given = [form.format(**parts) for form in FORMS[name] + REFERENCES]
    found = await principals.find(account.connection, account.id, given)
    assert {each: found[each].holder for each in given} == dict.fromkeys(given, holder)


STRANGERS = [
    *("", "default/", "other/staff", "Staff", "nobody", "a\0b", "n" * 2000, "://", "user://"),
    *(
        "00000000-0000-4000-8000-000000000000",
        "user://{account}/default/staff",
        "group://{account}/default/{ann}",
    ),
    *(
        "user://{other}/default/{ann}",
        "user://{account}/other/{ann}",
        "user://{account}/{ann}",
        "role://{account}/default/{ann}",
    ),
]


async def test_what_does_not_exist_is_left_out(account, known):
    parts = {"account": account.id.hex, "other": uuid4().hex, "ann": known["ann"].id}
    given = [form.format(**parts) for form in STRANGERS]
    assert await principals.find(account.connection, account.id, given) == {}


async def test_another_accounts_principals_do_not_exist(connection, known):
    other = await accounts.create_account(connection, "other", BITS)
    given = [known["ann"].id, "Ann Lee", "bob@a.example", known["staff"].id, "staff"]
    assert await principals.find(connection, other, given) == {}
    assert await principals.memberships(connection, other, [known["ann"].id]) == {}


@pytest.mark.usefixtures("known")
async def test_what_is_found_has_names(account):
    found = await principals.find(account.connection, account.id, ["ann lee", "bob@a.example", "staff"])
    assert [each[1:] for each in found.values()] == [
        ("Ann Lee", "ann@a.example", "Ann Lee"),
        ("bob@a.example", "bob@a.example", "bob@a.example"),
        ("staff", None, "staff"),
    ]
    hidden = await principals.find(account.connection, account.id, ["nobody@no-address.invalid"])
    assert [each.email for each in hidden.values()] == [None]


async def test_an_id_counts_before_names_and_a_login_before_a_group(account, known):
    await account.write(record("c@a.example", number=3, groups=[known["staff"].id, "cy", "everyone"]))
    await profiles.put(account.connection, account.id, UUID(int=3), Profile("CY", b"{}"), "test")
    given = [known["staff"].id, "cy", "everyone"]
    found = await principals.find(account.connection, account.id, given)
    assert [found[each].holder for each in given] == [
        known["staff"],
        Holder("user", str(UUID(int=3))),
        known["everyone"],
    ]


async def called(account, text):
    found = await principals.find(account.connection, account.id, [text])
    return found[text].holder if text in found else None


async def test_a_text_that_is_a_login_name_and_anothers_address_finds_neither(account, known):
    ann, bob, text = known["ann"], known["bob"], "Bob@a.example"
    await profiles.put(account.connection, account.id, ANN, Profile(text.upper(), b"{}"), "test")
    for form in (text, text.lower(), f"default/{text}"):
        assert await called(account, form) is None
        both = await principals.namesakes(account.connection, account.id, form)
        assert [each.holder for each in both] == [ann, bob]
    assert await called(account, bob.id) == bob
    for form in (bob.id, "ann@a.example", "nobody@a.example", "staff"):
        assert await principals.namesakes(account.connection, account.id, form) is None


async def test_a_login_name_that_is_ones_own_address_is_no_other(account, known):
    await profiles.put(account.connection, account.id, ANN, Profile("ann@a.example", b"{}"), "test")
    assert await called(account, "ann@a.example") == known["ann"]


@pytest.mark.usefixtures("known")
async def test_who_has_no_login_name_is_called_by_the_address_and_logs_in_with_it(account):
    bob = UUID((await called(account, "bob@a.example")).id)
    await profiles.put(account.connection, account.id, bob, Profile(None, b"{}"), "test")
    await profiles.set_password(account.connection, account.id, bob, "hash")

    async def login(text):
        found = await logins.find(account.connection, account.id, text)
        return None if found is None else (found.user, found.name)

    assert await login("BOB@a.example") == (bob, "bob@a.example")
    await account.write(record("new@a.example", number=bob.int))
    assert (await login("bob@a.example"), await login("new@a.example")) == (None, (bob, "new@a.example"))
    await profiles.put(account.connection, account.id, ANN, Profile("new@a.example", b"{}"), "test")
    assert await login("new@a.example") is None
    await profiles.put(account.connection, account.id, bob, Profile("bob", b"{}"), "test")
    assert (await login("bob"), await login("bob@a.example")) == ((bob, "bob"), None)


async def test_many_are_found_at_once(account):
    addresses = [f"u{number}@a.example" for number in range(10_000)]
    await account.write(*map(record, addresses))
    assert len(await principals.find(account.connection, account.id, addresses)) == 10_000


async def test_memberships_are_names_as_recorded(account, known):
    asked = [known["ann"].id, known["bob"].id.upper(), str(uuid4()), "staff"]
    assert await principals.memberships(account.connection, account.id, asked) == {
        known["ann"].id: ("staff", "crew"),
        known["bob"].id: (),
    }


@pytest.mark.parametrize("name", ["ann lee", "\uff21nn \uff2cee"])
async def test_a_login_name_is_one_users(account, known, name):
    with pytest.raises(UniqueViolation):
        await profiles.put(
            account.connection, account.id, UUID(known["bob"].id), Profile(name, b"{}"), "test"
        )
