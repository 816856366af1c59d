"""What a policy means: sets of users in, sets of users out. Pure.

outcome     matched, unmatched, unknown, as sets, and the logic on them
expression  what a rule asks of the index: look-ups joined by that logic
facts       one segment of the directory, as a plan sees it
rules       the 26 kinds of access rule, by family
screening   include, exclude, require; order of policies; verdicts
entitlement statements that grant and revoke roles on a resource
verdicts    what comes of a test, whichever of the two it is about
plan        a screening test's policies with every reference resolved
expansion   how large that is with its groups opened
plans       plans of either semantics: stored, read, made ready

Does not belong here: JSON of a dialect, SQL, clocks, randomness, logging.
"""
