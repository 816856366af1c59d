"""Ids that nobody has."""

import hashlib
from uuid import UUID

from tests.gateway.cloudcms.tenants import IDS


def nobodys(kind: str) -> str:
    """An id that nobody has, unlike any other."""
    return hashlib.sha256(kind.encode()).hexdigest()


def absents() -> dict[str, str]:
    """For each kind of id one that nobody has."""
    ids = {kind: nobodys(kind)[:20] for kind in IDS}
    user, nobody = str(UUID(nobodys("user")[:32])), nobodys("account")[:32]
    return {
        **ids,
        "account": nobody,
        "user": user,
        "name": "nobody4711name",
        "role": "nobody4711role",
        "job": nobodys("job")[:32],
        "archive": nobodys("archive")[:32],
        "archive_group": "nobody4711archive",
        "email": "nobody4711@nobody4711.example",
        "platform_ref": f"platform://{nobody}",
        "policy_ref": f"accessPolicy://{nobody}/{ids['policy']}",
        "resource_ref": f"node://{nobody}/x",
        "user_ref": f"user://{nobody}/default/{user}",
        "group_ref": f"group://{nobody}/default/{ids['group']}",
        "team_ref": f"team://platform/{nobody}/{ids['team']}",
        "stack_team_ref": f"team://stack/{nobody}/s/{ids['stack_team']}",
    }


ABSENTS = absents()
