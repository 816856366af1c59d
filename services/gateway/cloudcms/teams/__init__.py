"""Teams: a key, roles, and a group of their own that has the members.

teams         one and many: created, read, replaced, deleted
team_members  who is in one
team_roles    the roles that one gives
"""
