"""Users, who are the directory's, and groups: one, many, changed, in one another.

principals           one: created, read, replaced, deleted
principal_lists      many: listed, queried
crowds               many users, by sets
principal_documents  what a user or a group looks like
user_changes         what changes a user
group_changes        what changes a group
membership_checks    many questions of who is in which group
members              who is in a group, directly or by others
memberships          who comes into a group or leaves it
"""
