"""Roles on one resource: granted, revoked, listed, reported, on each kind of place.

places       the paths where the same operations are found
authorities  granting, revoking, checking
acl          who has what there
"""
