"""Whom the audit log names: whoever runs the command, as the system knows them."""

import os
import pwd

from shared.store.audit import Actor

# In the place of a token's id, which is longer.
OPERATOR = "operator"


def actor() -> Actor:
    """Whoever runs the command: by the process, since the environment says what it is told to."""
    uid = os.getuid()
    try:
        return Actor(OPERATOR, pwd.getpwuid(uid).pw_name)
    except KeyError:  # in a container, a number without a name
        return Actor(OPERATOR, str(uid))
