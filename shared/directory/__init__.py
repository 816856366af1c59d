"""The users of an account, as they are given and as they are indexed. Pure.

A user's identity yields attributes; an attribute's value has a posting in each segment: the positions of the
users who hold it. Canonical e-mail addresses and network addresses are made here and nowhere else.
Does not belong here: what a rule means, JSON of a dialect, SQL, clocks, randomness.
"""
