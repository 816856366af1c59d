import asyncio
import json
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from services.cli.__main__ import gatehouse

ACCOUNT = "1" * 32
TOKEN = "gate_a_b_c"
WHOM = ("--account", ACCOUNT, "--token", TOKEN)
ROOT = Path(__file__).parents[2]
WHY = ("reasons", "explain", "compare", "lint")
CARRYING = ("export-results", "export", "import-archive", "jobs")
VERBS = ("list", "get", "apply", "delete")


@pytest.fixture
def invoke(monkeypatch, tmp_path: Path) -> Callable[[tuple[str, ...]], Result]:
    """The command within this process, for what it refuses before it does anything."""
    for name in ("URL", "ACCOUNT", "TOKEN", "CREDENTIALS"):
        monkeypatch.delenv(f"GATEHOUSE_{name}", raising=False)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    return lambda arguments: CliRunner().invoke(gatehouse, arguments, prog_name="gatehouse")


KEPT = [f"{word} {verb}" for word in ("policies", "groups", "lists") for verb in VERBS]


@pytest.mark.parametrize(
    "command", ["import", "test", "users", "tests", "cancel", *CARRYING, "generate-directory", *KEPT]
)
def test_the_help_of_a_command_has_an_example(invoke, command: str):
    ended = invoke((*command.split(), "--help"))
    assert ended.exit_code == 0
    assert f"Example:\n    gatehouse {command}" in ended.stdout


def test_the_options_of_a_test_are_what_help_shows(invoke):
    shown = invoke(("test", "--help")).stdout.partition("Options:\n")[2].partition("\n\n")[0]
    options = [line.split()[0] for line in shown.splitlines() if line.startswith("  --")]
    assert options == [
        *("--wait", "--json", "--base", "--expect", "--max-lost", "--max-gained", "--local", "--resources"),
        *("--markdown", "--junit", "--sarif", "--url", "--account", "--token", "--credentials"),
    ]


async def test_help_loads_neither_the_client_nor_the_tables(environment):
    program = (
        "import sys; from services.cli.__main__ import gatehouse; "
        "gatehouse(['--help'], standalone_mode=False); "
        "sys.exit(bool({'aiohttp', 'rich', 'asyncio', 'msgspec'} & set(sys.modules)))"
    )
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", program, cwd=ROOT, env=environment, stdout=asyncio.subprocess.DEVNULL
    )
    assert await process.wait() == 0


def test_the_table_of_commands_is_what_help_shows(invoke):
    shown = invoke(("--help",)).stdout.partition("Commands:\n")[2].partition("\n\n")[0]
    assert [line.split()[0] for line in shown.splitlines()] == [
        *("standalone", "import", "test", "users", *WHY, "tests", "cancel", "policies", "groups", "lists"),
        *CARRYING,
        *("generate-directory", "migrate", "account", "token", "client", "login"),
    ]


async def test_a_misspelt_command_gets_a_suggestion(run):
    ended = await run("user")
    assert ended.code == 2
    assert "Did you mean 'users'?" in ended.err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("users", "x"), "no account and no token given"),
        (("users", "x", "--account", ACCOUNT), "set GATEHOUSE_TOKEN"),
        (("users", "x", "--account", "acme", "--token", TOKEN), "`acme` is no account id"),
        (("users", "x", *WHOM, "--url", "localhost:8080"), "`localhost:8080` is no address of a gateway"),
        (("users", "x", *WHOM, "--url", "http://ann:pw@a.example"), "is no address of a gateway"),
        (("users", "x", "--credentials", "/nowhere.json"), "cannot read the credentials in `/nowhere.json`"),
        (("users", "x", *WHOM, "--status", "maybe"), "'maybe' is not one of"),
        (("users", "x", *WHOM, "--page", "0"), "0 is not in the range"),
        (("users", "x", *WHOM, "--per-page", "1001"), "1001 is not in the range"),
        (("import", "/nowhere.csv", *WHOM), "cannot read `/nowhere.csv`: No such file or directory"),
        (("import", "people.xlsx", *WHOM), "the name `people.xlsx` does not tell its format"),
        (("import", "/", "--format", "csv", *WHOM), "cannot read `/`: it is a directory"),
        (("test", "/nowhere.json", *WHOM), "cannot read `/nowhere.json`"),
        (("tests", *WHOM, "--state", "blocked"), "'blocked' is not one of"),
        (("tests", *WHOM, "--limit", "0"), "0 is not in the range"),
        (("cancel", "../x", *WHOM), "`../x` is no id of a test"),
        (("policies", "list"), "no account and no token given"),
        (("policies", "aply"), "Did you mean 'apply'?"),
        (("groups", "apply", "/nowhere.json", *WHOM), "cannot read `/nowhere.json`"),
        (("generate-directory",), "Missing option '-n'"),
        (("generate-directory", "-n", "-1"), "-1 is not in the range"),
    ],
)
def test_what_cannot_be_used_is_told_and_ends_with_two(invoke, arguments: tuple[str, ...], said: str):
    ended = invoke(arguments)
    assert (ended.exit_code, ended.stdout) == (2, "")
    assert said in ended.stderr


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{", "is not JSON"),
        ("[" * 100_000, "is not JSON"),
        ('{"name": "one"}', "neither a list of policies nor an object with `policies`"),
        ("7", "neither a list"),
        (b"\xff\xfe", "is not JSON"),
    ],
)
def test_a_policy_file_must_be_one(invoke, tmp_path: Path, text: str | bytes, said: str):
    file = tmp_path / "p.json"
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    ended = invoke(("test", str(file), *WHOM))
    assert ended.exit_code == 2
    assert said in ended.stderr


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "is not JSON"),
        ("{", "is not JSON"),
        ("[" * 100_000, "is not JSON"),
        ('{"name": "a", "name": "b"}', "the key `name` stands twice in one object"),
        ("[NaN]", "holds no list of policies"),
        ('[{"name": "\\ud800", "decision": "allow", "include": []}]', "JSON is malformed"),
        ('{"groups": []}', "holds more than `policies`, or other things"),
        ('{"policies": [], "groups": []}', "holds more than `policies`, or other things"),
        ('{"policies": {}}', "holds no list of policies"),
        ("7", "expected `object`, got `int"),
        ('[{"decision": "allow", "include": []}]', "/0: object missing required field `name"),
        ('{"policies": [{"name": ""}]}', "/policies/0/name: expected `str` of length >= 1"),
        ('[{"name": "A", "decision": "allow", "include": ["everyone"]}]', "/0/include/0: expected `object`"),
        ('[{"name": "\\u001b[8m"}, 1]', "/1: expected `object`, got `int"),
        (json.dumps(["A"] * 1000), "and 980 more"),
    ],
)
def test_a_file_to_apply_must_be_one(invoke, tmp_path: Path, text: str, said: str):
    file = tmp_path / "p.json"
    file.write_text(text)
    ended = invoke(("policies", "apply", str(file), *WHOM))
    assert (ended.exit_code, ended.stdout) == (2, "")
    assert said in ended.stderr


async def test_a_token_is_not_repeated_when_it_is_wrong(run):
    ended = await run("users", "x", "--account", ACCOUNT, "--token", "sec\nret")
    assert ended.code == 2
    assert "the token holds characters that no token has" in ended.err
    assert "sec" not in ended.err.replace("set ", "")


async def test_a_gateway_that_is_away_ends_with_three(run):
    ended = await run("users", "x", *WHOM, "--url", "http://127.0.0.1:1")
    assert (ended.code, ended.out) == (3, "")
    assert ended.err == "Error: cannot reach the gateway at `http://127.0.0.1:1`: connection refused\n"


class TestCredentials:
    async def test_of_the_standalone_are_found(self, run, tmp_path: Path):
        self.written(tmp_path / "gatehouse" / "credentials.json")
        ended = await run("users", "x", XDG_DATA_HOME=str(tmp_path))
        assert "cannot reach the gateway at `http://127.0.0.1:1`" in ended.err

    async def test_that_nobody_named_are_not_sent_to_another_gateway(self, run, tmp_path: Path):
        self.written(tmp_path / "gatehouse" / "credentials.json")
        ended = await run("users", "x", "--url", "http://127.0.0.1:2", XDG_DATA_HOME=str(tmp_path))
        assert ended.code == 2
        assert "no account and no token given" in ended.err

    async def test_that_are_named_may_be(self, run, tmp_path: Path):
        file = self.written(tmp_path / "credentials.json")
        ended = await run("users", "x", "--url", "http://127.0.0.1:2", "--credentials", file)
        assert "cannot reach the gateway at `http://127.0.0.1:2`" in ended.err

    async def test_that_are_broken_are_not_shown(self, run, tmp_path: Path):
        file = tmp_path / "credentials.json"
        file.write_text('{"token": "gate_secret"}')
        ended = await run("users", "x", "--credentials", str(file))
        assert ended.code == 2
        assert "holds no credentials" in ended.err
        assert "gate_secret" not in ended.err

    @staticmethod
    def written(file: Path) -> str:
        file.parent.mkdir(exist_ok=True)
        file.write_text(json.dumps({"url": "http://127.0.0.1:1", "account_id": ACCOUNT, "token": TOKEN}))
        return str(file)
