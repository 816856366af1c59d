"""The command table of `gatehouse`."""

import io
import sys

import click

from services.cli.lazy import Entry, LazyGroup, version

TABLE = {
    "standalone": Entry("services.cli.handover", "standalone", "Run all of Gatehouse on this machine."),
    "import": Entry("services.cli.import_file", "command", "Import users from a file."),
    "test": Entry("services.cli.policy_test", "command", "Test policies against every user."),
    "users": Entry("services.cli.users", "command", "List who got which verdict in a test."),
    "reasons": Entry("services.cli.reasons", "command", "Show why users have their verdicts."),
    "explain": Entry("services.cli.explain", "command", "Explain one user's verdict."),
    "compare": Entry("services.cli.compare", "command", "Show for whom a test says something else."),
    "lint": Entry("services.cli.lint", "command", "Look for what is wrong in policies."),
    "tests": Entry("services.cli.tests", "command", "List the tests, the newest first."),
    "cancel": Entry("services.cli.cancel", "command", "Cancel a test that runs; --remove removes it."),
    "policies": Entry("services.cli.resources", "policies", "List, get, apply, delete reusable policies."),
    "groups": Entry("services.cli.resources", "groups", "List, get, apply, delete rule groups."),
    "lists": Entry("services.cli.resources", "lists", "List, get, apply, delete lists."),
    "export-results": Entry(
        "services.cli.export_results", "command", "Write who got which verdict to a file."
    ),
    "export": Entry("services.cli.export", "command", "Export policies and what belongs to them."),
    "import-archive": Entry("services.cli.import_archive", "command", "Import what `export` has written."),
    "jobs": Entry("services.cli.jobs", "command", "List exports and imports; --kill ends one."),
    "generate-directory": Entry("services.cli.generate_directory", "command", "Write a made-up directory."),
    "migrate": Entry("services.cli.handover", "migrate", "Bring the database up to date."),
    "account": Entry("services.cli.handover", "account", "Create accounts."),
    "token": Entry("services.cli.handover", "token", "Create and revoke API tokens."),
    "client": Entry("services.cli.handover", "client", "Create and revoke OAuth clients."),
    "login": Entry("services.cli.handover", "login", "Create logins, change passwords, disable."),
}

gatehouse = LazyGroup(
    TABLE,
    name="gatehouse",
    help="Who gets in, who is locked out, who cannot be decided: before a policy ships.",
    epilog="Example: gatehouse standalone, and in another terminal gatehouse test policies.json",
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110},
)
gatehouse = click.version_option(version(), prog_name="gatehouse")(gatehouse)


def main() -> None:
    """Run one command and end the process with its exit code."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # a name must not end the listing of names
    gatehouse(prog_name="gatehouse")


if __name__ == "__main__":
    main()
