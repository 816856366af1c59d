"""Uploads: taken in every form that clients have, refused with a reason, and never half."""

import asyncio

import pytest

from shared.wire.tokens import SCOPES
from tests.gateway.cloudcms.vaults.shelf import ALL, ZIP, Shelf, form, made
from tests.gateway.sockets import head
from tests.stack import QUICK, Service
from tests.wire.archive.test_hostile import CASES


async def test_an_answer_suits_either_kind_of_clients(shelf):
    body = (await shelf.upload(made())).body
    assert body["ok"] is True
    assert body["rows"] == [(await shelf.get(f"/{body['_doc']}")).body]


async def test_a_form_with_the_archive_as_a_part_will_do(shelf):
    body = (await shelf.client.call("POST", ALL, data=form("archive", made()))).body
    assert [row["_doc"] for row in await shelf.rows()] == [body["_doc"]]
    assert (await shelf.download(f"/{body['_doc']}/download"))[2] == made()


@pytest.mark.parametrize(
    ("kind", "data", "said"),
    [
        ("multipart/form-data", b"x", "the form cannot be read"),
        ("multipart/form-data; boundary=b", b"x", "the form"),
        ("multipart/form-data; boundary=b", b"--b--\r\n", "no part `archive`"),
        ("multipart/mixed; boundary=b", b"--b\r\n\r\nx\r\n--b--\r\n", "no part `archive`"),
        (
            "multipart/form-data; boundary=b",
            b"--b\r\nContent-Disposition: form-data; name=archive\r\n\r\nx",
            "the",
        ),
    ],
)
async def test_a_form_that_is_none_is_refused(shelf, kind, data, said):
    answer = await shelf.client.call("POST", ALL, data=data, headers={"Content-Type": kind})
    assert answer.status == 400
    assert said in answer.body["message"]
    assert await shelf.rows() == []


async def test_a_form_without_the_part_is_refused(shelf):
    answer = await shelf.client.call("POST", ALL, data=form("other", made()))
    assert (answer.status, answer.body["message"]) == (400, "the form has no part `archive` with an archive")


@pytest.mark.parametrize("name", CASES)
async def test_a_hostile_archive_is_refused_with_its_reason_unless_it_shows_later(shelf, name):
    make, reason = CASES[name]
    answer = await shelf.upload(make())
    if answer.status == 200:  # what only a document shows is refused when it is imported
        assert (await shelf.rows())[0]["length"] == len(make())
    else:
        assert answer.status == 400, answer
        assert reason in answer.body["message"]
        assert await shelf.rows() == []


async def test_what_a_client_takes_back_leaves_nothing(shelf, service):
    reader, writer = await asyncio.open_connection(*service.url.removeprefix("http://").split(":"))
    lines = (f"Authorization: Bearer {shelf.client.token}", "Content-Length: 100000")
    writer.write(head("POST", ALL, *lines) + made()[:100])
    await writer.drain()
    writer.close()
    await writer.wait_closed()
    await reader.read()
    assert await shelf.rows() == []


@pytest.fixture
async def small(service, tmp_path):
    """A gateway that keeps few bytes of an account."""
    small = Service(
        service.dsn, service.environment["REDIS_URL"], tmp_path, **QUICK, GATEHOUSE_ARCHIVES_BYTES="2000"
    )
    await small.start(workers=0)
    yield Shelf(await small.tenant(scopes=SCOPES))
    await small.stop()


async def test_an_account_keeps_no_more_bytes_than_it_may(small):
    first, second = made("1", documents=5), made("2", documents=5)
    assert len(first) < 2000 < len(first) + len(second)
    await small.uploaded(first)
    answer = await small.upload(second)
    assert (answer.status, "at most 2000 bytes" in answer.body["message"]) == (409, True)
    await small.uploaded(made("1", documents=4))
    assert [row["version"] for row in await small.rows()] == ["1"]


@pytest.fixture
async def away(service, tmp_path):
    """A gateway whose archives go to a server that is not there."""
    nowhere = {"AWS_ENDPOINT_URL": "http://127.0.0.1:9", "AWS_ALLOW_HTTP": "true", "AWS_ACCESS_KEY_ID": "x"}
    url = {"GATEHOUSE_ARCHIVES_URL": "s3://archives", "AWS_SECRET_ACCESS_KEY": "x", "NO_PROXY": "127.0.0.1"}
    away = Service(service.dsn, service.environment["REDIS_URL"], tmp_path, **QUICK, **nowhere, **url)
    await away.start(workers=0)
    yield Shelf(await away.tenant())
    await away.stop()


async def test_a_place_that_is_away_is_told_and_everything_else_goes_on(away):
    answer = await away.upload(made())
    assert (answer.status, answer.headers["Retry-After"]) == (503, "1")
    assert answer.body["message"] == "the place where archives are kept is not available, try again"
    assert await away.rows() == []
    assert (await away.client.call("GET", "/access/policies")).status == 200


async def test_a_body_may_be_asked_for_first(shelf):
    answer = await shelf.client.call("POST", ALL, data=made(), headers=ZIP, expect100=True)
    assert answer.status == 200
