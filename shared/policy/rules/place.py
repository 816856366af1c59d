"""Rules about where the last login came from."""

from msgspec import Struct

from shared.directory import attributes
from shared.directory.network import Network, parse_network
from shared.policy.expression import Expression, Holds, within_networks


class Ip(Struct, frozen=True, tag="ip"):
    """Users whose last address is in a network (CIDR or a single address, well-formed)."""

    network: str

    def expression(self) -> Expression:
        """Unknown without a well-formed recorded address."""
        return within_networks((self.range(),))

    def range(self) -> Network:
        """The network's first and last address."""
        return parse_network(self.network)


class Country(Struct, frozen=True, tag="geo"):
    """Users whose last address lay in a country (ISO 3166 alpha-2)."""

    code: str

    def expression(self) -> Expression:
        """Unknown without a recorded country."""
        return Holds((attributes.COUNTRY, attributes.country_label(self.code)), attributes.HAS_COUNTRY)
