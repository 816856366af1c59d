"""Which permissions a role gives.

Case does not count: roles are in small letters here, permissions in capitals.
"""

from collections.abc import Collection, Mapping

CONNECT = "CONNECT"
"""Without it nobody knows of the resource, whatever else they may."""
READ = "READ"
CREATE = "CREATE_SUBOBJECTS"
UPDATE = "UPDATE"
DELETE = "DELETE"
SHARE = "MODIFY_PERMISSIONS"
GRANTAUTH = "GRANTAUTH"
CREDENTIALS = "MODIFY_CREDENTIALS"
IMPERSONATE = "IMPERSONATE"
PERMISSIONS = (CONNECT, READ, CREATE, UPDATE, DELETE, SHARE, GRANTAUTH, CREDENTIALS, IMPERSONATE)

_COLLABORATOR = frozenset({CONNECT, READ, CREATE, UPDATE, DELETE})
_MANAGER = _COLLABORATOR | {SHARE, CREDENTIALS}
STANDARD: Mapping[str, frozenset[str]] = {
    "connector": frozenset({CONNECT}),
    "consumer": frozenset({CONNECT, READ}),
    "contributor": frozenset({CONNECT, READ, CREATE}),
    "editor": frozenset({CONNECT, READ, UPDATE, DELETE}),
    "collaborator": _COLLABORATOR,
    "manager": _MANAGER,
    "owner": _MANAGER | {GRANTAUTH},
    "impersonator": frozenset({IMPERSONATE}),
}

ALL = "all"
"""What stands for every role where roles are revoked; no role has this key."""


def role_key(given: str) -> str:
    """A role's key as it is compared."""
    return given.lower()


def permission_key(given: str) -> str:
    """A permission's key as it is compared."""
    return given.upper()


class Roles:
    """The standard roles and an account's own, which cannot change what a standard one means."""

    def __init__(self, custom: Mapping[str, Collection[str]] | None = None) -> None:
        own = {
            role_key(role): frozenset(permission_key(permission) for permission in permissions)
            for role, permissions in (custom or {}).items()
        }
        self._permissions = {**own, **STANDARD}
        carrying: dict[str, set[str]] = {}
        for role, permissions in self._permissions.items():
            for permission in permissions:
                carrying.setdefault(permission, set()).add(role)
        self._carrying = {permission: frozenset(roles) for permission, roles in carrying.items()}

    def __contains__(self, role: str) -> bool:
        return role_key(role) in self._permissions

    def permissions(self, role: str) -> frozenset[str]:
        """What a role gives; one that is not known gives nothing."""
        return self._permissions.get(role, frozenset())

    def carrying(self, permission: str) -> frozenset[str]:
        """The roles that give a permission."""
        return self._carrying.get(permission, frozenset())
