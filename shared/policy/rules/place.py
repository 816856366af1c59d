"""Rules about where the last login came from."""

from typing import ClassVar

from msgspec import Struct

from shared.directory import attributes
from shared.directory.network import Network, parse_network
from shared.policy.expression import Expression, Holds, within_networks
from shared.policy.rules.sight import User, Value


class Ip(Struct, frozen=True, tag="ip"):
    """Users whose last address is in a network (CIDR or a single address, well-formed)."""

    missing: ClassVar[str] = "the address of the login is not recorded"

    network: str

    def expression(self) -> Expression:
        """Unknown without a well-formed recorded address."""
        return within_networks((self.range(),))

    def range(self) -> Network:
        """The network's first and last address."""
        return parse_network(self.network)

    def words(self) -> str:
        """Whom it is about."""
        return f"the network `{self.network}`"

    def seen(self, user: User) -> Value:
        """What it looks at."""
        return user.login.ip


class Country(Struct, frozen=True, tag="geo"):
    """Users whose last address lay in a country (ISO 3166 alpha-2)."""

    missing: ClassVar[str] = "the country of the login is not recorded"

    code: str

    def expression(self) -> Expression:
        """Unknown without a recorded country."""
        return Holds((attributes.COUNTRY, attributes.country_label(self.code)), attributes.HAS_COUNTRY)

    def words(self) -> str:
        """Whom it is about."""
        return f"the country `{self.code}`"

    def seen(self, user: User) -> Value:
        """What it looks at."""
        return None if user.login.geo is None else user.login.geo.country
