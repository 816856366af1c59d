import asyncio
import os
import pty
import signal

STARTED = {"success": True, "result": {"id": "t1", "status": "processing"}}
HALF = {"id": "t1", "status": "processing", "total_users": 8000, "percent_users_processed": 50}


async def test_ctrl_c_leaves_the_test_running_and_says_where_it_is(begin, odd, policies):
    odd.says(STARTED, {"success": True, "result": HALF})
    process = await begin("test", policies)
    await odd.was_asked(3)
    process.send_signal(signal.SIGINT)
    out, err = await process.communicate()
    assert (process.returncode, out) == (130, b"")
    assert err.decode().startswith("test t1 goes on in the gateway; its users so far: gatehouse users t1;")


async def test_ctrl_c_leaves_the_import_running(begin, odd):
    odd.says(STARTED)
    process = await begin("import", "-")
    process.stdin.close()
    await odd.was_asked(3)
    process.send_signal(signal.SIGINT)
    _, err = await process.communicate()
    assert process.returncode == 130
    assert "import t1 goes on in the gateway" in err.decode()


async def test_ctrl_c_leaves_an_export_running_and_says_how_to_end_it(begin, odd, tmp_path):
    odd.says({"success": True, "result": []}, {"_doc": "j1", "state": "RUNNING"})
    process = await begin("export", str(tmp_path / "all.zip"))
    await odd.was_asked(4)
    process.send_signal(signal.SIGINT)
    out, err = await process.communicate()
    assert (process.returncode, out) == (130, b"")
    assert err.decode() == "job j1 goes on in the gateway: gatehouse jobs j1; --kill ends it\n"


async def test_a_gateway_that_goes_away_while_an_export_runs_leaves_it_running(begin, odd, tmp_path):
    odd.says({"success": True, "result": []}, {"_doc": "j1", "state": "RUNNING"})
    odd.says({"message": "a fault of the service"}, status=500)
    process = await begin("export", str(tmp_path / "all.zip"))
    _, err = await process.communicate()
    assert process.returncode == 3
    assert err.decode() == (
        "Error: a fault of the service\njob j1 goes on in the gateway: gatehouse jobs j1; --kill ends it\n"
    )


async def test_ctrl_c_while_a_pipe_says_nothing_ends_at_once(begin, odd):
    process = await begin("import", "-")
    process.stdin.write(b'{"email": "a@a.example"}\n')
    await odd.was_asked(1)
    process.send_signal(signal.SIGINT)
    assert await asyncio.wait_for(process.wait(), 10) == 130


async def test_a_refusal_is_heard_while_a_pipe_is_still_open(begin, odd):
    odd.says({"errors": [{"message": "no such token"}]}, status=401)
    odd.hasty = True
    process = await begin("import", "-")
    process.stdin.write(b'{"email": "a@a.example"}\n')
    assert await asyncio.wait_for(process.wait(), 10) == 3
    assert b"no such token" in await process.stderr.read()
    process.stdin.close()


async def test_progress_shows_on_a_terminal_alone(begin, odd, policies):
    odd.says(STARTED, *[{"success": True, "result": HALF}] * 5)
    odd.says({"success": True, "result": {**HALF, "status": "complete", "percent_users_processed": 100}})
    odd.says({"success": True, "result": []})
    ours, theirs = pty.openpty()
    process = await begin("test", policies, err=theirs)
    os.close(theirs)
    out, _ = await process.communicate()
    shown = os.read(ours, 1 << 16).decode()
    os.close(ours)
    assert "50%" in shown
    assert "8,000 users" in shown
    assert b"\x1b" not in out


async def test_ctrl_c_while_a_file_is_applied_says_how_far_it_went(begin, odd, tmp_path):
    file = tmp_path / "lists.json"
    file.write_text('[{"name": "A", "type": "IP"}, {"name": "B", "type": "IP"}]')
    made = {"id": "l1", "name": "A", "updated_at": "2026-01-02T03:04:05Z"}
    odd.says({"success": True, "result": []}, {"success": True, "result": made})
    odd.says({"success": False}, status=503, Retry_After="30")
    process = await begin("lists", "apply", str(file))
    await odd.was_asked(3)
    process.send_signal(signal.SIGINT)
    out, err = await process.communicate()
    assert (process.returncode, out) == (130, b"created    l1  A\n")
    assert err == b"so far: 1 created, 0 updated, 0 unchanged; the file can be applied again\n"
