import ipaddress

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from shared.directory.errors import Refused
from shared.directory.network import parse_address, parse_network

ADDRESSES = {
    "10.1.2.3": bytes([10, 1, 2, 3]),
    " 10.1.2.3\n": bytes([10, 1, 2, 3]),
    "::ffff:10.1.2.3": bytes([10, 1, 2, 3]),
    "::FFFF:0a01:0203": bytes([10, 1, 2, 3]),
    "::10.1.2.3": bytes([0] * 12 + [10, 1, 2, 3]),
    "2002:a01:203::1": bytes.fromhex("20020a01020300000000000000000001"),
    "64:ff9b::a01:203": bytes.fromhex("0064ff9b00000000000000000a010203"),
    "::": bytes(16),
}
MALFORMED = [
    "",
    "10.1.2",
    "10.1",
    "010.1.2.3",
    "10.1.2.256",
    "10.1.2.3/32",
    "10.1.2.3:80",
    "167838211",
    "0xa010203",
]
MALFORMED += [
    "fe80::1%eth0",
    "fe80::1%",
    "[::1]",
    ":::1",
    "1::2::3",
    "nowhere",
    "10.1.2.3 10.1.2.4",
    "\u0661\u0660.1.2.3",
]


@pytest.mark.parametrize("text", ADDRESSES)
def test_addresses_become_bytes_and_mapped_ones_ipv4(text):
    assert parse_address(text) == ADDRESSES[text]


@pytest.mark.parametrize("text", MALFORMED)
def test_what_is_no_address_is_none(text):
    assert parse_address(text) is None


NETWORKS = {
    "10.0.0.0/8": ("10.0.0.0", "10.255.255.255"),
    "10.1.2.3": ("10.1.2.3", "10.1.2.3"),
    "0.0.0.0/0": ("0.0.0.0", "255.255.255.255"),
    "::ffff:10.0.0.0/104": ("10.0.0.0", "10.255.255.255"),
    "::ffff:0:0/96": ("0.0.0.0", "255.255.255.255"),
    "::/0": ("::", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"),
    "2001:db8::/32": ("2001:db8::", "2001:db8:ffff:ffff:ffff:ffff:ffff:ffff"),
}


@pytest.mark.parametrize("text", NETWORKS)
def test_a_network_is_a_range(text):
    assert parse_network(text) == tuple(ipaddress.ip_address(end).packed for end in NETWORKS[text])


@pytest.mark.parametrize(
    "text", ["", "10.0.0.1/8", "10.0.0.0/33", "::1/64", "fe80::1%eth0", "::/80", "010.0.0.0/8"]
)
def test_a_network_that_is_none_is_refused(text):
    with pytest.raises(Refused):
        parse_network(text)


def test_host_bits_are_refused_with_what_was_meant():
    with pytest.raises(Refused, match=r"did you mean `10\.0\.0\.0/8`"):
        parse_network("10.1.2.3/8")


V4 = st.ip_addresses(v=4)


@given(V4, V4, st.integers(0, 32))
def test_an_address_is_in_a_network_when_its_bytes_are_in_the_range(address, base, prefix):
    network = ipaddress.ip_network((base, prefix), strict=False)
    first, last = parse_network(str(network))
    assert (first <= parse_address(str(address)) <= last) == (address in network)
    assert parse_network(f"::ffff:{network.network_address}/{96 + prefix}") == (first, last)


@given(st.ip_addresses(), st.integers(0, 128))
def test_a_network_is_from_its_first_address_to_its_last(base, prefix):
    assume(not base.packed.startswith(bytes(10)))
    network = ipaddress.ip_network((base, min(prefix, base.max_prefixlen)), strict=False)
    assert parse_network(str(network)) == (network[0].packed, network[-1].packed)


PREFIXES = ["", "33", "129", "+8", " 8", "8 ", "-1", "1e1", "8/8", "\u0668", "9" * 5000]


@pytest.mark.parametrize("base", ["10.0.0.0", "2001:db8::", "::"])
@pytest.mark.parametrize("prefix", PREFIXES)
def test_a_prefix_that_is_none_is_refused(base, prefix):
    if (base, prefix) not in {("2001:db8::", "33"), ("::", "33")}:
        with pytest.raises(Refused):
            parse_network(f"{base}/{prefix}")


@pytest.mark.parametrize("text", ["10.0.0.0/08", "10.0.0.0/255.0.0.0"])
def test_a_prefix_may_be_written_otherwise(text):
    assert parse_network(text) == parse_network("10.0.0.0/8")
