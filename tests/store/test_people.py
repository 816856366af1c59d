"""Users as people look them up: who is there now, page by page, by address, by a part of their name."""

import asyncio
from random import Random
from uuid import UUID

import pytest

from shared.store import people, writing
from shared.store.people import Endless, Hits, Unfinished, Wanted, Window
from tests.directory.scratch import record
from tests.gateway.naughty import TEXTS
from tests.store.account import BITS

ALL = Window(0, 10_000)
ADDRESSES = [f"u{number}@a.example" for number in range(60)]
NAMES = [text for text in TEXTS if "\0" not in text and len(text) <= 1024]
# Texts that mean something to LIKE, or in a regular expression.
SPECIAL = [
    "%",
    "_",
    "\\",
    "a%c",
    "a_c",
    "a.c",
    ".*",
    "(?i)a",
    "***=",
    "***:",
    "[a-z]",
    "^a",
    "a$",
    "a|b",
    "{2}",
]


def named(number, name, address=None):
    return record(address or f"u{number}@a.example", number=number + 1, name=name)


async def living(account):
    now = await people.directory(account.connection, account.id)
    return await people.living(account.connection, account.id, now)


async def rows(account, *ordinals):
    now = await people.directory(account.connection, account.id)
    return await people.rows(account.connection, account.id, now.version, list(ordinals))


async def search(account, window=ALL, unfinished=None, **wanted):
    now = await people.directory(account.connection, account.id)
    begun = Unfinished() if unfinished is None else unfinished
    return await people.search(account.connection, account.id, now, Wanted(**wanted), window, begun)


async def found(account, text):
    return set((await search(account, search=text)).ordinals)


@pytest.mark.parametrize("seed", range(6))
async def test_who_is_there_is_known_whatever_the_log_holds(account, monkeypatch, seed):
    source = Random(seed)
    for _ in range(15):
        monkeypatch.setattr(writing, "LOG_ROWS", -1 if source.random() < 0.3 else 10**9)
        chosen = source.sample(ADDRESSES, source.randrange(1, 20))
        now = await account.write(*(record(each, deleted=source.random() < 0.4) for each in chosen))
        if source.random() < 0.2:
            now = await account.fold()
        there = await living(account)
        ordinals = [(segment << BITS) + each for segment, held in there.items() for each in held]
        assert ordinals == [user.ordinal for user in await account.people(now.version)]
        assert len(ordinals) == now.users


async def test_rows_come_in_the_order_of_creation(account):
    await account.write(*(named(number, f"N{number}") for number in range(5)))
    assert [row.name for row in await rows(account, 4, 0, 2, 99)] == ["N0", "N2", "N4"]


async def test_a_user_keeps_the_time_of_creation(account):
    async def times():
        (row,) = await rows(account, 0)
        return row.created_at, row.updated_at

    await account.write(named(0, "Ann"), named(1, "Bob"))
    created, updated = await times()
    assert created == updated
    await account.write(named(0, "Ann"))
    assert await times() == (created, updated)
    for name in ("Anna", "Ann"):
        await asyncio.sleep(0.001)
        await account.write(named(0, name))
        again, later = await times()
        assert again == created
        assert later > updated
        updated = later


async def test_a_user_who_comes_back_is_created_anew(account):
    await account.write(record("ann@a.example"))
    (before,) = await rows(account, 0)
    await account.write(record("ann@a.example", deleted=True))
    await asyncio.sleep(0.001)
    await account.write(record("ann@a.example"))
    assert await people.get(account.connection, account.id, before.user_id) is None
    (after,) = await rows(account, 0, 1)
    assert after.user_id != before.user_id
    assert after.created_at == after.updated_at > before.created_at


async def test_one_user_is_found_by_id_in_the_own_account_only(account):
    await account.write(named(0, "Ann"))
    assert (await people.get(account.connection, account.id, UUID(int=1))).name == "Ann"
    assert await people.get(account.connection, UUID(int=5), UUID(int=1)) is None
    assert await people.rows(account.connection, UUID(int=5), 1, [0]) == []


async def test_a_text_is_found_in_names_in_any_case(account):
    await account.write(*(named(number, name) for number, name in enumerate(NAMES)))
    for text in [*filter(None, NAMES), *SPECIAL, "a", "É", "ß", "user", "u1@A."]:
        shown = [(f"u{number}@a.example", name) for number, name in enumerate(NAMES)]
        literally = {n for n, each in enumerate(shown) if any(text in field for field in each)}
        at_most = {n for n, each in enumerate(shown) if any(text.casefold() in f.casefold() for f in each)}
        assert literally <= await found(account, text) <= at_most, text


@pytest.mark.parametrize("text", SPECIAL)
async def test_nothing_in_a_text_has_a_meaning_of_its_own(account, text):
    await account.write(named(0, "abc"), named(1, f"x{text.upper()}y"), named(2, ""))
    assert await found(account, text) == {1}
    assert (await search(account, name=text)).ordinals == []


@pytest.mark.parametrize(
    ("name", "text"), [("Émile", "éMI"), ("ÉMILE", "émile"), ("Ωmega", "ω"), ("жанна", "ЖАННА")]
)
async def test_case_does_not_count_beyond_ascii_either(account, name, text):
    await account.write(named(0, name), named(1, "other"))
    assert await found(account, text) == {0}


async def test_addresses_are_found_as_they_are_shown(account):
    await account.write(record("ann@acme.example"), record("bob@acme.example"))
    assert await found(account, "ANN@") == {0}
    assert await found(account, "acme.EXAMPLE") == {0, 1}
    assert await found(account, "ann@acme.example bob") == set()


async def test_a_name_is_the_whole_name(account):
    await account.write(named(0, "Ann"), named(1, "Anna"), named(2, "ann"), named(3, ""), named(4, "Ann"))
    assert await search(account, name="Ann") == Hits([0, 4], 2)
    assert await search(account, name="") == Hits([3], 1)


async def test_an_address_is_looked_up(account):
    await account.write(*(named(number, "Ann") for number in range(40)))
    assert await search(account, address="u33@a.example") == Hits([33], 1)
    assert await search(account, address="u33@a.example", name="Ann", search="33") == Hits([33], 1)
    for other in ({"name": "Bob"}, {"search": "u34"}):
        assert await search(account, address="u33@a.example", **other) == Hits([], 0)
    assert await search(account, address="u40@a.example") == Hits([], 0)
    await account.write(record("u33@a.example", deleted=True))
    assert await search(account, address="u33@a.example") == Hits([], 0)


@pytest.mark.parametrize("part", [1, 7, 64, 65_536])
@pytest.mark.parametrize("take", [1, 5, 100])
async def test_pages_of_a_search_are_all_that_is_found(account, monkeypatch, part, take):
    monkeypatch.setattr(people, "PART_ORDINALS", part)
    await account.write(*(named(number, f"N{number % 3}") for number in range(50)))
    await account.write(*(record(f"u{number}@a.example", deleted=True) for number in range(9, 30)))
    expected = [number for number in range(50) if number % 3 == 1 and not 9 <= number < 30]
    pages = [await search(account, Window(skip, take), search="n1") for skip in range(0, 60, take)]
    assert [ordinal for page in pages for ordinal in page.ordinals] == expected
    assert {page.total for page in pages} == {len(expected)}


async def test_a_search_of_a_large_directory_stops_counting_behind_the_page(account, monkeypatch):
    monkeypatch.setattr(people, "PART_ORDINALS", 10)
    monkeypatch.setattr(people, "COUNTING_SECONDS", -1)
    await account.write(*(named(number, "Ann") for number in range(50)))
    assert await search(account, Window(0, 10), search="ann") == Hits(list(range(10)), 20)
    assert await search(account, Window(30, 10), search="ann") == Hits(list(range(30, 40)), 50)
    assert await search(account, Window(60, 10), search="ann") == Hits([], 50)


async def test_a_search_that_takes_too_long_says_so(account, monkeypatch):
    monkeypatch.setattr(people, "PART_ORDINALS", 10)
    monkeypatch.setattr(people, "FILLING_SECONDS", -1)
    await account.write(*(named(number, "Ann") for number in range(50)))
    with pytest.raises(Endless, match="10 of 50"):
        await search(account, search="bob")
    assert await search(account, address="u44@a.example", search="ann") == Hits([44], 1)


@pytest.mark.parametrize("window", [Window(0, 10), Window(4, 2), Window(6, 10), Window(20, 10)])
async def test_a_search_that_takes_too_long_goes_on_when_it_is_asked_for_again(account, monkeypatch, window):
    monkeypatch.setattr(people, "PART_ORDINALS", 10)
    await account.write(*(named(number, f"N{number % 9}") for number in range(50)))
    expected = await search(account, window, name="N3")
    monkeypatch.setattr(people, "COUNTING_SECONDS", -1)
    monkeypatch.setattr(people, "FILLING_SECONDS", -1)
    unfinished = Unfinished()
    for seen in range(10, 50, 10):
        if sum(window) >= len(range(3, seen, 9)):
            with pytest.raises(Endless, match=f"{seen} of 50"):
                await search(account, window, unfinished, name="N3")
    hits = await search(account, window, unfinished, name="N3")
    assert hits.ordinals == expected.ordinals
    assert (await search(account, Window(5, 10), unfinished, name="N3")).ordinals == [48]
    assert await search(account, Window(6, 10), unfinished, name="N3") == Hits([], 6)


async def test_a_search_of_another_version_begins_anew(account, monkeypatch):
    monkeypatch.setattr(people, "COUNTING_SECONDS", -1)
    unfinished = Unfinished()
    await account.write(named(0, "Ann"), named(1, "Ann"))
    assert await search(account, ALL, unfinished, name="Ann") == Hits([0, 1], 2)
    assert await search(account, ALL, unfinished, search="b") == Hits([], 0)
    await account.write(named(0, "Bob"))
    assert await search(account, ALL, unfinished, name="Ann") == Hits([1], 1)


async def test_of_long_searches_the_last_are_remembered(account, monkeypatch):
    monkeypatch.setattr(people, "COUNTING_SECONDS", -1)
    unfinished = Unfinished()
    await account.write(named(0, "Ann"))
    for number in range(people.UNFINISHED + 3):
        await search(account, ALL, unfinished, name=f"N{number}")
    assert len(unfinished) == people.UNFINISHED


async def test_nobody_is_found_in_an_empty_directory(account):
    assert await living(account) == {}
    assert await search(account, search="a") == Hits([], 0)
