"""What a policy means: sets of users in, sets of users out. Pure.

outcome     matched, unmatched, unknown, as sets, and the logic on them
expression  what a rule asks of the index: look-ups joined by that logic
facts       one segment of the directory, as a plan sees it
rules       the 26 kinds of access rule, by family
screening   include, exclude, require; order of policies; verdicts
plan        a policy test's policies with every reference resolved
expansion   how large a plan is with its groups opened

Does not belong here: JSON of a dialect, SQL, clocks, randomness, logging.
"""
