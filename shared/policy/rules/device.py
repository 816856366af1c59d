"""Rules about the device of the last login."""

from typing import ClassVar

from msgspec import Struct

from shared.directory import attributes
from shared.policy.expression import Expression, Holds, keyed
from shared.policy.rules.sight import User, Value


class DevicePosture(Struct, frozen=True, tag="device_posture"):
    """Devices that passed a posture check."""

    missing: ClassVar[str] = "the checks of the device are not recorded"

    uid: str

    def expression(self) -> Expression:
        """Unknown without recorded checks; a check missing among recorded ones was not passed."""
        return Holds((attributes.POSTURE, attributes.label(self.uid)), attributes.HAS_POSTURE)

    def words(self) -> str:
        """Whom it is about."""
        return f"devices that pass the check `{self.uid}`"

    def seen(self, user: User) -> Value:
        """What it looks at."""
        checks = user.login.posture
        return None if checks is None else self.uid in checks and checks[self.uid].success is True


class Certificate(Struct, frozen=True, tag="certificate"):
    """Logins with a valid client certificate."""

    missing: ClassVar[str] = "the certificate of the login is not recorded"

    def expression(self) -> Expression:
        """Unknown without recorded mutual TLS."""
        return Holds(attributes.CERTIFIED, attributes.HAS_CERTIFICATE)

    def words(self) -> str:
        """Whom it is about."""
        return "a valid client certificate"

    def seen(self, user: User) -> Value:
        """What it looks at."""
        shown = user.login.mtls_auth
        return None if shown is None else {"presented": shown.presented, "status": shown.auth_status}


class CommonName(Struct, frozen=True, tag="common_name"):
    """Logins with a client certificate of this common name."""

    missing: ClassVar[str] = "the certificate of the login is not recorded"

    name: str

    def expression(self) -> Expression:
        """Unknown without a recorded name."""
        key = attributes.digest(self.name)
        return keyed(attributes.COMMON_NAME, key, attributes.HAS_COMMON_NAME)

    def words(self) -> str:
        """Whom it is about."""
        return f"the certificate of `{self.name}`"

    def seen(self, user: User) -> Value:
        """What it looks at."""
        return user.login.common_name
