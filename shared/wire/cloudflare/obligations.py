"""What a policy asks of those whom it matches: checked and kept, never used."""

import re
from collections.abc import Iterator
from typing import Annotated, Literal

from msgspec import UNSET, Meta, Struct, UnsetType

from shared.wire.faults import Fault, child

LONGEST = 64
SESSION = re.compile(r"0|(?:(?:\d+(?:\.\d*)?|\.\d+)(?:ns|us|µs|μs|ms|s|m|h))+", re.ASCII)  # with micro or mu
MFA = re.compile(r"(?=\d)(?:(\d{1,5})h)?(?:(\d{1,5})m)?", re.ASCII)
MFA_MINUTES = 720 * 60

Approvals = Annotated[int, Meta(ge=0)] | Annotated[float, Meta(ge=0)]
Duration = Annotated[str, Meta(extra_json_schema={"examples": ["24h", "2h45m", "300ms"]})]
ListId = Annotated[str, Meta(extra_json_schema={"examples": ["f174e90a-fafe-4643-bbbc-4a0ed4fc8415"]})]
Clipboard = list[Literal["text", "file"]]


class ApprovalGroup(Struct):
    """Who may approve, and how many of them must."""

    approvals_needed: Approvals
    email_addresses: list[str] | UnsetType | None = UNSET
    email_list_uuid: ListId | UnsetType | None = UNSET


class MfaConfig(Struct, forbid_unknown_fields=True):
    """What a second factor must be, and how long it lasts."""

    allowed_authenticators: list[Literal["totp", "biometrics", "security_key"]] | UnsetType | None = UNSET
    mfa_disabled: bool | UnsetType | None = UNSET
    session_duration: Duration | UnsetType | None = UNSET


class RdpRules(Struct, forbid_unknown_fields=True):
    """What may be pasted across a remote desktop."""

    allowed_clipboard_local_to_remote_formats: Clipboard | UnsetType | None = UNSET
    allowed_clipboard_remote_to_local_formats: Clipboard | UnsetType | None = UNSET


class ConnectionRules(Struct, forbid_unknown_fields=True):
    """How a target is reached."""

    rdp: RdpRules | UnsetType | None = UNSET


def duration_faults(session: str | None, mfa: MfaConfig | None, pointer: str) -> Iterator[Fault]:
    """What is wrong with the durations of a policy."""
    if session is not None and (len(session) > LONGEST or SESSION.fullmatch(session) is None):
        message = f"`{session[:32]}` is no duration, write it like `300ms` or `2h45m`"
        yield Fault(message, child(pointer, "session_duration"))
    if mfa is not None and isinstance(mfa.session_duration, str) and not _within(mfa.session_duration):
        message = f"`{mfa.session_duration[:32]}` is no duration from `0m` to `720h` in hours and minutes"
        yield Fault(message, child(child(pointer, "mfa_config"), "session_duration"))


def _within(duration: str) -> bool:
    found = MFA.fullmatch(duration)
    return found is not None and 60 * int(found[1] or 0) + int(found[2] or 0) <= MFA_MINUTES
