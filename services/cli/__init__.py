"""The command `gatehouse`: speaks HTTP to a gateway, or hands over to the program that does the work.

One file per command; only the command that runs is imported, so that `--help` answers at once.
Does not belong here: SQL, the queue, the meaning of a policy, anything that a gateway decides.
"""
