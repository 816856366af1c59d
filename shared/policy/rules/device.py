"""Rules about the device of the last login."""

from msgspec import Struct

from shared.directory import attributes
from shared.policy.expression import Expression, Holds, keyed


class DevicePosture(Struct, frozen=True, tag="device_posture"):
    """Devices that passed a posture check."""

    uid: str

    def expression(self) -> Expression:
        """Unknown without recorded checks; a check missing among recorded ones was not passed."""
        return Holds((attributes.POSTURE, attributes.label(self.uid)), attributes.HAS_POSTURE)


class Certificate(Struct, frozen=True, tag="certificate"):
    """Logins with a valid client certificate."""

    def expression(self) -> Expression:
        """Unknown without recorded mutual TLS."""
        return Holds(attributes.CERTIFIED, attributes.HAS_CERTIFICATE)


class CommonName(Struct, frozen=True, tag="common_name"):
    """Logins with a client certificate of this common name."""

    name: str

    def expression(self) -> Expression:
        """Unknown without a recorded name."""
        key = attributes.digest(self.name)
        return keyed(attributes.COMMON_NAME, key, attributes.HAS_COMMON_NAME)
