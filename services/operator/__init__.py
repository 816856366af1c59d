"""What the holder of the database may do: migrate it, make accounts, tokens, clients, logins.

Does not belong here: HTTP, the queue, users and policies (they have an API).
"""
