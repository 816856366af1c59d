"""Every way in which the official Python client says who it is, from arguments and from its environment."""

import cloudflare
import pytest
from cloudflare import BadRequestError

from tests.clients.conftest import Vendor, connected
from tests.stack import Client

EMAIL = "ann@acme.example"


def from_environment(client: Client, monkeypatch: pytest.MonkeyPatch, **variables: str) -> Vendor:
    variables |= {"base_url": f"{client.url}/client/v4"}
    for name, value in variables.items():
        monkeypatch.setenv(f"CLOUDFLARE_{name.upper()}", value)
    return Vendor(cloudflare.Cloudflare(max_retries=0), client.account)


def refusal(vendor: Vendor) -> str:
    """The message of the refusal that every call of this client ends in."""
    with vendor, pytest.raises(BadRequestError) as raised:
        vendor.policies.list(**vendor.where)
    (error,) = raised.value.errors
    assert error.code == 9106
    assert error.message
    assert error.message in str(raised.value)
    return error.message


def test_a_token_lets_in(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    with from_environment(client, monkeypatch, api_token=client.token) as vendor:
        assert list(vendor.policies.list(**vendor.where)) == []


def test_an_address_with_a_key_lets_in(client: Client) -> None:
    with connected(client, api_token=None, api_email=EMAIL, api_key=client.token) as vendor:
        assert list(vendor.users.list(**vendor.where)) == []


def test_an_address_with_a_key_lets_in_from_the_environment(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    with from_environment(client, monkeypatch, email=EMAIL, api_key=client.token) as vendor:
        assert list(vendor.groups.list(**vendor.where)) == []


def test_an_address_in_the_environment_takes_the_tokens_place_and_is_told(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    vendor = from_environment(client, monkeypatch, api_token=client.token, email=EMAIL)
    message = refusal(vendor)
    assert "CLOUDFLARE_EMAIL" in message
    assert "drops its API token" in message


def test_a_key_in_the_environment_takes_the_tokens_place_and_is_told(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    vendor = from_environment(client, monkeypatch, api_token=client.token, api_key="0" * 37)
    assert "CLOUDFLARE_API_KEY" in refusal(vendor)


def test_a_vendors_key_is_told_from_ours(client: Client) -> None:
    message = refusal(connected(client, api_token=None, api_email=EMAIL, api_key="0" * 37))
    assert "no token of Gatehouse" in message


def test_a_service_key_is_told_what_to_use(client: Client) -> None:
    message = refusal(connected(client, api_token=None, user_service_key="v1.0-" + "0" * 32))
    assert "Authorization: Bearer" in message


@pytest.mark.parametrize("missing", ["api_email", "api_key"])
def test_half_a_pair_is_told_what_is_missing(client: Client, missing: str) -> None:
    pair = {"api_email": EMAIL, "api_key": client.token, missing: None}
    header = {"api_email": "X-Auth-Email", "api_key": "X-Auth-Key"}[missing]
    assert f"Missing {header}" in refusal(connected(client, api_token=None, **pair))
