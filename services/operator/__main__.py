"""The operator's command table; `gatehouse migrate`, `account`, `token`, `client`, `login` end up here."""

import click

from services.operator.account import account
from services.operator.client import client
from services.operator.login import login
from services.operator.migrate import migrate
from services.operator.token import token


@click.group(
    context_settings={"help_option_names": ["-h", "--help"]},
    commands=[migrate, account, token, client, login],
)
def operator() -> None:
    """Look after Gatehouse's database, which DATABASE_URL names."""


def main() -> None:
    """Run one command and end the process with its exit code."""
    operator(prog_name="gatehouse")


if __name__ == "__main__":
    main()
