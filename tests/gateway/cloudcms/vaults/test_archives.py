"""Archives as clients find, read, download and delete them."""

import base64
import hashlib

import pytest

from tests.gateway.cloudcms.vaults.shelf import ALL, coordinates, made


async def test_an_archive_is_read_as_it_was_uploaded(shelf):
    data = made()
    archive_id = await shelf.uploaded(data, title="Ours", published="true")
    read = (await shelf.get(f"/{archive_id}")).body
    told = {name: read[name] for name in ("_doc", "group", "artifact", "version", "type", "length")}
    assert told == {"_doc": archive_id, **coordinates(), "type": "export", "length": len(data)}
    assert (read["title"], read["published"], read["contentType"]) == ("Ours", True, "application/zip")
    assert read["sha256"] == hashlib.sha256(data).hexdigest()
    assert read["_system"]["created_by"] == "test"
    assert "description" not in read


async def test_a_download_is_the_very_bytes_and_says_what_they_are(shelf):
    data = made(documents=3000)
    archive_id = await shelf.uploaded(data)
    status, headers, body = await shelf.download(f"/{archive_id}/download")
    assert (status, body) == (200, data)
    assert headers["Content-Type"] == "application/zip"
    assert headers["Content-Length"] == str(len(data))
    assert headers["Content-Disposition"] == 'attachment; filename="acme-access-1.zip"'
    assert headers["X-Content-Type-Options"] == "nosniff"
    digest = base64.b64encode(hashlib.sha256(data).digest()).decode()
    assert headers["Repr-Digest"] == f"sha-256=:{digest}:"


@pytest.mark.parametrize("names", [("group", "artifact", "version"), ("groupId", "artifactId", "versionId")])
async def test_an_archive_is_found_by_its_coordinates_in_either_words(shelf, names):
    archive_id = await shelf.uploaded(made())
    where = dict(zip(names, coordinates().values(), strict=True))
    assert (await shelf.get("/lookup", **where)).body["_doc"] == archive_id
    assert (await shelf.download("/download", **where))[2] == made()
    where[names[2]] = "2"
    answer = await shelf.get("/lookup", **where)
    assert (answer.status, answer.body["message"]) == (404, "archive `acme-access-2.zip` does not exist")


async def test_a_look_up_of_half_a_name_says_what_is_missing(shelf):
    answer = await shelf.get("/lookup", group="acme")
    assert answer.status == 400
    assert "`artifact`, `version`" in answer.body["message"]


async def test_archives_are_listed_sorted_cut_and_found_by_a_query(shelf):
    for version in "231":
        await shelf.uploaded(made(version))
    assert [row["version"] for row in await shelf.rows()] == ["2", "3", "1"]
    assert [row["version"] for row in await shelf.rows(sort='{"version":-1}', limit="2")] == ["3", "2"]
    assert [row["version"] for row in await shelf.rows(skip="2")] == ["1"]
    assert [row["version"] for row in await shelf.query({"version": {"$in": ["1", "3"]}})] == ["3", "1"]
    assert await shelf.query({"group": "other"}) == []
    assert (await shelf.get(limit="1")).body["total_rows"] == 3


async def test_one_of_the_same_name_takes_the_place_of_the_older(shelf):
    older = await shelf.uploaded(made())
    newer = await shelf.uploaded(made(documents=2))
    assert [row["_doc"] for row in await shelf.rows()] == [newer]
    assert (await shelf.get(f"/{older}")).status == 404
    assert (await shelf.download("/download", **coordinates()))[2] == made(documents=2)


@pytest.mark.parametrize(("method", "path"), [("DELETE", ""), ("POST", "/delete")])
async def test_what_is_deleted_is_gone(shelf, method, path):
    archive_id = await shelf.uploaded(made())
    answer = await shelf.client.call(method, f"{ALL}/{archive_id}{path}")
    assert (answer.status, answer.body) == (200, {"ok": True})
    assert await shelf.rows() == []
    for ending in ("", "/download"):
        assert (await shelf.get(f"/{archive_id}{ending}")).status == 404
    assert (await shelf.delete(archive_id)).status == 404


@pytest.mark.parametrize("given", ["x", "00000000-0000-4000-8000-000000000000", "%00", "%F0%9F%98%80"])
async def test_what_is_no_archive_is_not_there(shelf, given):
    assert (await shelf.get(f"/{given}")).status == 404


async def test_archives_of_another_account_are_not_there(shelf, client):
    archive_id = await shelf.uploaded(made())
    for path in (f"/{archive_id}", f"/{archive_id}/download"):
        assert (await client.call("GET", ALL + path)).status == 404
    assert (await client.call("DELETE", f"{ALL}/{archive_id}")).status == 404
    assert (await client.call("GET", f"{ALL}/lookup", params=coordinates())).status == 404
    assert (await client.call("GET", ALL)).body["rows"] == []
    assert (await shelf.get(f"/{archive_id}")).status == 200


async def test_who_uploads_and_deletes_is_written_down(shelf):
    archive_id = await shelf.uploaded(made())
    await shelf.delete(archive_id)
    log = await shelf.client.call("GET", "{a}/audit-log", params={"kind": "archive"})
    entries = [(entry["action"], entry["subject_id"], entry["document"]["version"]) for entry in log.result]
    assert entries == [("delete", archive_id, "1"), ("create", archive_id, "1")]


async def test_an_archive_that_takes_the_place_of_another_is_a_change(shelf):
    first = await shelf.uploaded(made())
    second = await shelf.uploaded(made(documents=2))
    log = await shelf.client.call("GET", "{a}/audit-log", params={"kind": "archive"})
    assert [(entry["action"], entry["subject_id"]) for entry in log.result] == [
        ("update", second),
        ("create", first),
    ]
    assert [entry["before_digest"] is None for entry in log.result] == [False, True]
    assert [row["_doc"] for row in await shelf.rows()] == [second]
