"""Policy tests of a directory in one file, with no server at all: the gateway's answers from the one engine.

Started by the CLI as a process of its own, so that the CLI needs none of the engine's libraries. Small files
are read in this process, larger ones in several; what they say to one another is in `messages`.
Does not belong here: what a rule means, shapes of answers, anything that is kept.
"""
