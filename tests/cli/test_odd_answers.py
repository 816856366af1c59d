"""What gateways seldom say: refusals, pleas to wait, words of proxies, hostile names."""

import json

import pytest

STARTED = {"success": True, "result": {"id": "t1", "status": "success"}}
ROW = {"id": "1", "email": "a@a.example\x1b[8m", "name": "\x1b]0;owned\x07", "status": "approved"}


def ended(**fields: object) -> dict:
    return {"success": True, "result": {"id": "t1", "status": "complete", **fields}}


def failure(message: str, pointer: str | None = None) -> dict:
    fault = {"code": 12130, "message": message, "source": {"pointer": pointer}}
    return {"success": False, "errors": [fault, fault], "messages": [], "result": None}


async def test_a_refused_policy_is_told_with_its_place(ask, odd, policies):
    odd.says(failure("`x` is no network", "/policies/0/include/2/ip/ip"), status=400)
    told = await ask("test", policies)
    assert (told.code, told.out) == (2, "")
    assert told.err.count("/policies/0/include/2/ip/ip: `x` is no network\n") == 2


@pytest.mark.parametrize(("status", "code"), [(400, 2), (404, 2), (413, 2), (401, 3), (403, 3), (500, 3)])
async def test_a_failure_says_who_can_put_it_right(ask, odd, status: int, code: int):
    odd.says(failure("no such thing"), status=status)
    told = await ask("users", "t1")
    assert told.code == code
    assert "no such thing" in told.err


async def test_a_busy_gateway_is_asked_again(ask, odd, policies):
    odd.says(failure("busy"), failure("busy"), status=503, Retry_After="0")
    odd.says(STARTED)
    told = await ask("test", policies, "--no-wait")
    assert (told.code, told.out) == (0, "t1\n")
    assert len({request.headers["Idempotency-Key"] for request in odd.asked}) == 1


async def test_a_pipe_is_not_sent_twice(ask, odd):
    odd.says(failure("busy"), status=503, Retry_After="0")
    told = await ask("import", "-", stdin=b'{"email": "a@a.example"}\n')
    assert (told.code, len(odd.asked)) == (3, 1)


async def test_a_file_is_sent_again_from_its_start(ask, odd, tmp_path):
    file = tmp_path / "people.csv"
    file.write_text("email\na@a.example\n")
    odd.says(failure("busy"), status=429, Retry_After="0")
    odd.says({"success": True, "result": {"id": "i1", "status": "processing"}})
    told = await ask("import", str(file), "--no-wait")
    assert (told.code, told.out) == (0, "i1\n")
    assert [await request.read() for request in odd.asked] == [file.read_bytes()] * 2
    assert odd.asked[0].headers["Content-Type"] == "text/csv"


async def test_the_words_of_a_proxy_are_no_answer(ask, odd):
    odd.says("<html>")
    told = await ask("users", "t1")
    assert told.code == 3
    assert "the answer is not that of a gateway" in told.err


async def test_a_token_does_not_follow_a_redirect(ask, odd):
    odd.says({}, status=302, Location=f"{odd.url}/elsewhere")
    told = await ask("users", "t1")
    assert (told.code, len(odd.asked)) == (3, 1)
    assert "the gateway answered 302" in told.err


async def test_a_gateway_that_goes_away_for_a_moment_is_waited_for(ask, odd, policies):
    odd.says(STARTED)
    odd.drops()
    odd.says(ended(), {"success": True, "result": []})
    assert (await ask("test", policies)).code == 0


@pytest.mark.parametrize(("status", "code"), [("complete", 0), ("exceeded time", 4), ("blocked", 3)])
async def test_the_exit_code_tells_how_a_test_ended(ask, odd, policies, status: str, code: int):
    odd.says(STARTED, ended(status=status, failure="chunk 3 failed"), {"success": True, "result": []})
    told = await ask("test", policies)
    assert told.code == code
    assert f"test t1 {status}" in told.out
    assert ("chunk 3 failed" in told.err) == (code == 3)


async def test_a_failed_import_ends_with_three(ask, odd):
    odd.says({"success": True, "result": {"id": "i1", "status": "processing"}})
    odd.says({"success": True, "result": {"id": "i1", "status": "failed", "failure": "too large"}})
    told = await ask("import", "-", stdin=b"{}")
    assert told.code == 3
    assert "too large" in told.err


@pytest.mark.parametrize(("strict", "code"), [((), 0), (("--strict",), 1)])
async def test_rejected_rows_are_a_failure_only_when_strict(ask, odd, strict: tuple[str, ...], code: int):
    rejected = [{"line": 3, "message": "`x` is no e-mail address"}]
    state = {"id": "i1", "status": "complete", "rows_read": 9, "rows_rejected": 2, "errors": rejected}
    odd.says({"success": True, "result": {"id": "i1", "status": "processing"}})
    odd.says({"success": True, "result": state})
    told = await ask("import", "-", *strict, stdin=b"{}")
    assert told.code == code
    assert "line 3: `x` is no e-mail address\nand 1 more\n" in told.out


async def test_names_of_users_cannot_move_the_cursor(ask, odd):
    odd.says({"success": True, "result": [ROW]})
    told = await ask("users", "t1")
    assert r"a@a.example\x1b[8m" in told.out
    assert "\x1b" not in told.out


async def test_json_is_the_answer_as_it_came(ask, odd):
    odd.says({"success": True, "result": [ROW], "novelty": 1})
    told = await ask("users", "t1", "--json")
    assert json.loads(told.out) == {"success": True, "result": [ROW], "novelty": 1}


async def test_all_pages_come_as_one_user_a_line(ask, odd):
    odd.says({"success": True, "result": [ROW, ROW]}, {"success": True, "result": [ROW]})
    told = await ask("users", "t1", "--all", "--json", "--per-page", "2", "--status", "blocked")
    assert [json.loads(line) for line in told.out.splitlines()] == [ROW] * 3
    assert [dict(request.query) for request in odd.asked] == [
        {"page": "1", "per_page": "2", "status": "fail"},
        {"page": "2", "per_page": "2", "status": "fail"},
    ]


@pytest.mark.parametrize("text", ['{"policies":[{"x":1.0}]}', '[{"x":1.0}]', '\ufeff[{"x":1.0}]'])
async def test_policies_are_sent_as_they_were_written(ask, odd, text: str):
    odd.says(STARTED)
    told = await ask("test", "-", "--no-wait", "--json", stdin=text.encode())
    assert json.loads(told.out) == {"id": "t1"}
    assert await odd.asked[0].read() == b'{"policies":[{"x":1.0}]}'
