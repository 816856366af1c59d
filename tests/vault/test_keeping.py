import asyncio
import os

import pytest
from msgspec.structs import replace

from shared.vault.errors import Full, Lost, Unreachable
from shared.vault.vault import Vault
from tests.vault.keeping import MIB, heading, stream


@pytest.mark.parametrize("length", [0, 1, MIB, 9 * MIB + 7])
async def test_what_is_kept_is_what_is_read(keeper, length):
    data = os.urandom(length)
    kept = await keeper.keep(data)
    assert await keeper.data(kept) == data
    assert await keeper.vault.get(keeper.account, kept.id) == kept
    assert await keeper.vault.find(keeper.account, heading().coordinates) == kept
    with await keeper.vault.spool(keeper.account, kept) as file:
        assert file.read() == data


async def test_bytes_that_come_in_any_pieces_are_the_same_archive(keeper):
    pieces = [os.urandom(size) for size in (1, MIB, 3 * MIB + 1, 0, 17)]
    kept = await keeper.vault.keep(keeper.account, heading(), stream(pieces), "Ann")
    assert await keeper.data(kept) == b"".join(pieces)


async def test_nothing_of_an_archive_is_seen_before_all_of_it_is_there(keeper):
    older, seen = await keeper.keep(b"older"), []

    async def pieces():
        for _ in range(6):
            yield os.urandom(MIB)
            seen.append(await keeper.vault.every(keeper.account))

    newer = await keeper.vault.keep(keeper.account, heading(), pieces(), "Ann")
    assert seen == [[older]] * 6
    assert await keeper.vault.every(keeper.account) == [newer]


async def test_who_reads_what_is_replaced_may_read_it_to_its_end(keeper):
    data = os.urandom(9 * MIB)
    older = await keeper.keep(data)
    reading = keeper.vault.read(keeper.account, older)
    first = await anext(reading)
    await keeper.keep(b"newer")
    await keeper.vault.sweep()
    assert first + b"".join([piece async for piece in reading]) == data


async def test_bytes_of_what_was_replaced_or_dropped_are_swept(keeper):
    await keeper.keep(os.urandom(6 * MIB), "1")
    await keeper.keep(b"again", "1")
    other = await keeper.keep(b"other", "2")
    assert await keeper.vault.drop(keeper.account, other.id)
    assert not await keeper.vault.drop(keeper.account, other.id)
    await keeper.swept()
    assert (await keeper.parcels(), await keeper.pieces()) == (1, 1)


async def test_an_end_that_cannot_be_made_leaves_nothing(keeper):
    older = await keeper.keep(b"older")

    async def ending(_, archive, replaced):
        assert archive.length == 5 * MIB
        assert replaced == older
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await keeper.keep(os.urandom(5 * MIB), ending=ending)
    assert await keeper.vault.every(keeper.account) == [older]
    assert await keeper.data(older) == b"older"
    await keeper.swept()
    assert (await keeper.parcels(), await keeper.pieces()) == (1, 1)


async def test_pieces_that_break_off_leave_nothing(keeper):
    async def pieces():
        yield os.urandom(5 * MIB)
        raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        await keeper.vault.keep(keeper.account, heading(), pieces(), "Ann")
    assert await keeper.vault.every(keeper.account) == []
    await keeper.swept()
    assert (await keeper.parcels(), await keeper.pieces()) == (0, 0)


async def test_an_archive_that_is_made_slowly_keeps_its_lease(keeper):
    async def pieces():
        for _ in range(3):
            yield os.urandom(5 * MIB)
            await asyncio.sleep(0.6)  # the lease is a second
            await keeper.vault.sweep()

    kept = await keeper.vault.keep(keeper.account, heading(), pieces(), "Ann")
    assert len(await keeper.data(kept)) == 15 * MIB


async def test_an_archive_whose_lease_ended_is_lost_and_whatever_arrives_late_is_swept(keeper):
    async def pieces():
        yield os.urandom(5 * MIB)
        await keeper.value("UPDATE parcel SET lease_until = now() WHERE account_id = $1")
        await keeper.vault.sweep()
        yield os.urandom(5 * MIB)

    with pytest.raises(Lost):
        await keeper.vault.keep(keeper.account, heading(), pieces(), "Ann")
    assert await keeper.vault.every(keeper.account) == []
    await keeper.swept()
    assert (await keeper.parcels(), await keeper.pieces()) == (0, 0)


async def test_archives_of_an_account_that_is_gone_are_swept(keeper):
    await keeper.keep(os.urandom(5 * MIB))
    await keeper.value("DELETE FROM account WHERE account_id = $1")
    await keeper.swept()
    assert (await keeper.parcels(), await keeper.pieces()) == (0, 0)


async def test_an_account_keeps_no_more_than_it_may(keeper):
    await keeper.keep(os.urandom(40 * MIB), "1")
    with pytest.raises(Full, match="at most 67108864 bytes"):
        await keeper.keep(os.urandom(25 * MIB), "2")
    replaced = await keeper.keep(os.urandom(60 * MIB), "1")
    assert await keeper.vault.every(keeper.account) == [replaced]
    await keeper.swept()
    assert await keeper.parcels() == 1


async def test_files_of_results_leave_archives_their_room(keeper):
    async def kept(mebibytes, version, kind):
        data = stream([os.urandom(mebibytes * MIB)])
        return await keeper.vault.keep(keeper.account, heading(version, kind), data, "Ann")

    await kept(40, "1", "results")
    await kept(40, "2", "export")
    with pytest.raises(Full, match=r"files of results take at most .* remove a policy test first"):
        await kept(25, "3", "results")
    with pytest.raises(Full, match=r"archives take at most .* delete one first"):
        await kept(25, "3", "export")


async def test_two_at_a_time_keep_no_more_than_they_may(keeper):
    both = (keeper.keep(os.urandom(40 * MIB), version) for version in "12")
    kept = await asyncio.gather(*both, return_exceptions=True)
    assert sorted(type(each).__name__ for each in kept) == ["Archive", "Full"]


async def test_of_two_with_the_same_coordinates_the_last_to_end_stays(keeper):
    kept = await asyncio.gather(*(keeper.keep(os.urandom(3 * MIB)) for _ in range(4)))
    (last,) = await keeper.vault.every(keeper.account)
    assert last in kept
    assert len(await keeper.data(last)) == 3 * MIB


async def test_bytes_that_are_gone_or_are_others_are_not_passed_off_as_the_archive(keeper):
    kept = await keeper.keep(os.urandom(5 * MIB))
    with pytest.raises(Unreachable, match="its digest is another"):
        await keeper.data(replace(kept, digest=bytes(32)))
    with pytest.raises(Unreachable, match="is no longer where it was kept"):
        await keeper.data(replace(kept, length=6 * MIB))


async def test_what_was_kept_stays_where_it_is_when_new_archives_go_elsewhere(keeper, settings, tmp_path):
    kept = await keeper.keep(b"before")
    moved = Vault(replace(settings, archives_url=f"file://{tmp_path}/elsewhere"), keeper.connections)
    other = await moved.keep(keeper.account, heading("2"), stream([b"after"]), "Ann")
    assert b"".join([piece async for piece in moved.read(keeper.account, kept)]) == b"before"
    assert [kept.place, other.place] == [keeper.url, f"file://{tmp_path}/elsewhere"]
