"""Rules that refer to something kept apart: a rule group, a list. The plan holds what they refer to."""

from msgspec import Struct


class Group(Struct, frozen=True, tag="group"):
    """Whoever the rule group's own include, exclude and require match."""

    id: str


class EmailList(Struct, frozen=True, tag="email_list"):
    """Users whose address is in the list."""

    id: str


class IpList(Struct, frozen=True, tag="ip_list"):
    """Users whose last address is in a network of the list; unknown without a recorded one."""

    id: str
